"""What is typed into the form of a new idea or question, after a reload, a crash, a wrong field and signing in."""

from collections.abc import Iterator

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from community.models import ForumPage
from ideas.models import Idea, IdeaBoardPage
from tests.people import PASSWORD, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]

DRAFTS = "Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"


@pytest.fixture
def visit(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A visitor's browser. It must neither ask whether to leave nor break the policy."""
    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if "Content Security Policy" in message.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: (said.append(f"asked: {dialog.type}"), dialog.accept()))
    yield page
    context.close()
    assert said == []


def sign_in(page: Page, member: Member) -> None:
    EmailAddress.objects.get_or_create(user=member, email=str(member.email), verified=True, primary=True)
    if "/accounts/login/" not in page.url:
        page.goto("/accounts/login/")
    page.get_by_label("Email").fill(str(member.email))
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/login/" not in address)


def sign_out(page: Page) -> None:
    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/")


def write(page: Page, title: str = "Dark mode", body: str = "My eyes hurt.") -> None:
    page.locator("#id_title").fill(title)
    page.locator("#id_body").fill(body)


def expect_written(page: Page, title: str = "Dark mode", body: str = "My eyes hurt.") -> None:
    expect(page.locator("#id_title")).to_have_value(title)
    expect(page.locator("#id_body")).to_have_value(body)


def drafts(page: Page) -> list[str]:
    found: list[str] = page.evaluate(DRAFTS)
    return found


def test_a_draft_comes_back_after_a_reload_and_in_another_tab(
    visit: Page, board: IdeaBoardPage, member: Member
) -> None:
    sign_in(visit, member)
    visit.goto(board.url)
    visit.goto(f"{board.url}new/")
    expect(visit.get_by_role("button", name="Discard")).to_have_count(0)
    top = visit.locator("#id_title").bounding_box()
    write(visit)
    visit.reload()
    expect_written(visit)
    expect(visit.locator("[data-draft-notice] [role=status]")).to_have_text("We kept your draft from 1 minute ago.")
    assert visit.locator("#id_title").bounding_box() == top
    other = visit.context.new_page()
    other.goto(f"{board.url}new/?title=Something")
    expect_written(other)
    other.get_by_role("button", name="Discard").click()
    expect(other.locator("#id_title")).to_have_value("Something")
    other.close()


def test_what_was_just_typed_survives_a_crash(visit: Page, board: IdeaBoardPage) -> None:
    visit.goto(f"{board.url}new/")
    write(visit)
    visit.wait_for_timeout(1_000)
    later = visit.context.new_page()
    later.goto(f"{board.url}new/")
    expect_written(later)


def test_a_discarded_draft_is_gone(visit: Page, forum: ForumPage) -> None:
    visit.goto(f"{forum.url}ask/")
    write(visit)
    visit.reload()
    visit.get_by_role("button", name="Discard").click()
    expect_written(visit, "", "")
    expect(visit.locator("#id_title")).to_be_focused()
    expect(visit.locator("[data-draft-notice] [role=status]")).to_have_text("The draft is discarded.")
    assert drafts(visit) == []
    visit.reload()
    expect_written(visit, "", "")


def test_only_success_clears_the_draft(visit: Page, board: IdeaBoardPage, member: Member) -> None:
    sign_in(visit, member)
    visit.goto(f"{board.url}new/")
    write(visit, title=" ")
    visit.locator("form[data-draft]").evaluate("form => { form.noValidate = true }")
    visit.get_by_role("button", name="Post your idea").click()
    expect(visit.get_by_text("This field is required.").first).to_be_visible()
    assert drafts(visit) == [f"draft:{board.url}new/"]
    visit.goto(f"{board.url}new/")
    expect(visit.locator("#id_body")).to_have_value("My eyes hurt.")
    visit.locator("#id_title").fill("Dark mode")
    visit.get_by_role("button", name="Post your idea").click()
    expect(visit.get_by_role("heading", level=1)).to_contain_text("Dark mode")
    assert drafts(visit) == []
    visit.goto(f"{board.url}new/")
    expect_written(visit, "", "")


def test_a_visitor_writes_signs_in_and_posts(visit: Page, board: IdeaBoardPage, member: Member) -> None:
    visit.goto(f"{board.url}new/")
    expect(visit.get_by_text("You can write now and sign in when you post.")).to_be_visible()
    expect(visit.get_by_role("tab", name="Preview")).to_have_count(0)
    write(visit)
    visit.get_by_role("button", name="Sign in and post").click()
    sign_in(visit, member)
    assert visit.url.endswith(f"{board.url}new/")
    expect_written(visit)
    expect(visit.get_by_text("Nothing is posted yet")).to_be_visible()
    visit.reload()
    expect_written(visit)
    visit.get_by_role("button", name="Post your idea").click()
    expect(visit.get_by_role("heading", level=1)).to_contain_text("Dark mode")
    assert drafts(visit) == []
    assert Idea.objects.get().author == member


def test_a_draft_waits_for_who_signs_in_by_another_way(visit: Page, forum: ForumPage, member: Member) -> None:
    visit.goto(f"{forum.url}ask/")
    write(visit)
    sign_in(visit, member)
    visit.goto(f"{forum.url}ask/")
    expect_written(visit)


def test_signing_out_clears_the_drafts(visit: Page, board: IdeaBoardPage, member: Member) -> None:
    sign_in(visit, member)
    visit.goto(f"{board.url}new/")
    write(visit)
    sign_out(visit)
    assert drafts(visit) == []
    visit.goto(f"{board.url}new/")
    expect_written(visit, "", "")


def test_another_member_is_not_shown_the_draft(visit: Page, board: IdeaBoardPage, member: Member) -> None:
    sign_in(visit, member)
    visit.goto(f"{board.url}new/")
    write(visit)
    visit.goto(board.url)
    visit.context.clear_cookies()
    sign_in(visit, make_member("other"))
    visit.goto(f"{board.url}new/")
    expect_written(visit, "", "")


def test_a_draft_of_more_than_a_month_is_forgotten(visit: Page, board: IdeaBoardPage) -> None:
    address = f"{board.url}new/"
    visit.goto(address)
    write(visit)
    visit.goto(board.url)
    age = "([key, days]) => { const draft = JSON.parse(localStorage[key]); draft.at -= days * 86400000;"
    age += " localStorage[key] = JSON.stringify(draft) }"
    visit.evaluate(age, [f"draft:{address}", 29])
    visit.goto(address)
    expect(visit.get_by_text("We kept your draft from 29 days ago.")).to_be_visible()
    visit.evaluate(age, [f"draft:{address}", 2])
    visit.goto(board.url)
    assert drafts(visit) == []


def test_editing_keeps_no_draft(visit: Page, idea: Idea, author: Member) -> None:
    sign_in(visit, author)
    visit.goto(f"/i/{idea.pk}/edit/")
    visit.locator("#id_title").fill("Night mode")
    visit.wait_for_timeout(700)
    assert drafts(visit) == []
    expect(visit.locator("[data-draft-notice]")).to_have_count(0)


def test_without_storage_one_is_asked_before_leaving(
    browser: Browser, live_server: LiveServer, board: IdeaBoardPage
) -> None:
    context = browser.new_context(base_url=live_server.url)
    context.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })")
    page = context.new_page()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{board.url}new/")
    page.locator("#id_body").press_sequentially("My eyes hurt.")
    page.get_by_role("link", name="Cancel").click()
    page.wait_for_url(f"**{board.url}")
    assert asked == ["beforeunload"]
    assert errors == []
    context.close()
