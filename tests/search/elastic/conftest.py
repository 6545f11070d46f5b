from collections.abc import Callable

import pytest

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage, Question


@pytest.fixture
def make_question(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, body: str = "") -> Question:
        return ask_question(forum=on, title=title, body=body, tags=[], by=author)

    return make
