"""The report on signs of manipulation: what it finds, for whom, and that nothing follows from it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import roles
from accounts.actions import add_customer
from accounts.models import Member, Organisation
from ideas import networks
from ideas.actions import cast_vote, cast_vote_for, exclude_votes, merge_idea, set_votes_apart
from ideas.manipulation import Report, Sign, report_on
from ideas.models import Idea, IdeaBoardPage, VoteEvent, VoteNetwork
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member

AGE, BURST, NETWORK, ORGANISATION, TEAM = range(5)
LONG_AGO = datetime(2020, 6, 1, 12, 10, tzinfo=UTC)


def supporters(idea: Idea, number: int, joined: Callable[[int], datetime], **fields: Any) -> list[Member]:
    """Members who joined when `joined` says, and vote."""
    people = [make_member(f"s{idea.pk}-{index}", date_joined=joined(index), **fields) for index in range(number)]
    for person in people:
        cast_vote(idea=idea, by=person)
    return people


def far_apart(index: int) -> datetime:
    return LONG_AGO + timedelta(days=40 * index)


def sign(idea: Idea, reader: Member, which: int) -> Sign:
    return report_on(Idea.objects.get(pk=idea.pk), reader).signs[which]


def counts(found: Sign) -> list[int]:
    return [measure.count for measure in found.measures]


@pytest.fixture
def plain(idea: Idea, author: Member) -> Idea:
    """An idea whose author has been here for long."""
    author.date_joined = LONG_AGO - timedelta(days=100)
    author.save()
    return idea


def test_ordinary_support_is_nothing_unusual(plain: Idea, moderator: Member) -> None:
    supporters(plain, 8, far_apart)
    report = report_on(plain, moderator)
    assert (report.supporter_count, report.summary) == (9, "Nothing unusual")


def test_accounts_are_as_old_as_they_were_when_they_voted(plain: Idea, moderator: Member) -> None:
    now = timezone.now()
    ages = [timedelta(hours=1), timedelta(days=2), timedelta(days=10), timedelta(days=300)]
    supporters(plain, 4, lambda index: now - ages[index])
    assert counts(sign(plain, moderator, AGE)) == [1, 1, 1, 2]
    assert not sign(plain, moderator, AGE).is_remarkable
    Member.objects.filter(handle__startswith="s").update(date_joined=now - timedelta(hours=1))
    supporters(plain, 0, far_apart)
    for index in range(2):
        cast_vote(idea=plain, by=make_member(f"new{index}"))
    assert sign(plain, moderator, AGE).is_remarkable


def test_a_burst_is_told_with_what_is_usual(plain: Idea, moderator: Member) -> None:
    supporters(plain, 6, lambda index: LONG_AGO + timedelta(minutes=index))
    found = sign(plain, moderator, BURST)
    assert (counts(found), found.is_remarkable) == ([6, 6], True)
    assert "6 signed up within one hour" in found.sentence


def test_a_burst_across_the_hour_is_found(plain: Idea, moderator: Member) -> None:
    begins = LONG_AGO.replace(hour=23, minute=50)
    supporters(plain, 6, lambda index: begins + timedelta(minutes=4 * index))
    assert counts(sign(plain, moderator, BURST)) == [6, 6]


def test_where_many_sign_up_anyway_a_burst_is_ordinary(plain: Idea, moderator: Member) -> None:
    begins = LONG_AGO - timedelta(days=14)
    crowd = [
        Member(handle=f"c{index}", name="C", email=f"c{index}@example.com", date_joined=begins + timedelta(hours=index))
        for index in range(24 * 28)
    ]
    Member.objects.bulk_create(crowd)
    supporters(plain, 6, lambda index: LONG_AGO + timedelta(minutes=index))
    assert not sign(plain, moderator, BURST).is_remarkable


def test_groups_of_three_in_one_network_are_told_by_size(plain: Idea, moderator: Member) -> None:
    people = [make_member(f"n{index}", date_joined=far_apart(index)) for index in range(6)]
    for index, person in enumerate(people):
        cast_vote(idea=plain, by=person, network="192.0.2.1" if index < 4 else "192.0.2.2")
    found = sign(plain, moderator, NETWORK)
    assert (counts(found), found.is_remarkable) == ([4], True)
    exclude_votes(member=people[0], by=moderator)
    assert counts(sign(plain, moderator, NETWORK)) == [3]
    late = timezone.now() - networks.KEPT_FOR - timedelta(minutes=1)
    VoteNetwork.objects.filter(event__member=people[1]).update(recorded_at=late)
    assert counts(sign(plain, moderator, NETWORK)) == []


def test_the_largest_organisation_is_told_with_its_share(plain: Idea, moderator: Member) -> None:
    acme, other = Organisation.objects.create(name="Acme"), Organisation.objects.create(name="Other")
    supporters(plain, 5, far_apart, organisation=acme)
    cast_vote(idea=plain, by=make_member("o", organisation=other))
    found = sign(plain, moderator, ORGANISATION)
    assert (counts(found), found.measures[0].share, found.is_remarkable) == ([5], 71, True)
    assert "5 of 7 belong to Acme" in found.sentence


def test_votes_that_the_team_added_are_told_and_have_no_age(plain: Idea, member: Member, moderator: Member) -> None:
    phone = VoteEvent.Channel.PHONE
    for index in range(5):
        cast_vote_for(idea=plain, member=add_customer(name=f"C{index}"), by=moderator, channel=phone)
    cast_vote_for(idea=plain, member=member, by=moderator, channel=phone)
    found = sign(plain, moderator, TEAM)
    assert (counts(found), found.is_remarkable) == ([6], True)
    assert sum(counts(sign(plain, moderator, AGE))) == 1


def test_people_of_a_family_are_looked_at_once_and_where_they_count(
    canonical: Idea, duplicate: Idea, member: Member, moderator: Member
) -> None:
    for idea in (canonical, duplicate):
        cast_vote(idea=idea, by=member)
    apart = make_member("apart")
    cast_vote(idea=duplicate, by=apart)
    assert report_on(canonical, moderator).supporter_count == 3
    set_votes_apart(duplicate=duplicate, by=apart)
    assert report_on(canonical, moderator).supporter_count == 2


def test_duplicates_that_the_reader_may_not_see_are_left_out(
    reader: Reader,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
    administrator: Member,
) -> None:
    secret, idea = make_idea("Secret", on=staff_board), make_idea("Open")
    inside = Organisation.objects.create(name=CANARY)
    for index in range(5):
        cast_vote(idea=secret, by=make_member(f"i{index}", roles.MODERATORS, organisation=inside))
    merge_idea(duplicate=secret, into=idea, by=moderator)
    assert CANARY in reader(moderator).get(f"/i/{idea.pk}/signals/").content.decode()
    assert CANARY not in reader(administrator).get(f"/i/{idea.pk}/signals/").content.decode()


def test_nothing_is_deducted_and_no_order_changes(
    reader: Reader, board: IdeaBoardPage, plain: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    rival = make_idea("Rival")
    for index in range(6):
        cast_vote(idea=plain, by=make_member(f"f{index}"), network="192.0.2.1")
    stored = list(Idea.objects.order_by("pk").values("supporter_count", "trending", "top_score"))
    html = reader(moderator).get(f"/i/{plain.pk}/signals/").content.decode()
    assert "3 signs worth a look" in html
    assert list(Idea.objects.order_by("pk").values("supporter_count", "trending", "top_score")) == stored
    listed = reader(None).get(str(board.url)).content.decode()
    assert listed.index(plain.title) < listed.index(rival.title)
    assert VoteEvent.objects.filter(kind="excluded").count() == 0


def test_the_summary_comes_alone_for_the_badge_on_the_ideas_page(
    reader: Reader, plain: Idea, moderator: Member
) -> None:
    html = reader(moderator).get(f"/i/{plain.pk}/signals/?part=summary").content.decode()
    assert re.sub(r"\s+", " ", html).strip() == '<span class="c-badge">Nothing unusual</span>'


def test_a_duplicates_report_is_that_of_its_family(
    reader: Reader, canonical: Idea, duplicate: Idea, moderator: Member
) -> None:
    for query in ("", "?part=summary"):
        response = reader(moderator).get(f"/i/{duplicate.pk}/signals/{query}")
        assert response["Location"] == f"/i/{canonical.pk}/signals/{query}"


def test_an_idea_without_supporters_has_a_report(plain: Idea, author: Member, moderator: Member) -> None:
    exclude_votes(member=author, by=moderator)
    report: Report = report_on(plain, moderator)
    assert (report.supporter_count, report.remarkable_count) == (0, 0)


@pytest.mark.parametrize("number", [0, 3, 30])
def test_the_report_costs_the_same_however_many_voted(
    canonical: Idea,
    duplicate: Idea,
    moderator: Member,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for index in range(number):
        cast_vote(idea=(canonical, duplicate)[index % 2], by=make_member(f"m{index}"), network="192.0.2.1")
    with django_assert_max_num_queries(15):
        report_on(canonical, moderator)
