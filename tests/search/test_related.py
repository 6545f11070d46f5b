"""Questions that are like an idea: found by telling words, and never those that one may not see."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import ask_question, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from ideas.actions import relate_question
from ideas.models import Idea, IdeaBoardPage

CANARY = "Canary7Q"


@pytest.fixture
def wish(make_idea: Callable[..., Idea]) -> Idea:
    return make_idea("Export the calendar as a spreadsheet")


def ask(forum: ForumPage, by: Member, title: str) -> Question:
    return ask_question(forum=forum, by=by, title=title, body="Please help.")


def found(idea: Idea, by: Member | None = None) -> str:
    client = Client()
    if by:
        client.force_login(by)
    return client.get(f"/search/related/?idea={idea.pk}", headers={"HX-Request": "true"}).content.decode()


def test_questions_that_share_telling_words_are_offered(wish: Idea, forum: ForumPage, author: Member) -> None:
    ask(forum, author, "Where is the calendar export?")
    ask(forum, author, "The app is slow")
    ask(forum, author, "Which calendar do you use?")
    html = found(wish)
    assert "<html" not in html
    assert "Where is the calendar export?" in html
    assert "The app is slow" not in html
    assert "Which calendar do you use?" not in html


def test_without_htmx_it_is_a_search(wish: Idea) -> None:
    response = Client().get(f"/search/related/?idea={wish.pk}")
    assert response["Location"] == "/search/?q=Export+the+calendar+as+a+spreadsheet"


def test_only_what_one_may_see_is_offered(
    wish: Idea, forum: ForumPage, staff_forum: ForumPage, moderator: Member, member: Member
) -> None:
    ask(staff_forum, moderator, f"{CANARY} calendar export")
    hidden = ask(forum, moderator, f"{CANARY} calendar export, hidden")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    for person in (None, member):
        assert CANARY not in found(wish, person)
    html = found(wish, moderator)
    assert f"{CANARY} calendar export" in html
    assert "hidden" not in html


def test_what_the_team_tied_to_it_is_not_offered_again(wish: Idea, forum: ForumPage, moderator: Member) -> None:
    question = ask(forum, moderator, "Where is the calendar export?")
    relate_question(idea=wish, question=question, by=moderator)
    assert question.title not in found(wish)


def test_an_idea_that_one_may_not_see_has_nothing_like_it(
    staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    idea = make_idea(CANARY, on=staff_board, by=moderator)
    for address in (f"/search/related/?idea={idea.pk}", "/search/related/?idea=x", "/search/related/"):
        response = Client().get(address)
        assert response.status_code == 404
        assert CANARY not in response.content.decode()


def test_a_title_without_words_is_like_nothing(make_idea: Callable[..., Idea], forum: ForumPage) -> None:
    assert found(make_idea("🚀")).strip() == ""
