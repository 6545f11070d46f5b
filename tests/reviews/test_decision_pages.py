"""The screens on which decisions are noted, carried out and corrected, as each role finds them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from ideas.actions import change_status
from ideas.models import Idea, IdeaBoardPage, StatusChange
from reviews.deciding import last_change
from reviews.decision_actions import Verdict, apply_decisions, propose_decision, token_of
from reviews.models import Decision, Review, ReviewSnapshot
from tests.ideas.conftest import CANARY
from tests.people import restrict


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def review(published: ReviewSnapshot) -> Review:
    return published.review


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    """The product manager's browser."""
    client.force_login(product_manager)
    return client


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_from_the_review_to_what_voters_read(
    product: Client, review: Review, ideas: list[Idea], board: IdeaBoardPage
) -> None:
    page = text_at(product, review.get_absolute_url())
    assert url("idea-decide", review.pk, ideas[0].pk) in page
    assert "Carry out the decisions" not in page
    form = {"kind": "accepted", "answer": "Yes, **soon**.", "answer_de": "Ja.", "seen": "0", "seen_change": "0"}
    assert product.post(url("idea-decide", review.pk, ideas[0].pk), form)["Location"] == review.get_absolute_url()
    form = {"kind": "merged", "merge_into": ideas[0].pk, "answer": "", "seen": "0", "seen_change": "0"}
    assert product.post(url("idea-decide", review.pk, ideas[2].pk), form).status_code == 302
    page = text_at(product, url("decide", review.pk))
    assert "Yes, **soon**." in page
    planned = board.statuses.get(slug="planned")
    assert f'<option value="{planned.pk}" selected>' in page
    seen = token_of(list(review.proposals.all()))
    form = {f"status_{board.pk}_accepted": planned.pk, f"status_{board.pk}_merged": "", "seen": seen}
    response = product.post(url("decide", review.pk), form, follow=True)
    page = response.content.decode()
    assert "2 decisions are carried out." in page
    page = Client().get(ideas[0].get_absolute_url()).content.decode()
    assert "Yes, <strong>soon</strong>." in page
    page = text_at(product, url("idea", review.pk, ideas[0].pk))
    for part in ("accepted", "Yes, <strong>soon</strong>.", "Also in: German", "6 people take part"):
        assert part in page
    product.post(
        url("idea-decide", review.pk, ideas[1].pk), {"kind": "later", "answer": "", "seen": "0", "seen_change": "0"}
    )
    product.post(url("decide", review.pk), {"seen": token_of(list(review.proposals.all()))})
    assert "Every idea of this review that is on the site is decided." in text_at(product, review.get_absolute_url())
    assert "decided" in text_at(product, url("index"))


def test_a_decision_is_corrected_on_its_page(product: Client, review: Review, ideas: list[Idea], board: Any) -> None:
    decide(review, ideas[0], product_manager_of(review), "Yes.")
    address = url("idea-decide", review.pk, ideas[0].pk)
    page = text_at(product, address)
    [line] = Decision.objects.all()
    assert f'name="seen" value="{line.pk}"' in page
    form = {
        "kind": "declined",
        "answer": "No, and here is why.",
        "status": board.statuses.get(slug="declined").pk,
        "seen": line.pk,
        "seen_change": last_change(ideas[0].pk),
    }
    assert product.post(address, form)["Location"] == url("idea", review.pk, ideas[0].pk)
    page = text_at(product, url("idea", review.pk, ideas[0].pk))
    for part in ("declined", "accepted", "Before", "No, and here is why."):
        assert part in page
    response = product.post(address, form)
    assert response.status_code == 409
    assert "Somebody has corrected this decision" in response.content.decode()


def test_a_form_from_before_says_what_is_now(
    product: Client, review: Review, ideas: list[Idea], product_manager: Member, moderator: Member, board: Any
) -> None:
    address = url("idea-decide", review.pk, ideas[0].pk)
    data = {"kind": "later", "answer": "Not now", "seen": "0", "seen_change": "0"}
    product.post(address, data)
    response = product.post(address, {**data, "answer": "Typed again"})
    page = response.content.decode()
    assert response.status_code == 409
    for part in ("Somebody has changed what is noted here", "Typed again", 'name="seen" value="1"'):
        assert part in page
    change_status(idea=ideas[0], status=board.statuses.get(slug="planned"), by=moderator)
    seen = token_of(list(review.proposals.all()))
    response = product.post(url("decide", review.pk), {"seen": seen})
    assert response.status_code == 409
    assert "“Dark mode”: Its status was changed" in response.content.decode()
    assert (Decision.objects.count(), StatusChange.objects.count()) == (0, 1)
    product.post(url("proposal-withdraw", review.pk, ideas[0].pk))
    assert "Nothing is decided yet." in text_at(product, url("idea", review.pk, ideas[0].pk))
    assert "No decision is noted." in text_at(product, url("decide", review.pk))
    response = product.post(url("decide", review.pk), {"seen": seen})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"kind": "merged"}, "Say which idea it is merged into"),
        ({"kind": "later", "merge_into": "other"}, "Say which idea it is merged into"),
        ({"kind": "merged", "merge_into": "self"}, "be merged into itself"),
        ({"kind": "merged", "merge_into": "999999"}, "There is no such idea"),
        ({"kind": "nonsense"}, "Select a valid choice"),
        ({"kind": "accepted", "answer": "", "answer_de": "Ja."}, "Write the public answer itself too"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(
    product: Client, review: Review, ideas: list[Idea], data: dict[str, str], sentence: str
) -> None:
    named = {"self": str(ideas[0].pk), "other": str(ideas[1].pk)}
    data = {name: named.get(value, value) for name, value in data.items()}
    response = product.post(url("idea-decide", review.pk, ideas[0].pk), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not review.proposals.exists()


@pytest.mark.parametrize(
    ("person", "expected"),
    [("visitor", 302), ("member", 403), ("moderator", 403), ("product_manager", 200), ("administrator", 200)],
)
def test_who_opens_the_screens(
    request: pytest.FixtureRequest, review: Review, ideas: list[Idea], person: str, expected: int
) -> None:
    client = Client()
    if person != "visitor":
        client.force_login(request.getfixturevalue(person))
    for address in (
        url("idea", review.pk, ideas[0].pk),
        url("idea-decide", review.pk, ideas[0].pk),
        url("decide", review.pk),
    ):
        assert client.get(address).status_code == expected, address
    posted = client.post(url("idea-decide", review.pk, ideas[0].pk), {"kind": "later", "seen_change": "0"})
    assert posted.status_code == (302 if expected in (200, 302) else 403)
    assert review.proposals.exists() == (expected == 200)


def test_who_may_not_read_the_board_finds_nothing(
    product: Client, review: Review, ideas: list[Idea], board: IdeaBoardPage
) -> None:
    restrict(board, "Moderators")
    for address in (url("idea", review.pk, ideas[0].pk), url("idea-decide", review.pk, ideas[0].pk)):
        response = product.get(address)
        assert response.status_code == 404
        assert "Dark mode" not in response.content.decode()
    assert product.get(url("decide", review.pk)).status_code == 404


@pytest.mark.parametrize("state", ["noted", "carried out"])
def test_an_idea_that_the_reader_may_not_see_is_a_number_alone(
    review: Review,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    product_manager: Member,
    administrator: Member,
    home: Any,
    state: str,
) -> None:
    elsewhere = home.add_child(instance=IdeaBoardPage(title="Elsewhere", slug="elsewhere"))
    target = make_idea(CANARY, on=elsewhere)
    verdict = Verdict("merged", target)
    propose_decision(review=review, idea=ideas[2].pk, by=product_manager, verdict=verdict, seen_change=0)
    if state == "carried out":
        apply_decisions(review=review, by=product_manager, statuses={})
    restrict(elsewhere, "Product managers")
    addresses = [url("idea", review.pk, ideas[2].pk), url("decide", review.pk), review.get_absolute_url()]
    for person, sees in ((product_manager, True), (administrator, False)):
        client = Client()
        client.force_login(person)
        pages = [text_at(client, address) for address in addresses]
        assert (CANARY in pages[0]) == sees
        assert sees or not any(CANARY.lower() in page.lower() for page in pages)
        assert (f"into idea {target.pk}" in pages[0]) == (not sees)


def test_of_an_idea_of_another_review_or_a_draft_there_is_no_page(
    product: Client, review: Review, make_idea: Callable[..., Idea]
) -> None:
    assert product.get(url("idea", review.pk, make_idea("Other").pk)).status_code == 404


def product_manager_of(review: Review) -> Member:
    return review.created_by


def decide(review: Review, idea: Idea, by: Member, answer: str) -> None:
    """Accepted, with this answer."""
    propose_decision(review=review, idea=idea.pk, by=by, verdict=Verdict("accepted", None, answer), seen_change=0)
    apply_decisions(review=review, by=by, statuses={})
