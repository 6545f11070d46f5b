"""Who looked at reviews and took them out of the site, and what product did with past ones."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from ideas.actions import change_status
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import create_draft, publish_review
from reviews.deciding import last_change
from reviews.decision_actions import Verdict, apply_decisions, correct_decision, propose_decision
from reviews.models import Review, ReviewLook, ReviewSnapshot
from reviews.outcomes import median_of, outcomes_for
from tests.people import restrict

START = datetime(2030, 1, 1, tzinfo=UTC)
Clock = Callable[[float], None]


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets the time to so many days after START."""

    def at(days: float) -> None:
        moment = START + timedelta(days=days)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return at


def decide(review: Review, idea: Idea, by: Member, kind: str) -> None:
    verdict = Verdict(kind)
    propose_decision(review=review, idea=idea.pk, by=by, verdict=verdict, seen_change=last_change(idea.pk))
    apply_decisions(review=review, by=by, statuses={})


def test_times_and_shares_are_those_of_the_ledgers(
    clock: Clock,
    board: IdeaBoardPage,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    product_manager: Member,
    moderator: Member,
) -> None:
    def publish(*chosen: Idea) -> Review:
        draft = create_draft(board=board, by=product_manager, title="T", note="", ideas=[idea.pk for idea in chosen])
        publish_review(review=draft, by=product_manager)
        return draft

    shipped = board.statuses.get(slug="shipped")
    clock(0)
    change_status(idea=ideas[2], status=shipped, by=moderator)
    change_status(idea=ideas[2], status=board.statuses.get(slug="open"), by=moderator)
    first = publish(*ideas, make_idea("Never decided"))
    clock(2)
    decide(first, ideas[0], product_manager, "accepted")
    clock(4)
    decide(first, ideas[1], product_manager, "accepted")
    clock(10)
    decide(first, ideas[2], product_manager, "declined")
    change_status(idea=ideas[0], status=shipped, by=moderator)
    clock(11)
    change_status(idea=ideas[0], status=board.statuses.get(slug="open"), by=moderator)
    clock(12)
    change_status(idea=ideas[0], status=shipped, by=moderator)
    second = publish(ideas[1])
    clock(13)
    decide(second, ideas[1], product_manager, "accepted")
    clock(33)
    change_status(idea=ideas[1], status=shipped, by=moderator)
    together, [newest, oldest] = outcomes_for(product_manager)
    one, other = oldest.outcome, newest.outcome
    days = timedelta(days=1)
    assert (one.ideas, one.decided, one.share_decided, one.time_to_decision) == (4, 3, 75, 4 * days)
    assert (one.accepted, one.shipped, one.time_to_ship) == (2, 2, 18.5 * days)
    assert (other.share_decided, other.time_to_decision, other.time_to_ship) == (100, days, 20 * days)
    assert (together.ideas, together.decided, together.share_decided) == (5, 4, 80)
    assert (together.time_to_decision, together.time_to_ship) == (3 * days, 20 * days)
    clock(40)
    correct_decision(
        review=first,
        idea=ideas[1].pk,
        by=product_manager,
        verdict=Verdict("declined"),
        status=None,
        seen=first.decisions.get(idea=ideas[1]).pk,
        seen_change=last_change(ideas[1].pk),
    )
    _together, [_newest, oldest] = outcomes_for(product_manager)
    assert (oldest.outcome.time_to_decision, oldest.outcome.shipped) == (4 * days, 1)


@pytest.mark.parametrize(("hours", "middle"), [([], None), ([3], 3), ([1, 9, 2], 2), ([4, 1, 2, 9], 3)])
def test_the_median_is_the_middle_or_the_mean_of_two(hours: list[int], middle: int | None) -> None:
    found = median_of(timedelta(hours=hour) for hour in hours)
    assert found == (None if middle is None else timedelta(hours=middle))


def test_the_page_counts_only_what_the_reader_may_see(
    client: Client, published: ReviewSnapshot, ideas: list[Idea], board: IdeaBoardPage, product_manager: Member
) -> None:
    client.force_login(product_manager)
    decide(published.review, ideas[0], product_manager, "accepted")
    page = text_at(client, url("outcomes"))
    assert "33 % (1 / 3)" in page
    assert "What customers want" in page
    restrict(board, "Moderators")
    page = text_at(client, url("outcomes"))
    assert "No review is published yet." in page
    assert "What customers want" not in page


def test_who_looked_and_who_exported_is_shown(
    monkeypatch: pytest.MonkeyPatch, published: ReviewSnapshot, product_manager: Member, administrator: Member
) -> None:
    review = published.review
    product, other = Client(), Client()
    product.force_login(product_manager)
    other.force_login(administrator)
    assert text_at(product, url("activity", review.pk)).count("Nobody yet.") == 2
    text_at(product, review.get_absolute_url())
    other.get(url("export", review.pk, "csv"))
    page = text_at(product, url("activity", review.pk))
    assert page.count("Nobody yet.") == 0
    assert "<bdi>Product</bdi>" in page
    assert "<bdi>Administrator</bdi></td><td>CSV</td>" in page
    [look] = ReviewLook.objects.all()
    text_at(product, review.get_absolute_url())
    assert ReviewLook.objects.get().last_at == look.last_at
    later = timezone.now() + timedelta(hours=2)
    ReviewLook.objects.update(last_at=later - timedelta(hours=4))
    text_at(product, review.get_absolute_url())
    look.refresh_from_db()
    assert look.last_at > look.first_at


def test_who_looked_is_no_business_of_others(published: ReviewSnapshot, moderator: Member) -> None:
    stranger = Client()
    stranger.force_login(moderator)
    assert stranger.get(url("activity", published.review_id)).status_code == 403
    assert stranger.get(published.review.get_absolute_url()).status_code == 403
    assert not ReviewLook.objects.exists()
