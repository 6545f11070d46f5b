"""One person in many tabs: whatever they press at once leaves one row, and the later edit is the one that is seen."""

import random

import pytest

from accounts.models import Member
from community.models import Question
from core.errors import ConflictError
from ideas.actions import (
    acknowledge_edit,
    cast_vote,
    edit_idea,
    explain_vote,
    follow_idea,
    hide_sentence,
    relate_question,
    unfollow_idea,
    withdraw_vote,
)
from ideas.models import Idea, IdeaRevision, IdeaSubscription, RelatedQuestion, SeenEdit, VoteSentence
from tests.people import make_member
from tests.races import together

THREADS = 16

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_following_and_unfollowing_at_once_leaves_one_word(idea: Idea) -> None:
    member = make_member("busy")
    acts = [lambda: follow_idea(idea=idea, by=member), lambda: unfollow_idea(idea=idea, by=member)]
    assert not together(*acts * (THREADS // 2))
    assert IdeaSubscription.objects.filter(idea=idea, member=member).count() == 1


def test_of_several_edits_seen_at_once_the_last_is_kept(idea: Idea, author: Member) -> None:
    member = make_member("busy")
    for number in range(4):
        edit_idea(idea=idea, by=author, title="Dark mode", body=f"Number {number}.", tags=[])
    revisions = list(IdeaRevision.objects.filter(content=idea).order_by("pk"))
    acts = [
        lambda revision=revision: acknowledge_edit(idea=idea, by=member, revision=revision) for revision in revisions
    ] * 4
    random.Random(7).shuffle(acts)
    assert not together(*acts)
    assert SeenEdit.objects.get(idea=idea, member=member).seen_at == revisions[-1].replaced_at


def test_tying_a_question_at_once_ties_it_once(idea: Idea, question: Question, moderator: Member) -> None:
    errors = together(*[lambda: relate_question(idea=idea, question=question, by=moderator)] * THREADS)
    assert not errors
    assert RelatedQuestion.objects.count() == 1


def test_explaining_withdrawing_and_hiding_at_once_end_in_one_state(idea: Idea, moderator: Member) -> None:
    member = make_member("busy")
    cast_vote(idea=idea, by=member)
    explain_vote(idea=idea, by=member, sentence="First.", is_public=True)
    sentence = VoteSentence.objects.get(member=member)
    acts = [
        lambda: explain_vote(idea=idea, by=member, sentence="Second.", is_public=True),
        lambda: hide_sentence(sentence=sentence, by=moderator, reason="x"),
        lambda: withdraw_vote(idea=idea, by=member),
        lambda: cast_vote(idea=idea, by=member),
    ]
    errors = together(*acts * 4)
    assert all(isinstance(error, ConflictError) for error in errors)
    said = VoteSentence.objects.get(member=member)
    assert said.hidden_at is not None
    assert not VoteSentence.objects.public().filter(member=member).exists()
