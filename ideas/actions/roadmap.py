"""Arranging the columns of a board's roadmap."""

from django.db import transaction
from django.db.models import Q

from accounts.models import Member
from ideas.errors import NotArrangedError, NotInColumnError
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import check_can_change_status
from ideas.roadmap import ARRANGED, ARRANGED_KINDS, first_of_column, place
from ideas.signals import idea_placed

GAP = 1024


@transaction.atomic
def place_on_roadmap(*, idea: Idea, by: Member, before: Idea | None = None, after: Idea | None = None) -> Idea:
    """Put an idea right before or right after another one of its column; exactly one of them is given.

    What stands above it keeps its order from then on. Where a column has more than ARRANGED ideas, only that many have
    places, and the last gives its up. Raises ForbiddenError, NotArrangedError and NotInColumnError.
    """
    neighbour = before or after
    if neighbour is None or (before and after):
        raise TypeError("Give either the idea before which it goes or the one after which it goes.")
    lock_board(idea)
    check_can_change_status(by)
    kind = Idea.objects.select_related("status").get(pk=idea.pk).status.kind
    column = lock_column(idea, kind)
    if idea.pk not in column:
        raise NotInColumnError
    idea = column[idea.pk]
    put_in_place(idea, by, column, neighbour, is_before=before is not None)
    return idea


def lock_board(idea: Idea) -> None:
    """Whoever arranges a board waits here, so that its rows can then be locked in key order like all others."""
    IdeaBoardPage.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.board_id)


def lock_column(idea: Idea, kind: str) -> dict[int, Idea]:
    """The first ideas of this kind on the idea's board, and itself where it is listed, as {id: row}, locked."""
    keys = {*first_of_column(idea.board_id, kind), idea.pk} if kind in ARRANGED_KINDS else {idea.pk}
    rows = Idea.objects.listed().filter(Q(status__kind=kind) | Q(pk=idea.pk), pk__in=keys, board=idea.board_id)
    held = rows.select_related("status").order_by("pk").select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in held}


def put_in_place(idea: Idea, by: Member, column: dict[int, Idea], neighbour: Idea, *, is_before: bool) -> None:
    """Place an idea beside another of its locked column, and announce it; the caller has checked who may.

    Raises NotArrangedError and NotInColumnError.
    """
    if idea.status.kind not in ARRANGED_KINDS:
        raise NotArrangedError
    others = [row for pk, row in column.items() if pk != idea.pk and row.status.kind == idea.status.kind]
    others = sorted(others, key=place)[:ARRANGED]
    index = next((number for number, row in enumerate(others) if row.pk == neighbour.pk), None)
    if index is None:
        raise NotInColumnError
    others.insert(index if is_before else index + 1, idea)
    _give_places(others, others.index(idea))
    idea_placed.send(sender=Idea, idea=idea, by=by, neighbour=neighbour, is_before=is_before)


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
