"""Pages cost the same few queries, whatever their size: at most 12 for somebody who is signed in."""

from collections.abc import Callable

import pytest

from accounts import roles
from accounts.models import Member
from community.actions import accept_answer, ask_question, edit_question, merge_question, post_answer, post_comment
from community.models import ForumPage, Question
from tests.community.conftest import Browse
from tests.people import make_member

MOST = 12

pytestmark = [
    pytest.mark.parametrize("size", [1, 40]),
    pytest.mark.parametrize("reader", ["visitor", "member", "moderator"]),
]


@pytest.fixture
def people(db: None) -> list[Member]:
    return [make_member(f"person-{number}", *([roles.ADVOCATES] if number % 2 else [])) for number in range(8)]


@pytest.fixture
def discussion(size: int, question: Question, people: list[Member], moderator: Member) -> Question:
    """A question with this many answers, comments on itself and on each answer, tags and duplicates."""
    for number in range(size):
        by = people[number % len(people)]
        answer = post_answer(question=question, by=by, body=f"Answer {number}")
        post_comment(question=question, by=by, body=f"Remark {number}")
        for commenter in people[:2]:
            post_comment(question=question, answer=answer, by=commenter, body=f"Remark on {number}")
        duplicate = ask_question(forum=question.forum, by=by, title=f"Again {number}", body="The same.")
        merge_question(duplicate=duplicate, target=question, by=moderator)
    accept_answer(answer=answer, by=question.author)
    tags = [f"tag-{number}" for number in range(size)]
    return edit_question(question=question, by=question.author, title=question.title, body="Edited", tags=tags)


@pytest.fixture
def visit(
    reader: str, request: pytest.FixtureRequest, browse: Browse, django_assert_max_num_queries
) -> Callable[[str], str]:
    """Open a page within the budget; twice, for Wagtail remembers between requests where the site begins."""
    client = browse(request.getfixturevalue(reader))

    def get(address: str) -> str:
        client.get(address)
        with django_assert_max_num_queries(MOST):
            response = client.get(address)
        assert response.status_code == 200
        return response.content.decode()

    return get


def test_a_question(discussion: Question, size: int, visit: Callable[[str], str]) -> None:
    assert visit(discussion.get_absolute_url()).count("c-answer-accepted") == 1


def test_a_duplicate(discussion: Question, size: int, visit: Callable[[str], str]) -> None:
    assert "asked before" in visit(discussion.duplicates.latest("pk").get_absolute_url())


def test_the_comments_on_an_answer(discussion: Question, size: int, visit: Callable[[str], str]) -> None:
    visit(f"/q/{discussion.pk}/comments/")
    visit(f"/a/{discussion.accepted_answer_id}/comments/")


def test_a_history(discussion: Question, size: int, people: list[Member], visit: Callable[[str], str]) -> None:
    for number in range(size):
        edit_question(question=discussion, by=discussion.author, title="Title", body=f"Version {number}", tags=[])
    visit(f"/q/{discussion.pk}/history/")


def test_a_forum(size: int, forum: ForumPage, people: list[Member], visit: Callable[[str], str]) -> None:
    for number in range(size):
        by = people[number % len(people)]
        tags = [f"tag-{number % 7}", f"tag-{number % 5}", "tag"]
        ask_question(forum=forum, by=by, title=f"Question {number}", body="Text", tags=tags)
    for query in ("", "?sort=active", "?sort=unanswered", "?tag=tag"):
        visit(forum.url + query)
