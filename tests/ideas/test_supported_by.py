"""Which ideas of a list a person supports."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Member
from ideas import tally
from ideas.actions import cast_vote, merge_idea, rejoin_votes, set_votes_apart, undo_idea_merge, withdraw_vote
from ideas.models import Idea, IdeaMerge


@pytest.fixture
def chain(make_idea: Callable[..., Idea], moderator: Member) -> list[Idea]:
    """Leaf → middle → canonical, and an idea beside them."""
    canonical, middle, leaf, beside = (make_idea(name) for name in ("Canonical", "Middle", "Leaf", "Beside"))
    merge_idea(duplicate=leaf, into=middle, by=moderator)
    merge_idea(duplicate=middle, into=canonical, by=moderator)
    return fresh(canonical, middle, leaf, beside)


def fresh(*ideas: Idea) -> list[Idea]:
    return [Idea.objects.get(pk=idea.pk) for idea in ideas]


def test_a_vote_anywhere_in_a_family_supports_its_canonical(chain: list[Idea], member: Member) -> None:
    canonical, _, leaf, beside = chain
    cast_vote(idea=leaf, by=member)
    assert tally.supported_by(member, [canonical, beside]) == {canonical.pk}
    assert tally.votes_of(member, [canonical]) == {leaf.pk: canonical.pk}
    assert tally.votes_of(member, [beside]) == {}


def test_a_withdrawn_or_silenced_vote_supports_nothing(chain: list[Idea], member: Member) -> None:
    canonical, _, leaf, beside = chain
    cast_vote(idea=leaf, by=member)
    cast_vote(idea=beside, by=member)
    withdraw_vote(idea=canonical, by=member)
    withdraw_vote(idea=beside, by=member)
    assert tally.supported_by(member, [canonical, beside]) == set()


@pytest.mark.parametrize("edge", [1, 2])
def test_votes_set_apart_support_the_duplicate(chain: list[Idea], member: Member, edge: int) -> None:
    canonical, _, leaf, _ = chain
    cast_vote(idea=leaf, by=member)
    set_votes_apart(duplicate=chain[edge], by=member)
    assert tally.supported_by(member, [canonical]) == {chain[edge].pk}
    assert tally.crown_for(member, leaf) == chain[edge].pk
    cast_vote(idea=canonical, by=member)
    assert tally.supported_by(member, [leaf]) == {chain[edge].pk, canonical.pk}
    rejoin_votes(duplicate=chain[edge], by=member)
    assert tally.supported_by(member, [canonical]) == {canonical.pk}
    assert tally.crown_for(member, leaf) == canonical.pk


def test_an_undone_merge_leaves_nothing_apart(chain: list[Idea], member: Member, moderator: Member) -> None:
    canonical, middle, leaf, _ = chain
    cast_vote(idea=leaf, by=member)
    set_votes_apart(duplicate=leaf, by=member)
    undo_idea_merge(edge=IdeaMerge.objects.get(duplicate=middle), by=moderator)
    canonical, middle, leaf = fresh(canonical, middle, leaf)
    assert tally.supported_by(member, [canonical, middle]) == {leaf.pk}
    undo_idea_merge(edge=IdeaMerge.objects.get(duplicate=leaf), by=moderator)
    assert tally.supported_by(member, fresh(canonical, middle, leaf)) == {leaf.pk}


def test_visitors_support_nothing_and_cost_nothing(
    chain: list[Idea], django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(0):  # type: ignore[attr-defined]
        assert tally.supported_by(AnonymousUser(), chain) == set()
        assert tally.crown_for(AnonymousUser(), chain[2]) == chain[0].pk


def test_it_costs_one_query_however_many_ideas(
    chain: list[Idea], member: Member, django_assert_num_queries: Callable[..., object]
) -> None:
    for idea in chain:
        cast_vote(idea=idea, by=member)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        assert tally.supported_by(member, chain) == {chain[0].pk, chain[3].pk}
