"""Wagtail's page privacy as a set of page ids: half of the gate that stands before all members' content."""

from collections import defaultdict
from typing import Any

from wagtail.models import Page, PageViewRestriction

from core.scope import remembered


def readable_page_ids(user: Any, model: type[Page]) -> frozenset[int]:
    """The ids of the published pages of this model that the user may read now.

    A page is readable when each restriction on it and on its ancestors admits the user. A shared password admits nobody:
    Chorus doesn't offer them. Within one request the answer is computed once.
    """
    return remembered(("readable", model, user.pk), lambda: _readable_page_ids(user, model))


def _readable_page_ids(user: Any, model: type[Page]) -> frozenset[int]:
    pages = model.objects.live().values_list("pk", "path")
    if user.is_superuser:
        return frozenset(pk for pk, _ in pages)
    closed = _closed_paths(user)
    return frozenset(pk for pk, path in pages if not path.startswith(closed))


def _closed_paths(user: Any) -> tuple[str, ...]:
    restrictions = remembered(
        "restrictions",
        lambda: list(PageViewRestriction.objects.values_list("pk", "page__path", "restriction_type", "groups")),
    )
    groups_of: dict[int, set[int]] = defaultdict(set)
    for pk, _, _, group in restrictions:
        groups_of[pk].add(group)
    closed = set()
    for pk, path, kind, _ in restrictions:
        if kind == PageViewRestriction.LOGIN:
            admitted = user.is_authenticated
        elif kind == PageViewRestriction.GROUPS:
            admitted = user.is_authenticated and not groups_of[pk].isdisjoint(_group_ids(user))
        else:
            admitted = kind == PageViewRestriction.NONE
        if not admitted:
            closed.add(path)
    return tuple(closed)


def _group_ids(user: Any) -> frozenset[int]:
    return remembered(("groups", user.pk), lambda: frozenset(user.groups.values_list("pk", flat=True)))
