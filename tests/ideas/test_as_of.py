"""The boards as they stood at a moment, told by the ledgers."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member, Organisation
from core.errors import ConflictError
from ideas import history
from ideas.actions import (
    cast_vote,
    change_status,
    exclude_votes,
    explain_vote,
    merge_idea,
    rejoin_votes,
    restore_votes,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, Importance, Status
from tests.people import make_member


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside these tests, so nothing has to settle."""
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


def now() -> datetime:
    return timezone.now()


def supporters(idea: Idea, moment: datetime) -> set[int]:
    """Who counted at the idea's family; Top, which the database counts, has as many for every family."""
    then = Idea.objects.as_of(moment)
    told = {family.idea: (family.supporter_count, family.base_votes, family.status) for family in then.families()}
    assert {ranked.idea: ranked[1:] for ranked in then.top()} == told
    family = then.family_of(idea)
    assert family is not None
    return set(family.supporters)


def test_votes_count_from_when_they_were_recorded_until_they_were_withdrawn(
    idea: Idea, author: Member, member: Member
) -> None:
    before = now()
    cast_vote(idea=idea, by=member, occurred_at=before - timedelta(days=9))
    voted = now()
    withdraw_vote(idea=idea, by=member)
    assert supporters(idea, before) == {author.pk}
    assert supporters(idea, voted) == {author.pk, member.pk}
    assert supporters(idea, now()) == {author.pk}


def test_a_family_is_what_it_was(make_idea: Callable[..., Idea], author: Member, moderator: Member) -> None:
    other = make_member("other")
    canonical, duplicate = make_idea("Dark mode"), make_idea("Night theme", by=other)
    apart = now()
    edge = merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    merged = now()
    undo_idea_merge(edge=edge, by=moderator)
    assert supporters(canonical, apart) == {author.pk}
    assert supporters(canonical, merged) == {author.pk, other.pk} == supporters(duplicate, merged)
    assert supporters(duplicate, now()) == {other.pk}
    assert [family.ideas for family in Idea.objects.as_of(merged).families()] == [(canonical.pk, duplicate.pk)]


def test_votes_set_apart_counted_at_the_duplicate_for_as_long_as_they_were(canonical: Idea, duplicate: Idea) -> None:
    voter = make_member("voter")
    cast_vote(idea=duplicate, by=voter)
    together = now()
    set_votes_apart(duplicate=duplicate, by=voter)
    apart = now()
    rejoin_votes(duplicate=duplicate, by=voter)
    assert voter.pk in supporters(canonical, together)
    family = Idea.objects.as_of(apart).family_of(canonical)
    assert family is not None
    assert voter.pk not in family.supporters
    assert set(family.apart[duplicate.pk]) == {voter.pk}
    assert voter.pk in supporters(canonical, now())


def test_excluded_votes_did_not_count(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    exclude_votes(member=member, by=moderator)
    excluded = now()
    restore_votes(member=member, by=moderator)
    assert member.pk not in supporters(idea, excluded)
    assert member.pk in supporters(idea, now())


def test_a_supporter_spoke_for_the_organisation_and_with_the_importance_of_that_time(
    idea: Idea, member: Member
) -> None:
    acme, zenith = (Organisation.objects.create(name=name, plan=name.lower()) for name in ("Acme", "Zenith"))
    member.organisation = acme
    member.save()
    cast_vote(idea=idea, by=member)
    voted = now()
    member.organisation = zenith
    member.save()
    explain_vote(idea=idea, by=member, importance=Importance.CRITICAL)
    for moment, importance in ((voted, ""), (now(), "critical")):
        family = Idea.objects.as_of(moment).family_of(idea)
        assert family is not None
        supporter = family.supporters[member.pk]
        assert (supporter.organisation, supporter.plan, supporter.importance) == (acme.pk, "acme", importance)


def test_an_idea_had_the_status_of_that_time(idea: Idea, moderator: Member, status: Callable[[str], Status]) -> None:
    moments = [now()]
    for slug in ("planned", "shipped"):
        change_status(idea=idea, status=status(slug), by=moderator)
        moments.append(now())
    then = [Idea.objects.as_of(moment).family_of(idea) for moment in moments]
    assert [family and family.status for family in then] == [status(s).pk for s in ("open", "planned", "shipped")]


def test_what_was_not_there_yet_is_not_there(idea: Idea) -> None:
    earlier = idea.recorded_at - timedelta(seconds=1)
    assert Idea.objects.as_of(earlier).family_of(idea) is None
    assert list(Idea.objects.as_of(earlier).families()) == []


def test_top_is_in_the_order_of_the_board(make_idea: Callable[..., Idea], member: Member) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(3)]
    cast_vote(idea=ideas[1], by=member)
    assert [ranked.idea for ranked in Idea.objects.as_of(now()).top()] == [ideas[1].pk, ideas[2].pk, ideas[0].pk]


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1)])
def test_a_moment_that_has_not_settled_is_refused(db: None, monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(seconds=60))
    Idea.objects.as_of(now() - timedelta(seconds=61))
    with pytest.raises(ConflictError):
        Idea.objects.as_of(now() - timedelta(seconds=59) + ahead)


def test_the_number_of_queries_does_not_grow_with_the_ideas(make_idea: Callable[..., Idea]) -> None:
    counts = []
    for size in (1, 20):
        for number in range(size):
            make_idea(f"Idea {size} {number}")
        with CaptureQueriesContext(connection) as queries:
            list(Idea.objects.as_of(now()).families())
        counts.append(len(queries))
    assert counts[0] == counts[1]
