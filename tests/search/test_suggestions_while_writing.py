"""What is like the post that somebody is writing, on the pages for asking and proposing."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import accept_answer, ask_question, post_answer, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage

CANARY = "Canary7Q"


@pytest.fixture
def ask(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, by: Member = author) -> Question:
        return ask_question(forum=on, by=by, title=title, body="")

    return make


def look(title: str, body: str = "", by: Member | None = None, **headers: str) -> str:
    client = Client()
    if by:
        client.force_login(by)
    headers = headers or {"HX-Request": "true"}
    response = client.post("/search/similar/", {"title": title, "body": body}, headers=headers)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    return response.text


def test_questions_show_whether_they_are_solved(
    ask: Callable[..., Question], advocate: Member, author: Member, question: Question
) -> None:
    asked = ask("How do I export the rota?")
    accept_answer(answer=post_answer(question=asked, by=advocate, body="Press it."), by=author)
    html = look("Exporting a rota")
    assert "<html" not in html
    assert asked.title in html
    assert "Solved" in html
    assert "1 post looks like it" in html
    assert question.title not in html


def test_ideas_show_their_status_and_can_be_voted_for(
    make_idea: Callable[..., Idea], member: Member, question: Question
) -> None:
    idea = make_idea("Export the rota as a spreadsheet")
    html = look("Rota export", by=member)
    assert idea.title in html
    assert idea.status.name in html
    assert f"/i/{idea.pk}/vote/" in html
    assert "/accounts/login/" in look("Rota export")


def test_without_htmx_it_is_a_page(ask: Callable[..., Question]) -> None:
    ask("How do I export the rota?")
    html = look("Exporting a rota", Accept="text/html")
    assert "<html" in html
    assert "How do I export the rota?" in html
    assert "Nothing looks like what you are writing." in look("Gluten", Accept="text/html")


def test_nothing_is_suggested_for_nothing(ask: Callable[..., Question]) -> None:
    ask("How do I export the rota?")
    for title, body in (("", "rota export"), ("  ", ""), ("\0", "\0"), ("?", "🎉"), ("x" * 90_000, "y" * 90_000)):
        assert "looks like it" not in look(title, body)


def test_what_one_may_not_see_is_not_suggested(
    ask: Callable[..., Question],
    make_idea: Callable[..., Idea],
    staff_forum: ForumPage,
    staff_board: IdeaBoardPage,
    member: Member,
    moderator: Member,
) -> None:
    ask(f"{CANARY} rota export", on=staff_forum, by=moderator)
    make_idea(f"{CANARY} rota exporter", on=staff_board, by=moderator)
    hidden = ask(f"{CANARY} rota exports, hidden")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    for person in (None, member):
        assert CANARY not in look("rota export", CANARY, by=person)
    html = look("rota export", CANARY, by=moderator)
    assert f"{CANARY} rota export" in html
    assert f"{CANARY} rota exporter" in html
    assert "exports, hidden" not in html


def test_the_pages_for_writing_ask_for_it(forum: ForumPage, board: IdeaBoardPage, member: Member) -> None:
    client = Client()
    client.force_login(member)
    for address in (f"{forum.url}ask/", f"{board.url}new/"):
        html = client.get(address).text
        assert 'hx-post="/search/similar/"' in html
        assert 'formaction="/search/similar/"' in html
    assert "load, input" in client.get(f"{forum.url}ask/?title=Rota").text


def test_pages_of_questions_take_in_what_is_related(
    ask: Callable[..., Question], make_idea: Callable[..., Idea], visitor: None
) -> None:
    asked, other, idea = ask("Export the rota"), ask("Exporting rotas"), make_idea("Export of rotas")
    client = Client()
    assert f"/search/related/?question={asked.pk}" in client.get(asked.get_absolute_url()).text
    html = client.get(f"/search/related/?question={asked.pk}", headers={"HX-Request": "true"}).text
    assert other.title in html
    assert idea.title in html
    assert client.get(f"/search/related/?question={asked.pk}")["Location"] == "/search/?q=Export+the+rota"
