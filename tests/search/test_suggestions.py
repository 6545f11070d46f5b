"""What the header offers while somebody types."""

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Member
from community.actions import ask_question
from search.engine import MOST_SUGGESTED, suggestions
from tests.people import make_member

pytestmark = pytest.mark.usefixtures("search_backend")
ADDRESS = "/search/suggestions/"


def suggested(client, query):
    response = client.get(ADDRESS, {"q": query}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "<html" not in response.text
    return re.findall(r'role="option"[^>]*href="([^"]*)"', response.text)


def test_all_kinds_are_offered_by_what_is_typed_so_far(client, question, idea, forum, author):
    make_member("startsmith", name="Stan Startsmith")
    tagged = ask_question(forum=forum, by=author, title="Second", body="How do I start?", tags=["starting"])
    offered = suggested(client, "star")
    assert set(offered) == {question.get_absolute_url(), "/u/startsmith/", "/tags/starting/", "/search/?q=star"}
    assert tagged.get_absolute_url() not in offered, "found by its text only"
    assert suggested(client, "how do i st")[0] == question.get_absolute_url()
    assert question.get_absolute_url() not in suggested(client, "how do i sto")


def test_a_word_that_is_finished_stands_for_no_longer_one(client, question):
    assert suggested(client, "do") == [question.get_absolute_url(), "/search/?q=do"]
    assert question.get_absolute_url() in suggested(client, "ho")
    assert suggested(client, "ho ") == []


def test_one_letter_and_nothing_offer_nothing(client, question):
    for query in ("", "h", "-", "tag:x", '"'):
        assert suggested(client, query) == []


def test_there_are_few(forum, author, visitor):
    for n in range(MOST_SUGGESTED + 2):
        ask_question(forum=forum, by=author, title=f"Start {n}", body="x")
    assert len(suggestions("start", visitor)) == MOST_SUGGESTED


def test_filters_hold(client, question, idea):
    assert question.get_absolute_url() not in suggested(client, "by:nobody start")
    assert question.get_absolute_url() in suggested(client, "by:author start")


def test_titles_are_plain_text(client, forum, author):
    ask_question(forum=forum, by=author, title="<b>Bold</b>", body="x")
    response = client.get(ADDRESS, {"q": "bold"}, headers={"HX-Request": "true"})
    assert "&lt;b&gt;<mark>Bold</mark>&lt;/b&gt;" in response.text


def test_without_htmx_it_is_a_search(client, db):
    assert client.get(ADDRESS, {"q": "a&b"})["Location"] == "/search/?q=a%26b"


@pytest.mark.parametrize("search_backend", ["embedded"], indirect=True)  # the other is told what waits first
def test_the_number_of_queries_is_small(client, question, idea, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        suggested(client, "start")


@pytest.mark.browser
def test_the_keyboard_leads_through_what_is_offered(live_server, page: Page, question, idea, author: Member):
    page.goto(f"{live_server.url}/search/")
    field = page.get_by_role("combobox", name="Search the community")
    options = page.locator("#page-search-list [role=option]")
    field.press_sequentially("star")
    expect(options).to_have_count(2)
    expect(field).to_have_attribute("aria-expanded", "true")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    field.press("Escape")
    expect(options.first).to_be_hidden()
    field.press("ArrowDown")
    field.press("Enter")
    page.wait_for_url(f"**{question.get_absolute_url()}")
