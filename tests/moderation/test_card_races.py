"""Many people move one card at once: for each version that was seen, exactly one of them succeeds."""

from functools import partial

import pytest

from accounts.models import Member
from community.models import Question
from ideas.models import Idea, Status, StatusChange
from moderation.actions import StaleCardError, move_idea, move_question
from moderation.cards import idea_card
from moderation.models import QuestionCard
from tests.races import together

THREADS = 16

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_an_idea_is_moved_once_from_each_version(idea: Idea, moderator: Member) -> None:
    statuses = list(Status.objects.filter(board=idea.board))
    for moves in range(1, 4):
        now = Idea.objects.get().status_id
        targets = [status for status in statuses if status.pk != now] * (THREADS // 4)
        move = partial(
            move_idea, idea=idea, by=moderator, version=idea_card(idea).version, owner=None, target_quarter=""
        )
        errors = together(*[partial(move, status=target) for target in targets])
        assert [type(error) for error in errors] == [StaleCardError] * (THREADS - 1)
        assert StatusChange.objects.filter(idea=idea, changed_by=moderator).count() == moves


def test_a_question_is_moved_once_from_each_version(question: Question, moderator: Member) -> None:
    for version, stage in enumerate(["doing", "waiting", "done"]):
        move = partial(move_question, question=question, by=moderator, version=str(version), stage=stage, assignee=None)
        errors = together(*[move] * THREADS)
        assert [type(error) for error in errors] == [StaleCardError] * (THREADS - 1)
        assert QuestionCard.objects.get().version == version + 1
