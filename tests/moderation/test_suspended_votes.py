"""Votes of suspended members are kept and not counted, and count again when the suspension is lifted."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.actions import erase_member
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
)
from ideas.errors import SuspendedVoterError
from ideas.models import Idea, Vote, VoteEvent
from ideas.rebuild import differences
from moderation.actions import lift_suspension, suspend_member
from moderation.models import Suspension
from tests.people import make_member
from tests.races import together

THREADS = 32
Kind = VoteEvent.Kind


def now(member: Member) -> Member:
    return Member.objects.get(pk=member.pk)


def supporters(*ideas: Idea) -> list[int]:
    """What is stored about these ideas, which is what the ledger says."""
    assert list(differences(Idea.objects.values_list("pk", flat=True))) == []
    counts = dict(Idea.objects.values_list("pk", "supporter_count"))
    return [counts[idea.pk] for idea in ideas]


def test_they_leave_the_counts_and_come_back_with_their_times(
    make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    first, second = make_idea("Dark mode"), make_idea("Offline use")
    earlier = timezone.now() - timedelta(days=9)
    cast_vote(idea=first, by=member, occurred_at=earlier)
    cast_vote(idea=second, by=member)
    before = list(Idea.objects.order_by("pk").values("pk", "supporter_count", "top_score"))
    trending = Idea.objects.get(pk=first.pk).trending
    suspension = suspend_member(member=member, by=moderator, reason="Bought votes")
    assert supporters(first, second) == [1, 1]
    assert Vote.objects.get(member=member, idea=first).cast_at == earlier
    lift_suspension(suspension=suspension, by=moderator)
    assert supporters(first, second) == [2, 2]
    assert list(Idea.objects.order_by("pk").values("pk", "supporter_count", "top_score")) == before
    assert Idea.objects.get(pk=first.pk).trending == pytest.approx(trending)
    kinds = VoteEvent.objects.filter(member=member, idea=first).values_list("kind", "cast_by")
    assert list(kinds) == [
        (Kind.CAST, None),
        (Kind.EXCLUDED, moderator.pk),
        (Kind.RESTORED, moderator.pk),
    ]


def test_a_merged_family_counts_the_others_alone(
    make_idea: Callable[..., Idea], member: Member, advocate: Member, moderator: Member
) -> None:
    canonical, duplicate = make_idea("Dark mode"), make_idea("Night theme")
    for person in (member, advocate):
        cast_vote(idea=duplicate, by=person)
    cast_vote(idea=canonical, by=member)
    edge = merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    assert supporters(canonical) == [3]
    suspension = suspend_member(member=member, by=moderator, reason="Bought votes")
    assert supporters(canonical) == [2]
    undo_idea_merge(edge=edge, by=moderator)
    assert supporters(canonical, duplicate) == [1, 2]
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    lift_suspension(suspension=suspension, by=moderator)
    assert supporters(canonical) == [3]


def test_a_vote_that_was_set_apart_comes_back_where_it_was(
    make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    canonical, duplicate = make_idea("Dark mode"), make_idea("Night theme")
    cast_vote(idea=duplicate, by=member)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    set_votes_apart(duplicate=duplicate, by=member)
    assert supporters(canonical, duplicate) == [1, 1]
    suspension = suspend_member(member=member, by=moderator, reason="Bought votes")
    assert supporters(canonical, duplicate) == [1, 0]
    lift_suspension(suspension=suspension, by=moderator)
    assert supporters(canonical, duplicate) == [1, 1]


def test_a_vote_that_was_taken_back_meanwhile_stays_away(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    suspension = suspend_member(member=member, by=moderator, reason="Bought votes")
    withdraw_vote(idea=idea, by=now(member))
    assert supporters(idea) == [1]
    lift_suspension(suspension=suspension, by=moderator)
    assert supporters(idea) == [1]
    cast_vote(idea=idea, by=now(member))
    assert supporters(idea) == [2]


def test_the_button_takes_back_and_does_not_vote(
    idea: Idea, make_idea: Callable[..., Idea], member: Member, moderator: Member, client: Client
) -> None:
    other = make_idea("Offline use")
    cast_vote(idea=idea, by=member)
    suspend_member(member=member, by=moderator, reason="Bought votes")
    client.force_login(member)
    assert f"/i/{idea.pk}/unvote/" in client.get(idea.get_absolute_url()).text
    page = client.get(other.get_absolute_url()).text
    assert f"/i/{other.pk}/vote/" not in page
    assert client.post(f"/i/{idea.pk}/unvote/").status_code == 302
    assert not Vote.objects.get(member=member, idea=idea).is_cast


def test_a_refused_suspension_excludes_nothing(idea: Idea, moderator: Member, author: Member) -> None:
    cast_vote(idea=idea, by=moderator)
    with pytest.raises(ForbiddenError):
        suspend_member(member=moderator, by=author, reason="Revenge")
    with pytest.raises(ConflictError):
        suspend_member(member=author, by=moderator, reason="")
    assert supporters(idea) == [2]
    assert not VoteEvent.objects.filter(kind=Kind.EXCLUDED).exists()


def test_the_team_adds_no_vote_for_them_and_they_claim_none(
    idea: Idea, make_idea: Callable[..., Idea], member: Member, author: Member, moderator: Member
) -> None:
    customer = Member.objects.create_user("caller", name="A caller")
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=VoteEvent.Channel.PHONE)
    suspend_member(member=customer, by=moderator, reason="Invented")
    suspend_member(member=member, by=moderator, reason="Bought votes")
    with pytest.raises(SuspendedVoterError):
        cast_vote_for(idea=idea, member=member, by=moderator, channel=VoteEvent.Channel.PHONE)
    with pytest.raises(ForbiddenError):
        claim_votes(customer=customer, by=member)
    with pytest.raises(SuspendedVoterError):
        claim_votes(customer=customer, by=author)
    assert supporters(idea) == [1]


def test_who_is_erased_stays_excluded(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    suspend_member(member=member, by=moderator, reason="Bought votes")
    erase_member(member=now(member), by=now(member))
    assert supporters(idea) == [1]
    assert Vote.objects.get(member=member, idea=idea).is_excluded


def test_the_command_brings_them_back(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    suspend_member(member=member, by=moderator, reason="Bought votes", ends_at=timezone.now() + timedelta(days=1))
    past = timezone.now() - timedelta(hours=1)
    Suspension.objects.update(suspended_at=past - timedelta(days=1), ends_at=past)
    assert supporters(idea) == [1]
    for _ in range(2):
        call_command("end_suspensions", verbosity=0)
        assert supporters(idea) == [2]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("seed", range(3))
def test_none_counts_however_many_are_cast_at_the_same_moment(
    seed: int, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(8)]
    merge_idea(duplicate=ideas[0], into=ideas[1], by=moderator)

    def votes(luck: random.Random) -> None:
        for _ in range(8):
            try:
                luck.choice([cast_vote, cast_vote, withdraw_vote])(idea=luck.choice(ideas), by=now(member))
            except ForbiddenError:
                continue

    errors = together(
        *[lambda n=n: votes(random.Random(n * 100 + seed)) for n in range(THREADS - 1)],
        lambda: suspend_member(member=member, by=moderator, reason="Bought votes"),
    )
    assert errors == []
    assert now(member).is_suspended
    assert not Vote.objects.filter(member=member, is_cast=True, is_excluded=False).exists()
    canonical = ideas[1:]
    assert supporters(*canonical) == [1] * len(canonical)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_it_is_done_once_and_lifted_once(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    errors = together(*[lambda: suspend_member(member=member, by=moderator, reason="Bought votes")] * 8)
    assert len(errors) == 7
    assert all(isinstance(error, ConflictError) for error in errors)
    assert supporters(idea) == [1]
    suspension = Suspension.objects.get()
    errors = together(*[lambda: lift_suspension(suspension=suspension, by=moderator)] * 8)
    assert len(errors) == 7
    assert all(isinstance(error, ConflictError) for error in errors)
    assert supporters(idea) == [2]
    kinds = [Kind.CAST, Kind.EXCLUDED, Kind.RESTORED]
    assert list(VoteEvent.objects.filter(member=member).values_list("kind", flat=True)) == kinds


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_are_suspended_while_everybody_votes(make_idea: Callable[..., Idea], moderator: Member) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(5)]
    members = [make_member(f"voter{number}") for number in range(12)]

    def votes(person: Member) -> None:
        luck = random.Random(person.pk)
        for _ in range(6):
            try:
                cast_vote(idea=luck.choice(ideas), by=now(person))
            except ForbiddenError:
                return

    errors = together(
        *[lambda person=person: votes(person) for person in members],
        *[lambda person=person: suspend_member(member=person, by=moderator, reason="Bots") for person in members[:6]],
    )
    assert errors == []
    supporters()
    assert not Vote.objects.filter(member__in=members[:6], is_excluded=False).exists()
    assert not Vote.objects.filter(member__in=members[6:], is_excluded=True).exists()
