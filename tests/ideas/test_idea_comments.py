"""Comments on ideas."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from community.content import COMMENT_LENGTH, Visibility
from ideas.actions import post_comment
from ideas.models import Comment, Idea
from tests.ideas.conftest import CANARY, Reader


@pytest.fixture
def comment(idea: Idea, member: Member) -> Comment:
    return post_comment(idea=idea, by=member, body="I need *this* too.")


def test_a_comment_is_posted_and_shown(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    response = client.post(f"/i/{idea.pk}/comment/", {"body": "I need *this* too."})
    comment = Comment.objects.get()
    assert response["Location"] == comment.get_absolute_url()
    html = client.get(response["Location"], follow=True).content.decode()
    assert "I need <em>this</em> too." in html
    assert f'id="comment-{comment.pk}"' in html
    assert "1 comment" in html
    idea.refresh_from_db()
    assert idea.comment_count == 1


@pytest.mark.parametrize("body", ["", "  \n", "x" * (COMMENT_LENGTH + 1), "a\x00"])
def test_a_wrong_comment_is_kept_in_the_form(reader: Reader, idea: Idea, member: Member, body: str) -> None:
    response = reader(member).post(f"/i/{idea.pk}/comment/", {"body": body})
    assert response.status_code == 422
    assert "Comment on this idea" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_double_click_comments_once(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    assert client.post(f"/i/{idea.pk}/comment/", {"body": "Yes!"}).status_code == 302
    response = client.post(f"/i/{idea.pk}/comment/", {"body": "Yes!"})
    assert response.status_code == 409
    assert "You have already posted this." in response.content.decode()
    assert Comment.objects.count() == 1


def test_what_visitors_typed_waits_for_them(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(None)
    response = client.post(f"/i/{idea.pk}/comment/", {"body": CANARY})
    assert response["Location"] == f"/accounts/login/?next=/i/{idea.pk}/comment/"
    client.force_login(member)
    assert CANARY in client.get(f"/i/{idea.pk}/comment/").content.decode()
    assert not Comment.objects.exists()


def test_what_is_not_visible_takes_no_comments(
    reader: Reader, idea: Idea, author: Member, member: Member, make_invisible: Callable[..., None]
) -> None:
    make_invisible(idea)
    assert reader(member).post(f"/i/{idea.pk}/comment/", {"body": "Hm."}).status_code == 404
    response = reader(author).post(f"/i/{idea.pk}/comment/", {"body": "Why?"})
    assert response.status_code == 409
    assert "Why?" in response.content.decode()
    assert not Comment.objects.exists()


def test_a_comment_on_a_duplicate_stays_there_and_is_read_on_the_canonical(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    response = reader(member).post(f"/i/{duplicate.pk}/comment/", {"body": "On the duplicate."})
    assert Comment.objects.get().idea == duplicate
    final = reader(member).get(response["Location"])
    assert final["Location"].startswith(canonical.get_absolute_url())


def test_editing_keeps_the_earlier_text(reader: Reader, comment: Comment, member: Member) -> None:
    client = reader(member)
    assert "I need *this* too." in client.get(f"/i/comments/{comment.pk}/edit/").content.decode()
    response = client.post(f"/i/comments/{comment.pk}/edit/", {"body": "I need that."})
    assert response["Location"] == comment.get_absolute_url()
    comment.refresh_from_db()
    assert comment.body == "I need that."
    assert comment.revisions.get().body == "I need *this* too."
    assert "<del>" in reader(None).get(f"/i/comments/{comment.pk}/history/").content.decode()


def test_deleting_asks_once_more_and_counts(reader: Reader, idea: Idea, comment: Comment, member: Member) -> None:
    client = reader(member)
    assert "Delete this comment?" in client.get(f"/i/comments/{comment.pk}/delete/").content.decode()
    assert client.post(f"/i/comments/{comment.pk}/delete/")["Location"] == idea.get_absolute_url()
    comment.refresh_from_db()
    idea.refresh_from_db()
    assert (comment.visibility, idea.comment_count) == (Visibility.DELETED, 0)
    assert client.get(f"/i/comments/{comment.pk}/").status_code == 404


@pytest.mark.parametrize("path", ["", "edit/", "delete/", "history/"])
@pytest.mark.parametrize("pk", [0, 99_999, 10**30])
def test_forged_ids_are_not_found(reader: Reader, moderator: Member, path: str, pk: int) -> None:
    assert reader(moderator).get(f"/i/comments/{pk}/{path}").status_code == 404
