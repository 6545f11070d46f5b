"""Votes that the team adds for customers who called or wrote, and that customers claim when they have an account."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Member
from core.errors import ConflictError, ForbiddenError
from ideas.actions import (
    cast_vote,
    cast_vote_for,
    claim_votes,
    merge_idea,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
    withdraw_vote_for,
)
from ideas.errors import AlreadyClaimedError, NotAddedByTeamError, UnreadableBoardError, VotingClosedError
from ideas.models import Idea, IdeaBoardPage, Importance, Vote, VoteEvent, VoteSentence
from tests.people import make_member

PHONE = VoteEvent.Channel.PHONE


@pytest.fixture
def customer(db: None) -> Member:
    """Somebody without an account."""
    return make_member("customer", email=None)


def count(idea: Idea) -> int:
    return Idea.objects.values_list("supporter_count", flat=True).get(pk=idea.pk)


def test_the_line_says_who_added_the_vote_how_and_where_it_was_learnt(
    idea: Idea, customer: Member, moderator: Member
) -> None:
    called = timezone.now() - timedelta(days=2)
    cast_vote_for(
        idea=idea,
        member=customer,
        by=moderator,
        channel=PHONE,
        occurred_at=called,
        importance=Importance.CRITICAL,
        sentence="We could close our old tool.",
        evidence_url="https://tickets.example.com/4711",
        note="Asked twice.",
    )
    line = VoteEvent.objects.get(member=customer)
    assert (line.kind, line.channel, line.cast_by, line.importance) == ("cast", "phone", moderator, "critical")
    assert line.occurred_at == called < line.recorded_at
    assert (line.evidence.url, line.evidence.note) == ("https://tickets.example.com/4711", "Asked twice.")
    assert VoteSentence.objects.get(member=customer).is_public is False
    assert count(idea) == 2


def test_own_votes_name_nobody_else(idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    assert VoteEvent.objects.get(member=member).cast_by is None


def test_only_moderators_vote_for_others(idea: Idea, customer: Member, member: Member, product_manager: Member) -> None:
    for person in (member, product_manager):
        with pytest.raises(ForbiddenError):
            cast_vote_for(idea=idea, member=customer, by=person, channel=PHONE)
    assert count(idea) == 1


def test_a_member_is_not_given_a_vote_that_they_could_not_see(
    staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, customer: Member, moderator: Member
) -> None:
    plan = make_idea("Secret", on=staff_board, by=moderator)
    with pytest.raises(UnreadableBoardError):
        cast_vote_for(idea=plan, member=member, by=moderator, channel=PHONE)
    cast_vote_for(idea=plan, member=customer, by=moderator, channel=PHONE)
    assert count(plan) == 2


def test_the_team_takes_back_only_what_it_added(
    idea: Idea, member: Member, customer: Member, moderator: Member
) -> None:
    cast_vote(idea=idea, by=member)
    with pytest.raises(NotAddedByTeamError):
        withdraw_vote_for(idea=idea, member=member, by=moderator)
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    withdraw_vote_for(idea=idea, member=customer, by=moderator)
    assert count(idea) == 2
    assert VoteEvent.objects.filter(member=customer).latest("pk").cast_by == moderator
    with pytest.raises(NotAddedByTeamError):
        withdraw_vote_for(idea=idea, member=customer, by=moderator)


def test_a_member_takes_back_a_vote_that_was_added_for_them(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote_for(idea=idea, member=member, by=moderator, channel=VoteEvent.Channel.EMAIL)
    withdraw_vote(idea=idea, by=member)
    assert count(idea) == 1


def test_a_closed_idea_takes_no_votes_for_others_either(
    idea: Idea, customer: Member, moderator: Member, status: Callable[..., object]
) -> None:
    Idea.objects.filter(pk=idea.pk).update(status=status("declined"))
    with pytest.raises(VotingClosedError):
        cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)


def test_claimed_votes_keep_their_times_and_count_once(
    idea: Idea, customer: Member, member: Member, moderator: Member
) -> None:
    called = timezone.now() - timedelta(days=2)
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE, occurred_at=called, sentence="Please.")
    trending = Idea.objects.get(pk=idea.pk).trending
    claim_votes(customer=customer, by=member)
    vote = Vote.objects.get(member=member)
    line = VoteEvent.objects.get(member=member)
    assert (vote.cast_at, line.occurred_at, line.channel, line.cast_by) == (called, called, "phone", moderator)
    assert not Vote.objects.get(member=customer).is_cast
    assert count(idea) == 2
    assert Idea.objects.get(pk=idea.pk).trending == pytest.approx(trending)
    assert VoteSentence.objects.get(idea=idea).member == member
    customer.refresh_from_db()
    assert (customer.claimed_by, customer.is_active) == (member, False)


def test_who_voted_already_is_not_counted_twice_after_claiming(
    idea: Idea, customer: Member, member: Member, moderator: Member
) -> None:
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    cast_vote(idea=idea, by=member)
    assert count(idea) == 3
    claim_votes(customer=customer, by=member)
    assert count(idea) == 2


def test_votes_are_claimed_once(
    idea: Idea, customer: Member, member: Member, author: Member, moderator: Member
) -> None:
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    claim_votes(customer=customer, by=member)
    for person in (member, author):
        with pytest.raises(AlreadyClaimedError):
            claim_votes(customer=customer, by=person)


def test_nobody_claims_the_votes_of_an_account(idea: Idea, member: Member, author: Member) -> None:
    with pytest.raises(ConflictError):
        claim_votes(customer=author, by=member)
    assert Vote.objects.get(member=author).stands


def test_a_claimed_vote_that_was_silenced_comes_back_with_its_idea(
    canonical: Idea, duplicate: Idea, customer: Member, member: Member, moderator: Member
) -> None:
    cast_vote_for(idea=duplicate, member=customer, by=moderator, channel=PHONE)
    cast_vote_for(idea=canonical, member=customer, by=moderator, channel=PHONE)
    withdraw_vote_for(idea=canonical, member=customer, by=moderator)
    claim_votes(customer=customer, by=member)
    assert count(canonical) == 1
    edge = duplicate.merges.get()
    undo_idea_merge(edge=edge, by=moderator)
    assert (count(canonical), count(duplicate)) == (1, 2)
    assert Vote.objects.get(member=member, idea=duplicate).stands


def test_votes_that_were_set_apart_stay_apart_when_claimed(
    canonical: Idea, duplicate: Idea, customer: Member, member: Member, moderator: Member
) -> None:
    cast_vote_for(idea=duplicate, member=customer, by=moderator, channel=PHONE)
    set_votes_apart(duplicate=duplicate, by=customer)
    claim_votes(customer=customer, by=member)
    assert (count(canonical), count(duplicate)) == (1, 1)


def test_a_merge_counts_a_customer_once(make_idea: Callable[..., Idea], customer: Member, moderator: Member) -> None:
    one, other = make_idea("One"), make_idea("Other")
    for idea in (one, other):
        cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    merge_idea(duplicate=one, into=other, by=moderator)
    assert count(other) == 2
