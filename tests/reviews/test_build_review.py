"""Building a review by a policy: what is chosen, what is refused, and what a draft remembers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member, Organisation
from core.errors import ForbiddenError
from ideas import history
from ideas.actions import cast_vote, change_status, edit_idea, merge_idea, publish_policy, retire_policy
from ideas.models import Idea, IdeaBoardPage, Policy
from moderation.actions import hide_post
from reviews.actions import (
    InReviewError,
    NoReasonError,
    NotInReviewError,
    NotOnBoardError,
    PublishedError,
    WeightlessRankingError,
    build_draft,
    checked_selection,
    exclude_idea,
    group_idea,
    pin_idea,
    publish_review,
    remove_idea,
    send_to_review,
    take_back,
)
from reviews.models import Review, ReviewLogEntry
from reviews.rules import BUILT_IN, Rule
from tests.ideas.conftest import make_policy
from tests.people import make_member, restrict

Build = Callable[..., Review]


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def build(board: IdeaBoardPage, product_manager: Member) -> Build:
    def build(policy: Policy | str = "supporters", **wishes: Any) -> Review:
        usual: dict[str, Any] = {"note": "", "boards": [board], "cut_off": None, "filters": {}, "size": 10}
        return build_draft(by=product_manager, title="Autumn", policy=policy, **{**usual, **wishes})

    return build


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    client.force_login(product_manager)
    return client


def titles(review: Review) -> list[str]:
    review = Review.objects.get(pk=review.pk)
    names = dict(Idea.objects.values_list("pk", "title"))
    return [names[pk] for pk in checked_selection(review).ideas]


def weighing(by: Member, **fields: Any) -> Policy:
    return publish_policy(policy=make_policy(**{"name": "Chains first", **fields}), by=by)


# What is chosen


def test_the_top_of_a_policy_is_chosen(
    build: Build, ideas: list[Idea], voters: list[Member], product_manager: Member
) -> None:
    chain = Organisation.objects.create(name="Larkspur", segment="Chains")
    buyer = make_member("buyer", organisation=chain)
    cast_vote(idea=ideas[1], by=buyer)
    policy = weighing(product_manager, segments={"Chains": 9})
    assert titles(build(policy, size=2)) == ["Export", "Dark mode"]
    assert titles(build("supporters", size=2)) == ["Dark mode", "Offline use"]
    Idea.objects.filter(pk=ideas[2].pk).update(base_votes=7, family_base_votes=7)
    assert titles(build("top", size=1)) == ["Offline use"]


def test_only_what_was_known_at_the_cut_off_counts(build: Build, ideas: list[Idea], moderator: Member) -> None:
    cut_off = timezone.now()
    for number in range(4):
        cast_vote(idea=ideas[1], by=make_member(f"late{number}"))
    merge_idea(duplicate=ideas[2], into=ideas[0], by=moderator)
    assert titles(build(cut_off=cut_off)) == ["Dark mode", "Offline use", "Export"]
    assert titles(build()) == ["Export", "Dark mode"]


def test_filters_choose_by_tag_status_segment_and_language(
    build: Build, board: IdeaBoardPage, ideas: list[Idea], author: Member, product_manager: Member
) -> None:
    edit_idea(idea=ideas[1], by=author, title="Export", body="As a file.", tags=["Files"])
    planned = board.statuses.get(slug="planned")
    change_status(idea=ideas[2], status=planned, by=product_manager)
    shop = Organisation.objects.create(name="Larkspur", segment="Shops")
    cast_vote(idea=ideas[0], by=make_member("buyer", organisation=shop))
    assert titles(build(filters={"tags": ["files"]})) == ["Export"]
    assert titles(build(filters={"statuses": [planned.pk]})) == ["Offline use"]
    assert titles(build(filters={"segments": ["shops"]})) == ["Dark mode"]
    Idea.objects.filter(pk=ideas[2].pk).update(language="de")
    assert titles(build(filters={"languages": ["de", "fr"]})) == ["Offline use"]


def test_several_boards_are_ranked_together(
    build: Build, board: IdeaBoardPage, staff_board: IdeaBoardPage, ideas: list[Idea], make_idea: Callable[..., Idea]
) -> None:
    secret = make_idea("Secret plan", on=staff_board, by=make_member("other"))
    for person in ("one", "two", "three", "four"):
        cast_vote(idea=secret, by=make_member(person, "Moderators"))
    review = build(boards=[staff_board, board], size=2)
    assert titles(review) == ["Secret plan", "Dark mode"]


def test_what_is_pinned_comes_besides_and_what_is_left_out_does_not(
    build: Build, ideas: list[Idea], product_manager: Member
) -> None:
    review = build(size=1)
    pin_idea(review=review, by=product_manager, idea=ideas[1].pk)
    assert titles(review) == ["Dark mode", "Export"]
    exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason=" Done  ")
    assert titles(review) == ["Offline use", "Export"]
    snapshot = publish_review(review=review, by=product_manager)
    assert [(each["title"], each["reason"]) for each in snapshot.data["excluded"]] == [("Dark mode", "Done")]
    assert [idea["is_pinned"] for idea in snapshot.facts()] == [False, True]


def test_leaving_out_takes_a_reason_and_can_be_taken_back(
    build: Build, ideas: list[Idea], product_manager: Member
) -> None:
    review = build(size=1)
    with pytest.raises(NoReasonError):
        exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason="  ")
    exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason="Done")
    remove_idea(review=review, by=product_manager, idea=ideas[0].pk)
    assert titles(review) == ["Dark mode"]
    assert ReviewLogEntry.objects.get(action="reviews.exclude").message == f"Left out idea {ideas[0].pk}: Done"


def test_ideas_are_grouped_under_themes(build: Build, ideas: list[Idea], product_manager: Member) -> None:
    review = build()
    group_idea(review=review, by=product_manager, idea=ideas[0].pk, theme=" Eyes  and\nlight ")
    group_idea(review=review, by=product_manager, idea=ideas[1].pk, theme="Files")
    group_idea(review=review, by=product_manager, idea=ideas[1].pk, theme="")
    assert review.items.count() == 1
    snapshot = publish_review(review=review, by=product_manager)
    assert [idea["theme"] for idea in snapshot.facts()] == ["Eyes and light", "", ""]
    assert snapshot.data["review"]["themes"] == ["Eyes and light"]


def test_only_ideas_of_its_boards_are_pinned_left_out_and_grouped(
    build: Build, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], product_manager: Member
) -> None:
    review, secret = build(), make_idea("Secret plan", on=staff_board)
    known: dict[str, Any] = {"review": review, "by": product_manager, "idea": secret.pk}
    for attempt in (
        lambda: pin_idea(**known),
        lambda: exclude_idea(**known, reason="Done"),
        lambda: group_idea(**known, theme="Plans"),
    ):
        with pytest.raises(NotOnBoardError):
            attempt()  # type: ignore[no-untyped-call]
    assert not review.items.exists()


# From draft to published


def test_in_review_the_numbers_stay_and_nothing_is_changed(
    build: Build, ideas: list[Idea], product_manager: Member
) -> None:
    review = send_to_review(review=build(), by=product_manager)
    for number in range(4):
        cast_vote(idea=ideas[1], by=make_member(f"late{number}"))
    assert titles(review) == ["Dark mode", "Offline use", "Export"]
    for attempt in (
        lambda: exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason="Done"),
        lambda: pin_idea(review=review, by=product_manager, idea=ideas[0].pk),
        lambda: send_to_review(review=review, by=product_manager),
    ):
        with pytest.raises(InReviewError):
            attempt()
    take_back(review=review, by=product_manager)
    with pytest.raises(NotInReviewError):
        take_back(review=review, by=product_manager)
    exclude_idea(review=review, by=product_manager, idea=ideas[0].pk, reason="Done")
    publish_review(review=review, by=product_manager)
    with pytest.raises(PublishedError):
        take_back(review=review, by=product_manager)


def test_publishing_what_was_sent_to_review_gives_the_same_text_whenever(
    build: Build, ideas: list[Idea], product_manager: Member, administrator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = send_to_review(review=build(), by=product_manager)
    hashes = set()
    for person, days in ((product_manager, 0), (administrator, 400)):
        later = timezone.now() + timedelta(days=days)
        with monkeypatch.context() as patched, transaction.atomic():
            patched.setattr(timezone, "now", lambda later=later: later)
            hashes.add(publish_review(review=review, by=person).content_hash)
            transaction.set_rollback(True)
    assert len(hashes) == 1


def test_a_policy_that_was_retired_meanwhile_still_ranks(
    build: Build, ideas: list[Idea], product_manager: Member
) -> None:
    policy = weighing(product_manager)
    review = build(policy)
    retire_policy(policy=policy, by=product_manager)
    assert publish_review(review=review, by=product_manager).data["policy"]["slug"] == "needs"


def test_who_may_not_read_a_further_board_does_not_find_the_review(
    build: Build, board: IdeaBoardPage, staff_board: IdeaBoardPage, product_manager: Member
) -> None:
    review = build(boards=[board, staff_board])
    assert review in Review.objects.visible_to(product_manager)
    restrict(staff_board, "Moderators")
    assert review not in Review.objects.visible_to(product_manager)
    with pytest.raises(ForbiddenError):
        publish_review(review=review, by=product_manager)


# The screens


def fields(board: IdeaBoardPage, **changed: Any) -> dict[str, Any]:
    usual = {"title": "Autumn", "note": "Kept note", "boards": [board.pk], "policy": "supporters", "size": "2"}
    return {**usual, "cut_off": "", "tags": "", **changed}


def test_from_the_form_to_the_published_page(
    product: Client, board: IdeaBoardPage, ideas: list[Idea], product_manager: Member
) -> None:
    policy = weighing(product_manager, supporter_weight="1.5")
    assert str(policy) in product.get(url("build")).content.decode()
    response = product.post(url("build"), fields(board, policy=str(policy.pk), size="1"))
    review = Review.objects.get()
    assert response["Location"] == url("detail", review.pk)
    page = product.get(url("detail", review.pk)).content.decode()
    assert "Dark mode" in page
    assert "4 × 1.5" in page
    assert "Offline use" not in page
    product.post(url("item", review.pk), {"idea": ideas[1].pk, "act": "pin"})
    product.post(url("item", review.pk), {"idea": ideas[1].pk, "act": "group", "theme": "Files"})
    product.post(url("item", review.pk), {"idea": ideas[0].pk, "act": "exclude", "reason": "Done elsewhere"})
    page = product.get(url("detail", review.pk)).content.decode()
    assert page.index("Offline use") < page.index("Export") < page.index("Done elsewhere")
    assert 'value="1"' in product.get(url("rules", review.pk)).content.decode()
    product.post(url("rules", review.pk), fields(board, policy=str(policy.pk), size="0"))
    assert titles(review) == ["Export"]
    product.post(url("item", review.pk), {"idea": ideas[0].pk, "act": "include"})
    assert product.post(url("send-to-review", review.pk)).status_code == 302
    page = product.get(url("detail", review.pk)).content.decode()
    assert url("take-back", review.pk) in page
    assert url("item", review.pk) not in page
    assert product.post(url("publish", review.pk)).status_code == 302
    assert "Export" in product.get(url("detail", review.pk)).content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"cut_off": "2999-01-01 00:00"}, "at least one minute back"),
        ({"cut_off": "yesterday"}, "valid date"),
        ({"size": "2000000"}, "at most 100000 ideas"),
        ({"size": "-1"}, "greater than or equal to 0"),
        ({"size": "many"}, "whole number"),
        ({"policy": "987654"}, "valid choice"),
        ({"boards": []}, "required"),
        ({"boards": ["987654"]}, "valid choice"),
        ({"tags": "nothing"}, "There is no tag “nothing”"),
        ({"statuses": ["987654"]}, "valid choice"),
        ({"segments": ["nothing"]}, "valid choice"),
        ({"languages": ["xx"]}, "valid choice"),
        ({"title": ""}, "required"),
    ],
)
def test_a_bad_wish_is_a_sentence_and_what_was_typed_is_kept(
    changed: dict[str, Any], sentence: str, product: Client, board: IdeaBoardPage
) -> None:
    response = product.post(url("build"), fields(board, **changed))
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert "Kept note" in page
    assert not Review.objects.exists()


def test_a_cut_off_of_the_last_minute_is_refused(
    product: Client, board: IdeaBoardPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(seconds=60))
    now = timezone.now().astimezone(UTC)
    response = product.post(url("build"), fields(board, cut_off=f"{now:%Y-%m-%d %H:%M:%S}"))
    assert response.status_code == 422
    earlier = now - timedelta(minutes=3)
    response = product.post(url("build"), fields(board, cut_off=f"{earlier:%Y-%m-%d %H:%M:%S}"))
    assert response.status_code == 302
    assert Review.objects.get().cut_off == earlier.replace(microsecond=0)


def test_a_board_that_one_may_not_read_and_a_policy_of_another_board_are_refused(
    product: Client, board: IdeaBoardPage, staff_board: IdeaBoardPage, product_manager: Member
) -> None:
    policy = weighing(product_manager, is_for_all_boards=False, boards=[staff_board])
    response = product.post(url("build"), fields(board, policy=str(policy.pk)))
    assert response.status_code == 422
    assert "is not for the board" in response.content.decode()
    restrict(staff_board, "Moderators")
    response = product.post(url("build"), fields(board, boards=[staff_board.pk]))
    assert response.status_code == 422
    assert staff_board.title not in response.content.decode()
    with pytest.raises(ForbiddenError):
        build_draft(
            by=product_manager,
            title="T",
            note="",
            boards=[staff_board],
            policy="top",
            cut_off=None,
            filters={},
            size=1,
        )


def test_an_empty_selection_is_a_sentence_and_the_draft_is_kept(
    product: Client, build: Build, ideas: list[Idea]
) -> None:
    review = build(cut_off=datetime(2020, 1, 1, tzinfo=UTC))
    for name in ("send-to-review", "publish"):
        response = product.post(url(name, review.pk))
        assert response.status_code == 409
        assert "No idea meets these filters" in response.content.decode()
    assert "No idea meets these filters" in product.get(url("detail", review.pk)).content.decode()
    assert Review.objects.get().is_draft


@pytest.mark.parametrize("weight", ["0", "Infinity", "NaN"])
def test_a_ranking_by_nothing_or_by_what_is_no_number_is_refused(
    weight: str, build: Build, ideas: list[Idea], product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = build()
    broken = Rule(**{**vars(BUILT_IN["supporters"]), "supporter": Decimal(weight)})
    monkeypatch.setitem(BUILT_IN, "supporters", broken)
    for attempt in (build, lambda: publish_review(review=review, by=product_manager)):
        with pytest.raises(WeightlessRankingError):
            attempt()
    assert Review.objects.get(pk=review.pk).is_draft


def test_too_many_ideas_to_rank_are_a_sentence(
    product: Client, build: Build, ideas: list[Idea], monkeypatch: pytest.MonkeyPatch
) -> None:
    review = build()
    monkeypatch.setattr("reviews.selection.MOST_RANKED", 2)
    response = product.post(url("publish", review.pk))
    assert response.status_code == 409
    assert "Choose fewer boards" in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"idea": "x", "act": "pin"}, {"idea": "1", "act": "explode"}])
def test_a_forged_act_is_not_there(data: dict[str, str], product: Client, build: Build) -> None:
    assert product.post(url("item", build().pk), data).status_code == 404


def test_an_act_that_is_refused_says_why(product: Client, build: Build, ideas: list[Idea], moderator: Member) -> None:
    review = build()
    hide_post(post=ideas[0], by=moderator, reason="Spam")
    for data in (
        {"idea": ideas[0].pk, "act": "pin"},
        {"idea": ideas[1].pk, "act": "exclude", "reason": ""},
        {"idea": ideas[1].pk, "act": "exclude", "reason": "x" * 501},
    ):
        response = product.post(url("item", review.pk), data, follow=True)
        assert len(list(response.context["messages"])) == 1
    assert not review.items.exists()
