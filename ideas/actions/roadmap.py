"""Arranging the columns of a board's roadmap."""

from django.db import transaction

from accounts.models import Member
from ideas.errors import NotInColumnError
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import check_can_change_status
from ideas.roadmap import ARRANGED, ARRANGED_KINDS, first_of_column, place

GAP = 1024


@transaction.atomic
def place_on_roadmap(*, idea: Idea, by: Member, before: Idea | None = None, after: Idea | None = None) -> Idea:
    """Put an idea right before or right after another one of its column; exactly one of them is given.

    What stands above it keeps its order from then on. Where a column has more than ARRANGED ideas, only that many have
    places, and the last gives its up. Raises ForbiddenError and NotInColumnError.
    """
    neighbour = before or after
    if neighbour is None or (before and after):
        raise TypeError("Give either the idea before which it goes or the one after which it goes.")
    # Whoever arranges a board waits here, so that its rows can then be locked in key order like all others.
    IdeaBoardPage.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.board_id)
    check_can_change_status(by)
    held = Idea.objects.get(pk=idea.pk)
    column = _locked_column(held) if held.status.kind in ARRANGED_KINDS else {}
    others = sorted((row for pk, row in column.items() if pk != idea.pk), key=place)[:ARRANGED]
    index = next((number for number, row in enumerate(others) if row.pk == neighbour.pk), None)
    if index is None or idea.pk not in column:
        raise NotInColumnError
    idea = column[idea.pk]
    others.insert(index if before else index + 1, idea)
    _give_places(others, others.index(idea))
    return idea


def _locked_column(idea: Idea) -> dict[int, Idea]:
    """The first ideas of the column that the idea is in, and itself, as {id: row}."""
    keys = {*first_of_column(idea.board_id, idea.status.kind), idea.pk}
    rows = Idea.objects.listed().filter(pk__in=keys, board=idea.board_id, status__kind=idea.status.kind)
    held = rows.order_by("pk").select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in held}


def _give_places(column: list[Idea], index: int) -> None:
    """Save a place for the idea at the index, between its neighbours' where there is room, and for all above it."""
    idea = column[index]
    above, below = column[:index], column[index + 1 :]
    changed = [idea]
    least = above[-1].roadmap_position if above else None
    most = next((row.roadmap_position for row in below if row.roadmap_position is not None), None)
    has_room = least is None or most is None or most - least > 1
    if has_room and (not above or least is not None):
        if least is None:
            idea.roadmap_position = GAP if most is None else most - GAP
        else:
            idea.roadmap_position = least + GAP if most is None else (least + most) // 2
    else:
        changed = [*above, idea, *(row for row in below if row.roadmap_position is not None)]
        for number, row in enumerate(changed, start=1):
            row.roadmap_position = number * GAP
    last = column[-1]
    if len(column) > ARRANGED and last.roadmap_position is not None:
        last.roadmap_position = None
        changed += [last] if last not in changed else []
    Idea.objects.bulk_update(changed, ["roadmap_position"])
