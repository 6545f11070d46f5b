"""Posts of every kind to decide on, all by `author` on pages open to everybody."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from community.actions import post_answer, post_comment
from community.content import Content
from community.models import Question
from ideas.actions import post_comment as comment_on_idea
from ideas.models import Idea


@pytest.fixture
def post_of(question: Question, idea: Idea, author: Member) -> Callable[[str], Content]:
    """The post of a kind."""

    def find(kind: str) -> Content:
        return {
            "question": lambda: question,
            "answer": lambda: post_answer(question=question, by=author, body="Turn it *anticlockwise*."),
            "question-comment": lambda: post_comment(question=question, by=author, body="Which *emulsion*?"),
            "idea": lambda: idea,
            "idea-comment": lambda: comment_on_idea(idea=idea, by=author, body="Mine *perpendicularly*."),
        }[kind]()

    return find
