"""Two people at one Kanban board: by dragging, by keys, in the dialog, and without a script."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from community.models import Question
from ideas.actions import change_status
from ideas.models import Idea, Status
from moderation.models import QuestionCard
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Visit]:
    """Opens the site as this member, each time in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def open_site(member: Member, **options: Any) -> Page:
        EmailAddress.objects.create(user=member, email=str(member.email), verified=True, primary=True)
        context = browser.new_context(base_url=live_server.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Email").fill(str(member.email))
        page.get_by_label("Password").first.fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        return page

    yield open_site
    for context in contexts:
        context.close()


def column(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name=re.compile(f"^{name}(,|$)"))


def card(page: Page, title: str) -> Locator:
    return page.locator(f'[data-card][data-title="{title}"]')


def ask_again(page: Page) -> None:
    """What the board does every few seconds."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_stale_move_is_refused_and_shown(
    visit: Visit, idea: Idea, moderator: Member, product_manager: Member
) -> None:
    address = f"/admin/kanban/ideas/{idea.board_id}/"
    first, second = visit(moderator), visit(product_manager)
    for page in (first, second):
        page.goto(address)
        expect(column(page, "Open").get_by_text("Dark mode").first).to_be_visible()

    card(first, "Dark mode").drag_to(column(first, "Planned"))
    expect(first.locator("[data-kanban-said]")).to_contain_text("“Dark mode” is in “Planned”")
    expect(column(first, "Planned").locator("[data-card]")).to_have_count(1)
    expect(first.get_by_role("link", name="Write the public answer")).to_have_attribute("href", f"/i/{idea.pk}/status/")

    card(second, "Dark mode").drag_to(column(second, "Declined"))
    expect(second.locator("[data-kanban-said]")).to_contain_text("Moderator changed this card")
    expect(second.locator("[data-kanban-said]")).to_contain_text("It is in “Planned” now")
    expect(column(second, "Planned").locator("[data-card].is-refused")).to_have_count(1)
    expect(column(second, "Declined").locator("[data-card]")).to_have_count(0)
    idea.refresh_from_db()
    assert idea.status.slug == "planned"

    card(second, "Dark mode").drag_to(column(second, "Shipped"))
    expect(second.locator("[data-kanban-said]")).to_contain_text("is in “Shipped”")
    ask_again(first)
    expect(column(first, "Shipped").locator("[data-card].is-changed")).to_have_count(1)
    expect(first.locator("[data-kanban-said]")).to_have_text("Others have changed the board.")


def test_cards_are_moved_by_keys_and_keep_the_focus(
    visit: Visit, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    lower, upper = make_idea("Lower"), make_idea("Upper")
    page = visit(moderator)
    page.goto(f"/admin/kanban/ideas/{lower.board_id}/")
    title = card(page, "Upper").get_by_role("link", name="Upper", exact=True)
    title.focus()
    page.keyboard.press("ArrowDown")
    expect(card(page, "Lower").get_by_role("link", name="Lower", exact=True)).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(title).to_be_focused()
    page.keyboard.press("Control+ArrowRight")
    expect(column(page, "Planned").locator("[data-card]")).to_have_count(1)
    expect(title).to_be_focused()
    expect(page.locator("[data-kanban-said]")).to_contain_text("“Upper” is in “Planned”")
    page.keyboard.press("Shift+ArrowRight")
    expect(column(page, "In progress").locator("[data-card]")).to_have_count(1)
    page.keyboard.press("ArrowLeft")
    expect(card(page, "Lower").get_by_role("link", name="Lower", exact=True)).to_be_focused()
    page.keyboard.press("Control+ArrowLeft")
    upper.refresh_from_db()
    lower.refresh_from_db()
    assert (upper.status.slug, lower.status.slug) == ("in-progress", "open")


def test_cards_are_placed_by_keys_by_dragging_and_in_the_dialog(
    visit: Visit, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    ideas = [make_idea(title) for title in ("Third", "Second", "First", "Waiting")]
    planned = Status.objects.get(board=ideas[0].board, slug="planned")
    for idea in ideas[:3]:
        change_status(idea=idea, status=planned, by=moderator)
    page = visit(moderator)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"/admin/kanban/ideas/{planned.board_id}/")
    titles = column(page, "Planned").locator(".c-kanban-card-title")
    said = page.locator("[data-kanban-said]")
    expect(titles).to_have_text(["First", "Second", "Third"])

    third = card(page, "Third").get_by_role("link", name="Third", exact=True)
    third.focus()
    page.keyboard.press("Control+ArrowUp")
    expect(titles).to_have_text(["First", "Third", "Second"])
    expect(said).to_contain_text("It stands before “Second”.")
    expect(third).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    expect(titles).to_have_text(["Third", "First", "Second"])
    page.keyboard.press("Control+ArrowDown")
    expect(titles).to_have_text(["First", "Third", "Second"])
    card(page, "Waiting").get_by_role("link", name="Waiting", exact=True).focus()
    page.keyboard.press("Control+ArrowDown")
    expect(said).to_have_text("Only ideas that are planned or in progress can be put in order.")

    card(page, "Second").drag_to(card(page, "First"), target_position={"x": 40, "y": 8})
    expect(titles).to_have_text(["Second", "First", "Third"])
    card(page, "Waiting").drag_to(card(page, "First"), target_position={"x": 40, "y": 8})
    expect(titles).to_have_text(["Second", "Waiting", "First", "Third"])
    expect(said).to_contain_text("It stands before “First”.")

    card(page, "Second").get_by_role("link", name=re.compile("^Move")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Place").select_option("After “First”")
    dialog.get_by_role("button", name="Save").click()
    expect(titles).to_have_text(["Waiting", "First", "Second", "Third"])
    card(page, "Second").get_by_role("link", name=re.compile("^Move")).click()
    dialog.get_by_label("Column").select_option("Shipped")
    expect(dialog.get_by_label("Place")).to_be_hidden()
    assert broken == []


def test_the_dialog_assigns_and_lanes_are_dragged_across(visit: Visit, question: Question, moderator: Member) -> None:
    page = visit(moderator)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(f"/admin/kanban/questions/{question.forum_id}/?lanes=assignee")
    move = card(page, "How do I start?").get_by_role("link", name=re.compile("^Move"))
    move.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading")).to_have_text("How do I start?")
    dialog.get_by_label("Column").select_option("In progress")
    dialog.get_by_label("Assigned to").select_option("Moderator (@moderator)")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("list", name="In progress, Moderator").locator("[data-card]")).to_have_count(1)
    expect(move).to_be_focused()
    card(page, "How do I start?").drag_to(page.get_by_role("list", name="Waiting for the customer, Assigned to nobody"))
    expect(page.locator("[data-kanban-said]")).to_contain_text("“Waiting for the customer”, assigned to nobody")
    stored = QuestionCard.objects.get()
    assert (stored.stage, stored.assignee, stored.version) == ("waiting", None, 2)
    assert broken == []


def test_the_form_works_without_a_script(visit: Visit, question: Question, moderator: Member) -> None:
    page = visit(moderator, java_script_enabled=False)
    page.goto(f"/admin/kanban/questions/{question.forum_id}/")
    card(page, "How do I start?").get_by_role("link", name=re.compile("^Move")).click()
    page.get_by_label("Column").select_option("Done")
    page.get_by_role("button", name="Save").click()
    expect(column(page, "Done").locator("[data-card]")).to_have_count(1)
    assert QuestionCard.objects.get().stage == "done"


def test_who_is_signed_out_is_told(visit: Visit, idea: Idea, moderator: Member) -> None:
    page = visit(moderator)
    page.goto(f"/admin/kanban/ideas/{idea.board_id}/")
    page.context.clear_cookies()
    card(page, "Dark mode").drag_to(column(page, "Planned"))
    expect(page.locator("[data-kanban-said]")).to_contain_text("signed in")
    expect(column(page, "Open").locator("[data-card]")).to_have_count(1)
    idea.refresh_from_db()
    assert idea.status.slug == "open"
