"""What publishing an entry of the changelog would mark as shipped, and why it might not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.errors import ConflictError, ForbiddenError
from ideas.errors import NoShippedStatusError
from ideas.models import Idea, Shipment, Status
from ideas.permissions import check_can_ship


def undecided(entry: int | None, named: Iterable[int]) -> QuerySet[Idea]:
    """The canonical ones of the named ideas, without those on which the entry has had its say."""
    ideas = Idea.objects.filter(pk__in=list(named)).values_list("pk", "canonical")
    done = list(Shipment.objects.filter(entry=entry).values_list("idea", flat=True)) if entry else []
    waiting = Idea.objects.filter(pk__in={root or pk for pk, root in ideas}).exclude(pk__in=done)
    return waiting.select_related("board", "status").order_by("pk")


def shipped_status(idea: Idea) -> Status:
    """The first status of the idea's board that means shipped. Raises NoShippedStatusError."""
    status = Status.objects.filter(board=idea.board_id, kind=Status.Kind.SHIPPED).first()
    if status is None:
        raise NoShippedStatusError
    return status


def refusals(user: Any, entry: int | None, named: Iterable[int]) -> list[str]:
    """Why publishing would not mark these ideas as shipped, each reason once."""
    found = []
    for idea in undecided(entry, named).exclude(status__kind=Status.Kind.SHIPPED):
        try:
            check_can_ship(user, idea)
            shipped_status(idea)
        except (ForbiddenError, ConflictError) as error:
            found.append(str(error))
    untick = _("Leave “mark as shipped” empty to name the idea all the same.")
    return [f"{sentence} {untick}" for sentence in dict.fromkeys(found)]
