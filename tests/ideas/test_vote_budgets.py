"""Boards that give each member a number of votes."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from ideas import budgets
from ideas.actions import cast_vote, change_status, merge_idea, post_idea, undo_idea_merge, withdraw_vote
from ideas.errors import BudgetSpentError
from ideas.models import Idea, IdeaBoardPage, Status, Vote
from tests.people import make_member
from tests.races import together


@pytest.fixture
def frugal(board: IdeaBoardPage) -> IdeaBoardPage:
    """Two votes for each member."""
    board.vote_budget = 2
    board.save()
    return board


@pytest.fixture
def ideas(frugal: IdeaBoardPage) -> list[Idea]:
    return [post_idea(board=frugal, by=make_member(f"p{n}"), title=f"Idea {n}", body="Please.") for n in range(4)]


def test_a_board_gives_as_many_votes_as_one_likes_unless_told_otherwise(
    board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member
) -> None:
    for number in range(5):
        cast_vote(idea=make_idea(f"Idea {number}"), by=member)
    assert budgets.left(member, board) is None


def test_a_spent_budget_refuses_a_vote_and_changes_nothing(
    frugal: IdeaBoardPage, ideas: list[Idea], member: Member
) -> None:
    for idea in ideas[:2]:
        cast_vote(idea=idea, by=member)
    with pytest.raises(BudgetSpentError):
        cast_vote(idea=ideas[2], by=member)
    assert budgets.left(member, frugal) == 0
    assert Vote.objects.filter(member=member).count() == 2
    ideas[2].refresh_from_db()
    assert ideas[2].supporter_count == 1


def test_withdrawing_gives_a_vote_back(frugal: IdeaBoardPage, ideas: list[Idea], member: Member) -> None:
    for idea in ideas[:2]:
        cast_vote(idea=idea, by=member)
    withdraw_vote(idea=ideas[0], by=member)
    cast_vote(idea=ideas[2], by=member)
    assert budgets.left(member, frugal) == 0


def test_a_vote_comes_back_when_its_idea_is_done(
    frugal: IdeaBoardPage, ideas: list[Idea], member: Member, moderator: Member, status: Callable[[str], Status]
) -> None:
    for idea in ideas[:2]:
        cast_vote(idea=idea, by=member)
    change_status(idea=ideas[0], status=status("shipped"), by=moderator)
    assert budgets.left(member, frugal) == 1
    cast_vote(idea=ideas[2], by=member)


def test_a_family_takes_one_vote(frugal: IdeaBoardPage, ideas: list[Idea], member: Member, moderator: Member) -> None:
    merge_idea(duplicate=ideas[0], into=ideas[1], by=moderator)
    cast_vote(idea=ideas[0], by=member)
    cast_vote(idea=ideas[1], by=member)
    assert budgets.left(member, frugal) == 1


def test_an_undo_that_overdraws_removes_nothing_and_blocks_new_votes(
    frugal: IdeaBoardPage, ideas: list[Idea], member: Member, moderator: Member
) -> None:
    for idea in ideas[:2]:
        cast_vote(idea=idea, by=member)
    edge = merge_idea(duplicate=ideas[0], into=ideas[1], by=moderator)
    cast_vote(idea=ideas[2], by=member)
    undo_idea_merge(edge=edge, by=moderator)
    assert Vote.objects.filter(member=member).counted().count() == 3
    assert budgets.left(member, frugal) == 0
    with pytest.raises(BudgetSpentError):
        cast_vote(idea=ideas[3], by=member)
    withdraw_vote(idea=ideas[0], by=member)
    with pytest.raises(BudgetSpentError):
        cast_vote(idea=ideas[3], by=member)


def test_an_idea_is_posted_without_a_vote_when_its_author_has_none_left(frugal: IdeaBoardPage, member: Member) -> None:
    for number in range(3):
        idea = post_idea(board=frugal, by=member, title=f"Idea {number}", body="Please.")
    assert idea.supporter_count == 0
    assert budgets.left(member, frugal) == 0


def test_another_boards_votes_are_its_own(
    frugal: IdeaBoardPage, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    for number in range(3):
        make_idea(f"Plan {number}", on=staff_board, by=moderator)
    assert budgets.left(moderator, frugal) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_last_vote_is_spent_once_in_many_tabs(ideas: list[Idea]) -> None:
    member = make_member("busy")
    cast_vote(idea=ideas[0], by=member)
    errors = together(*[lambda idea=idea: cast_vote(idea=idea, by=member) for idea in ideas[1:]] * 4)
    assert all(isinstance(error, BudgetSpentError) for error in errors)
    assert Vote.objects.filter(member=member).counted().count() == 2
