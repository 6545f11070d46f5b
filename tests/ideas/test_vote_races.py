"""Many people at once: whatever runs together, what is stored is what the rows say."""

import random
from collections.abc import Callable

import pytest

from accounts.models import Member
from core.errors import ConflictError
from ideas import tally
from ideas.actions import (
    cast_vote,
    cast_vote_for,
    claim_votes,
    exclude_votes,
    merge_idea,
    post_comment,
    rejoin_votes,
    restore_votes,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.errors import AlreadyClaimedError
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Vote, VoteEvent
from ideas.rebuild import differences
from tests.people import make_member
from tests.races import together

THREADS = 32

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def check_counts() -> None:
    """Everything stored about support equals what its rows say."""
    rows = {idea.pk: idea for idea in Idea.objects.select_related("board")}
    for pk, people in tally.Family(rows).supporters().items():
        assert rows[pk].supporter_count == len(people)
        assert rows[pk].trending == pytest.approx(tally.trending(people.values(), rows[pk].board.half_life_days))
    parents = dict(IdeaMerge.objects.standing().values_list("duplicate", "target"))
    for pk, idea in rows.items():
        root = tally.families.root(parents, pk)
        assert idea.canonical_id == (None if root == pk else root)


def test_one_person_in_many_tabs_votes_once(board: IdeaBoardPage, idea: Idea) -> None:
    member = make_member("busy")
    errors = together(*[lambda: cast_vote(idea=idea, by=member)] * THREADS)
    idea.refresh_from_db()
    assert not errors
    assert idea.supporter_count == 2
    assert VoteEvent.objects.filter(member=member).count() == 1


def test_everybody_is_counted(idea: Idea) -> None:
    members = [make_member(f"voter{number}") for number in range(THREADS)]
    errors = together(*[lambda member=member: cast_vote(idea=idea, by=member) for member in members])
    idea.refresh_from_db()
    assert not errors
    assert idea.supporter_count == THREADS + 1
    check_counts()


@pytest.mark.parametrize("seed", range(3))
def test_votes_and_withdrawals_while_ideas_merge(seed: int, make_idea: Callable[..., Idea], moderator: Member) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(6)]
    members = [make_member(f"voter{number}") for number in range(THREADS - 4)]

    def votes(member: Member, luck: random.Random) -> None:
        for _ in range(12):
            act = luck.choice([cast_vote, cast_vote, withdraw_vote])
            act(idea=luck.choice(ideas), by=member)
            if luck.random() < 0.2:
                try:
                    luck.choice([set_votes_apart, rejoin_votes])(duplicate=luck.choice(ideas), by=member)
                except ConflictError:
                    continue

    def merges(luck: random.Random) -> None:
        for _ in range(12):
            try:
                edge = IdeaMerge.objects.standing().order_by("?").first()
                if edge is not None and luck.random() < 0.5:
                    undo_idea_merge(edge=edge, by=moderator)
                else:
                    one, other = luck.sample(ideas, 2)
                    merge_idea(duplicate=one, into=other, by=moderator)
            except ConflictError:
                continue

    errors = together(
        *[lambda member=member: votes(member, random.Random(member.pk * 100 + seed)) for member in members],
        *[lambda number=number: merges(random.Random(number * 100 + seed)) for number in range(4)],
    )
    assert not errors
    check_counts()
    for vote in Vote.objects.all():
        lines = VoteEvent.objects.filter(idea=vote.idea_id, member=vote.member_id)
        last = lines.order_by("-recorded_at", "-pk").first()
        assert last is not None
        assert vote.stands == (last.kind in (VoteEvent.Kind.CAST, VoteEvent.Kind.REINSTATED))


def test_opposite_merges_at_once_make_no_circle(make_idea: Callable[..., Idea], moderator: Member) -> None:
    one, other = make_idea("One"), make_idea("Other")
    errors = together(
        *[lambda: merge_idea(duplicate=one, into=other, by=moderator)] * 8,
        *[lambda: merge_idea(duplicate=other, into=one, by=moderator)] * 8,
    )
    assert len(errors) == 15
    assert all(isinstance(error, ConflictError) for error in errors)
    assert IdeaMerge.objects.standing().count() == 1
    check_counts()


def test_one_merge_is_undone_once(make_idea: Callable[..., Idea], moderator: Member) -> None:
    edge = merge_idea(duplicate=make_idea("One"), into=make_idea("Other"), by=moderator)
    errors = together(*[lambda: undo_idea_merge(edge=edge, by=moderator)] * 8)
    assert len(errors) == 7
    assert all(isinstance(error, ConflictError) for error in errors)
    check_counts()


def test_votes_are_excluded_and_restored_while_people_vote_merge_and_comment(
    make_idea: Callable[..., Idea], moderator: Member
) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(6)]
    members = [make_member(f"voter{number}") for number in range(20)]

    def votes(member: Member, luck: random.Random) -> None:
        for _ in range(8):
            luck.choice([cast_vote, cast_vote, withdraw_vote])(idea=luck.choice(ideas), by=member)

    def sanctions(luck: random.Random) -> None:
        for _ in range(8):
            luck.choice([exclude_votes, restore_votes])(member=luck.choice(members), by=moderator)

    def merges(luck: random.Random) -> None:
        for _ in range(8):
            try:
                edge = IdeaMerge.objects.standing().order_by("?").first()
                if edge is not None and luck.random() < 0.5:
                    undo_idea_merge(edge=edge, by=moderator)
                else:
                    one, other = luck.sample(ideas, 2)
                    merge_idea(duplicate=one, into=other, by=moderator)
            except ConflictError:
                continue

    def comments(member: Member, luck: random.Random) -> None:
        for number in range(8):
            post_comment(idea=luck.choice(ideas), by=member, body=f"Comment {number}")

    errors = together(
        *[lambda member=member: votes(member, random.Random(member.pk)) for member in members],
        *[lambda number=number: sanctions(random.Random(number)) for number in range(4)],
        *[lambda number=number: merges(random.Random(number)) for number in range(4)],
        *[lambda member=member: comments(member, random.Random(member.pk)) for member in members[:4]],
    )
    assert not errors
    check_counts()
    assert not list(differences(idea.pk for idea in ideas))


def test_a_customers_votes_are_claimed_by_one_account(make_idea: Callable[..., Idea], moderator: Member) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(4)]
    customer = make_member("customer", email=None)
    claimants = [make_member(f"claimant{number}") for number in range(8)]
    for idea in ideas:
        cast_vote_for(idea=idea, member=customer, by=moderator, channel=VoteEvent.Channel.PHONE)
    errors = together(*[lambda member=member: claim_votes(customer=customer, by=member) for member in claimants])
    assert len(errors) == 7
    assert all(isinstance(error, AlreadyClaimedError) for error in errors)
    check_counts()
    assert {idea.supporter_count for idea in Idea.objects.all()} == {2}
