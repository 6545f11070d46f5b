"""A site that is filled for measuring is what acts of people would have left."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Member
from benchmarks.filling import POSTS_BELOW, Plan, fill
from community.counts import wrong_questions
from community.models import Answer, ForumPage, Question
from exchange.derived import recount_ideas
from ideas.actions import cast_vote, post_idea
from ideas.models import Comment, Idea, IdeaBoardPage, Status, Vote, VoteEvent
from ideas.rebuild import differences

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

PLAN = Plan(ideas=60, votes=5, comments=2, members=40, questions=30)


@pytest.fixture
def filled(board: IdeaBoardPage, forum: ForumPage) -> IdeaBoardPage:
    fill(PLAN, board=board, forum=forum)
    return board


def test_everything_stored_about_votes_is_what_the_ledger_says(filled: IdeaBoardPage) -> None:
    assert list(differences(Idea.objects.values_list("pk", flat=True))) == []
    assert Vote.objects.count() == VoteEvent.objects.count()
    assert 0.7 < Vote.objects.count() / (PLAN.ideas * PLAN.votes) < 1.3


def test_the_boards_of_any_moment_can_be_told(filled: IdeaBoardPage) -> None:
    moment = timezone.now() - timedelta(days=365)
    ranked = Idea.objects.as_of(moment).top()
    assert len(ranked) == Idea.objects.filter(created_at__lte=moment).count() > 0
    assert sum(each.supporter_count for each in ranked) == Vote.objects.filter(cast_at__lte=moment).count() > 0


def test_what_questions_say_about_their_answers_is_right(filled: IdeaBoardPage) -> None:
    assert list(wrong_questions()) == []
    assert Question.objects.filter(is_solved=True).exists()


def test_what_ideas_say_about_their_comments_is_right(filled: IdeaBoardPage) -> None:
    columns = ("pk", "comment_count", "discussion_count", "last_activity_at")
    stored = list(Idea.objects.order_by("pk").values_list(*columns))
    recount_ideas([pk for pk, *_ in stored])
    assert list(Idea.objects.order_by("pk").values_list(*columns)) == stored


def test_the_pages_that_are_measured_have_thirty_posts_below(filled: IdeaBoardPage) -> None:
    idea, question = Idea.objects.earliest("pk"), Question.objects.earliest("pk")
    assert Comment.objects.filter(idea=idea).count() == POSTS_BELOW
    assert Answer.objects.filter(question=question).count() + question.comments.count() == POSTS_BELOW


def test_ideas_are_in_every_status(filled: IdeaBoardPage) -> None:
    assert set(Idea.objects.values_list("status", flat=True)) == set(
        Status.objects.filter(board=filled).values_list("pk", flat=True)
    )


def test_people_go_on_where_the_filling_ended(filled: IdeaBoardPage) -> None:
    newcomer = Member.objects.create_user("newcomer", "newcomer@example.com", name="Newcomer")
    own = post_idea(board=filled, by=newcomer, title="Another", body="One more.", tags=["rota"])
    cast_vote(idea=Idea.objects.filter(status__accepts_votes=True).earliest("pk"), by=newcomer)
    assert list(differences(Idea.objects.values_list("pk", flat=True))) == []
    assert own.supporter_count == 1


def test_indexes_and_constraints_are_back(board: IdeaBoardPage, forum: ForumPage) -> None:
    before = indexes()
    fill(PLAN, board=board, forum=forum)
    assert indexes() == before


def indexes() -> list[tuple[str, ...]]:
    """Every index of the database, and every unique constraint."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL "
            "SELECT conrelid::regclass || conname || pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'u' "
            "ORDER BY 1"
        )
        return list(cursor.fetchall())
