"""Moving and assigning cards: who may, from which version, and what becomes of it."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import Member
from community.actions import accept_answer, merge_question, set_visibility, unaccept_answer
from community.content import Visibility
from community.models import Answer, ForumPage, Question
from core.errors import ConflictError, ForbiddenError
from ideas.actions import change_status, merge_idea, plan_idea
from ideas.errors import NoPlannerError, OtherBoardsStatusError, UnknownQuarterError
from ideas.log import PLACED, PLANNED
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange
from moderation.actions import (
    CantAnswerError,
    NotOnBoardError,
    SolvedError,
    StaleCardError,
    move_idea,
    move_question,
)
from moderation.cards import Place, idea_card, idea_columns, question_card, question_columns
from moderation.models import PostLogEntry, QuestionCard
from tests.people import make_member, restrict
from tests.races import together

WITH_NOBODY: dict[str, Any] = {"owner": None, "target_quarter": ""}


def status(board: IdeaBoardPage, slug: str) -> Status:
    return Status.objects.get(board=board, slug=slug)


def seen(idea: Idea) -> str:
    return idea_card(idea).version


def places(columns: Any) -> dict[str, list[str]]:
    """The titles in each column that holds any."""
    return {column.key: [card.post.title for card in column.cards] for column in columns if column.cards}


# Ideas


def test_a_moved_idea_has_the_status_and_a_line_in_the_ledger(idea: Idea, product_manager: Member) -> None:
    planned = status(idea.board, "planned")
    before = seen(idea)
    moved = move_idea(idea=idea, by=product_manager, version=before, status=planned, **WITH_NOBODY)
    change = StatusChange.objects.latest("pk")
    assert moved.status == planned
    assert (change.idea, change.new_status, change.changed_by, change.answer) == (idea, planned, product_manager, "")
    assert seen(idea) != before


def test_an_idea_can_be_assigned_and_given_a_quarter_where_it_is(
    idea: Idea, moderator: Member, product_manager: Member
) -> None:
    lines = StatusChange.objects.count()
    before = seen(idea)
    plan = {"owner": product_manager, "target_quarter": "2027-Q1"}
    moved = move_idea(idea=idea, by=moderator, version=before, status=idea.status, **plan)
    assert (moved.owner, moved.target_quarter) == (product_manager, "2027-Q1")
    assert StatusChange.objects.count() == lines
    assert PostLogEntry.objects.for_instance(idea).first().action == PLANNED
    assert seen(idea) != before


def test_what_stays_as_it_is_writes_nothing(idea: Idea, moderator: Member) -> None:
    before = seen(idea), StatusChange.objects.count(), PostLogEntry.objects.count()
    move_idea(idea=idea, by=moderator, version=before[0], status=idea.status, **WITH_NOBODY)
    assert (seen(idea), StatusChange.objects.count(), PostLogEntry.objects.count()) == before


def test_a_stale_move_is_refused_and_says_who_moved_it_where(
    idea: Idea, moderator: Member, product_manager: Member
) -> None:
    before = seen(idea)
    move_idea(idea=idea, by=product_manager, version=before, status=status(idea.board, "planned"), **WITH_NOBODY)
    with pytest.raises(StaleCardError, match=r"Product changed this card. It is in “Planned” now, assigned to nobody"):
        move_idea(idea=idea, by=moderator, version=before, status=status(idea.board, "declined"), **WITH_NOBODY)
    idea.refresh_from_db()
    assert idea.status.slug == "planned"


def test_a_stale_assignment_is_refused_and_says_who_has_it(
    idea: Idea, moderator: Member, product_manager: Member
) -> None:
    before = seen(idea)
    plan_idea(idea=idea, by=moderator, owner=moderator, target_quarter="")
    with pytest.raises(StaleCardError, match=r"Moderator changed this card.* assigned to Moderator"):
        move_idea(
            idea=idea, by=product_manager, version=before, status=idea.status, owner=product_manager, target_quarter=""
        )
    idea.refresh_from_db()
    assert idea.owner == moderator


def test_a_card_is_stale_whichever_way_the_status_changed(idea: Idea, moderator: Member) -> None:
    before = seen(idea)
    for slug in ("planned", idea.status.slug):
        change_status(idea=idea, status=status(idea.board, slug), by=moderator)
    with pytest.raises(StaleCardError):
        move_idea(idea=idea, by=moderator, version=before, status=status(idea.board, "shipped"), **WITH_NOBODY)


def test_a_public_answer_alone_leaves_the_card_as_it_was_seen(idea: Idea, moderator: Member) -> None:
    before = seen(idea)
    change_status(idea=idea, status=idea.status, by=moderator, answer="We are looking into it.")
    assert seen(idea) == before


@pytest.mark.parametrize("role", ["member", "advocate", "author"])
def test_customers_move_no_cards(
    role: str, idea: Idea, question: Question, moderator: Member, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(role)
    with pytest.raises(ForbiddenError):
        move_idea(idea=idea, by=person, version=seen(idea), status=status(idea.board, "planned"), **WITH_NOBODY)
    with pytest.raises(ForbiddenError):
        move_question(question=question, by=person, version="0", stage="doing", assignee=None)
    move_idea(idea=idea, by=moderator, version=seen(idea), status=status(idea.board, "planned"), **WITH_NOBODY)
    move_question(question=question, by=moderator, version="0", stage="doing", assignee=None)


def test_product_managers_move_ideas_and_no_questions(question: Question, product_manager: Member) -> None:
    with pytest.raises(ForbiddenError):
        move_question(question=question, by=product_manager, version="0", stage="doing", assignee=None)


def test_only_what_one_may_read_can_be_moved(idea: Idea, question: Question, moderator: Member) -> None:
    restrict(idea.board, "Product managers")
    restrict(question.forum, "Product managers")
    with pytest.raises(ForbiddenError):
        move_idea(idea=idea, by=moderator, version=seen(idea), status=status(idea.board, "planned"), **WITH_NOBODY)
    with pytest.raises(ForbiddenError):
        move_question(question=question, by=moderator, version="0", stage="doing", assignee=None)


def test_moving_ideas_takes_both_permissions(idea: Idea, member: Member) -> None:
    planned = status(idea.board, "planned")
    for codename in ("change_idea_status", "plan_idea"):
        with pytest.raises(ForbiddenError):
            move_idea(idea=idea, by=member, version=seen(idea), status=planned, **WITH_NOBODY)
        member.user_permissions.add(Permission.objects.get(codename=codename))
        member = Member.objects.get(pk=member.pk)
    move_idea(idea=idea, by=member, version=seen(idea), status=planned, **WITH_NOBODY)


def test_a_quarter_that_is_none_is_refused_and_nothing_moves(idea: Idea, moderator: Member) -> None:
    planned = status(idea.board, "planned")
    with pytest.raises(UnknownQuarterError):
        move_idea(idea=idea, by=moderator, version=seen(idea), status=planned, owner=None, target_quarter="soon")
    idea.refresh_from_db()
    assert idea.status.slug == "open"


def test_the_owner_is_somebody_of_the_team_who_may_read_the_board(
    idea: Idea, moderator: Member, member: Member, product_manager: Member
) -> None:
    restrict(idea.board, "Moderators")
    for person in (member, product_manager):
        with pytest.raises(NoPlannerError):
            move_idea(idea=idea, by=moderator, version=seen(idea), status=idea.status, owner=person, target_quarter="")
    move_idea(idea=idea, by=moderator, version=seen(idea), status=idea.status, owner=moderator, target_quarter="")


def test_a_status_of_another_board_is_refused(idea: Idea, staff_board: IdeaBoardPage, moderator: Member) -> None:
    with pytest.raises(OtherBoardsStatusError):
        move_idea(idea=idea, by=moderator, version=seen(idea), status=status(staff_board, "planned"), **WITH_NOBODY)


def test_what_was_hidden_or_merged_meanwhile_is_not_moved(
    make_idea: Callable[..., Idea], question: Question, forum: ForumPage, moderator: Member
) -> None:
    hidden, merged, other = make_idea("Hidden"), make_idea("Merged"), make_idea("Other")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN, reason="Spam")
    merge_idea(duplicate=merged, into=other, by=moderator)
    for idea in (hidden, merged):
        with pytest.raises(NotOnBoardError):
            move_idea(idea=idea, by=moderator, version=seen(idea), status=status(idea.board, "planned"), **WITH_NOBODY)
    set_visibility(content=question, by=moderator, visibility=Visibility.HIDDEN, reason="Spam")
    with pytest.raises(NotOnBoardError):
        move_question(question=question, by=moderator, version="0", stage="doing", assignee=None)


def test_the_columns_are_the_statuses_kind_by_kind_with_most_support_first(
    make_idea: Callable[..., Idea], board: IdeaBoardPage, moderator: Member
) -> None:
    from ideas.actions import cast_vote

    Status.objects.create(board=board, name="Later", slug="later", kind="planned", sort_order=99)
    few, many = make_idea("Few"), make_idea("Many")
    cast_vote(idea=many, by=moderator)
    merge_idea(duplicate=make_idea("Merged"), into=many, by=moderator)
    change_status(idea=make_idea("Soon"), status=status(board, "later"), by=moderator)
    columns = idea_columns(moderator, board)
    assert [column.name for column in columns] == ["Open", "Planned", "Later", "In progress", "Shipped", "Declined"]
    assert [card.post for card in columns[0].cards] == [many, few]
    assert [card.merged for card in columns[0].cards] == [1, 0]
    assert [card.post.title for card in columns[2].cards] == ["Soon"]


def test_a_long_column_is_bounded_and_says_how_many_more(
    make_idea: Callable[..., Idea], board: IdeaBoardPage, moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("moderation.cards.USUAL_MOST", 2)
    monkeypatch.setattr("moderation.cards.COUNTED", 2)
    for number in range(4):
        make_idea(f"Idea {number}")
    column = idea_columns(moderator, board)[0]
    assert (len(column.cards), column.rest, column.is_more, column.count) == (2, 2, False, 4)
    make_idea("One more")
    column = idea_columns(moderator, board)[0]
    assert (column.rest, column.is_more) == (2, True)
    column = idea_columns(moderator, board, extended=column.key)[0]
    assert (len(column.cards), column.rest, column.is_extended) == (5, 0, True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_cards_that_many_place_and_move_at_once_keep_places_of_their_own(
    make_idea: Callable[..., Idea], board: IdeaBoardPage, moderator: Member
) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(10)]
    slugs = ("open", "planned", "in-progress")
    for number, idea in enumerate(ideas):
        change_status(idea=idea, status=status(board, slugs[number % 3]), by=moderator)

    def moves(luck: random.Random) -> None:
        for _ in range(6):
            idea, other = (Idea.objects.get(pk=one.pk) for one in luck.sample(ideas, 2))
            place = Place(other, luck.random() < 0.5, seen(other)) if luck.random() < 0.8 else None
            column = other.status if place else status(board, luck.choice(slugs))
            with suppress(ConflictError):
                move_idea(idea=idea, by=moderator, version=seen(idea), status=column, place=place, **WITH_NOBODY)

    assert not together(*[lambda number=number: moves(random.Random(number)) for number in range(12)])
    assert PostLogEntry.objects.filter(action=PLACED).exists()
    for kind in ("planned", "started"):
        placed = Idea.objects.filter(status__kind=kind, roadmap_position__isnull=False)
        numbers = list(placed.values_list("roadmap_position", flat=True))
        assert len(set(numbers)) == len(numbers)
    assert not Idea.objects.filter(status__kind="open", roadmap_position__isnull=False).exists()


# Questions


def test_a_question_is_to_do_until_somebody_moves_it(question: Question, forum: ForumPage, moderator: Member) -> None:
    assert places(question_columns(moderator, forum)) == {"todo": [question.title]}
    assert not QuestionCard.objects.exists()
    card = move_question(question=question, by=moderator, version="0", stage="waiting", assignee=moderator)
    assert places(question_columns(moderator, forum)) == {"waiting": [question.title]}
    assert (card.version, card.assignee, card.changed_by) == (1, moderator, moderator)
    assert PostLogEntry.objects.for_instance(question).first().data == {"stage": "waiting", "assignee": "Moderator"}
    same = move_question(question=question, by=moderator, version="1", stage="waiting", assignee=moderator)
    assert same.version == 1


def test_a_stale_move_of_a_question_is_refused(question: Question, moderator: Member, administrator: Member) -> None:
    move_question(question=question, by=administrator, version="0", stage="doing", assignee=administrator)
    said = r"Administrator changed this card. It is in “In progress” now, assigned to Administrator"
    with pytest.raises(StaleCardError, match=said):
        move_question(question=question, by=moderator, version="0", stage="done", assignee=None)
    assert QuestionCard.objects.get().stage == "doing"


def test_questions_are_assigned_to_moderators_who_may_read_the_forum(
    question: Question, moderator: Member, member: Member, administrator: Member
) -> None:
    restrict(question.forum, "Moderators")
    suspended = make_member("suspended", "Moderators", is_suspended=True)
    for person in (member, administrator, suspended):
        with pytest.raises(CantAnswerError):
            move_question(question=question, by=moderator, version="0", stage="todo", assignee=person)
    assert move_question(question=question, by=moderator, version="0", stage="todo", assignee=moderator).version == 1


def test_a_solved_question_is_done_for_a_week_and_can_not_be_moved(
    question: Question, answer: Answer, forum: ForumPage, moderator: Member, author: Member
) -> None:
    move_question(question=question, by=moderator, version="0", stage="doing", assignee=None)
    accept_answer(answer=answer, by=author)
    assert places(question_columns(moderator, forum)) == {"done": [question.title]}
    assert question_card(question).column == "done"
    with pytest.raises(SolvedError):
        move_question(question=question, by=moderator, version="1", stage="waiting", assignee=None)
    QuestionCard.objects.update(solved_at=timezone.now() - timedelta(days=8))
    assert places(question_columns(moderator, forum)) == {}


def test_a_question_that_is_solved_no_longer_is_back_where_it_was(
    question: Question, answer: Answer, forum: ForumPage, moderator: Member, author: Member
) -> None:
    move_question(question=question, by=moderator, version="0", stage="doing", assignee=None)
    accept_answer(answer=answer, by=author)
    set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN, reason="Wrong")
    assert places(question_columns(moderator, forum)) == {"doing": [question.title]}
    set_visibility(content=answer, by=moderator, visibility=Visibility.VISIBLE, reason="Right")
    unaccept_answer(answer=answer, by=author)
    assert places(question_columns(moderator, forum)) == {"doing": [question.title]}


def test_what_somebody_calls_done_leaves_after_a_week(question: Question, forum: ForumPage, moderator: Member) -> None:
    move_question(question=question, by=moderator, version="0", stage="done", assignee=None)
    assert places(question_columns(moderator, forum)) == {"done": [question.title]}
    QuestionCard.objects.update(changed_at=timezone.now() - timedelta(days=8))
    assert places(question_columns(moderator, forum)) == {}


def test_who_waits_longest_comes_first_and_duplicates_do_not_come(
    question: Question, forum: ForumPage, moderator: Member
) -> None:
    from community.actions import ask_question

    asker = make_member("asker")
    older = ask_question(forum=forum, by=asker, title="Older", body="?")
    Question.objects.filter(pk=older.pk).update(created_at=timezone.now() - timedelta(days=30))
    copy = ask_question(forum=forum, by=asker, title="Copy", body="??")
    merge_question(duplicate=copy, target=question, by=moderator)
    assert places(question_columns(moderator, forum)) == {"todo": ["Older", question.title]}
