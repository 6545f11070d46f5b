"""Page 1,000 of a list costs what page 1 costs: an index in the list's own order serves both, and nothing is sorted."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage
from core.pagination import _beyond, _decode, keyset_page
from ideas import history
from ideas.actions import publish_policy, score_board
from ideas.models import IdeaBoardPage
from ideas.orders import orders_of
from tests.ideas.conftest import make_policy


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
    ("key", "index"),
    [
        ("top", "idea_top"),
        ("trending", "idea_trending"),
        ("newest", "idea_newest"),
        ("discussed", "idea_discussed"),
        ("policy-needs", "score_order"),
    ],
)
def test_every_order_of_a_board_has_its_index(
    board: IdeaBoardPage,
    make_idea: Any,
    member: Member,
    product_manager: Member,
    monkeypatch: pytest.MonkeyPatch,
    is_member: bool,
    key: str,
    index: str,
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    for number in range(3):
        make_idea(f"Idea {number}")
    score_board(policy=publish_policy(policy=make_policy(), by=product_manager), board=board)
    ideas = board.ideas.visible_to(member if is_member else AnonymousUser()).listed()
    order = orders_of(board, product_manager)[key]
    check_pages(order.rows(ideas), order.fields, index)


@pytest.mark.parametrize(
    ("order", "index"), [("-created_at", "question_newest"), ("-last_activity_at", "question_active")]
)
def test_every_order_of_a_forum_has_its_index(forum: ForumPage, author: Member, order: str, index: str) -> None:
    for number in range(3):
        ask_question(forum=forum, by=author, title=f"Question {number}", body="?")
    questions = forum.questions.visible_to(author).listed()
    check_pages(questions, (order, "-id"), index)
