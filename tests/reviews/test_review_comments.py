"""What the people of a review say to each other about it, on the whole and on each idea."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actions import erase_member
from accounts.models import Member
from core.errors import ForbiddenError
from ideas.models import Idea, IdeaBoardPage
from reviews.decision_errors import NotInReviewError
from reviews.models import Review, ReviewComment, ReviewSnapshot
from reviews.talk_actions import CommentGoneError, comment_on_review, edit_comment, remove_comment
from reviews.verification import differences
from tests.ideas.conftest import CANARY
from tests.people import restrict


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def review(published: ReviewSnapshot) -> Review:
    return published.review


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    client.force_login(product_manager)
    return client


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def test_people_talk_about_a_draft_and_go_on_when_it_is_published(
    product: Client, draft: Review, ideas: list[Idea], product_manager: Member, administrator: Member
) -> None:
    response = product.post(url("comment", draft.pk), {"body": "Is this **all**?"})
    comment = ReviewComment.objects.get()
    assert response["Location"] == f"{draft.get_absolute_url()}#comment-{comment.pk}"
    product.post(url("comment-idea", draft.pk, ideas[1].pk), {"body": "Too early."})
    page = text_at(product, draft.get_absolute_url())
    assert "Is this <strong>all</strong>?" in page
    assert "Too early." not in page
    assert "Export</a> (1)" in page
    assert "Too early." in text_at(product, url("idea", draft.pk, ideas[1].pk))
    product.post(url("publish", draft.pk))
    snapshot = ReviewSnapshot.objects.get(review=draft)
    other = Client()
    other.force_login(administrator)
    other.post(url("comment-idea", draft.pk, ideas[1].pk), {"body": "Later, then."})
    assert "Is this <strong>all</strong>?" in text_at(product, draft.get_absolute_url())
    page = text_at(product, url("idea", draft.pk, ideas[1].pk))
    assert page.index("Too early.") < page.index("Later, then.")
    for said in ("Too early", "Is this"):
        assert said not in snapshot.content
    assert differences(snapshot) == []


def test_one_edits_and_removes_ones_own(
    product: Client, review: Review, product_manager: Member, administrator: Member
) -> None:
    own = comment_on_review(review=review, by=product_manager, body="First")
    others = comment_on_review(review=review, by=administrator, body="Second")
    product.post(url("comment-edit", review.pk, own.pk), {"body": "First, edited"})
    page = text_at(product, review.get_absolute_url())
    assert "First, edited" in page
    assert url("comment-edit", review.pk, own.pk) in page
    assert url("comment-edit", review.pk, others.pk) not in page
    for name in ("comment-edit", "comment-remove"):
        assert product.get(url(name, review.pk, own.pk)).status_code == 200
        assert product.get(url(name, review.pk, others.pk)).status_code == 403
        assert product.post(url(name, review.pk, others.pk), {"body": "Taken over"}).status_code == 403
    product.post(url("comment-remove", review.pk, own.pk))
    assert "First, edited" not in text_at(product, review.get_absolute_url())
    assert product.get(url("comment-edit", review.pk, own.pk)).status_code == 404
    with pytest.raises(CommentGoneError):
        edit_comment(comment=own, by=product_manager, body="Back")
    assert ReviewComment.objects.get(pk=others.pk).body == "Second"


def test_what_may_not_be_said(
    review: Review, ideas: list[Idea], make_idea: Any, product_manager: Member, moderator: Member
) -> None:
    other = make_idea("Other")
    comment = comment_on_review(review=review, by=product_manager, body="Mine", idea=ideas[0].pk)
    for error, act in (
        (ForbiddenError, partial(comment_on_review, review=review, by=moderator, body="Hello")),
        (NotInReviewError, partial(comment_on_review, review=review, by=product_manager, body="Hello", idea=other.pk)),
        (ForbiddenError, partial(edit_comment, comment=comment, by=moderator, body="Not mine")),
        (ForbiddenError, partial(remove_comment, comment=comment, by=moderator)),
    ):
        with pytest.raises(error):
            act()
    assert [comment.body for comment in ReviewComment.objects.all()] == ["Mine"]


def test_an_empty_comment_is_refused(product: Client, review: Review) -> None:
    response = product.post(url("comment", review.pk), {"body": " \n"})
    assert response.status_code == 422
    assert not ReviewComment.objects.exists()


@pytest.mark.parametrize("state", ["draft", "published"])
def test_who_may_not_see_the_review_reads_nothing(
    request: pytest.FixtureRequest,
    state: str,
    draft: Review,
    ideas: list[Idea],
    board: IdeaBoardPage,
    product_manager: Member,
    moderator: Member,
) -> None:
    if state == "published":
        request.getfixturevalue("published")
    comment = comment_on_review(review=draft, by=product_manager, body=CANARY)
    comment_on_review(review=draft, by=product_manager, body=CANARY, idea=ideas[0].pk)
    addresses = [
        draft.get_absolute_url(),
        url("idea", draft.pk, ideas[0].pk),
        url("comment-edit", draft.pk, comment.pk),
        url("comment-remove", draft.pk, comment.pk),
    ]
    reader, stranger = Client(), Client()
    reader.force_login(product_manager)
    stranger.force_login(moderator)
    for address in addresses:
        assert CANARY in text_at(reader, address)
        response = stranger.get(address)
        assert response.status_code == 403
        assert CANARY not in response.content.decode()
    restrict(board, "Moderators")
    for address in addresses:
        response = reader.get(address)
        assert response.status_code == 404
        assert CANARY not in response.content.decode()
    assert not ReviewComment.objects.visible_to(product_manager).exists()


def test_erasing_a_person_empties_what_they_said(
    product: Client, review: Review, administrator: Member, product_manager: Member
) -> None:
    comment_on_review(review=review, by=administrator, body=CANARY)
    removed = comment_on_review(review=review, by=administrator, body=CANARY)
    remove_comment(comment=removed, by=administrator)
    kept = comment_on_review(review=review, by=product_manager, body="Still here")
    Member.objects.filter(pk=product_manager.pk).update(is_superuser=True)
    erase_member(member=administrator, by=Member.objects.get(pk=product_manager.pk))
    assert not ReviewComment.objects.filter(body__contains=CANARY).exists()
    assert not ReviewComment.objects.filter(body_html__contains=CANARY).exists()
    page = text_at(product, review.get_absolute_url())
    assert CANARY not in page
    assert kept.body in page
