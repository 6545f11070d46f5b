"""The frame of every page leads where the reader may go, and nowhere else."""

import pytest

from accounts import roles
from ideas.models import IdeaBoardPage
from pages.models import StandardPage
from tests.people import make_member, restrict

PLACES = ("/help/", "/customers/", "/backstage/", "/ideas/", "/plans/")


@pytest.fixture
def places(forum, members_forum, staff_forum, board, staff_board):
    return PLACES


def led_to(client, person, address="/accounts/login/"):
    """The places that the frame of a page leads a person to."""
    client.force_login(person) if person.is_authenticated else client.logout()
    response = client.get(address, follow=True)
    header = response.text.partition("<header")[2].partition("</header>")[0]
    return {place for place in PLACES if f'"{place}"' in header or f'"{place}ask/"' in header}


def test_each_reader_is_led_to_what_they_may_read(client, places, visitor, member, moderator, product_manager):
    everything = set(PLACES)
    expected = {
        visitor: {"/help/", "/ideas/"},
        member: {"/help/", "/customers/", "/ideas/"},
        moderator: everything,
        product_manager: everything,
        make_member("boss", is_superuser=True): everything,
    }
    for address in ("/", "/search/", "/nowhere/", "/accounts/password/reset/"):
        for person, readable in expected.items():
            assert led_to(client, person, address) == readable, (address, person)


def test_unpublished_pages_and_those_elsewhere_are_left_out(client, home, places, moderator):
    IdeaBoardPage.objects.get(slug="ideas").unpublish()
    assert led_to(client, moderator, "/") == set(PLACES) - {"/ideas/"}


@pytest.mark.parametrize("path", PLACES)
def test_each_page_opens_for_those_who_are_led_there(client, places, visitor, member, moderator, path):
    for person in (visitor, member, moderator):
        readable = led_to(client, person, "/")
        response = client.get(path)
        if path in readable:
            assert response.status_code == 200
        elif person is visitor and path == "/customers/":
            assert (response.status_code, response.headers["Location"]) == (302, "/accounts/login/?next=/customers/")
        else:
            assert response.status_code == 404


def test_pages_that_not_all_may_read_are_not_cached(client, home, places, member):
    client.force_login(member)
    assert "no-store" in client.get("/customers/").headers["Cache-Control"]
    assert "Cache-Control" not in client.get("/help/").headers


def test_a_group_restriction_below_a_sign_in_does_not_show(client, members_forum, home, visitor):
    inner = home.add_child(instance=StandardPage(title="Inner", slug="inner"))
    restrict(inner)
    below = inner.add_child(instance=StandardPage(title="Below", slug="below"))
    restrict(below, roles.MODERATORS)
    assert client.get("/inner/").status_code == 302
    assert client.get("/inner/below/").status_code == 404


def test_pages_answer_only_to_reading_where_they_take_nothing(client, home):
    assert client.head("/").status_code == 200
    assert client.post("/").status_code == 405
    assert client.options("/").status_code == 200


@pytest.mark.parametrize("path", ["/help/nowhere/", "/nowhere/", "/help/ask/more/", "/%00/", "/ideas/../../etc/"])
def test_what_is_not_there_is_not_found(client, places, path):
    assert client.get(path).status_code == 404


def test_the_frame_costs_five_queries(client, places, moderator, django_assert_num_queries):
    """Session, member, known pages, restrictions, and what the member's groups grant."""
    client.force_login(moderator)
    client.get("/search/")
    with django_assert_num_queries(5):
        client.get("/search/")
