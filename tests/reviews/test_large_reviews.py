"""Reviews that are too large for a request: the worker publishes them, shows how far it is, and can be stopped."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from ideas.models import Idea
from moderation.actions import hide_post
from reviews import actions
from reviews.actions import BeingPublishedError, begin_publishing, change_draft, publish_review, stop_publishing
from reviews.models import PreparedIdea, Review, ReviewSnapshot, ReviewWork
from reviews.selection import remembered_selection
from tests.background import run_tasks
from tests.reviews.conftest import exports


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def large(draft: Review, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A draft that counts as large: three ideas from the top, written one at a time."""
    monkeypatch.setattr(actions, "LARGE", 1)
    monkeypatch.setattr("reviews.snapshot.WRITTEN_AT_ONCE", 1)
    draft.size = 3
    draft.save()
    return draft


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    client.force_login(product_manager)
    return client


def test_a_large_review_is_published_by_the_worker(product: Client, large: Review) -> None:
    assert product.post(url("publish", large.pk)).status_code == 302
    response = product.get(url("detail", large.pk))
    assert "The ideas are being ranked" in response.content.decode()
    assert response["Refresh"] == "5"
    assert not ReviewSnapshot.objects.exists()
    run_tasks()
    assert [idea["title"] for idea in ReviewSnapshot.objects.get().facts()] == ["Dark mode", "Offline use", "Export"]
    assert not ReviewWork.objects.exists()
    assert not PreparedIdea.objects.exists()
    response = product.get(url("detail", large.pk))
    assert "Dark mode" in response.content.decode()
    assert "Refresh" not in response


def test_it_says_the_same_as_a_small_one(large: Review, product_manager: Member) -> None:
    actions.send_to_review(review=large, by=product_manager)
    with transaction.atomic():
        at_once = exports(publish_review(review=large, by=product_manager))
        transaction.set_rollback(True)
    begin_publishing(review=large, by=product_manager)
    run_tasks()
    assert exports(ReviewSnapshot.objects.get()) == at_once


def test_it_can_be_stopped_before_and_while_it_is_put_together(
    product: Client, large: Review, product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_publishing(review=large, by=product_manager)
    assert product.post(url("stop", large.pk)).status_code == 302
    run_tasks()
    assert not ReviewSnapshot.objects.exists()
    begin_publishing(review=large, by=product_manager)
    seen = []
    batches = actions.Freezing.batches

    def stopped_after_two(freezing: actions.Freezing) -> Iterator[Any]:
        for number, batch in enumerate(batches(freezing)):
            work = ReviewWork.objects.get()
            seen.append((work.done, work.total, work.prepared.count()))
            if number == 2:
                stop_publishing(review=large, by=product_manager)
            yield batch

    monkeypatch.setattr(actions.Freezing, "batches", stopped_after_two)
    run_tasks()
    assert seen == [(0, 0, 0), (1, 3, 1), (2, 3, 2)]
    assert not ReviewSnapshot.objects.exists()
    assert not PreparedIdea.objects.exists()
    assert Review.objects.get().is_draft


def test_meanwhile_nothing_of_it_is_changed(large: Review, product_manager: Member) -> None:
    begin_publishing(review=large, by=product_manager)
    for attempt in (
        lambda: change_draft(review=large, by=product_manager, title="Other", note=""),
        lambda: begin_publishing(review=large, by=product_manager),
    ):
        with pytest.raises(BeingPublishedError):
            attempt()  # type: ignore[no-untyped-call]


def test_what_goes_wrong_is_said_and_the_draft_is_kept(
    product: Client, large: Review, ideas: list[Idea], product_manager: Member, moderator: Member
) -> None:
    begin_publishing(review=large, by=product_manager)
    hide_post(post=ideas[0], by=moderator, reason="Spam")
    run_tasks()
    page = product.get(url("detail", large.pk)).content.decode()
    assert "Publishing broke off" in page
    assert Review.objects.get().is_draft
    product.post(url("remove", large.pk), {"idea": ideas[0].pk})
    begin_publishing(review=large, by=product_manager)
    run_tasks()
    assert [idea["title"] for idea in ReviewSnapshot.objects.get().facts()] == ["Offline use", "Export"]


def test_done_twice_it_does_no_harm(large: Review, product_manager: Member) -> None:
    work = begin_publishing(review=large, by=product_manager)
    actions.publish_in_background.call(work.pk)
    actions.publish_in_background.call(work.pk)
    run_tasks()
    assert ReviewSnapshot.objects.count() == 1


def test_whoever_may_not_publish_does_not_stop_it_either(
    client: Client, large: Review, product_manager: Member, moderator: Member
) -> None:
    begin_publishing(review=large, by=product_manager)
    client.force_login(moderator)
    assert client.post(url("stop", large.pk)).status_code == 403
    assert ReviewWork.objects.exists()


def test_a_draft_on_large_boards_is_remembered_until_it_changes(
    large: Review, ideas: list[Idea], product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr("reviews.selection.LARGE_BOARDS", 2)
    cut_off = ideas[0].created_at.replace(year=2020)
    assert remembered_selection(large, cut_off).places == []
    monkeypatch.setattr("reviews.selection.select", None)
    assert remembered_selection(large, cut_off).places == []
    actions.exclude_idea(review=large, by=product_manager, idea=ideas[0].pk, reason="Done")
    with pytest.raises(TypeError):
        remembered_selection(large, cut_off)
