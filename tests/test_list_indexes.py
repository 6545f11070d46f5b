"""Page 1,000 of a list costs what page 1 costs: an index in the list's own order serves both, and nothing is sorted."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage
from core.pagination import _beyond, _decode, keyset_page
from ideas.models import IdeaBoardPage


def plan(queryset: Any) -> str:
    """How the database would read the page, were the table large."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    explained: str = queryset.explain()
    return explained


def check_pages(rows: Any, order: tuple[str, ...], index: str) -> None:
    """The first page, and one in the middle of the list, are read straight from the index."""
    cursor = keyset_page(rows, order=order, size=1).next_cursor
    assert cursor
    backwards, position = _decode(cursor, rows, order)
    for page in (rows, rows.filter(_beyond(order, position, backwards))):
        text = plan(page.order_by(*order)[:21])
        assert index in text
        assert "Sort" not in text
        assert "TEMP B-TREE" not in text


@pytest.mark.parametrize("is_member", [False, True], ids=["visitor", "member"])
@pytest.mark.parametrize(
    ("order", "index"), [("-top_score", "idea_top"), ("-trending", "idea_trending"), ("-created_at", "idea_newest")]
)
def test_every_order_of_a_board_has_its_index(
    board: IdeaBoardPage, make_idea: Any, member: Member, is_member: bool, order: str, index: str
) -> None:
    for number in range(3):
        make_idea(f"Idea {number}")
    ideas = board.ideas.visible_to(member if is_member else AnonymousUser()).listed()
    check_pages(ideas, (order, "-id"), index)


@pytest.mark.parametrize(
    ("order", "index"), [("-created_at", "question_newest"), ("-last_activity_at", "question_active")]
)
def test_every_order_of_a_forum_has_its_index(forum: ForumPage, author: Member, order: str, index: str) -> None:
    for number in range(3):
        ask_question(forum=forum, by=author, title=f"Question {number}", body="?")
    questions = forum.questions.visible_to(author).listed()
    check_pages(questions, (order, "-id"), index)
