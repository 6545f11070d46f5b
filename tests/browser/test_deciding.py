"""From a draft to what voters read, in a browser: with a choice in a dialog, and a correction."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts import roles
from ideas import history
from ideas.actions import post_idea
from ideas.models import Idea, IdeaBoardPage
from pages.actions import NewPlace, create_site
from reviews.actions import create_draft
from tests.people import PASSWORD, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_a_product_manager_takes_a_draft_to_its_decisions(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    board = [NewPlace(title="Ideas", slug="ideas")]
    create_site(name="Acme", home_title="Welcome", forums=[NewPlace(title="Help", slug="help")], boards=board)
    product_manager = make_member("pia", roles.PRODUCT_MANAGERS)
    address = str(product_manager.email)
    EmailAddress.objects.create(user=product_manager, email=address, verified=True, primary=True)
    place, author = IdeaBoardPage.objects.get(), make_member("author")
    dark, night = (post_idea(board=place, by=author, title=title, body="…") for title in ("Dark mode", "Night theme"))
    review = create_draft(board=place, by=product_manager, title="November", note="", ideas=[dark.pk, night.pk])

    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")

    page.goto(f"{review.get_absolute_url()}publish/")
    page.locator("main form button[type=submit]").last.click()
    page.get_by_role("link", name="Note a decision on “Dark mode”").click()
    page.get_by_label("Accepted").check()
    page.get_by_label("Public answer", exact=True).fill("We **start** in May.")
    page.get_by_text("Say it in other languages too").click()
    page.get_by_label("Public answer in German").fill("Wir **beginnen** im Mai.")
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Note a decision on “Night theme”").click()
    page.get_by_label("Merged", exact=True).check()
    page.get_by_role("button", name="Choose an idea").click()
    page.get_by_role("link", name="Dark mode").click()
    page.get_by_role("button", name="Save").click()

    page.get_by_role("link", name="Carry out the decisions").click()
    page.get_by_role("button", name="Carry out the decisions").click()
    expect(page.locator("body")).to_contain_text("2 decisions are carried out.")
    expect(page.locator("main")).to_contain_text("Every idea of this review that is on the site is decided.")
    assert Idea.objects.get(pk=night.pk).canonical_id == dark.pk

    page.get_by_label("Your comment").fill("Well done.")
    page.get_by_role("button", name="Comment").click()
    expect(page.locator("#comments")).to_contain_text("Well done.")

    page.locator("section").get_by_role("link", name="Dark mode", exact=True).click()
    page.get_by_role("link", name="Correct the decision").click()
    page.get_by_label("Public answer", exact=True).fill("We **start** in June.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".c-told")).to_contain_text("We start in June.")
    context.close()

    reader = browser.new_context(base_url=live_server.url, locale="de-DE").new_page()
    reader.goto(f"/i/{night.pk}/")
    expect(reader.locator(".c-outcome .c-prose")).to_have_text("Wir beginnen im Mai.")
    expect(reader.locator(".c-outcome .c-prose")).to_have_attribute("lang", "de")
    reader.context.close()
