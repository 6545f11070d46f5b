"""What is not on the site at present: posts of every kind that are held, hidden or deleted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Coalesce

from community.content import Content, Visibility
from moderation.kinds import KINDS, Kind, moderated_by

OFFSITE = (Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED)
PARENTS = {
    "answer": ["question"],
    "question-comment": ["question"],
    "idea-comment": ["idea"],
}


@dataclass(frozen=True)
class OffsitePost:
    """A post that is not on the site, with its kind and the moment when that was decided."""

    kind: Kind
    post: Any
    at: datetime


def offsite_rows(
    user: Any, *, kinds: Collection[str] = (), states: Collection[str] = ()
) -> QuerySet[Any, dict[str, Any]]:
    """Such posts of what the person moderates, the newest decisions first, as {kind, pk, at}; all kinds and states if
    none are named.

    One query over all kinds, so that it can be cut into pages.
    """
    chosen = [kind for kind in moderated_by(user) if not kinds or kind.name in kinds]
    parts = [_rows_of(kind, user, states or OFFSITE) for kind in chosen]
    if not parts:
        return _rows_of(KINDS["question"], user, ()).none()
    return parts[0].union(*parts[1:], all=True).order_by("-at", "kind_name", "-pk")


def _rows_of(kind: Kind, user: Any, states: Collection[str]) -> QuerySet[Any, dict[str, Any]]:
    posts = kind.visible_to(user).filter(visibility__in=states).order_by()
    named = posts.annotate(
        kind_name=Value(kind.name, output_field=CharField()), at=Coalesce("visibility_at", "created_at")
    )
    return named.values("kind_name", "pk", "at")


def load(rows: Iterable[dict[str, Any]]) -> list[OffsitePost]:
    """The posts of these rows, in their order, with one query for each kind."""
    rows = list(rows)
    found: dict[tuple[str, int], Content] = {}
    for name in {row["kind_name"] for row in rows}:
        posts = KINDS[name].model._default_manager.select_related(
            "author", "visibility_by__wagtail_userprofile", *PARENTS.get(name, [])
        )
        for pk, post in posts.in_bulk([row["pk"] for row in rows if row["kind_name"] == name]).items():
            found[name, pk] = post
    return [
        OffsitePost(KINDS[row["kind_name"]], found[row["kind_name"], row["pk"]], row["at"])
        for row in rows
        if (row["kind_name"], row["pk"]) in found
    ]
