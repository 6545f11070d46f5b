"""Commenting on questions and answers."""

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import post_comment, set_visibility
from community.content import Visibility
from community.models import Answer, Comment, Question
from community.threads import COMMENTS_BELOW_A_POST
from tests.community.conftest import Browse
from tests.community.typing import WRONG_COMMENTS, Fields

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(params=["question", "answer"])
def below(request: pytest.FixtureRequest, question: Question, answer: Answer) -> Question | Answer:
    """What is commented on."""
    return question if request.param == "question" else answer


def address(post: Question | Answer) -> str:
    return f"/{'q' if isinstance(post, Question) else 'a'}/{post.pk}/comments/"


def test_a_comment_is_posted_and_one_is_led_to_it(below, question, member: Member, browse: Browse) -> None:
    response = browse(member).post(address(below), {"body": "Which *one*?"}, follow=True)
    comment = Comment.objects.get()
    assert response.redirect_chain == [
        (f"/q/comments/{comment.pk}/", 302),
        (f"{question.get_absolute_url()}#comment-{comment.pk}", 302),
    ]
    assert "Which <em>one</em>?" in response.content.decode()
    assert comment.parent == below


def test_htmx_gets_the_comments_below_the_post_and_no_page(below, member: Member, browse: Browse) -> None:
    response = browse(member).post(address(below), {"body": "Which *one*?"}, **HTMX)
    html = response.content.decode()
    stem = "question" if isinstance(below, Question) else "answer"
    assert response.status_code == 200
    assert html.strip().startswith(f'<div class="c-comments-below" id="comments-{stem}-{below.pk}">')
    assert "Which <em>one</em>?" in html
    assert "<html" not in html
    assert Fields(html).typed("body") == ""


@pytest.mark.parametrize("body", WRONG_COMMENTS, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_what_is_wrong_is_said_and_kept(body: str, headers, below, member: Member, browse: Browse) -> None:
    response = browse(member).post(address(below), {"body": body}, **headers)
    html = response.content.decode()
    assert response.status_code == 422
    assert "c-form-field-error" in html
    assert not Comment.objects.exists()
    if len(body) > 100:
        assert Fields(html).typed("body") == body


def test_the_wrong_form_stays_open(question: Question, member: Member, browse: Browse) -> None:
    html = browse(member).post(address(question), {"body": " "}, **HTMX).content.decode()
    assert '<details class="c-disclosure" open>' in html


def test_a_doubled_click_posts_once(below, member: Member, browse: Browse) -> None:
    client = browse(member)
    client.post(address(below), {"body": "Which one?"})
    response = client.post(address(below), {"body": "Which one?"})
    assert response.status_code == 409
    assert Fields(response.content.decode()).typed("body") == "Which one?"
    toast = client.post(address(below), {"body": "Which one?"}, **HTMX)
    assert toast.status_code == 409
    assert "<p data-sentence>You have already posted this.</p>" in toast.content.decode()
    assert Comment.objects.count() == 1


def test_a_closed_question_keeps_the_text_and_says_why(below, question, member: Member, browse: Browse) -> None:
    Question.objects.filter(pk=question.pk).update(is_locked=True)
    response = browse(member).post(address(below), {"body": "Too late?"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "This question is closed" in html
    assert Fields(html).typed("body") == "Too late?"


def test_what_was_typed_before_the_session_ended_is_kept(below, member: Member, client: Client) -> None:
    response = client.post(address(below), {"body": "A long remark"})
    assert response.headers["Location"] == f"/accounts/login/?next={address(below)}"
    client.force_login(member, backend="accounts.backends.MemberBackend")
    assert Fields(client.get(address(below)).content.decode()).typed("body") == "A long remark"


def test_where_htmx_asked_the_whole_page_goes_to_sign_in(below, member: Member, client: Client) -> None:
    response = client.post(address(below), {"body": "A long remark"}, **HTMX)
    assert response.headers["HX-Redirect"] == f"/accounts/login/?next={address(below)}"
    assert not response.content
    client.force_login(member, backend="accounts.backends.MemberBackend")
    assert Fields(client.get(address(below)).content.decode()).typed("body") == "A long remark"


def test_all_comments_come_in_pages_of_their_own(answer: Answer, comment: Comment, member, browse: Browse) -> None:
    for number in range(COMMENTS_BELOW_A_POST + 3):
        post_comment(question=answer.question, answer=answer, by=member, body=f"Remark {number}")
    html = browse().get(address(answer)).content.decode()
    assert answer.body_html in html
    assert html.count('class="c-comment"') == COMMENTS_BELOW_A_POST + 3
    assert comment.body not in html
    assert "Sign in to comment" in html


def test_where_not_all_are_shown_the_form_is_on_the_page_of_all(answer: Answer, member, browse: Browse) -> None:
    for number in range(COMMENTS_BELOW_A_POST + 1):
        post_comment(question=answer.question, answer=answer, by=member, body=f"Remark {number}")
    html = browse(member).get(answer.question.get_absolute_url()).content.decode()
    assert f'hx-post="{address(answer)}"' not in html
    assert "Show 1 more comment" in html


def test_an_edit_changes_the_comment_and_keeps_the_earlier_text(comment: Comment, member, browse: Browse) -> None:
    client = browse(member)
    edit = f"/q/comments/{comment.pk}/edit/"
    assert Fields(client.get(edit).content.decode()).typed("body") == comment.body
    assert client.post(edit, {"body": "Which edition?"}).headers["Location"] == f"/q/comments/{comment.pk}/"
    comment.refresh_from_db()
    assert comment.body == "Which edition?"
    assert comment.revisions.get().body == "Which version?"
    assert client.post(edit, {"body": "\x00"}).status_code == 422


def test_a_comment_below_a_hidden_answer_is_gone_with_it(
    answer_comment: Comment, answer: Answer, moderator, member, browse: Browse
) -> None:
    set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN)
    for reader in (None, member):
        assert browse(reader).get(answer_comment.get_absolute_url()).status_code == 404
        assert answer_comment.body not in browse(reader).get(answer.question.get_absolute_url()).content.decode()
