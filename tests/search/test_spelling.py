"""Where words find little, the search page asks whether others were meant: such as find this reader something."""

from collections.abc import Callable
from html import unescape
from re import search as first
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from community.actions import ask_question, post_answer
from community.models import ForumPage, Question
from ideas.actions import post_idea
from ideas.models import IdeaBoardPage

pytestmark = pytest.mark.usefixtures("search_backend")


def meant(query: str, by: Member | None = None, **options: str) -> str:
    """What the page offers to search for instead."""
    client = Client()
    if by:
        client.force_login(by)
    found = first(r'Did you mean <a href="([^"]*)">', client.get("/search/", {"q": query, **options}).text)
    return parse_qs(urlsplit(unescape(found[1])).query)["q"][0] if found else ""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("spredsheets", "spreadsheets"),
        ("spreaddsheets", "spreadsheets"),
        ("spreadsheest", "spreadsheets"),
        ("sperad", "spread"),
        ("Rtoa", "rota"),
        ("calender EXPROT", "calendar export"),
        ("calender in:help", "calendar in:help"),
        ("hausr", "häuser"),
        ("kiosc", "kiosk"),
        ("kiosc unheardof", "kiosk unheardof"),
        ("kiosc exprot", "kiosk export"),
    ],
)
def test_a_word_that_nothing_has_is_spelled_as_posts_spell_it(
    make_question: Callable[..., Question], author: Member, typed: str, expected: str
) -> None:
    make_question("Spreadsheets", body="They spread.")
    post_answer(question=make_question("Rota"), by=author, body="The kiosk has it.")
    make_question("Calendar export", body="Die Häuser")
    assert meant(typed) == expected


def test_of_words_as_like_the_one_that_more_posts_use_is_meant(make_question: Callable[..., Question]) -> None:
    for title in ("Invoices form", "Invoices from here", "Invoices from there", "Invoices from"):
        make_question(title)
    assert meant("invoices frmo") == "invoices from"


def test_ideas_spell_words_too(board: IdeaBoardPage, author: Member) -> None:
    post_idea(board=board, by=author, title="Spreadsheets", body="")
    assert meant("spredsheets") == "spreadsheets"
    assert meant("spredsheets", kind="idea") == "spreadsheets"
    assert meant("spredsheets", kind="question") == ""


@pytest.mark.parametrize(
    "query",
    [
        '"spredsheets"',
        "spreadsheets",
        "spreadsheet",
        "sprea",
        "spredsheets is:solved",
        "tag:spredsheets",
        "author",
        "xylophones",
        "sp",
        "sprædsheets\u202e" * 30,
        "x" * 5_000,
    ],
)
def test_what_is_meant_is_not_asked_about(make_question: Callable[..., Question], query: str) -> None:
    make_question("Spreadsheets")
    assert meant(query) == ""


def test_who_finds_enough_is_not_asked(make_question: Callable[..., Question]) -> None:
    make_question("Spreadsheets")
    for number in range(5):
        make_question(f"Spredsheets {number}")
    assert meant("spredsheets") == ""


def test_words_of_closed_pages_are_for_their_readers(
    staff_forum: ForumPage, moderator: Member, member: Member, make_question: Callable[..., Question]
) -> None:
    ask_question(forum=staff_forum, by=moderator, title="Xylocarps", body="")
    for person in (None, member):
        assert meant("xylocarbs", person) == ""
    assert meant("xylocarbs", moderator) == "xylocarps"
    # An open word like it is offered, and the closed one that is more like it is not.
    make_question("Xylocarp")
    for person in (None, member):
        assert meant("xylocarpz", person) in ("", "xylocarp")


def test_the_number_of_queries_does_not_grow(make_question: Callable[..., Question]) -> None:
    make_question("Calendar exports")
    counts = []
    for letters in ("a", "bcdefghijklmnopqrstuvwxyz"):
        for letter in letters:
            make_question(f"Calendar {letter * 4}")
        assert meant("calandar exprots") == "calendar exports"
        meant(unheard := "calandar exprots printnig kioskk rotaa leavve")
        with CaptureQueriesContext(connection) as queries:
            meant(unheard)
        counts.append(len(queries))
    assert counts[1] <= counts[0] < 60
