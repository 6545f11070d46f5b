"""Deleting questions, answers and comments."""

import pytest

from accounts.models import Member
from community.content import Visibility
from community.models import Answer, Comment, Question
from tests.community.conftest import Browse


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
def test_deleting_asks_once_more(kind: str, question, answer, comment, request, browse: Browse) -> None:
    post = request.getfixturevalue(kind)
    address = delete(post)
    html = browse(post.author).get(address).content.decode()
    post.refresh_from_db()
    assert post.visibility == Visibility.VISIBLE
    assert f"Delete this {kind}?" in html
    assert f'href="{post.get_absolute_url()}"' in html


def delete(post: Question | Answer | Comment) -> str:
    prefix = {Question: "q", Answer: "a", Comment: "q/comments"}[type(post)]
    return f"/{prefix}/{post.pk}/delete/"


@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
@pytest.mark.parametrize("deleter", ["author", "moderator"])
def test_what_is_deleted_is_gone_for_all_but_moderators(
    kind: str, deleter: str, question, answer, comment, moderator: Member, request, browse: Browse
) -> None:
    post = request.getfixturevalue(kind)
    by = moderator if deleter == "moderator" else post.author
    response = browse(by).post(delete(post), follow=True)
    post.refresh_from_db()
    assert (post.visibility, post.visibility_by) == (Visibility.DELETED, by)
    assert response.status_code == 200
    assert f"The {kind} is deleted." in response.content.decode()
    assert browse(post.author).get(post.get_absolute_url()).status_code == 404
    assert browse(moderator).get(post.get_absolute_url(), follow=True).status_code == 200


def test_a_question_is_deleted_with_a_word_on_what_goes_with_it(question, answer, author, browse: Browse) -> None:
    assert "Its answers and comments go with it." in browse(author).get(delete(question)).content.decode()


def test_counts_follow(question: Question, answer: Answer, comment: Comment, browse: Browse) -> None:
    browse(answer.author).post(delete(answer))
    browse(comment.author).post(delete(comment))
    question.refresh_from_db()
    assert (question.answer_count, question.comment_count) == (0, 0)


def test_deleting_twice_is_harmless(answer: Answer, moderator: Member, browse: Browse) -> None:
    client = browse(moderator)
    assert client.post(delete(answer)).status_code == 302
    assert client.post(delete(answer)).status_code == 302
