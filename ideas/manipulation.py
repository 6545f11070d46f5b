"""Signs that the support of an idea may not be what it looks like, for moderators and the product team to judge.

Nothing follows from them by itself: nobody's vote is deducted and no order changes. What is looked at, and from where
on it is called remarkable, is in docs/explanation/manipulation.md. The database counts, in a number of queries that
does not grow with the number of supporters.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Floor
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from core.epoch import Epoch
from ideas import networks
from ideas.models import Idea, Vote, VoteEvent, VoteNetwork
from ideas.voters import counted_at, family_seen_by

# Fewer people than this are never remarkable.
FEWEST = 5
DAY = timedelta(days=1)
AGES = (DAY, timedelta(days=7), timedelta(days=30))
# Of those who voted themselves, how many in a hundred had an account for less than a week.
NEW_ACCOUNTS = 50
# How many times as many sign-ups as usual make a burst, in windows of these lengths.
BURST_FACTOR = 10
WINDOWS = (timedelta(hours=1), DAY)
# What is usual is told by this long around the burst.
AROUND = timedelta(days=14)
FEWEST_IN_A_NETWORK = 3
MOST_NETWORKS = 10
ONE_ORGANISATION = 50
ADDED_BY_TEAM = 50


@dataclass(frozen=True)
class Measure:
    """A count of people among others, in a sentence; `share` in a hundred is how long its bar is drawn."""

    label: str
    count: int
    share: int


@dataclass(frozen=True)
class Sign:
    """One thing that was looked at: what was found, in a sentence and measures, and whether it is worth a look."""

    title: str
    sentence: str
    measures: list[Measure]
    is_remarkable: bool


@dataclass(frozen=True)
class Report:
    """What was found about the supporters of an idea whose votes the reader may see."""

    supporter_count: int
    signs: list[Sign]

    @property
    def remarkable_count(self) -> int:
        return sum(sign.is_remarkable for sign in self.signs)

    @property
    def summary(self) -> str:
        count = self.remarkable_count
        if not count:
            return _("Nothing unusual")
        return ngettext("%(count)d sign worth a look", "%(count)d signs worth a look", count) % {"count": count}


def report_on(idea: Idea, user: Any) -> Report:
    """The report on a canonical idea for a person: duplicates that they may not see are left out."""
    votes = counted_at(idea, family_seen_by(user, idea))
    own = Q(is_own=1, has_account=1)
    younger = {f"under_{age.days}": Count("member", filter=own & Q(age__lt=float(age.total_seconds()))) for age in AGES}
    people = _people(votes).aggregate(
        count=Count("*"), of_team=Count("member", filter=Q(is_own=0)), own=Count("member", filter=own), **younger
    )
    signs = [
        _ages(people["own"], [people[f"under_{age.days}"] for age in AGES]),
        _bursts(votes, people["count"]),
        _shared_networks(votes, people["count"]),
        _organisation(votes, people["count"]),
        _team(people["of_team"], people["count"]),
    ]
    return Report(people["count"], signs)


def _people(votes: QuerySet[Vote]) -> QuerySet[Vote, Any]:
    """Each supporter once: whether they voted themselves, have an account, and how old it was at their first vote."""
    cast = VoteEvent.objects.filter(idea=OuterRef("idea"), member=OuterRef("member"), kind=VoteEvent.Kind.CAST)
    return (
        votes.annotate(cast_by=Subquery(cast.order_by("-pk").values("cast_by")[:1]))
        .values("member")
        .annotate(
            is_own=Max(_as_number(cast_by__isnull=True)),
            has_account=Max(_as_number(member__email__isnull=False)),
            age=Epoch(Min("cast_at")) - Epoch(Min("member__date_joined")),
        )
        .order_by()
    )


def _as_number(**condition: Any) -> Case:
    """1 where it holds, otherwise 0."""
    return Case(When(**condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _ages(own: int, under: list[int]) -> Sign:
    day, week, month = under
    groups = [
        (_("under a day"), day),
        (_("a day to a week"), week - day),
        (_("a week to a month"), month - week),
        (_("older"), own - month),
    ]
    share = _share(week, own)
    sentence = ngettext(
        "Of the %(own)d supporter who voted by themselves, %(new)d had an account for less than a week by then.",
        "Of the %(own)d supporters who voted by themselves, %(new)d had an account for less than a week by then.",
        own,
    )
    return Sign(
        title=_("Age of the accounts"),
        sentence=sentence % {"own": own, "new": week},
        measures=[Measure(label, count, _share(count, own)) for label, count in groups],
        is_remarkable=week >= FEWEST and share >= NEW_ACCOUNTS,
    )


@dataclass(frozen=True)
class _Burst:
    """The most sign-ups of supporters in one window, and how many the whole site usually has in such a window."""

    people: int
    begins_at: datetime
    usual: float

    @property
    def is_remarkable(self) -> bool:
        return self.people >= FEWEST and self.people >= BURST_FACTOR * self.usual


def _bursts(votes: QuerySet[Vote], count: int) -> Sign:
    hour, day = (_burst(votes, window) for window in WINDOWS)
    title = _("Sign-ups at one time")
    if hour is None or day is None:
        return Sign(title, _("No supporter has an account yet."), [], False)
    sentences = (
        _(
            "From {moment} on, {people} signed up within one hour; usually the site has {usual} sign-ups in an hour."
        ).format(
            people=hour.people,
            moment=date_format(timezone.localtime(hour.begins_at), "DATETIME_FORMAT"),
            usual=_rounded(hour.usual),
        ),
        _("From {moment} on, {people} signed up within one day; usually it has {usual} in a day.").format(
            people=day.people,
            moment=date_format(timezone.localtime(day.begins_at), "DATETIME_FORMAT"),
            usual=_rounded(day.usual),
        ),
    )
    return Sign(
        title=title,
        sentence=" ".join(sentences),
        measures=[
            Measure(_("within one hour"), hour.people, _share(hour.people, count)),
            Measure(_("within one day"), day.people, _share(day.people, count)),
        ],
        is_remarkable=hour.is_remarkable or day.is_remarkable,
    )


def _burst(votes: QuerySet[Vote], window: timedelta) -> _Burst | None:
    """Windows begin at each half of their length, so that most of a burst is in one of them."""
    width = window.total_seconds()
    fullest: tuple[int, float] | None = None
    for shift in (0.0, width / 2):
        number = Floor((Epoch("member__date_joined") + Value(shift)) / Value(width), output_field=FloatField())
        slots = votes.filter(member__email__isnull=False).annotate(slot=number).values("slot")
        slots = slots.annotate(people=Count("member", distinct=True)).order_by("-people", "slot")
        for slot in slots[:1]:
            found = (slot["people"], slot["slot"] * width - shift)
            fullest = max(found, fullest) if fullest else found
    if fullest is None:
        return None
    people, begins = fullest
    begins_at = datetime.fromtimestamp(begins, UTC)
    return _Burst(people, begins_at, _usual(begins_at, window))


def _usual(moment: datetime, window: timedelta) -> float:
    """How many accounts the site got in a window of this length, on average over the time around the moment."""
    accounts = Member.objects.filter(email__isnull=False)
    first = Subquery(accounts.order_by("date_joined").values("date_joined")[:1])
    around = accounts.filter(date_joined__gte=moment - AROUND, date_joined__lt=moment + window + AROUND)
    found = around.aggregate(count=Count("*"), first=Min(first))
    begins = max(moment - AROUND, found["first"] or moment)
    ends = min(moment + window + AROUND, timezone.now())
    return float(found["count"]) / max(1.0, (ends - begins) / window)


def _shared_networks(votes: QuerySet[Vote], count: int) -> Sign:
    """Groups whose votes came from one network; rows that should have been forgotten are not looked at."""
    counted = votes.filter(idea=OuterRef("event__idea"), member=OuterRef("event__member"))
    known = VoteNetwork.objects.filter(
        Exists(counted),
        event__idea__in=votes.values("idea"),
        event__kind=VoteEvent.Kind.CAST,
        recorded_at__gte=timezone.now() - networks.KEPT_FOR,
    )
    groups = known.values("digest").annotate(people=Count("event__member", distinct=True))
    groups = groups.filter(people__gte=FEWEST_IN_A_NETWORK).order_by("-people", "digest")
    sizes = list(groups.values_list("people", flat=True)[:MOST_NETWORKS])
    sentence = _("No three of them voted from one network in the last {days} days.")
    if sizes:
        sentence = _(
            "At least three of them voted from one network in the last {days} days. These are often colleagues or a "
            "household; the address itself is not kept."
        )
    return Sign(
        title=_("Shared networks"),
        sentence=sentence.format(days=networks.KEPT_FOR.days),
        measures=[Measure(_("from one network"), size, _share(size, count)) for size in sizes],
        is_remarkable=bool(sizes),
    )


def _organisation(votes: QuerySet[Vote], count: int) -> Sign:
    organisations = votes.filter(member__organisation__isnull=False).values(name=F("member__organisation__name"))
    largest = organisations.annotate(people=Count("member", distinct=True)).order_by("-people", "name").first()
    title = _("One organisation")
    if largest is None:
        return Sign(title, _("None of them is known to belong to an organisation."), [], False)
    share = _share(largest["people"], count)
    return Sign(
        title=title,
        sentence=_("{people} of {count} belong to {name}, more than to any other organisation.").format(
            people=largest["people"], count=count, name=largest["name"]
        ),
        measures=[Measure(largest["name"], largest["people"], share)],
        is_remarkable=largest["people"] >= FEWEST and share >= ONE_ORGANISATION,
    )


def _team(added: int, count: int) -> Sign:
    share = _share(added, count)
    return Sign(
        title=_("Added by the team"),
        sentence=_("The team added the votes of {added} of {count} for customers who called or wrote.").format(
            added=added, count=count
        ),
        measures=[Measure(_("added by the team"), added, share)],
        is_remarkable=added >= FEWEST and share >= ADDED_BY_TEAM,
    )


def _share(count: int, of: int) -> int:
    return round(100 * count / of) if of else 0


def _rounded(rate: float) -> str:
    if rate < 0.1:
        return _("fewer than {number}").format(number=number_format(0.1, decimal_pos=1))
    return number_format(rate, decimal_pos=0 if rate >= 10 else 1)
