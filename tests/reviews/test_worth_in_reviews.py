"""What organisations are worth in reviews: as of the cut-off, shown to those who may know it, and recomputed."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import add_organisation, change_organisation
from accounts.models import Member, Organisation, OrganisationLine
from community.models import Question
from core.ledger import unprotected
from ideas.actions import cast_vote, estimate_cost, publish_policy, relate_question
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import build_draft, publish_review
from reviews.models import ReviewSnapshot
from reviews.shown import Access
from tests.ideas.conftest import make_policy
from tests.people import make_member
from tests.reviews.conftest import EVERYTHING, exports

WITHOUT_AMOUNTS = Access(sees_amounts=False, is_team=True, forums=frozenset())
NO_TEAM = Access(sees_amounts=True, is_team=False, forums=frozenset())


@pytest.fixture
def larkspur(administrator: Member, idea: Idea) -> Organisation:
    organisation = add_organisation(by=administrator, name="Larkspur", plan="Team", yearly_value=Decimal("1200.50"))
    cast_vote(idea=idea, by=make_member("buyer", organisation=organisation))
    return organisation


@pytest.fixture
def publish(
    board: IdeaBoardPage, idea: Idea, question: Question, product_manager: Member, larkspur: Organisation
) -> Callable[..., ReviewSnapshot]:
    """Publishes a review of the board by a policy with these numbers, as of a moment."""
    relate_question(idea=idea, question=question, by=product_manager)
    estimate_cost(idea=idea, by=product_manager, cost=20)

    def publish(cut_off: Any = None, **numbers: Any) -> ReviewSnapshot:
        policy = publish_policy(policy=make_policy(organisation_weight=1, **numbers), by=product_manager)
        wishes = {"boards": [board], "policy": policy, "cut_off": cut_off, "filters": {}, "size": 10}
        review = build_draft(by=product_manager, title="Review", note="", **wishes)
        return publish_review(review=review, by=product_manager)

    return publish


def test_a_review_of_an_earlier_cut_off_uses_the_worth_of_that_moment(
    publish: Callable[..., ReviewSnapshot],
    larkspur: Organisation,
    administrator: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cut_off = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: cut_off + timedelta(days=1))
    known = {"name": "Larkspur", "plan": "Enterprise", "segment": ""}
    change_organisation(organisation=larkspur, by=administrator, yearly_value=Decimal(9), **known)
    snapshot = publish(cut_off, bands={1_000: 5}, plans={"Team": 2})
    [(facts, evidence)] = snapshot.described()
    assert (facts["value"], snapshot.data["totals"]["value"]) == (120_050, 120_050)
    assert snapshot.data["organisations"][0]["plan"] == "Team"
    assert evidence["arithmetic"]["organisation_parts"] == [
        {
            "plan": "Team",
            "band": 100_000,
            "organisations": 1,
            "plan_multiplier": "2.000",
            "worth_multiplier": "5.000",
            "score": 10_000_000,
        }
    ]
    csv, markdown, json_lines, _xlsx = exports(snapshot)
    assert b",1200.50," in csv and b"organisations (Team, worth from 1000.00): 1" in markdown
    assert b"as the ledger of organisations knew it at the cut-off" in json_lines
    call_command("verify_review", snapshot.review_id)


def test_a_line_that_somebody_changed_is_found(publish: Callable[..., ReviewSnapshot], larkspur: Organisation) -> None:
    snapshot = publish(bands={1_000: 5})
    call_command("verify_review", snapshot.review_id)
    with unprotected("default"):
        OrganisationLine.objects.update(yearly_value=5)
    with pytest.raises(CommandError, match=f"Organisation {larkspur.pk} had another plan or value"):
        call_command("verify_review", snapshot.review_id)


@pytest.mark.parametrize(
    ("table", "statement", "problem"),
    [
        ("ideas_costestimate", "UPDATE ideas_costestimate SET cost = 3", "had the estimate 3"),
        ("ideas_relatedquestion", "DELETE FROM ideas_relatedquestion", "Not all questions"),
    ],
)
def test_other_inputs_are_recomputed_too(
    publish: Callable[..., ReviewSnapshot], table: str, statement: str, problem: str
) -> None:
    snapshot = publish(question_weight=2, halving_cost=20)
    call_command("verify_review", snapshot.review_id)
    with unprotected("default"), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(CommandError, match=problem):
        call_command("verify_review", snapshot.review_id)


@pytest.mark.parametrize(
    ("numbers", "access"), [({"bands": {1_000: 5}}, WITHOUT_AMOUNTS), ({"halving_cost": 20}, NO_TEAM)]
)
def test_a_score_that_would_tell_is_withheld(
    publish: Callable[..., ReviewSnapshot], numbers: dict[str, Any], access: Access
) -> None:
    snapshot = publish(**numbers)
    score = str(next(snapshot.facts())["score"]).rstrip("0").encode()
    shown, hidden = exports(snapshot, EVERYTHING), exports(snapshot, access)
    for one, other in zip(shown[:3], hidden[:3], strict=True):
        assert one != other
    assert b"withheld" in hidden[1] and b'"score":null' in hidden[2]
    assert b'"score":' + score in shown[2] and b'"score":' + score not in hidden[2]
    assert b'"arithmetic":null' in hidden[2]
    assert b'"asked"' not in hidden[2] + shown[2]


def test_estimates_are_for_the_team(publish: Callable[..., ReviewSnapshot]) -> None:
    snapshot = publish()
    assert b"Estimated cost: 20" in exports(snapshot, EVERYTHING)[1]
    assert b"Estimated cost" not in exports(snapshot, NO_TEAM)[1]
    assert b'"cost":20' not in exports(snapshot, NO_TEAM)[2]


def test_the_pages_show_what_each_input_contributed(
    client: Client, publish: Callable[..., ReviewSnapshot], product_manager: Member
) -> None:
    snapshot = publish(bands={1_000: 5}, plans={"Team": 2}, question_weight=2, halving_cost=20)
    client.force_login(product_manager)
    html = client.get(reverse("reviews:evidence", args=[snapshot.review_id, 1])).text
    assert "Organisations: Team, worth from 1,000" in html
    assert "Questions that ask for it" in html
    assert "÷ (1 + 20 ÷ 20)" in html
    assert "1,200.5" in html
    draft = build_draft(
        by=product_manager,
        title="Draft",
        note="",
        boards=[snapshot.review.board],
        policy=snapshot.review.ranking,
        cut_off=None,
        filters={},
        size=10,
    )
    address = reverse("reviews:detail", args=[draft.pk])
    assert "worth from 1,000" in client.get(address).text
    product_manager.groups.clear()
    reading = Permission.objects.filter(codename__in=["access_admin", "view_review", "add_review", "change_review"])
    product_manager.user_permissions.set(reading)
    client.force_login(Member.objects.get(pk=product_manager.pk))
    assert "worth from 1,000" not in client.get(address).text
