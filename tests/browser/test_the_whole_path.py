"""From a visitor's first look to a product review, in a browser, as each of the people who take part.

The public part is walked with JavaScript and without it; the Wagtail admin needs JavaScript.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts import roles
from accounts.models import Member
from community.models import Question
from ideas.models import Idea, IdeaBoardPage, IdeaMerge
from pages.actions import NewPlace, create_site
from tests.people import PASSWORD, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

Visit = Callable[[], Page]


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """A new site with a forum and a board; its address."""
    create_site(
        name="Acme Community",
        home_title="Welcome",
        forums=[NewPlace(title="Help", slug="help")],
        boards=[NewPlace(title="Product ideas", slug="product-ideas")],
    )
    return live_server.url


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def visit(request: pytest.FixtureRequest, browser: Browser, site: str) -> Iterator[Visit]:
    """Opens the site as somebody who has never been there, each time in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def open_site() -> Page:
        context = browser.new_context(base_url=site, java_script_enabled=request.param)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/")
        return page

    yield open_site
    for context in contexts:
        context.close()


def with_account(handle: str, *role: str) -> Member:
    member = make_member(handle, *role)
    EmailAddress.objects.create(user=member, email=str(member.email), verified=True, primary=True)
    return member


def sign_in(page: Page, member: Member) -> Page:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(str(member.email))
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


def choose(page: Page, tool: str) -> None:
    """One of the tools in the menu of the post that the page is about."""
    page.locator(".c-moderator-tools summary").first.click()
    page.get_by_role("link", name=tool, exact=True).first.click()


def vote_button(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"Vote for “{title}”"))


def test_a_visitor_signs_up_asks_and_accepts_an_answer(visit: Visit) -> None:
    page = visit()
    page.get_by_role("link", name="Help").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Help")

    page.goto("/accounts/signup/")
    page.get_by_label("Name").fill("Ada Byron")
    page.get_by_label("Email").fill("ada@example.com")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/confirm-email/")
    link = re.search(r"http\S+/accounts/confirm-email/\S+", str(mail.outbox[-1].body))
    assert link
    page.goto(link.group())
    page.get_by_role("button", name=re.compile("Confirm")).click()
    page.wait_for_url("**/")

    page.goto("/help/ask/")
    page.get_by_label("Your question in one sentence").fill("How do I export my data?")
    page.get_by_label("The details").fill("I looked *everywhere*.")
    page.get_by_label("Tags").fill("export, data")
    page.get_by_role("button", name="Post your question").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do I export my data?")
    expect(page.locator("#question em").first).to_have_text("everywhere")
    address = page.url

    helper = sign_in(visit(), with_account("mae", roles.ADVOCATES))
    helper.goto(address)
    helper.locator("#your-answer textarea").fill("Settings, then **Export**.")
    helper.get_by_role("button", name="Post your answer").click()
    expect(helper.locator(".c-answer .c-prose strong")).to_have_text("Export")
    expect(helper.get_by_role("button", name="Accept this answer")).to_have_count(0)

    page.goto(address)
    page.get_by_role("button", name="Accept this answer").click()
    expect(page.locator(".c-answer.is-accepted")).to_have_count(1)
    assert Question.objects.get().is_solved
    page.get_by_role("button", name="No longer the answer").click()
    expect(page.locator(".c-answer.is-accepted")).to_have_count(0)


def test_customers_propose_vote_edit_and_delete(visit: Visit, request: pytest.FixtureRequest) -> None:
    page = sign_in(visit(), with_account("ben"))
    page.goto("/product-ideas/new/")
    page.get_by_label("Your idea in one sentence").fill("Dark mode")
    page.get_by_label("Why it matters").fill("My eyes hurt.")
    page.get_by_label("Tags").fill("design")
    page.get_by_role("button", name="Post your idea").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dark mode")
    expect(vote_button(page, "Dark mode")).to_contain_text("1")
    address = page.url

    other = sign_in(visit(), with_account("cleo"))
    other.goto("/product-ideas/")
    scripted = "without" not in request.node.name
    if scripted:
        other.evaluate("window.stillHere = true")
    for pressed, count in (("true", "2"), ("false", "1"), ("true", "2")):
        vote_button(other, "Dark mode").click()
        expect(vote_button(other, "Dark mode")).to_have_attribute("aria-pressed", pressed)
        expect(vote_button(other, "Dark mode")).to_contain_text(count)
    if scripted:
        assert other.evaluate("window.stillHere") is True
    assert Idea.objects.get().supporter_count == 2

    other.goto(address)
    expect(other.get_by_role("link", name="Edit", exact=True)).to_have_count(0)

    page.goto(address)
    choose(page, "Edit")
    page.get_by_label("Your idea in one sentence").fill("Dark mode for everybody")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dark mode for everybody")
    choose(page, "Earlier versions")
    expect(page.locator("main")).to_contain_text("for everybody")

    page.goto(address)
    choose(page, "Delete")
    page.get_by_role("button", name=re.compile("Delete")).click()
    page.goto("/product-ideas/")
    expect(page.locator("main")).not_to_contain_text("Dark mode")


def test_a_moderator_previews_merges_and_undoes(visit: Visit) -> None:
    from ideas.actions import cast_vote, post_idea

    board = IdeaBoardPage.objects.get()
    people = [make_member(f"voter{number}") for number in range(5)]
    night = post_idea(board=board, by=people[0], title="Night colours", body="Please.")
    dark = post_idea(board=board, by=people[1], title="Dark colours", body="For the night.")
    for person in people[2:4]:
        cast_vote(idea=night, by=person)
    for person in people[3:5]:
        cast_vote(idea=dark, by=person)

    page = sign_in(visit(), with_account("mona", roles.MODERATORS))
    page.goto(f"/i/{night.pk}/merge/")
    expect(page.get_by_role("heading", name="Similar ideas on this board")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Preview")).first.click()
    expect(page.locator(".c-merge-preview")).to_contain_text("3")
    expect(page.locator(".c-merge-preview")).to_contain_text("5")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dark colours")
    page.goto("/product-ideas/")
    expect(page.locator("main")).not_to_contain_text("Night colours")
    expect(vote_button(page, "Dark colours")).to_contain_text("5")

    page.goto(f"/i/{night.pk}/")
    expect(page.locator("main")).to_contain_text("You came from “Night colours”")
    page.goto(f"/i/{night.pk}/unmerge/")
    page.get_by_role("button", name=re.compile("Undo")).click()
    page.goto("/product-ideas/")
    expect(vote_button(page, "Dark colours")).to_contain_text("3")
    expect(vote_button(page, "Night colours")).to_contain_text("3")
    assert not IdeaMerge.objects.standing().exists()


def test_a_product_manager_publishes_a_review(browser: Browser, site: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from ideas import history
    from ideas.actions import post_idea

    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    board = IdeaBoardPage.objects.get()
    for title in ("First wish", "=Second wish", "Third wish"):
        post_idea(
            board=board, by=make_member(f"author-of-{title[0].lower().strip('=')}x{len(title)}"), title=title, body="…"
        )
    context = browser.new_context(base_url=site, accept_downloads=True)
    page = sign_in(context.new_page(), with_account("pia", roles.PRODUCT_MANAGERS))
    page.goto("/admin/reviews/boards/")
    page.get_by_role("link", name="Product ideas").first.click()
    page.get_by_label("How many from the top").fill("2")
    page.get_by_role("button", name="Take the top").click()
    page.get_by_label("Title").fill("November")
    page.get_by_role("button", name="Create the draft").click()
    page.goto(f"{page.url.rstrip('/')}/publish/")
    page.locator("form button.button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Content hash")

    texts = {}
    for form in ("csv", "md"):
        address = page.url.rstrip("/") + f"/export.{form}"
        texts[form] = context.request.get(address).text()
        assert context.request.get(address).text() == texts[form]
    rows = list(csv.reader(io.StringIO(texts["csv"])))
    assert any("Third wish" in cell for row in rows for cell in row)
    assert "Third wish" in texts["md"]
    context.close()


def test_search_finds_questions_and_ideas(visit: Visit) -> None:
    from community.actions import ask_question
    from community.models import ForumPage
    from ideas.actions import post_idea

    member = with_account("dora")
    ask_question(forum=ForumPage.objects.get(), by=member, title="Where is the invoice?", body="I need last month's.")
    post_idea(board=IdeaBoardPage.objects.get(), by=member, title="Send the invoice by mail", body="Every month.")
    page = visit()
    page.goto("/search/")
    page.locator("main input[name=q]").fill("invoice")
    page.locator("main input[name=q]").press("Enter")
    expect(page.locator("main")).to_contain_text("Where is the invoice?")
    expect(page.locator("main")).to_contain_text("Send the invoice by mail")
