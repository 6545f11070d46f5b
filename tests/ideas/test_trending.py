"""Trending: the formula, its rounding, and the board's half-life."""

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from ideas import tally
from ideas.actions import cast_vote, merge_idea, withdraw_vote
from ideas.models import Idea, IdeaBoardPage, Vote
from ideas.rebuild import differences, rebuild
from tests.people import make_member

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_one_supporter_is_worth_the_moment_of_the_vote() -> None:
    assert tally.trending([NOW], 14) == round(math.log(2) / (14 * 86_400) * NOW.timestamp(), 9)


def test_nobody_is_worth_nothing() -> None:
    assert tally.trending([], 14) == 0.0


def test_two_votes_a_half_life_ago_are_worth_one_now() -> None:
    before = NOW - timedelta(days=14)
    assert tally.trending([before, before], 14) == pytest.approx(tally.trending([NOW], 14), abs=1e-8)
    assert tally.trending([before], 14) < tally.trending([NOW], 14)
    assert tally.trending([before] * 3, 14) > tally.trending([NOW], 14)


@given(days=st.lists(st.floats(0, 4000), min_size=1, max_size=40), half_life=st.integers(1, 365))
def test_adding_one_by_one_gives_what_counting_at_once_gives(days: list[float], half_life: int) -> None:
    moments = [NOW - timedelta(days=day) for day in days]
    rate = tally.decay(half_life)
    running = rate * moments[0].timestamp()
    for moment in moments[1:]:
        one, other = running, rate * moment.timestamp()
        running = round(max(one, other) + math.log1p(math.exp(-abs(one - other))), 9)
    assert running == pytest.approx(tally.trending(moments, half_life), abs=1e-7)


@given(days=st.lists(st.floats(0, 400), min_size=1, max_size=10), later=st.floats(0, 4000))
def test_the_order_of_two_ideas_does_not_change_as_time_passes(days: list[float], later: float) -> None:
    """What is stored is the logarithm of the decayed count, up to the same addend for all ideas."""
    moment = NOW + timedelta(days=later)
    rate = tally.decay(14)
    decayed = math.fsum(math.exp(-rate * ((moment - NOW).total_seconds() + day * 86_400)) for day in days)
    stored = tally.trending([NOW - timedelta(days=day) for day in days], 14)
    assert math.log(decayed) == pytest.approx(stored - rate * moment.timestamp(), abs=1e-6)


def test_imported_old_votes_do_not_look_fresh(make_idea: Callable[..., Idea]) -> None:
    old, new = make_idea("Old"), make_idea("New")
    withdraw_vote(idea=old, by=old.author)
    for number in range(9):
        moment = timezone.now() - timedelta(days=200)
        cast_vote(idea=old, by=make_member(f"m{number}"), occurred_at=moment)
    old.refresh_from_db()
    new.refresh_from_db()
    assert old.supporter_count > new.supporter_count
    assert old.trending < new.trending


def test_another_half_life_counts_the_board_anew(
    board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ideas.tally.BATCH", 2)
    ideas = [make_idea(f"Idea {number}") for number in range(5)]
    cast_vote(idea=ideas[0], by=moderator, occurred_at=timezone.now() - timedelta(days=30))
    merge_idea(duplicate=ideas[4], into=ideas[0], by=moderator)
    board.half_life_days = 30
    board.save()
    assert not list(differences(idea.pk for idea in ideas))
    stored = Idea.objects.get(pk=ideas[0].pk).trending
    rebuild(idea.pk for idea in ideas)
    assert Idea.objects.get(pk=ideas[0].pk).trending == stored


def test_ideas_of_another_board_keep_their_place(
    board: IdeaBoardPage, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea]
) -> None:
    idea = make_idea("Plan", on=staff_board)
    before = idea.trending
    board.half_life_days = 30
    board.save()
    idea.refresh_from_db()
    assert idea.trending == before


@pytest.mark.parametrize("years", [1, 90], ids=["usual votes", "votes so old that the database can't add them up"])
def test_the_database_counts_a_family_as_its_rows_are_counted(
    board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member, years: int
) -> None:
    """Members vote for one, two or all three of a family's ideas, and the first of their votes counts."""
    ideas = [make_idea(f"Idea {number}") for number in range(3)]
    people = [make_member(f"m{number}") for number in range(7)]
    begun = timezone.now() - timedelta(days=365 * years)
    for idea in ideas:
        withdraw_vote(idea=idea, by=idea.author)
    for number, person in enumerate(people, start=1):
        for place, idea in enumerate(ideas):
            if number >> place & 1:
                cast_vote(
                    idea=idea, by=person, occurred_at=begun + timedelta(hours=7 * number + 5 * (place * number % 3))
                )
    for duplicate in ideas[1:]:
        merge_idea(duplicate=duplicate, into=ideas[0], by=moderator)
    family = tally.Family({idea.pk: idea for idea in Idea.objects.all()})
    assert family.count() == family.counts(family.supporters())
    assert family.count()[ideas[0].pk].supporter_count == len(people)


def test_counting_reads_an_index_of_its_own(idea: Idea) -> None:
    votes = Vote.objects.filter(idea__in=[idea.pk, idea.pk + 1]).counted().values_list("member", "cast_at")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = votes.explain()
    assert "vote_counted" in plan
    assert connection.vendor != "postgresql" or "Index Only Scan" in plan
