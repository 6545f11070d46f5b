"""What the browser tells of searches and suggestions: without changing a link, and without breaking the policy."""

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from community.models import Question
from search.models import FollowedSuggestion, LoggedSearch, SearchClick

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert said == []


def wait_for(is_true: Callable[[], bool]) -> None:
    """The browser tells while it goes on to the next page."""
    until = time.monotonic() + 10
    while not is_true() and time.monotonic() < until:
        time.sleep(0.05)
    assert is_true()


def test_a_search_and_the_opened_result_are_told(visit: Page, question: Question) -> None:
    visit.goto("/search/?q=zanzibar")
    wait_for(lambda: LoggedSearch.objects.filter(words="zanzibar", result_count=0).exists())
    visit.goto("/search/?q=start")
    link = visit.locator("main .c-hits").get_by_role("link", name=question.title)
    expect(link).to_have_attribute("href", question.get_absolute_url())
    link.click()
    expect(visit.get_by_role("heading", level=1)).to_have_text(question.title)
    wait_for(lambda: SearchClick.objects.filter(post=question.pk, rank=1, search__words="start").exists())


def test_a_followed_suggestion_is_told(visit: Page, question: Question) -> None:
    visit.goto(f"{question.forum.url}ask/")
    visit.locator("#id_title").fill(question.title)
    visit.locator("#similar").get_by_role("link", name=question.title).click()
    expect(visit.get_by_role("heading", level=1)).to_have_text(question.title)
    wait_for(lambda: FollowedSuggestion.objects.filter(post=question.pk, is_posted=False).exists())
