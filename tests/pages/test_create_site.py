import pytest
from wagtail.models import Page, Site

from community.models import ForumPage
from ideas.models import IdeaBoardPage
from pages.actions import AlreadySetUpError, NewPlace, create_site
from pages.models import HomePage

pytestmark = pytest.mark.django_db


def test_the_home_page_takes_the_place_of_the_welcome_page(settings):
    settings.BASE_URL = "https://community.example.com"
    home = create_site(name="Acme", home_title="Welcome", home_intro="Ask us.")
    site = Site.objects.get()
    assert site.root_page.specific == home
    assert (site.site_name, site.hostname, site.port) == ("Acme", "community.example.com", 443)
    assert list(Page.objects.order_by("path").values_list("title", flat=True)) == ["Root", "Welcome"]
    assert home.url == "/"
    assert not any(Page.find_problems())


def test_forums_and_boards_are_made_below_it():
    home = create_site(
        name="Acme",
        home_title="Welcome",
        forums=[NewPlace("Help"), NewPlace("Help"), NewPlace("🎉", intro="<p>Party</p>"), NewPlace("Search")],
        boards=[NewPlace("Ideas", slug="wishes")],
    )
    assert list(ForumPage.objects.child_of(home).values_list("slug", flat=True)) == [
        "help",
        "help-2",
        "forum",
        "search-2",
    ]
    board = IdeaBoardPage.objects.child_of(home).get()
    assert board.url == "/wishes/"
    assert board.statuses.count() == 5


def test_a_second_time_is_refused():
    create_site(name="Acme", home_title="Welcome")
    with pytest.raises(AlreadySetUpError):
        create_site(name="Other", home_title="Other")
    assert Site.objects.get().site_name == "Acme"
    assert HomePage.objects.count() == 1


def test_pages_below_the_welcome_page_are_kept():
    welcome = Site.objects.get().root_page
    welcome.add_child(instance=ForumPage(title="Help"))
    create_site(name="Acme", home_title="Welcome")
    assert ForumPage.objects.get().get_parent().title == welcome.title
