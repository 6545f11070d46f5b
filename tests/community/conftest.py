"""What the tests of the forums have in common: browsers of people, and posts in every state."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import ask_question, post_answer, post_comment
from community.models import Answer, Comment, ForumPage, Question

Browse = Callable[[Any], Client]


@pytest.fixture
def browse() -> Browse:
    """A browser in which this person is signed in, or in which nobody is."""

    def browser(user: Any = None) -> Client:
        client = Client()
        if user is not None and user.is_authenticated:
            client.force_login(user, backend="accounts.backends.MemberBackend")
        return client

    return browser


@pytest.fixture
def comment(question: Question, member: Member) -> Comment:
    return post_comment(question=question, by=member, body="Which version?")


@pytest.fixture
def answer_comment(answer: Answer, member: Member) -> Comment:
    return post_comment(question=answer.question, answer=answer, by=member, body="Which button?")


@pytest.fixture
def make_question(forum: ForumPage, author: Member) -> Callable[..., Question]:
    """Questions of the author in the open forum unless told otherwise."""

    def make(title: str, on: ForumPage = forum, by: Member = author, **fields: Any) -> Question:
        return ask_question(forum=on, by=by, title=title, body=f"About {title}.", **fields)

    return make


@pytest.fixture
def make_answer(question: Question) -> Callable[..., Answer]:
    def make(body: str, by: Member, to: Question = question) -> Answer:
        return post_answer(question=to, by=by, body=body)

    return make
