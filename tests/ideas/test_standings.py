"""Scores that the database adds up are those of the formula, whatever people did."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings

from accounts.models import Member, Organisation
from community.models import Question
from ideas import history
from ideas.actions import cast_vote, estimate_cost, explain_vote, withdraw_vote
from ideas.models import Idea, RelatedQuestion, VoteEvent
from ideas.scoring import Formula
from ideas.standings import Standings
from tests.ideas.test_stories import MERGING, SANCTIONS, VOTING, Act, Stage, forgotten, stories
from tests.stories import told

LEVELS = {"critical": Decimal(3), "important": Decimal(2), "nice": Decimal("0.5"), "": Decimal(1)}
ALIKE = dict.fromkeys(LEVELS, Decimal(1))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


@pytest.fixture
def stage(make_idea: Callable[..., Idea], moderator: Member) -> Stage:
    """Two of the people belong to organisations, of two segments."""
    stage = Stage(make_idea, moderator)
    for person, segment in zip(stage.people, ("Chains", " retail"), strict=False):
        person.organisation = Organisation.objects.create(name=f"Of {person.handle}", segment=segment, plan="Team")
        person.save()
    Organisation.objects.filter(segment="Chains").update(plan="Basic", yearly_value=500)
    return stage


def formulas() -> list[Formula]:
    segment_of = {organisation.pk: organisation.segment.strip() for organisation in Organisation.objects.all()}
    segments = {"Chains": Decimal(2), "retail": Decimal("0.25"), "": Decimal(1)}
    plain = {"": Decimal(1)}
    none, base = Decimal(0), Decimal("0.1")
    weighing: dict[str, Any] = {
        "plans": {"Team": Decimal("1.5"), "": Decimal(1)},
        "bands": [(None, Decimal("0.5")), (10_000, Decimal("1.333")), (100_000, Decimal("2.001"))],
        "question": Decimal("0.75"),
        "halving_cost": 7,
        "assumed_cost": 2,
    }
    return [
        Formula(Decimal("1.5"), LEVELS, segments, 7, Decimal("0.333"), base, segment_of, **weighing),
        Formula(none, ALIKE, plain, None, Decimal("0.333"), none, **{**weighing, "plans": {"": Decimal(2)}}),
        Formula(Decimal(1), ALIKE, plain, None, none, none),
        Formula(Decimal("1.5"), LEVELS, segments, None, Decimal("0.5"), base, segment_of),
        Formula(Decimal("1.5"), LEVELS, segments, 7, Decimal("0.5"), base, segment_of),
    ]


def check(moment: datetime) -> None:
    as_of = Idea.objects.all().as_of(moment)
    for formula in formulas():
        expected = {
            family.idea: (family.status, formula.score(family, moment), family.supporter_count)
            for family in as_of.families()
        }
        assert {row.idea: (row.status, row.score, row.supporters) for row in Standings(as_of, formula)} == expected


def test_whatever_people_did_the_scores_are_those_of_the_formula(
    stage: Stage, question: Question, moderator: Member
) -> None:
    @settings(max_examples=told(15))
    @given(stories(VOTING + SANCTIONS + MERGING + ["status", "base"], max_size=15))
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            for number, planned in enumerate(Idea.objects.order_by("pk")):
                RelatedQuestion.objects.create(idea=planned, question=question, added_by=moderator)
                estimate_cost(idea=planned, by=moderator, cost=number)
            check(timezone.now())

    play()


@pytest.mark.parametrize("microseconds", [-1, 0, 1])
def test_a_day_ends_to_the_microsecond(microseconds: int, idea: Idea) -> None:
    moment = timezone.now()
    for days in range(1, 3_000, 97):
        VoteEvent.objects.create(
            idea=idea,
            member=Member.objects.create(handle=f"other{days}", name="Other"),
            kind=VoteEvent.Kind.CAST,
            clicked=idea,
            occurred_at=moment - timedelta(days=days, microseconds=microseconds),
            recorded_at=moment,
        )
    check(moment)


def test_what_was_rated_and_withdrawn_is_told_by_its_story(idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    explain_vote(idea=idea, by=member, importance="critical", sentence="So that I can.")
    check(timezone.now())
    withdraw_vote(idea=idea, by=member)
    check(timezone.now())
    cast_vote(idea=idea, by=member)
    check(timezone.now())
