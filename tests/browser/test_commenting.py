"""Commenting in a browser: below the post without a reload, and the same without JavaScript."""

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from community.models import Comment, Question
from tests.people import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def signed_in(browser: Browser, live_server: LiveServer, member: Member, *, is_scripted: bool) -> Page:
    EmailAddress.objects.create(user=member, email=str(member.email), verified=True, primary=True)
    page = browser.new_context(base_url=live_server.url, java_script_enabled=is_scripted).new_page()
    page.set_default_timeout(10_000)
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(str(member.email))
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


@pytest.mark.parametrize("is_scripted", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_comment_appears_below_the_post(
    is_scripted: bool, browser: Browser, live_server: LiveServer, question: Question, member: Member
) -> None:
    page = signed_in(browser, live_server, member, is_scripted=is_scripted)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(f"Content Security Policy or script: {error}"))
    page.goto(question.get_absolute_url())
    address = page.url
    below = page.locator(f"#comments-question-{question.pk}")
    below.get_by_text("Comment", exact=True).click()
    below.get_by_label("Your comment").fill("Which *version*?")
    below.get_by_role("button", name="Post comment").click()
    expect(page.locator(".c-comment em")).to_have_text("version")
    comment = Comment.objects.get()
    if is_scripted:
        assert page.url == address
        expect(page.get_by_text("Your comment is posted.")).to_be_visible()
    else:
        assert page.url == f"{address}#comment-{comment.pk}"
    assert [text for text in said if "Content Security Policy" in text] == []
    page.context.close()
