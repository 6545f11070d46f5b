"""What changed between two reviews: the causes of each score's change add up to it, whatever happened between."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import add_organisation, change_organisation
from accounts.models import Member, Organisation
from community.models import Question
from ideas.actions import (
    cast_vote,
    estimate_cost,
    exclude_votes,
    explain_vote,
    merge_idea,
    publish_policy,
    relate_question,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, IdeaBoardPage, Policy, RelatedQuestion
from reviews.actions import build_draft, create_draft, exclude_idea, publish_review
from reviews.difference import Cause, Change, Comparison
from reviews.models import ReviewSnapshot
from reviews.verification import differences
from tests.ideas.conftest import make_policy
from tests.ideas.test_stories import MERGING, SANCTIONS, VOTING, Act, Stage, forgotten, stories
from tests.people import make_member
from tests.stories import told

Publish = Callable[..., ReviewSnapshot]


@pytest.fixture
def publish(board: IdeaBoardPage, product_manager: Member) -> Publish:
    """Publishes what a policy makes of the board now."""

    def publish(policy: Policy | str = "supporters", **wishes: Any) -> ReviewSnapshot:
        usual: dict[str, Any] = {"note": "", "boards": [board], "cut_off": None, "filters": {}, "size": 100}
        review = build_draft(by=product_manager, title="Review", policy=policy, **{**usual, **wishes})
        return publish_review(review=review, by=product_manager)

    return publish


@pytest.fixture
def weighing(product_manager: Member) -> Policy:
    """A policy that weighs importance, segments, age, organisations and votes from before."""
    policy = make_policy(
        name="Weighing",
        supporter_weight="1.5",
        critical_multiplier=3,
        half_life_days=7,
        organisation_weight="0.5",
        base_weight="0.1",
        segments={"Chains": 2},
    )
    return publish_policy(policy=policy, by=product_manager)


@pytest.fixture
def all_weighing(product_manager: Member) -> Policy:
    """A policy that weighs all that a policy can."""
    policy = make_policy(
        slug="all",
        supporter_weight="1.5",
        critical_multiplier=3,
        half_life_days=7,
        segments={"Chains": 2},
        organisation_weight="0.333",
        plans={"Team": "1.5"},
        bands={100: "1.25", 1_000: 3},
        no_band_multiplier="0.5",
        base_weight="0.1",
        question_weight="0.7",
        halving_cost=3,
        assumed_cost=1,
    )
    return publish_policy(policy=policy, by=product_manager)


def changes(one: ReviewSnapshot, other: ReviewSnapshot) -> dict[int, Change]:
    return {change.idea: change for change in Comparison(one, other).changes()}


def causes(change: Change) -> dict[str, int]:
    return {step.cause: step.millionths for step in change.steps if step.millionths}


def test_votes_withdrawals_exclusions_and_merges_are_told_apart(
    publish: Publish, ideas: list[Idea], voters: list[Member], make_idea: Callable[..., Idea], moderator: Member
) -> None:
    duplicate = make_idea("Night theme", by=make_member("other"))
    before = publish()
    cast_vote(idea=ideas[0], by=voters[4])
    withdraw_vote(idea=ideas[0], by=voters[0])
    merge_idea(duplicate=duplicate, into=ideas[0], by=moderator)
    exclude_votes(member=voters[1], by=moderator)
    found = changes(before, publish())
    dark_mode = found[ideas[0].pk]
    assert causes(dark_mode) == {
        Cause.MERGES: 1_000_000,
        Cause.EXCLUSIONS: -1_000_000,
        Cause.WITHDRAWALS: -1_000_000,
        Cause.NEW_VOTES: 1_000_000,
    }
    assert (dark_mode.score_before, dark_mode.score_after) == (4_000_000, 4_000_000)
    assert found[duplicate.pk].is_merged
    assert found[duplicate.pk].after is None
    assert causes(found[duplicate.pk]) == {Cause.MERGES: -1_000_000}


def test_a_move_names_who_overtook(publish: Publish, ideas: list[Idea]) -> None:
    before = publish()
    for number in range(4):
        cast_vote(idea=ideas[1], by=make_member(f"more{number}"))
    comparison = Comparison(before, publish())
    found = {change.idea: change for change in comparison.changes()}
    assert found[ideas[1].pk].moved == 2
    assert found[ideas[0].pk].moved == -1
    assert found[ideas[0].pk].overtaken_by == [ideas[1].pk]
    assert found[ideas[1].pk].overtaken_by == []
    assert sorted(comparison.moved) == sorted(idea.pk for idea in ideas)


def test_what_entered_and_left_is_named(
    publish: Publish, board: IdeaBoardPage, ideas: list[Idea], product_manager: Member
) -> None:
    before = publish(size=2)
    review = build_draft(
        by=product_manager, title="T", note="", boards=[board], policy="supporters", cut_off=None, filters={}, size=2
    )
    exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason="Done elsewhere")
    comparison = Comparison(before, publish_review(review=review, by=product_manager))
    assert (comparison.entered, comparison.left) == ([ideas[1].pk], [ideas[0].pk])
    [left] = comparison.changes([ideas[0].pk])
    assert (left.left_out, left.score_after - left.score_before) == ("Done elsewhere", 0)


def test_policy_segments_and_time_are_causes(
    publish: Publish, idea: Idea, voters: list[Member], weighing: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation = Organisation.objects.create(name="Larkspur", segment="Retail")
    Member.objects.filter(pk=voters[0].pk).update(organisation=organisation)
    cast_vote(idea=idea, by=Member.objects.get(pk=voters[0].pk))
    before = publish()
    Organisation.objects.update(segment="chains")
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=14))
    [change] = changes(before, publish(weighing)).values()
    assert causes(change) == {
        Cause.POLICY: 3_500_000 - 2_000_000,
        Cause.ORGANISATIONS: 1_500_000,
        Cause.TIME: -(4_500_000 * 3 // 4),
    }


def test_worth_questions_and_cost_are_causes(
    publish: Publish,
    idea: Idea,
    question: Question,
    voters: list[Member],
    product_manager: Member,
    administrator: Member,
) -> None:
    organisation = add_organisation(by=administrator, name="Larkspur", yearly_value=Decimal(100))
    Member.objects.filter(pk=voters[0].pk).update(organisation=organisation)
    cast_vote(idea=idea, by=Member.objects.get(pk=voters[0].pk))
    policy = make_policy(organisation_weight=1, bands={1_000: 5}, question_weight=2, halving_cost=10, slug="worth")
    policy = publish_policy(policy=policy, by=product_manager)
    before = publish(policy)
    known = {"name": "Larkspur", "plan": "", "segment": ""}
    change_organisation(organisation=organisation, by=administrator, yearly_value=Decimal(1_000), **known)
    relate_question(idea=idea, question=question, by=product_manager)
    estimate_cost(idea=idea, by=product_manager, cost=10)
    [change] = changes(before, publish(policy)).values()
    assert causes(change) == {Cause.WORTH: 4_000_000, Cause.QUESTIONS: 2_000_000, Cause.COST: -4_500_000}
    assert (change.score_before, change.score_after) == (3_000_000, 4_500_000)
    assert Cause.WORTH == "organisations' worth"


def test_reviews_are_compared_from_the_earlier_cut_off_to_the_later(publish: Publish, ideas: list[Idea]) -> None:
    before, after = publish(), publish()
    assert Comparison(after, before).before.review == before.review_id


def test_a_review_of_format_1_can_be_compared(
    publish: Publish, board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, first_format: Any
) -> None:
    review = create_draft(board=board, by=product_manager, title="Old", note="", ideas=[ideas[0].pk])
    old = first_format(review)
    cast_vote(idea=ideas[0], by=make_member("later"))
    [change, *_entered] = changes(old, publish()).values()
    assert (change.score_before, causes(change)) == (4_000_000, {Cause.NEW_VOTES: 1_000_000})


def test_whatever_happens_the_causes_add_up(
    make_idea: Callable[..., Idea],
    moderator: Member,
    administrator: Member,
    question: Question,
    publish: Publish,
    weighing: Policy,
    all_weighing: Policy,
) -> None:
    stage = Stage(make_idea, moderator)
    organisation = Organisation.objects.create(name="Larkspur", segment="Chains")
    Member.objects.filter(pk=stage.people[0].pk).update(organisation=organisation)
    acts = stories(VOTING + SANCTIONS + MERGING + ["base", "hide", "show"], max_size=8)
    values = st.sampled_from([None, 99, 100, 1_000])

    def plan(value: int | None) -> None:
        """Another worth of the organisation, and other estimates and ties of the ideas."""
        row = Organisation.objects.get(pk=organisation.pk)
        known = {"name": row.name, "segment": row.segment, "plan": "team" if value else ""}
        worth = None if value is None else Decimal(value)
        change_organisation(organisation=row, by=administrator, yearly_value=worth, **known)
        for number, idea in enumerate(Idea.objects.order_by("pk")):
            estimate_cost(idea=idea, by=moderator, cost=value and value % 97 + number)
            RelatedQuestion.objects.standing().filter(idea=idea).update(removed_by=moderator, removed_at=timezone.now())
            if value and (value + number) % 2:
                RelatedQuestion.objects.create(idea=idea, question=question, added_by=moderator)

    @settings(max_examples=told(12))
    @given(acts, acts, st.sampled_from(["supporters", weighing, all_weighing]), st.booleans(), values, values)
    def play(
        first: list[Act],
        then: list[Act],
        policy: Policy | str,
        changes_segment: bool,
        value: int | None,
        later: int | None,
    ) -> None:
        with forgotten():
            for act in first:
                stage.do(act)
            plan(value)
            if not Idea.objects.filter(canonical=None, visibility="visible").exists():
                return
            before = publish(policy)
            for act in then:
                stage.do(act)
            if changes_segment:
                Organisation.objects.update(segment="Retail")
            plan(later)
            if not Idea.objects.filter(canonical=None, visibility="visible").exists():
                return
            after = publish(all_weighing)
            scores = [{row["id"]: row["score"] for row in snapshot.facts()} for snapshot in (before, after)]
            for change in Comparison(before, after).changes():
                assert sum(step.millionths for step in change.steps) == change.score_after - change.score_before
                assert scores[0].get(change.idea, change.score_before) == change.score_before
                assert scores[1].get(change.idea, change.score_after) == change.score_after
            assert [*differences(before), *differences(after)] == []

    play()


def test_undoing_a_merge_is_a_cause_too(
    publish: Publish, ideas: list[Idea], make_idea: Callable[..., Idea], moderator: Member
) -> None:
    edge = merge_idea(duplicate=make_idea("Night theme", by=make_member("other")), into=ideas[0], by=moderator)
    before = publish()
    undo_idea_merge(edge=edge, by=moderator)
    explain_vote(idea=ideas[0], by=ideas[0].author, importance="critical", sentence="")
    change = changes(before, publish())[ideas[0].pk]
    assert causes(change) == {Cause.MERGES: -1_000_000}
    assert [step.cause for step in change.steps] == [Cause.MERGES, Cause.CHANGED_VOTES]
