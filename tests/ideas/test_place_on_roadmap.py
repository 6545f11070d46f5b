"""Placing ideas in the columns of a roadmap."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from core.errors import ForbiddenError
from ideas.actions import change_status, merge_idea, place_on_roadmap
from ideas.actions import roadmap as placing
from ideas.errors import NotArrangedError, NotInColumnError
from ideas.log import PLACED
from ideas.models import Idea, IdeaBoardPage
from ideas.roadmap import read_roadmap
from moderation.models import PostLogEntry
from tests.races import together

Planned = list[Idea]


def plan(make_idea: Callable[..., Idea], status: Callable[[str], Any], by: Member, count: int) -> Planned:
    """So many planned ideas, as they stand in their column."""
    ideas = [make_idea(f"Idea {count - number}") for number in range(count)]
    return [change_status(idea=idea, status=status("planned"), by=by) for idea in reversed(ideas)]


@pytest.fixture
def column(make_idea: Callable[..., Idea], status: Callable[[str], Any], moderator: Member) -> Planned:
    return plan(make_idea, status, moderator, 6)


def order(board: IdeaBoardPage) -> list[int]:
    """The numbers of the planned ideas, from the top."""
    cards = read_roadmap(board, AnonymousUser())[0].cards
    return [int(card.idea.title.removeprefix("Idea ")) for card in cards]


def test_an_idea_goes_before_or_after_another(board: IdeaBoardPage, column: Planned, moderator: Member) -> None:
    assert order(board) == [1, 2, 3, 4, 5, 6]
    place_on_roadmap(idea=column[4], before=column[1], by=moderator)
    assert order(board) == [1, 5, 2, 3, 4, 6]
    place_on_roadmap(idea=column[0], after=column[3], by=moderator)
    assert order(board) == [5, 2, 3, 4, 1, 6]
    place_on_roadmap(idea=column[5], before=column[4], by=moderator)
    assert order(board) == [6, 5, 2, 3, 4, 1]
    place_on_roadmap(idea=column[5], after=column[0], by=moderator)
    assert order(board) == [5, 2, 3, 4, 1, 6]


def test_any_row_of_moves_gives_the_order_asked_for(
    board: IdeaBoardPage, column: Planned, moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "GAP", 3)
    luck = random.Random(4)
    wanted = order(board)
    for _ in range(60):
        one, other = luck.sample(range(1, 7), 2)
        side = luck.choice(["before", "after"])
        place_on_roadmap(idea=column[one - 1], by=moderator, **{side: column[other - 1]})
        wanted.remove(one)
        wanted.insert(wanted.index(other) + (side == "after"), one)
        assert order(board) == wanted


def test_a_place_between_two_is_one_row(column: Planned, moderator: Member) -> None:
    place_on_roadmap(idea=column[5], after=column[4], by=moderator)
    with CaptureQueriesContext(connection) as queries:
        place_on_roadmap(idea=column[0], after=column[2], by=moderator)
    (update,) = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert update.count("WHEN") == 1


def test_no_more_than_so_many_are_arranged(
    board: IdeaBoardPage, column: Planned, moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("ideas.actions.roadmap", "ideas.roadmap"):
        monkeypatch.setattr(f"{module}.ARRANGED", 3)
    for idea in column:
        place_on_roadmap(idea=idea, before=Idea.objects.get(title=f"Idea {order(board)[0]}"), by=moderator) if (
            order(board)[0] != int(idea.title.removeprefix("Idea "))
        ) else None
    assert Idea.objects.filter(roadmap_position__isnull=False).count() == 3
    assert order(board)[:3] == [6, 5, 4]
    with pytest.raises(NotInColumnError):
        place_on_roadmap(idea=column[5], after=column[2], by=moderator)


def test_only_the_product_team_and_moderators_place(board: IdeaBoardPage, column: Planned, member: Member) -> None:
    with pytest.raises(ForbiddenError):
        place_on_roadmap(idea=column[4], before=column[1], by=member)
    assert order(board) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("where", ["in-progress", "shipped", "open", "merged", "hidden"])
@pytest.mark.parametrize("which", ["idea", "neighbour"])
def test_what_is_not_in_the_same_column_is_refused(
    board: IdeaBoardPage,
    column: Planned,
    moderator: Member,
    make_invisible: Callable[..., None],
    status: Callable[[str], Any],
    where: str,
    which: str,
) -> None:
    moved = column[0] if which == "idea" else column[1]
    if where == "merged":
        merge_idea(duplicate=moved, into=column[5], by=moderator)
    elif where == "hidden":
        make_invisible(moved)
    else:
        change_status(idea=moved, status=status(where), by=moderator)
    with pytest.raises(NotInColumnError):
        place_on_roadmap(idea=column[0], after=column[1], by=moderator)
    assert not Idea.objects.filter(roadmap_position__isnull=False).exists()


def test_shipped_ideas_are_not_arranged(column: Planned, moderator: Member, status: Callable[[str], Any]) -> None:
    for idea in column[:2]:
        change_status(idea=idea, status=status("shipped"), by=moderator)
    with pytest.raises(NotArrangedError):
        place_on_roadmap(idea=column[0], after=column[1], by=moderator)


def test_a_place_is_a_line_of_the_log(column: Planned, moderator: Member, administrator: Member) -> None:
    place_on_roadmap(idea=column[0], after=column[3], by=moderator)
    place_on_roadmap(idea=column[4], before=column[1], by=administrator)
    with pytest.raises(NotInColumnError):
        place_on_roadmap(idea=column[0], after=column[0], by=moderator)
    lines = PostLogEntry.objects.filter(action=PLACED).order_by("pk")
    assert [(line.object_id, line.user, line.message) for line in lines] == [
        (column[0].pk, moderator, f"Placed after idea {column[3].pk} on the roadmap"),
        (column[4].pk, administrator, f"Placed before idea {column[1].pk} on the roadmap"),
    ]


def test_it_goes_beside_another_and_not_beside_itself(column: Planned, moderator: Member) -> None:
    with pytest.raises(NotInColumnError):
        place_on_roadmap(idea=column[0], after=column[0], by=moderator)
    with pytest.raises(TypeError):
        place_on_roadmap(idea=column[0], by=moderator)
    with pytest.raises(TypeError):
        place_on_roadmap(idea=column[0], by=moderator, before=column[1], after=column[2])


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_at_once_leave_every_idea_with_a_place_of_its_own(
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    status: Callable[[str], Any],
    moderator: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placing, "GAP", 2)
    column = plan(make_idea, status, moderator, 12)

    def moves(luck: random.Random) -> None:
        for _ in range(8):
            one, other = luck.sample(column, 2)
            try:
                if luck.random() < 0.2:
                    change_status(idea=one, status=status(luck.choice(["planned", "in-progress"])), by=moderator)
                else:
                    place_on_roadmap(idea=one, by=moderator, **{luck.choice(["before", "after"]): other})
            except NotInColumnError:
                continue

    errors = together(*[lambda number=number: moves(random.Random(number)) for number in range(16)])
    assert not errors
    for kind in ("planned", "started"):
        rows = Idea.objects.filter(status__kind=kind, roadmap_position__isnull=False)
        places = list(rows.values_list("roadmap_position", flat=True))
        assert len(set(places)) == len(places)
