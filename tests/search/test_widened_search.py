"""Where the words that were typed find little, the search page shows what is like them, and nothing past the gate."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage, Question

CANARY = "Canary7Q"


@pytest.fixture
def ask(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, by: Member = author) -> Question:
        return ask_question(forum=on, by=by, title=title, body="")

    return make


def page(query: str, by: Member | None = None) -> str:
    client = Client()
    if by:
        client.force_login(by)
    return client.get("/search/", {"q": query}).text


def test_what_is_like_the_words_stands_below_what_has_them(ask: Callable[..., Question]) -> None:
    asked = ask("Spreadsheets")
    ask("Where are my invoices?")
    html = page("spredsheets")
    assert "Similar posts" in html
    assert asked.get_absolute_url() in html
    assert "invoices" not in html
    assert page("spreadsheets").count(asked.get_absolute_url()) == 1


def test_who_quotes_or_excludes_something_means_it(ask: Callable[..., Question]) -> None:
    ask("Spreadsheets")
    for query in ('"spredsheets"', "spredsheets -rota", "spredsheets is:unanswered"):
        assert "Similar posts" not in page(query)


def test_what_one_may_not_see_is_not_among_it(
    ask: Callable[..., Question], staff_forum: ForumPage, member: Member, moderator: Member
) -> None:
    ask(f"{CANARY} spreadsheets", on=staff_forum, by=moderator)
    for person in (None, member):
        assert CANARY not in page("spredsheets", person)
    assert CANARY in page("spredsheets", moderator)
