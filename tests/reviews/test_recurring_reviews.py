"""Reviews that are drafted every month: when, for whom, of which ideas, and what they find."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import erase_member
from accounts.models import Member
from core import schedule
from core.errors import ForbiddenError
from core.models import ScheduledTask
from ideas.actions import change_status, publish_policy
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import discard_draft
from reviews.models import DraftNotice, RecurringReview, RecurringRun, Review
from reviews.selection import cut_off_of, select
from reviews.tracking_actions import draft_recurring, draft_review_of_month, set_up_recurring
from tests.background import run_tasks
from tests.ideas.conftest import make_policy
from tests.people import restrict
from tests.races import together

DECEMBER = date(2030, 12, 1)


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    client.force_login(product_manager)
    return client


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def set_up(board: IdeaBoardPage, product_manager: Member) -> Callable[..., RecurringReview]:
    def make(**fields: Any) -> RecurringReview:
        known = {"board": board, "by": product_manager, "title": "Monthly", "policy": "", "count": 2, "day": 1}
        return set_up_recurring(**(known | {"is_active": True, "owners": [product_manager]} | fields))

    return make


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Review]]:
    """Lets the worker do on a day what is due; what it drafted."""

    def work(*day: int) -> list[Review]:
        monkeypatch.setattr(timezone, "now", lambda: datetime(*day, 6, 0, tzinfo=UTC))  # type: ignore[arg-type]
        known = set(Review.objects.values_list("pk", flat=True))
        schedule.run_due()
        run_tasks()
        return list(Review.objects.exclude(pk__in=known))

    return work


def drafted() -> Review:
    """The review of December, drafted by the only row."""
    review = draft_recurring(recurring=RecurringReview.objects.get().pk, month=DECEMBER)
    assert review is not None
    return review


def titles(review: Review) -> set[str]:
    chosen = select(review, cut_off_of(review)).ideas
    return set(Idea.objects.filter(pk__in=chosen).values_list("title", flat=True))


def test_from_the_form_to_the_draft_on_the_first_page(
    product: Client, board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, administrator: Member
) -> None:
    assert "No review is drafted by itself." in text_at(product, url("recurring"))
    form = {"board": board.pk, "title": "Monthly", "policy": "", "count": 2, "day": 1, "is_active": "on"}
    response = product.post(url("recurring-create"), {**form, "owners": [product_manager.pk, administrator.pk]})
    assert response["Location"] == url("recurring")
    review = drafted()
    assert (review.title, titles(review)) == ("Monthly 2030-12", {"Dark mode", "Offline use"})
    home = reverse("wagtailadmin_home")
    assert "Monthly 2030-12" in text_at(product, home)
    text_at(product, review.get_absolute_url())
    assert "Monthly 2030-12" not in text_at(product, home)
    assert [notice.member for notice in DraftNotice.objects.filter(seen_at=None)] == [administrator]
    row = RecurringReview.objects.get()
    assert "Monthly 2030-12" in text_at(product, url("recurring-edit", row.pk))
    product.post(url("recurring-edit", row.pk), {**form, "is_active": "", "owners": [product_manager.pk]})
    assert draft_recurring(recurring=row.pk, month=date(2031, 1, 1)) is None


def test_a_month_is_drafted_once_on_its_day(
    on: Callable[..., list[Review]],
    set_up: Callable[..., RecurringReview],
    ideas: list[Idea],
    product_manager: Member,
) -> None:
    on(2030, 11, 20)
    row = set_up(day=15)
    assert ScheduledTask.objects.get(name=f"reviews.recurring-{row.pk}").next_run_at.isoformat()[:10] == "2030-12-15"
    assert on(2030, 12, 14) == []
    [review] = on(2030, 12, 20)
    assert on(2030, 12, 21) == []
    discard_draft(review=review, by=product_manager)
    draft_review_of_month.enqueue(row.pk)
    assert on(2030, 12, 22) == []
    assert [review.title for review in on(2031, 1, 15)] == ["Monthly 2031-01"]
    assert RecurringRun.objects.count() == 2
    set_up(recurring=row, is_active=False)
    assert on(2031, 2, 15) == []


def test_what_is_finished_is_left_out(
    set_up: Callable[..., RecurringReview], board: IdeaBoardPage, ideas: list[Idea], moderator: Member
) -> None:
    set_up(count=10)
    change_status(idea=ideas[0], status=board.statuses.get(slug="shipped"), by=moderator)
    change_status(idea=ideas[1], status=board.statuses.get(slug="declined"), by=moderator)
    review = drafted()
    assert titles(review) == {"Offline use"}


def test_a_policy_chooses_and_ranks_what_is_drafted(
    set_up: Callable[..., RecurringReview], board: IdeaBoardPage, ideas: list[Idea], product_manager: Member
) -> None:
    policy = make_policy(is_for_all_boards=True, supporter_weight=0, base_weight=1)
    Idea.objects.filter(pk=ideas[1].pk).update(base_votes=40)
    publish_policy(policy=policy, by=product_manager)
    set_up(policy="needs", count=1)
    review = drafted()
    assert titles(review) == {"Export"}


def test_trouble_is_said_and_the_next_day_tries_again(
    on: Callable[..., list[Review]],
    set_up: Callable[..., RecurringReview],
    make_idea: Callable[..., Idea],
    product_manager: Member,
) -> None:
    on(2030, 11, 20)
    row = set_up()
    assert on(2030, 12, 1) == []
    row.refresh_from_db()
    assert row.trouble == "No idea meets these filters at the cut-off, so there is nothing to review. Change the draft."
    make_idea("Dark mode")
    Member.objects.filter(pk=product_manager.pk).update(is_active=False)
    assert on(2030, 12, 2) == []
    row.refresh_from_db()
    assert row.trouble == "Nobody of its owners may prepare reviews of this board."
    Member.objects.filter(pk=product_manager.pk).update(is_active=True)
    assert len(on(2030, 12, 3)) == 1
    row.refresh_from_db()
    assert row.trouble == ""
    assert on(2030, 12, 4) == []


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"owners": ["moderator"]}, "Select a valid choice"),
        ({"owners": []}, "This field is required"),
        ({"day": 29}, "less than or equal to 28"),
        ({"count": 0}, "greater than or equal to 1"),
        ({"policy": "unknown"}, "Select a valid choice"),
    ],
)
def test_what_can_not_be_set_up_is_said(
    product: Client,
    board: IdeaBoardPage,
    product_manager: Member,
    moderator: Member,
    data: dict[str, Any],
    sentence: str,
) -> None:
    if data.get("owners"):
        data = {"owners": [moderator.pk]}
    form = {"board": board.pk, "title": "Monthly", "count": 2, "day": 1, "owners": [product_manager.pk], **data}
    response = product.post(url("recurring-create"), form)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not RecurringReview.objects.exists()


def test_owners_may_read_the_board(
    product: Client, board: IdeaBoardPage, product_manager: Member, administrator: Member
) -> None:
    restrict(board, "Product managers")
    form = {"board": board.pk, "title": "Monthly", "count": 2, "day": 1, "owners": [administrator.pk]}
    response = product.post(url("recurring-create"), form)
    assert response.status_code == 422
    assert "May not read this board: Administrator" in response.content.decode()


@pytest.mark.parametrize(
    ("person", "expected"), [("visitor", 302), ("member", 403), ("moderator", 403), ("product_manager", 200)]
)
def test_who_opens_the_screens(
    request: pytest.FixtureRequest, set_up: Callable[..., RecurringReview], person: str, expected: int
) -> None:
    row, client = set_up(), Client()
    if person != "visitor":
        client.force_login(request.getfixturevalue(person))
    for address in (url("recurring"), url("recurring-create"), url("recurring-edit", row.pk), url("outcomes")):
        assert client.get(address).status_code == expected, address


def test_who_may_not_read_the_board_finds_nothing(
    product: Client,
    set_up: Callable[..., RecurringReview],
    board: IdeaBoardPage,
    ideas: list[Idea],
    moderator: Member,
) -> None:
    row = set_up()
    drafted()
    restrict(board, "Moderators")
    assert "Monthly" not in text_at(product, url("recurring"))
    assert "Monthly 2030-12" not in text_at(product, reverse("wagtailadmin_home"))
    assert product.get(url("recurring-edit", row.pk)).status_code == 404
    with pytest.raises(ForbiddenError):
        set_up(by=moderator)


def test_erasing_an_owner_takes_them_out(
    set_up: Callable[..., RecurringReview], ideas: list[Idea], product_manager: Member, administrator: Member
) -> None:
    row = set_up(by=administrator, owners=[product_manager])
    drafted()
    erase_member(member=product_manager, by=administrator)
    assert not row.owners.exists()
    assert not DraftNotice.objects.exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_draft_a_month_once(set_up: Callable[..., RecurringReview], ideas: list[Idea]) -> None:
    row = set_up()
    errors = together(*[lambda: draft_recurring(recurring=row.pk, month=DECEMBER) for _worker in range(4)])
    assert errors == []
    assert Review.objects.count() == RecurringRun.objects.count() == 1
