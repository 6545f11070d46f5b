"""Ranking policies in the Wagtail admin: who may, what forms refuse, publishing, versions, comparing."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from accounts.models import Member
from ideas import history
from ideas.actions import publish_policy
from ideas.models import Idea, IdeaBoardPage, Policy, Scoring
from tests.background import run_tasks
from tests.ideas.conftest import CANARY, Reader, make_policy


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside these tests, so nothing has to settle."""
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


@pytest.fixture
def admin(reader: Reader, product_manager: Member) -> Client:
    return reader(product_manager)


def form(
    segments: list[tuple[str, str]] | None = None,
    plans: list[tuple[str, str]] | None = None,
    bands: list[tuple[str, str]] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    weights = {f"{name}_multiplier": "1" for name in ("unsaid", "nice", "important", "critical", "other")}
    rows = [{"segment": name, "multiplier": multiplier} for name, multiplier in segments or []]
    usual = {"name": "Needs", "slug": "needs", "description": "", "is_for_all_boards": "on", "half_life_days": ""}
    own = {"supporter_weight": "1", "organisation_weight": "0", "base_weight": "0", "segments": inline_formset(rows)}
    worth = {"other_plan_multiplier": "1", "no_band_multiplier": "1", "question_weight": "0", "assumed_cost": "0"}
    plans = inline_formset([{"plan": name, "multiplier": multiplier} for name, multiplier in plans or []])
    steps = inline_formset([{"least": least, "multiplier": multiplier} for least, multiplier in bands or []])
    return nested_form_data({**usual, **weights, **own, **worth, "plans": plans, "bands": steps, **fields})


def test_a_policy_is_made_published_and_ranks_its_boards(
    admin: Client, board: IdeaBoardPage, staff_board: IdeaBoardPage, idea: Idea
) -> None:
    assert admin.get(reverse("policy:add")).status_code == 200
    response = admin.post(reverse("policy:add"), form([("Chains", "2.5")], half_life_days="30"))
    policy = Policy.objects.get()
    assert response["Location"] == reverse("policy:inspect", args=[policy.pk])
    html = admin.get(response["Location"]).content.decode()
    assert "Chains × 2.5" in html
    assert not Scoring.objects.exists()
    admin.post(reverse("policy:publish", args=[policy.pk]))
    assert "Being ranked since" in admin.get(response["Location"]).content.decode()
    assert not Scoring.objects.exists()
    run_tasks()
    assert "Being ranked since" not in admin.get(response["Location"]).content.decode()
    assert {scoring.board for scoring in Scoring.objects.complete()} == {board, staff_board}
    assert "?sort=policy-needs" in admin.get(response["Location"]).content.decode()
    assert "Needs" in admin.get(reverse("policy:index")).content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"supporter_weight": "0"}, "every idea would have the score 0"),
        ({"other_multiplier": "0"}, "every idea would have the score 0"),
        ({"supporter_weight": "-1"}, "greater than or equal to 0"),
        ({"base_weight": "100.5"}, "less than or equal to 100"),
        ({"critical_multiplier": "NaN"}, "Enter a number"),
        ({"critical_multiplier": "Infinity"}, "Enter a number"),
        ({"critical_multiplier": "1e999999"}, "Ensure"),
        ({"half_life_days": "0"}, "greater than or equal to 1"),
        ({"half_life_days": "99999"}, "less than or equal to 3650"),
        ({"segments": [("Chains", "2"), ("chains", "3")]}, "one multiplier only"),
        ({"segments": [("Chains", "-2")]}, "greater than or equal to 0"),
        ({"plans": [("Team", "2"), ("team", "3")]}, "Each plan can have one multiplier"),
        ({"bands": [("100", "2"), ("50", "3")]}, "Put the bands in order"),
        ({"bands": [("100", "2"), ("100", "3")]}, "duplicate"),
        ({"bands": [("-1", "2")]}, "greater than or equal to 0"),
        ({"bands": [("1.5", "2")]}, "Enter a whole number"),
        ({"bands": [("Infinity", "2")]}, "Enter a whole number"),
        ({"bands": [("5", "NaN")]}, "Enter a number"),
        ({"question_weight": "Infinity"}, "Enter a number"),
        ({"halving_cost": "0"}, "greater than or equal to 1"),
        (
            {"supporter_weight": "0", "organisation_weight": "1", "no_band_multiplier": "0", "bands": [("5", "0")]},
            "every idea would have the score 0",
        ),
        ({"is_for_all_boards": ""}, "Choose at least one board"),
        ({"slug": "taken"}, "Another policy has this short name"),
    ],
)
def test_forms_say_what_is_wrong(admin: Client, board: IdeaBoardPage, fields: dict[str, Any], sentence: str) -> None:
    make_policy(slug="taken")
    response = admin.post(reverse("policy:add"), form(**fields))
    assert response.status_code == 200
    assert sentence in response.content.decode()
    assert Policy.objects.count() == 1


def test_a_published_policy_is_looked_at_and_not_edited(admin: Client, product_manager: Member) -> None:
    policy = publish_policy(policy=make_policy(), by=product_manager)
    for method in (admin.get, admin.post):
        response = method(reverse("policy:edit", args=[policy.pk]), form(name="Changed"))
        assert response["Location"] == reverse("policy:inspect", args=[policy.pk])
    admin.post(reverse("policy:delete", args=[policy.pk]))
    assert Policy.objects.get().name == "Needs"
    admin.post(reverse("policy:version", args=[policy.pk]))
    draft = Policy.objects.get(version=2)
    admin.post(reverse("policy:edit", args=[draft.pk]), form(name="Changed"))
    admin.post(reverse("policy:retire", args=[policy.pk]))
    assert list(Policy.objects.order_by("version").values_list("name", "state")) == [
        ("Needs", "retired"),
        ("Changed", "draft"),
    ]
    admin.post(reverse("policy:delete", args=[draft.pk]))
    assert Policy.objects.count() == 1


def test_what_is_refused_is_said(admin: Client, product_manager: Member) -> None:
    policy = publish_policy(policy=make_policy(), by=product_manager)
    response = admin.post(reverse("policy:publish", args=[policy.pk]), follow=True)
    assert "This policy is published." in response.content.decode()


def test_two_orders_of_a_board_are_compared(
    admin: Client, board: IdeaBoardPage, staff_board: IdeaBoardPage, idea: Idea, make_idea: Any
) -> None:
    make_idea("Newer")
    policy = make_policy()
    admin.post(reverse("policy:publish", args=[policy.pk]))
    html = admin.get(reverse("policy:compare", args=[board.pk]), {"one": "policy-needs", "other": "newest"})
    assert "Newer" in html.content.decode()
    assert admin.get(reverse("policy:compare", args=[staff_board.pk + 99])).status_code == 404


@pytest.mark.parametrize("person", ["visitor", "member", "moderator"])
def test_policies_are_for_the_product_team(
    reader: Reader, request: pytest.FixtureRequest, board: IdeaBoardPage, person: str
) -> None:
    policy = make_policy(name=CANARY)
    client = reader(None if person == "visitor" else request.getfixturevalue(person))
    for name, args in (
        ("index", []),
        ("add", []),
        ("inspect", [policy.pk]),
        ("edit", [policy.pk]),
        ("compare", [board.pk]),
    ):
        response = client.get(reverse(f"policy:{name}", args=args))
        assert response.status_code in (302, 403, 404)
    for name in ("publish", "retire", "version", "rank", "delete"):
        assert client.post(reverse(f"policy:{name}", args=[policy.pk])).status_code in (302, 403, 404)
    assert Policy.objects.get().state == "draft"
