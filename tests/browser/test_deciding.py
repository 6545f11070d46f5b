"""From a new review to what voters read, in a browser: built, worked on, in review, published, decided, corrected."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Browser, Locator, expect
from pytest_django.live_server_helper import LiveServer

from accounts import roles
from ideas import history
from ideas.actions import cast_vote, post_idea
from ideas.models import Idea, IdeaBoardPage
from pages.actions import NewPlace, create_site
from tests.people import PASSWORD, make_member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def change(row: Locator) -> Locator:
    """What can be said of an idea in its row, opened."""
    row.get_by_text("Change", exact=False).first.click()
    return row


def test_a_product_manager_takes_a_review_from_its_draft_to_its_decisions(
    browser: Browser, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    board = [NewPlace(title="Ideas", slug="ideas")]
    create_site(name="Acme", home_title="Welcome", forums=[NewPlace(title="Help", slug="help")], boards=board)
    product_manager = make_member("pia", roles.PRODUCT_MANAGERS)
    address = str(product_manager.email)
    EmailAddress.objects.create(user=product_manager, email=address, verified=True, primary=True)
    place, author = IdeaBoardPage.objects.get(), make_member("author")
    titles = ("Dark mode", "Night theme", "Offline use", "Lava lamp")
    dark, night, offline, _lamp = (post_idea(board=place, by=author, title=title, body="…") for title in titles)
    for number, ideas in enumerate(([dark, night], [dark, night], [dark])):
        for idea in ideas:
            cast_vote(idea=idea, by=make_member(f"voter{number}-{idea.pk}"))
    cast_vote(idea=offline, by=make_member("traveller"))

    context = browser.new_context(base_url=live_server.url)
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")

    page.goto("/admin/reviews/")
    page.get_by_role("link", name="New review").click()
    page.get_by_label("Title").fill("November")
    page.get_by_label("Ideas", exact=True).check()
    page.get_by_label("How many").fill("2")
    page.get_by_role("button", name="Create the draft").click()
    ranked = page.locator("#ranking .c-wide-listing > tbody > tr")
    expect(ranked).to_have_count(2)
    expect(ranked.nth(0)).to_contain_text("Dark mode")
    expect(ranked.nth(1)).to_contain_text("Night theme")
    ranked.nth(0).locator("details").first.click()
    expect(ranked.nth(0)).to_contain_text("4")

    change(ranked.nth(1)).get_by_label("Theme").fill("Colours")
    ranked.nth(1).get_by_role("button", name="Group").click()
    expect(ranked.nth(1)).to_contain_text("Colours")
    change(ranked.nth(1)).get_by_role("button", name="Pin").click()
    expect(ranked.nth(1)).to_contain_text("Pinned")
    expect(ranked).to_have_count(3)
    expect(ranked.nth(2)).to_contain_text("Offline use")
    change(ranked.nth(2)).get_by_label("Why it is left out").fill("It is being built")
    ranked.nth(2).get_by_role("button", name="Leave out").click()
    expect(page.locator("main")).to_contain_text("Offline use: It is being built")
    expect(ranked.nth(2)).to_contain_text("Lava lamp")
    change(ranked.nth(2)).get_by_label("Why it is left out").fill("Not ours")
    ranked.nth(2).get_by_role("button", name="Leave out").click()
    expect(ranked).to_have_count(2)

    page.get_by_role("link", name="Send to review").click()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("in review")
    page.get_by_role("link", name="Publish").click()
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main")).to_contain_text("Content hash")
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
