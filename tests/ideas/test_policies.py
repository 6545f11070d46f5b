"""Ranking policies: their formula, publishing and versions, and the order that they give to boards."""

import base64
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from accounts.actions import add_organisation, change_organisation
from accounts.models import Member, Organisation
from accounts.organisations import Worth
from community.models import Question
from core.errors import ForbiddenError
from ideas import history
from ideas.actions import (
    cast_vote,
    copy_policy,
    estimate_cost,
    explain_vote,
    merge_idea,
    publish_policy,
    relate_question,
    retire_policy,
    score_board,
    unrelate_question,
)
from ideas.errors import (
    OtherBoardsPolicyError,
    PolicyNotPublishedError,
    PolicyPublishedError,
    WeightlessPolicyError,
)
from ideas.history import FamilyState, Supporter
from ideas.models import Idea, IdeaBoardPage, IdeaScore, Policy, PolicySegment, Scoring
from ideas.rebuild import rebuild
from ideas.scoring import Formula
from ideas.standings import Standings
from tests.ideas.conftest import Reader, make_policy
from tests.people import make_member
from tests.races import together

MOMENT = datetime(2026, 6, 1, tzinfo=UTC)
IMPORTANCES = {"critical": Decimal(3), "important": Decimal(2), "nice": Decimal("0.5"), "": Decimal(1)}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside these tests, so nothing has to settle."""
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


def formula(**numbers: Any) -> Formula:
    usual: dict[str, Any] = {
        "supporter": Decimal("1.5"),
        "importances": IMPORTANCES,
        "segments": {"Chains": Decimal(2), "": Decimal(1)},
        "half_life_days": 30,
        "organisation": Decimal("0.25"),
        "base": Decimal("0.1"),
        "segment_of": {7: "Chains"},
    }
    return Formula(**{**usual, **numbers})


def family(supporters: list[Supporter], base_votes: int = 0) -> FamilyState:
    return FamilyState(1, 1, 1, MOMENT, (1,), base_votes, dict(enumerate(supporters)))


def ago(days: float, importance: str = "", organisation: int | None = None) -> Supporter:
    return Supporter(MOMENT - timedelta(days=days), importance, organisation, "")


# The formula


def test_a_score_is_what_the_documented_formula_says() -> None:
    rows = [ago(0), ago(30, "critical"), ago(60.9, "important", 7), ago(45, "nice", 8), ago(1, "", 7)]
    found = formula().arithmetic(family(rows, base_votes=-3), MOMENT)
    expected = [1.5, 1.5 * 3 / 2, 1.5 * 2 * 2 / 4, 1.5 * 0.5 * 2**-1.5, 1.5 * 2 * 2 ** (-1 / 30)]
    assert found.millionths == pytest.approx(1e6 * (sum(expected) + 0.25 * 2 - 0.3), abs=5)
    assert found.millionths == 8_646_645
    assert formula().score(family(rows, base_votes=-3), MOMENT) == found.millionths


def test_without_a_half_life_age_does_not_matter() -> None:
    assert formula(half_life_days=None).score(family([ago(0), ago(9_000)]), MOMENT) == 3_000_000


def test_what_is_very_old_counts_nothing() -> None:
    assert formula(half_life_days=1).score(family([ago(36_500)]), MOMENT) == 0


def test_an_organisation_counts_once_and_none_is_none() -> None:
    only = formula(supporter=Decimal(0), organisation=Decimal("0.333"))
    assert only.score(family([ago(1, "", 7), ago(2, "", 7), ago(3, "", 9), ago(4)]), MOMENT) == 666_000


WORTHS = {7: Worth("team", 99_999), 8: Worth("Basic", None), 9: Worth(" Team", 100_000)}


def weighing(**numbers: Any) -> Formula:
    """With plans, bands of worth, questions and costs."""
    usual: dict[str, Any] = {
        "plans": {"Team": Decimal(3), "": Decimal("0.5")},
        "bands": [(None, Decimal("0.1")), (0, Decimal(1)), (100_000, Decimal("2.5"))],
        "question": Decimal("0.125"),
        "halving_cost": 20,
        "assumed_cost": 10,
        "worths": WORTHS,
    }
    return formula(**{**usual, **numbers})


def test_organisations_count_by_plan_and_by_what_they_are_worth() -> None:
    rows = [ago(0, "", 7), ago(0, "", 8), ago(0, "", 9), ago(0, "", 9), ago(0, "", 10)]
    found = weighing(supporter=Decimal(0), base=Decimal(0), halving_cost=None).arithmetic(family(rows), MOMENT)
    assert [(part.plan, part.band, part.organisations, part.millionths) for part in found.organisation_parts] == [
        ("Team", 0, 1, 750_000),
        ("Team", 100_000, 1, 1_875_000),
        ("", None, 2, 25_000),
    ]
    assert found.millionths == 2_650_000


@pytest.mark.parametrize(("cost", "expected"), [(0, 9_000_000), (20, 4_500_000), (40, 3_000_000), (None, 6_000_000)])
def test_what_costs_more_counts_less(cost: int | None, expected: int) -> None:
    rows = family([ago(0, "important"), ago(0, "critical"), ago(0)])
    asked = replace(rows, cost=cost, questions=(4, 5))
    plain = weighing(question=Decimal(0))
    assert plain.score(asked, MOMENT) == plain.arithmetic(asked, MOMENT).millionths == expected
    assert weighing(halving_cost=None).score(asked, MOMENT) == 9_250_000


@given(st.integers(-(10**19), 10**19), st.integers(1, 10**6), st.integers(0, 10**6))
def test_dividing_rounds_half_to_even(millionths: int, halving: int, cost: int) -> None:
    found = weighing(halving_cost=halving).divided(millionths, cost)
    assert found == round(Fraction(millionths * halving, halving + cost))


supporters = st.builds(
    ago,
    days=st.floats(min_value=0, max_value=4_000),
    importance=st.sampled_from(list(IMPORTANCES)),
    organisation=st.sampled_from([None, 7, 8]),
)


@given(st.lists(supporters, max_size=40), st.integers(-50, 50), st.integers(0, 90), st.randoms(use_true_random=False))
def test_the_same_rows_in_any_order_give_the_same_score(
    rows: list[Supporter], base_votes: int, cost: int, shuffle: random.Random
) -> None:
    planned = {"cost": cost, "questions": tuple(range(cost % 3))}
    one = weighing().score(replace(family(rows, base_votes), **planned), MOMENT)
    shuffle.shuffle(rows)
    found = weighing().arithmetic(replace(family(rows, base_votes), **planned), MOMENT)
    assert one == found.millionths
    assert one == sum(part.millionths for part in found.parts) + (
        sum(part.millionths for part in found.organisation_parts)
        + found.base_millionths
        + found.question_millionths
        + found.cost_millionths
    )
    assert sum(part.supporters for part in found.parts) == len(rows)


# A policy as a row


@pytest.mark.parametrize("value", ["-1", "100.001", "1e9", "NaN", "Infinity", "0.0001"])
def test_impossible_weights_are_refused(db: None, value: str) -> None:
    with pytest.raises(ValidationError):
        Policy(name="P", slug="p", supporter_weight=Decimal(value)).full_clean()


def test_the_database_refuses_a_policy_without_any_weight(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Policy.objects.create(name="P", slug="p", supporter_weight=0)


def test_a_policy_explains_itself(db: None) -> None:
    policy = Policy(name="P", slug="p", half_life_days=90)
    policy.critical_multiplier, policy.organisation_weight = Decimal(3), Decimal("0.5")
    policy.segments = [PolicySegment(segment="Chains", multiplier=Decimal("2.500"))]
    assert policy.explanation() == (
        "Every supporter of an idea counts 1. That is multiplied by how much they need it: 3 for critical, 1 for "
        "important, 1 for nice to have, 1 where they did not say. It is multiplied by the segment of their "
        "organisation: Chains × 2.5, all others × 1. A vote counts half as much when it is 90 days old, a quarter at "
        "twice that age, and so on. Each organisation that has a supporter adds 0.5, however many they are. Votes from "
        "before, which came without their voters, do not count. Of ideas with the same score, the newer one comes "
        "first."
    )


def test_a_policy_explains_what_else_it_weighs(db: None) -> None:
    policy = make_policy(
        supporter_weight=0,
        organisation_weight=2,
        plans={"Team": 3},
        bands={10_000: "1.5", 50_000: 2},
        no_band_multiplier="0.5",
        question_weight="0.25",
        halving_cost=20,
        assumed_cost=5,
    )
    assert policy.explanation() == (
        "How many people support an idea does not matter. Each organisation that has a supporter adds 2, however many "
        "they are. That is multiplied by its plan: Team × 3, all others × 1. It is multiplied by what it is worth in a "
        "year: from 10,000 × 1.5, from 50,000 × 2, less or not known × 0.5. Votes from before, which came without "
        "their voters, do not count. Each question that the team tied to the idea, and everybody may read, adds 0.25. "
        "The sum is divided by 1 + cost ÷ 20: an idea estimated at 20 counts half. Without an estimate it counts as if "
        "it were 5. Of ideas with the same score, the newer one comes first."
    )


def test_the_rows_of_a_published_policy_stay(product_manager: Member) -> None:
    policy = publish_policy(
        policy=make_policy(organisation_weight=1, plans={"Team": 3}, bands={5: 2}), by=product_manager
    )
    for row in (policy.plans.get(), policy.bands.get()):
        row.multiplier = Decimal(9)
        for act in (row.save, row.delete):
            with pytest.raises(PolicyPublishedError):
                act()
    copy = copy_policy(policy=policy, by=product_manager)
    assert [(row.plan, row.multiplier) for row in copy.plans.all()] == [("Team", 3)]
    assert [(row.least, row.multiplier) for row in copy.bands.all()] == [(5, 2)]


def test_worth_questions_and_cost_count_as_of_the_moment(
    idea: Idea, question: Question, member: Member, product_manager: Member, administrator: Member
) -> None:
    acme = add_organisation(by=administrator, name="Acme", plan="Team", yearly_value=Decimal(100))
    Member.objects.filter(pk=member.pk).update(organisation=acme)
    cast_vote(idea=idea, by=Member.objects.get(pk=member.pk))
    relate_question(idea=idea, question=question, by=product_manager)
    estimate_cost(idea=idea, by=product_manager, cost=10)
    policy = make_policy(
        supporter_weight=0, organisation_weight=1, bands={50: 4}, question_weight=2, halving_cost=10, slug="worth"
    )
    policy = publish_policy(policy=policy, by=product_manager)
    then = timezone.now()
    known = {"name": "Acme", "plan": "Team", "segment": ""}
    change_organisation(organisation=acme, by=administrator, yearly_value=Decimal(1), **known)
    unrelate_question(idea=idea, question=question, by=product_manager)
    estimate_cost(idea=idea, by=product_manager, cost=None)
    board = IdeaBoardPage.objects.get(pk=idea.board_id)
    assert score_board(policy=policy, board=board).scores.get(idea=idea).millionths == 1_000_000
    formula = Formula.of(policy)
    [family] = Idea.objects.as_of(then).families()
    assert formula.score(family, then) == (4 + 2) * 1_000_000 // 2
    assert [(row.score, row.idea) for row in Standings(Idea.objects.as_of(then), formula)] == [(3_000_000, idea.pk)]


def test_a_draft_can_be_changed_and_deleted(db: None) -> None:
    draft = make_policy(segments={"Chains": 2})
    draft.critical_multiplier = 5
    draft.save()
    draft.delete()
    assert not Policy.objects.exists()


def test_a_published_policy_is_not_changed_any_more(product_manager: Member) -> None:
    policy = publish_policy(policy=make_policy(segments={"Chains": 2}), by=product_manager)
    policy.critical_multiplier = 5
    with pytest.raises(PolicyPublishedError):
        policy.save()
    segment = PolicySegment.objects.get()
    segment.multiplier = 3
    for act in (segment.save, segment.delete, Policy.objects.get().delete):
        with pytest.raises(PolicyPublishedError):
            act()
    with pytest.raises(PolicyPublishedError):
        PolicySegment.objects.create(policy=policy, segment="Others")
    assert Policy.objects.get().critical_multiplier == 1


def test_publishing_is_for_the_product_team_and_happens_once(
    product_manager: Member, moderator: Member, member: Member
) -> None:
    policy = make_policy()
    for person in (member, moderator):
        with pytest.raises(ForbiddenError):
            publish_policy(policy=policy, by=person)
    assert publish_policy(policy=policy, by=product_manager).is_published
    with pytest.raises(PolicyPublishedError):
        publish_policy(policy=policy, by=product_manager)


def test_a_policy_by_which_nothing_counts_is_not_published(product_manager: Member) -> None:
    policy = make_policy(other_multiplier=0)
    with pytest.raises(WeightlessPolicyError):
        publish_policy(policy=policy, by=product_manager)
    assert publish_policy(policy=make_policy(slug="b", other_multiplier=0, base_weight=1), by=product_manager)


def test_the_next_version_is_a_copy(board: IdeaBoardPage, product_manager: Member, member: Member) -> None:
    policy = make_policy(is_for_all_boards=False, boards=[board], segments={"Chains": 2}, half_life_days=9)
    publish_policy(policy=policy, by=product_manager)
    with pytest.raises(ForbiddenError):
        copy_policy(policy=policy, by=member)
    copy = Policy.objects.get(pk=copy_policy(policy=policy, by=product_manager).pk)
    assert (copy.slug, copy.version, copy.state, copy.half_life_days) == (policy.slug, 2, "draft", 9)
    assert [(row.segment, row.multiplier) for row in copy.segments.all()] == [("Chains", 2)]
    assert list(copy.boards.all()) == [board]
    assert copy_policy(policy=policy, by=product_manager) == copy
    copy.half_life_days = 10
    copy.save()
    assert Policy.objects.get(version=1).half_life_days == 9


# Ranking a board


@pytest.fixture
def published(product_manager: Member) -> Callable[..., Policy]:
    return lambda **numbers: publish_policy(policy=make_policy(**numbers), by=product_manager)


def scores(scoring: Scoring) -> list[tuple[str, Decimal]]:
    rows = scoring.scores.select_related("idea").order_by("-millionths", "-idea")
    return [(row.idea.title, row.points) for row in rows]


@pytest.fixture
def story(make_idea: Callable[..., Idea], moderator: Member) -> list[Idea]:
    """Votes of several ages, importances and segments; a merge with a person on both sides; votes from before."""
    chains = Organisation.objects.create(name="Acme", segment="chains ")
    other = Organisation.objects.create(name="Zenith", segment="Cafés")
    people = [
        make_member("a", organisation=chains),
        make_member("b", organisation=chains),
        make_member("c", organisation=other),
        make_member("d"),
    ]
    ideas = [make_idea(title) for title in ("Old", "Needed", "Merged", "Duplicate")]
    now = timezone.now()
    for person in people:
        cast_vote(idea=ideas[0], by=person, occurred_at=now - timedelta(days=100.5))
    for person in people[:2]:
        cast_vote(idea=ideas[1], by=person, occurred_at=now - timedelta(days=10.5))
        explain_vote(idea=ideas[1], by=person, importance="critical")
    for number, importance, days in ((2, "nice", 20.5), (3, "important", 50.5)):
        cast_vote(idea=ideas[number], by=people[2], occurred_at=now - timedelta(days=days))
        explain_vote(idea=ideas[number], by=people[2], importance=importance)
    cast_vote(idea=ideas[3], by=people[0], occurred_at=now - timedelta(days=5.5))
    merge_idea(duplicate=ideas[3], into=ideas[2], by=moderator)
    Idea.objects.filter(pk=ideas[0].pk).update(base_votes=7)
    rebuild([ideas[0].pk])
    return ideas


WEIGHTS: dict[str, Any] = {
    "supporter_weight": Decimal("1.25"),
    "critical_multiplier": 3,
    "important_multiplier": 2,
    "nice_multiplier": Decimal("0.5"),
    "half_life_days": 30,
    "organisation_weight": Decimal("0.4"),
    "base_weight": Decimal("0.05"),
    "segments": {"Chains": 2},
}


def test_the_same_rows_give_the_same_scores_on_every_database(
    board: IdeaBoardPage, story: list[Idea], published: Callable[..., Policy]
) -> None:
    scoring = score_board(policy=published(**WEIGHTS), board=board)
    assert scores(scoring) == [
        ("Needed", Decimal("13.555508")),
        ("Merged", Decimal("5.064698")),
        ("Old", Decimal("3.144094")),
    ]


def test_a_board_shows_the_order_of_a_policy_page_by_page(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], published: Callable[..., Policy]
) -> None:
    ideas = [make_idea(f"Idea {number:02}") for number in range(45)]
    for number in (3, 30):
        cast_vote(idea=ideas[number], by=make_member(f"m{number}"))
    score_board(policy=published(), board=board)
    make_idea("Too new")
    address, seen = "?sort=policy-needs", []
    while address:
        html = reader(None).get(f"{board.url}{address}").content.decode()
        seen += re.findall(r'<h3 class="c-row-title"><a href="[^"]*">([^<]*)</a>', html)
        found = re.search(r'href="([^"]*)" rel="next"', html)
        address = found[1].replace("&amp;", "&") if found else ""
    rest = [f"Idea {number:02}" for number in reversed(range(45)) if number not in (3, 30)]
    assert seen == ["Idea 30", "Idea 03", *rest]
    assert "Ranked by “Needs, version 1” as of" in html
    assert "see Newest" in html


def test_a_forged_place_in_the_order_is_a_bad_request(
    reader: Reader, board: IdeaBoardPage, idea: Idea, published: Callable[..., Policy]
) -> None:
    score_board(policy=published(), board=board)
    for position in ('["n",1,99999999999999999999]', '["n","NaN",1]', '["n",1]', '["n",99999999999999999999,1]'):
        cursor = base64.urlsafe_b64encode(position.encode()).decode()
        assert reader(None).get(f"{board.url}?sort=policy-needs&after={cursor}").status_code == 400


def test_what_left_the_lists_leaves_the_order(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
    make_invisible: Callable[..., None],
    published: Callable[..., Policy],
) -> None:
    ideas = [make_idea(title) for title in ("Stays", "CanaryHidden", "CanaryMerged")]
    score_board(policy=published(), board=board)
    make_invisible(ideas[1])
    merge_idea(duplicate=ideas[2], into=ideas[0], by=moderator)
    html = reader(None).get(f"{board.url}?sort=policy-needs").content.decode()
    assert "Stays" in html
    assert "Canary" not in html


def test_drafts_retired_and_foreign_policies_are_not_offered(
    reader: Reader,
    board: IdeaBoardPage,
    staff_board: IdeaBoardPage,
    idea: Idea,
    product_manager: Member,
    published: Callable[..., Policy],
) -> None:
    make_policy(slug="draft", name="CanaryDraft")
    published(slug="elsewhere", name="CanaryElsewhere", is_for_all_boards=False, boards=[staff_board])
    retired = published(slug="retired", name="CanaryRetired")
    score_board(policy=retired, board=board)
    retire_policy(policy=retired, by=product_manager)
    for address in ("", "?sort=policy-retired", "?sort=policy-draft", "policies/"):
        response = reader(None).get(f"{board.url}{address}")
        assert response.status_code == 200
        assert "Canary" not in response.content.decode()
    assert [Policy.objects.current().of_board(page).count() for page in (board, staff_board)] == [0, 1]


def test_a_new_version_takes_over_once_it_has_ranked_the_board(
    board: IdeaBoardPage, idea: Idea, product_manager: Member, published: Callable[..., Policy]
) -> None:
    first = published()
    score_board(policy=first, board=board)
    second = publish_policy(policy=copy_policy(policy=first, by=product_manager), by=product_manager)
    assert [scoring.policy for scoring in Scoring.objects.of_board(board)] == [first]
    score_board(policy=second, board=board)
    assert [scoring.policy for scoring in Scoring.objects.of_board(board)] == [second]


def test_a_board_is_ranked_only_by_a_policy_that_is_published_and_for_it(
    board: IdeaBoardPage, staff_board: IdeaBoardPage, published: Callable[..., Policy]
) -> None:
    with pytest.raises(PolicyNotPublishedError):
        score_board(policy=make_policy(slug="draft"), board=board)
    with pytest.raises(OtherBoardsPolicyError):
        score_board(policy=published(is_for_all_boards=False, boards=[staff_board]), board=board)
    assert not Scoring.objects.exists()


def test_the_latest_two_scorings_are_kept_and_broken_ones_removed(
    board: IdeaBoardPage, idea: Idea, published: Callable[..., Policy]
) -> None:
    policy = published()
    broken = Scoring.objects.create(policy=policy, board=board, moment=timezone.now())
    IdeaScore.objects.create(scoring=broken, idea=idea, millionths=5)
    made = [score_board(policy=policy, board=board).pk for _ in range(3)]
    assert list(Scoring.objects.order_by("pk").values_list("pk", flat=True)) == made[1:]
    assert set(IdeaScore.objects.values_list("scoring", flat=True)) == set(made[1:])


def test_the_order_before_is_shown_until_the_new_one_is_whole(
    board: IdeaBoardPage, idea: Idea, published: Callable[..., Policy], monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = published()
    before = score_board(policy=policy, board=board)

    def breaks(*args: Any) -> int:
        raise RuntimeError

    monkeypatch.setattr(Formula, "score", breaks)
    with pytest.raises(RuntimeError):
        score_board(policy=policy, board=board)
    assert Scoring.objects.of_board(board) == [before]


def test_the_command_ranks_what_it_is_told(
    board: IdeaBoardPage, staff_board: IdeaBoardPage, idea: Idea, published: Callable[..., Policy]
) -> None:
    published()
    published(slug="other", name="Other")
    out = StringIO()
    call_command("score_policies", policy="needs", board="ideas", stdout=out)
    assert out.getvalue() == "Ideas: 1 ideas ranked by “Needs, version 1”.\n"
    call_command("score_policies", stdout=out)
    assert Scoring.objects.complete().count() == 5
    for wrong in ({"policy": "nonsense"}, {"board": "nonsense"}):
        with pytest.raises(CommandError):
            call_command("score_policies", **wrong)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rankings_of_a_board_at_the_same_time_leave_a_whole_one(
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    published: Callable[..., Policy],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("ideas.actions.policies.BATCH", 3)
    for number in range(10):
        make_idea(f"Idea {number}")
    policy = published()
    errors = together(*[lambda: score_board(policy=policy, board=board)] * 8)
    assert not errors
    (scoring,) = Scoring.objects.of_board(board)
    assert scoring.scores.count() == scoring.idea_count == 10


@pytest.mark.parametrize("count", [1, 30])
def test_a_board_in_the_order_of_a_policy_costs_few_queries(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    published: Callable[..., Policy],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        make_idea(f"Idea {number}")
    for slug in ("needs", "other", "third"):
        score_board(policy=published(slug=slug, name=slug), board=board)
    client = reader(None)
    client.get(board.url)
    with django_assert_max_num_queries(14):
        client.get(f"{board.url}?sort=policy-needs")
