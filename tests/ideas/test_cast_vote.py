"""Casting votes."""

from accounts.models import Member
from ideas.actions import cast_vote
from ideas.models import Idea, VoteEvent


def test_posting_an_idea_casts_its_authors_vote(idea: Idea, author: Member) -> None:
    assert idea.supporter_count == 1
    assert list(VoteEvent.objects.values_list("member", "kind")) == [(author.pk, "cast")]


def test_a_vote_counts_once_however_often_it_is_cast(idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    cast_vote(idea=idea, by=member)
    idea.refresh_from_db()
    assert idea.supporter_count == 2
    assert VoteEvent.objects.filter(member=member).count() == 1
