"""Reviews that are too large for a request: the worker ranks, sends and publishes them, and can be stopped."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Member
from core.models import WorkerProcess
from core.worker import MOST_ATTEMPTS, take_over
from ideas.actions import cast_vote
from ideas.models import Idea, IdeaBoardPage
from moderation.actions import hide_post
from reviews import selection, work_actions
from reviews.actions import (
    BeingPublishedError,
    BeingSentError,
    TooManyRankedError,
    change_draft,
    group_idea,
    pin_idea,
    publish_review,
    rebuild_draft,
    send_to_review,
)
from reviews.models import DraftRanking, PreparedIdea, Review, ReviewLogEntry, ReviewSnapshot, ReviewWork, Seal
from reviews.selection import cut_off_of, select
from reviews.snapshot import Freezer, Freezing
from reviews.work_actions import begin_publishing, begin_ranking, begin_sending, stop_work
from tests.background import run_tasks
from tests.people import make_member
from tests.reviews.conftest import exports


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def tasks() -> QuerySet[DBTaskResult]:
    """What is queued or was done for reviews."""
    return DBTaskResult.objects.filter(task_path__startswith="reviews.")


@pytest.fixture
def large(draft: Review, monkeypatch: pytest.MonkeyPatch) -> Review:
    """A draft that counts as large, of boards that are: three ideas from the top, taken one at a time."""
    monkeypatch.setattr(selection, "LARGE_BOARDS", 2)
    monkeypatch.setattr(selection, "AT_ONCE", 1)
    for module in ("reviews.snapshot", "reviews.work_actions"):
        monkeypatch.setattr(f"{module}.WRITTEN_AT_ONCE", 1)
    draft.size = 3
    draft.save()
    draft.items.all().delete()
    return draft


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    client.force_login(product_manager)
    return client


@pytest.fixture
def a_worker(db: None) -> None:
    WorkerProcess.objects.create(worker_id="tests", seen_at=timezone.now())


# Ranking a draft


def test_a_large_draft_is_ranked_by_the_worker_when_somebody_looks_at_it(
    product: Client, large: Review, a_worker: None
) -> None:
    page = text_at(product, url("detail", large.pk))
    assert "The ideas are being ranked" in page
    assert f'hx-get="{url("rank", large.pk)}"' in page
    assert "not ranked yet" in page
    assert "It waits for its turn." in page
    assert "Dark mode" not in page
    assert "No worker is running" not in page
    text_at(product, url("detail", large.pk))
    assert tasks().count() == 1
    run_tasks()
    response = product.get(url("rank", large.pk))
    assert (response["HX-Retarget"], response["HX-Reswap"]) == ("#ranking", "outerHTML")
    page = response.content.decode()
    assert page.index("Dark mode") < page.index("Offline use") < page.index("Export")
    assert "3 of 3 that were ranked" in page
    page = text_at(product, url("detail", large.pk))
    assert page.index("Dark mode") < page.index("Offline use") < page.index("Export")
    assert "Rank anew" in page
    assert not ReviewWork.objects.exists()


def test_a_small_draft_needs_no_worker(product: Client, draft: Review) -> None:
    draft.size = 3
    draft.save()
    assert "Dark mode" in text_at(product, url("detail", draft.pk))
    assert not tasks().exists()


def test_few_ideas_with_many_supporters_take_long_too(draft: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    draft.size = 3
    assert not selection.takes_long(draft)
    monkeypatch.setattr(selection, "LARGE_SUPPORT", 8)
    assert selection.takes_long(draft)


def test_the_worker_ranks_as_a_request_does(large: Review, ideas: list[Idea], product_manager: Member) -> None:
    pin_idea(review=large, by=product_manager, idea=ideas[1].pk)
    group_idea(review=large, by=product_manager, idea=ideas[2].pk, theme="Travel")
    Review.objects.update(size=1)
    large.refresh_from_db()
    begin_ranking(review=large, by=product_manager)
    run_tasks()
    kept = DraftRanking.objects.get()
    found = select(large, kept.cut_off)
    assert [place.idea for place in found.places] == [ideas[0].pk, ideas[1].pk]
    assert [tuple(place) for place in kept.places] == [
        (place.idea, place.score, place.supporters, place.is_pinned, place.theme) for place in found.places
    ]
    assert (kept.ranked, kept.lost) == (found.ranked, found.lost)


def test_without_a_worker_the_page_says_what_to_do(product: Client, large: Review) -> None:
    page = text_at(product, url("detail", large.pk))
    assert "No worker is running, so this waits." in page
    assert "manage.py worker" in page
    WorkerProcess.objects.create(worker_id="dead", seen_at=timezone.now() - timedelta(minutes=2))
    assert "No worker is running" in text_at(product, url("rank", large.pk))


def test_a_ranking_that_was_stopped_begins_again_only_when_it_is_asked_for(
    product: Client, large: Review, ideas: list[Idea], product_manager: Member
) -> None:
    text_at(product, url("detail", large.pk))
    assert product.post(url("stop", large.pk)).status_code == 302
    run_tasks()
    page = text_at(product, url("detail", large.pk))
    assert "The ranking was stopped." in page
    assert not tasks().filter(status="READY").exists()
    product.post(url("rank", large.pk))
    run_tasks()
    assert "Dark mode" in text_at(product, url("detail", large.pk))
    product.post(url("rank", large.pk))
    product.post(url("stop", large.pk))
    group_idea(review=large, by=product_manager, idea=ideas[2].pk, theme="Travel")
    assert "The ideas are being ranked anew" in text_at(product, url("detail", large.pk))


def test_it_is_stopped_on_the_way(large: Review, product_manager: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = interrupted(monkeypatch, lambda: stop_work(review=large, by=product_manager))
    begin_ranking(review=large, by=product_manager)
    run_tasks()
    assert seen == [(0, 3), (1, 3)]
    assert ReviewWork.objects.get().is_stopped
    assert not DraftRanking.objects.exists()


def interrupted(monkeypatch: pytest.MonkeyPatch, act: Any) -> list[tuple[int, int]]:
    """Has something happen once, when two of three ideas are ranked; how far the ranking was before each step."""
    seen: list[tuple[int, int]] = []
    teller = work_actions._teller

    def telling(work: ReviewWork, step: ReviewWork.Step) -> Any:
        tell = teller(work, step)

        def tell_and_act(done: int, total: int) -> None:
            if done == 2 and len(seen) == 2:
                act()
            tell(done, total)
            seen.append((done, total))

        return tell_and_act

    monkeypatch.setattr(work_actions, "_teller", telling)
    return seen


def test_a_new_pin_restarts_it(
    large: Review, ideas: list[Idea], product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    Review.objects.update(size=1)
    large.refresh_from_db()
    seen = interrupted(monkeypatch, lambda: pin_idea(review=large, by=product_manager, idea=ideas[1].pk))
    begin_ranking(review=large, by=product_manager)
    run_tasks()
    assert seen == [(0, 3), (1, 3), (2, 3), (0, 3), (1, 3), (2, 3), (3, 3)]
    assert [(idea, is_pinned) for idea, _score, _people, is_pinned, _theme in DraftRanking.objects.get().places] == [
        (ideas[0].pk, False),
        (ideas[1].pk, True),
    ]


def test_another_policy_restarts_it_and_the_list_from_before_stays_meanwhile(
    product: Client, large: Review, ideas: list[Idea], product_manager: Member, board: IdeaBoardPage
) -> None:
    begin_ranking(review=large, by=product_manager)
    run_tasks()
    Idea.objects.filter(pk=ideas[1].pk).update(base_votes=50, family_base_votes=50)
    known = {"title": "T", "note": "", "boards": [board], "cut_off": None, "filters": {}, "size": 3}
    rebuild_draft(review=large, by=product_manager, policy="top", **known)  # type: ignore[arg-type]
    page = text_at(product, url("detail", large.pk))
    assert "The ideas are being ranked anew" in page
    assert page.index("Dark mode") < page.index("Export")
    assert f'hx-get="{url("rank", large.pk)}?shown"' in page
    assert "ranked anew" in text_at(product, f"{url('rank', large.pk)}?shown")
    run_tasks()
    assert "Show the list" in text_at(product, f"{url('rank', large.pk)}?shown")
    page = text_at(product, url("detail", large.pk))
    assert page.index("Export") < page.index("Dark mode")


def test_it_is_ranked_anew_when_it_is_old(
    product: Client, large: Review, ideas: list[Idea], product_manager: Member
) -> None:
    begin_ranking(review=large, by=product_manager)
    run_tasks()
    for number in range(3):
        cast_vote(idea=ideas[1], by=make_member(f"late{number}"))
    text_at(product, url("detail", large.pk))
    assert not tasks().filter(status="READY").exists()
    DraftRanking.objects.update(made_at=timezone.now() - timedelta(minutes=11))
    assert "The ideas are being ranked anew" in text_at(product, url("detail", large.pk))
    run_tasks()
    page = text_at(product, url("detail", large.pk))
    assert page.index("Export") < page.index("Dark mode")


def test_where_the_worker_dies_another_begins_anew(
    product: Client, large: Review, product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that is killed leaves a task that runs, and what it wrote until then."""
    for begin in (begin_ranking, begin_sending, begin_publishing):
        begin(review=large, by=product_manager)
        result = tasks().get(status="READY")
        with monkeypatch.context() as patch:
            interrupted(patch, killed)
            with pytest.raises(KeyboardInterrupt):
                result.task.call(*result.args_kwargs["args"])
        DBTaskResult.objects.filter(pk=result.pk).update(
            status="RUNNING", started_at=timezone.now() - timedelta(minutes=5), worker_ids=["dead"]
        )
        assert ReviewWork.objects.get().done == 1
        assert take_over() == 1
        run_tasks()
        assert not ReviewWork.objects.exists()
    assert DraftRanking.objects.count() == 0
    assert [idea["title"] for idea in ReviewSnapshot.objects.get().facts()] == ["Dark mode", "Offline use", "Export"]


def killed() -> None:
    raise KeyboardInterrupt


def test_what_kills_every_worker_is_given_up_with_a_sentence(
    product: Client, large: Review, product_manager: Member
) -> None:
    begin_publishing(review=large, by=product_manager)
    long_ago = timezone.now() - timedelta(minutes=5)
    tasks().update(status="RUNNING", started_at=long_ago, worker_ids=["dead"] * MOST_ATTEMPTS)
    assert take_over() == 1
    page = text_at(product, url("detail", large.pk))
    assert "It broke off with an error, and nothing has changed." in page
    tasks().delete()
    begin_publishing(review=large, by=product_manager)
    run_tasks()
    assert ReviewSnapshot.objects.exists()


def test_too_many_ideas_are_a_sentence_and_never_ranked(
    product: Client, large: Review, product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_RANKED", 2)
    monkeypatch.setattr(selection, "select", None)
    sentence = "more than 1,000,000 ideas together"
    assert sentence in text_at(product, url("detail", large.pk))
    assert not tasks().exists()
    for name in ("send-to-review", "publish"):
        response = product.post(url(name, large.pk))
        assert response.status_code == 409
        assert sentence in response.content.decode()
    with pytest.raises(TooManyRankedError):
        begin_ranking(review=large, by=product_manager)
    assert Review.objects.get().is_draft


def test_filters_make_fewer_of_too_many(
    product: Client, large: Review, ideas: list[Idea], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selection, "MOST_RANKED", 2)
    Idea.objects.filter(pk=ideas[0].pk).update(language="en")
    Review.objects.update(filters={"languages": ["en"]})
    page = text_at(product, url("detail", large.pk))
    assert "1,000,000" not in page
    assert "Dark mode" in page


def test_a_review_of_more_ideas_than_it_may_hold_is_a_sentence(product: Client, board: IdeaBoardPage) -> None:
    data = {"title": "All", "note": "", "boards": [board.pk], "policy": "top", "size": "2000000"}
    response = product.post(url("build"), data)
    assert response.status_code == 422
    assert "A review holds at most 100000 ideas." in response.content.decode()
    assert not Review.objects.exists()


# Sending it to review


def test_a_large_draft_is_sent_to_review_by_the_worker(product: Client, large: Review, a_worker: None) -> None:
    assert product.post(url("send-to-review", large.pk)).status_code == 302
    page = text_at(product, url("detail", large.pk))
    assert "This draft is being sent to review" in page
    assert "It waits for its turn." in text_at(product, url("progress", large.pk))
    assert Review.objects.get().is_draft
    run_tasks()
    assert product.get(url("progress", large.pk))["HX-Refresh"] == "true"
    assert Review.objects.get().is_in_review
    page = text_at(product, url("detail", large.pk))
    assert page.index("Dark mode") < page.index("Offline use") < page.index("Export")
    assert not tasks().filter(status="READY").exists()


def test_it_is_sent_as_a_small_one_is(large: Review, product_manager: Member) -> None:
    large.cut_off = cut_off_of(large)
    large.save()
    found = []
    with transaction.atomic():
        found.append(what_was_sent(send_to_review(review=large, by=product_manager)))
        transaction.set_rollback(True)
    begin_sending(review=large, by=product_manager)
    run_tasks()
    found.append(what_was_sent(Review.objects.get()))
    assert found[0] == found[1]
    assert found[0][0] == "in_review"


def what_was_sent(review: Review) -> tuple[Any, ...]:
    items = list(review.items.order_by("pk").values_list("idea", "choice", "theme"))
    return review.state, review.cut_off, items, list(review.seals.order_by("member").values_list("member", flat=True))


def test_sending_can_be_stopped_on_the_way(
    large: Review, product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_sending(review=large, by=product_manager)
    for attempt in (
        lambda: change_draft(review=large, by=product_manager, title="Other", note=""),
        lambda: begin_publishing(review=large, by=product_manager),
    ):
        with pytest.raises(BeingSentError):
            attempt()  # type: ignore[no-untyped-call]
    seen = []
    ideas = Freezer.ideas

    def stopped_after_two(freezer: Freezer) -> Iterator[Any]:
        for number, idea in enumerate(ideas(freezer)):
            work = ReviewWork.objects.get()
            seen.append((work.step, work.done, work.total))
            if number == 2:
                stop_work(review=large, by=product_manager)
            yield idea

    monkeypatch.setattr(Freezer, "ideas", stopped_after_two)
    run_tasks()
    assert seen == [("ranking", 3, 3), ("gathering", 1, 3), ("gathering", 2, 3)]
    assert Review.objects.get().is_draft
    assert not Seal.objects.exists()
    assert not large.items.exists()
    assert ReviewLogEntry.objects.filter(action="reviews.stop_sending").count() == 1
    change_draft(review=large, by=product_manager, title="Other", note="")


def test_what_keeps_it_from_being_sent_is_said(
    product: Client, large: Review, ideas: list[Idea], product_manager: Member, moderator: Member
) -> None:
    pin_idea(review=large, by=product_manager, idea=ideas[0].pk)
    begin_sending(review=large, by=product_manager)
    hide_post(post=ideas[0], by=moderator, reason="Spam")
    run_tasks()
    assert "Sending to review broke off: Some ideas of this review" in text_at(product, url("detail", large.pk))
    assert Review.objects.get().is_draft


# Publishing it


def test_a_large_review_is_published_by_the_worker(product: Client, large: Review) -> None:
    assert product.post(url("publish", large.pk)).status_code == 302
    page = text_at(product, url("detail", large.pk))
    assert "This review is being published" in page
    assert f'hx-get="{url("progress", large.pk)}"' in page
    assert not ReviewSnapshot.objects.exists()
    run_tasks()
    assert [idea["title"] for idea in ReviewSnapshot.objects.get().facts()] == ["Dark mode", "Offline use", "Export"]
    assert not (ReviewWork.objects.exists() or PreparedIdea.objects.exists() or DraftRanking.objects.exists())
    assert product.get(url("progress", large.pk))["HX-Refresh"] == "true"
    assert "Dark mode" in text_at(product, url("detail", large.pk))


def test_it_says_the_same_as_a_small_one(large: Review, product_manager: Member) -> None:
    send_to_review(review=large, by=product_manager)
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
    batches = Freezing.batches

    def stopped_after_two(freezing: Freezing) -> Iterator[Any]:
        for number, batch in enumerate(batches(freezing)):
            work = ReviewWork.objects.get()
            seen.append((work.done, work.total, work.prepared.count()))
            if number == 2:
                stop_work(review=large, by=product_manager)
            yield batch

    monkeypatch.setattr(Freezing, "batches", stopped_after_two)
    run_tasks()
    assert seen == [(3, 3, 0), (1, 3, 1), (2, 3, 2)]
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
    pin_idea(review=large, by=product_manager, idea=ideas[0].pk)
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
    work_actions.publish_in_background.call(work.pk)
    work_actions.publish_in_background.call(work.pk)
    run_tasks()
    assert ReviewSnapshot.objects.count() == 1


def test_whoever_may_not_publish_does_not_stop_it_either(
    client: Client, large: Review, product_manager: Member, moderator: Member
) -> None:
    begin_publishing(review=large, by=product_manager)
    client.force_login(moderator)
    assert client.post(url("stop", large.pk)).status_code == 403
    assert ReviewWork.objects.exists()
