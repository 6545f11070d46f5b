import threading
from io import StringIO

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from wagtail.models import Site

from accounts import roles
from accounts.models import Member
from community.models import ForumPage
from core.errors import ConflictError
from ideas.models import IdeaBoardPage
from pages import first_run
from pages.actions import NewAdministrator, set_up_site
from pages.models import HomePage
from tests.people import PASSWORD, make_member

SITE = {
    "name": "Acme community",
    "home_title": "Ask Acme",
    "home_intro": "Where customers meet.",
    "forum_title": "Help",
    "board_title": "Ideas",
}
PERSON = {
    "administrator_name": "Ada King",
    "administrator_email": "Ada@example.com",
    "administrator_password": PASSWORD,
}


@pytest.fixture(autouse=True)
def first_day(has_home, monkeypatch):
    monkeypatch.setattr("pages.first_run._has_home", False)


@pytest.fixture
def link(db):
    out = StringIO()
    call_command("setup_link", stdout=out)
    address = out.getvalue().split()[-1]
    assert address.startswith("http://127.0.0.1:8000/setup/?code=")
    return address.removeprefix("http://127.0.0.1:8000")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/search/", "/q/1/x/", "/help/", "/moderation/", "/nowhere/"])
def test_everything_leads_to_the_setup_page(client, path):
    response = client.get(path)
    assert (response.status_code, response.headers["Location"]) == (302, "/setup/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/accounts/login/"])
def test_what_the_setup_page_needs_stays_open(client, path):
    assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?code=", "?code=wrong", "?code=%00", "?code=ü"])
def test_without_the_code_the_page_says_how_to_get_it(client, query):
    for response in (client.get(f"/setup/{query}"), client.post(f"/setup/{query}", SITE | PERSON)):
        assert response.status_code == 403
        assert "manage.py setup_link" in response.text
    assert not HomePage.objects.exists()
    assert not Member.objects.exists()


def test_the_link_makes_the_site_and_its_administrator(client, link):
    assert client.get(link).status_code == 200
    response = client.post(link, SITE | PERSON)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert Site.objects.get().site_name == "Acme community"
    assert ForumPage.objects.get().url == "/help/"
    assert IdeaBoardPage.objects.get().url == "/ideas/"
    member = Member.objects.get()
    assert (member.name, member.email, member.handle) == ("Ada King", "ada@example.com", "ada-king")
    assert member.is_superuser
    assert set(member.groups.values_list("name", flat=True)) == {roles.ADMINISTRATORS, roles.CUSTOMERS}
    page = client.get("/")
    assert page.wsgi_request.user == member
    assert "Ask Acme" in page.text
    assert "Your site is ready" in page.text
    assert client.get("/admin/").status_code == 200


def test_the_administrator_can_sign_in_at_once(client, link):
    client.post(link, SITE | PERSON)
    client.logout()
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert not mail.outbox


def test_afterwards_the_page_is_gone(client, link):
    client.post(link, SITE | PERSON)
    for address in (link, "/setup/"):
        assert client.get(address).status_code == 404
        assert client.post(address, SITE | PERSON).status_code == 404
    assert HomePage.objects.count() == Member.objects.count() == 1


def test_afterwards_no_request_asks_again(client, link, django_assert_num_queries):
    client.post(link, SITE | PERSON)
    assert first_run.has_home()
    with django_assert_num_queries(0):
        assert first_run.has_home()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "This field is required"),
        ("name", "x" * 81, "at most 80 characters"),
        ("home_intro", "x" * 501, "at most 500 characters"),
        ("administrator_email", "nobody", "valid email address"),
        ("administrator_password", "short", "too short"),
        ("administrator_password", "ada@example.com", "too similar"),
        ("forum_title", "a\0b", "Null characters are not allowed"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, link, field, value, sentence):
    response = client.post(link, SITE | PERSON | {field: value})
    assert response.status_code == 422
    assert sentence in response.text
    assert "Ask Acme" in response.text
    assert not HomePage.objects.exists()
    assert not Member.objects.exists()


def test_an_address_that_somebody_has_is_refused(client, link):
    make_member("ada")
    response = client.post(link, SITE | PERSON)
    assert response.status_code == 422
    assert "This email address is taken" in response.text


def test_where_there_is_an_administrator_the_code_opens_nothing(client, link):
    make_member("boss", is_superuser=True)
    response = client.post(link, SITE | PERSON)
    assert response.status_code == 403
    assert "/accounts/login/?next=/setup/" in response.text
    client.force_login(make_member("other"))
    assert client.post(link, SITE).status_code == 403
    assert not HomePage.objects.exists()


def test_an_administrator_sets_the_site_up(client, db):
    out = StringIO()
    make_member("old", is_superuser=True, is_active=False)
    client.force_login(make_member("boss", is_superuser=True))
    call_command("setup_link", stdout=out)
    assert out.getvalue() == "Sign in as an administrator and set up the site at http://127.0.0.1:8000/setup/\n"
    assert "administrator_password" not in client.get("/setup/").text
    response = client.post("/setup/", SITE)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert Member.objects.count() == 2
    assert client.get("/help/").status_code == 200


def test_the_command_says_when_there_is_nothing_to_set_up(client, link):
    client.post(link, SITE | PERSON)
    out = StringIO()
    call_command("setup_link", stdout=out)
    assert out.getvalue() == "The site has been set up already.\n"


@pytest.mark.django_db
def test_an_administrator_made_meanwhile_is_not_joined_by_another():
    make_member("boss", is_superuser=True)
    with pytest.raises(ConflictError):
        set_up_site(**SITE, administrator=NewAdministrator("Eve", "eve@example.com", PASSWORD))
    assert Member.objects.count() == 1
    assert not HomePage.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_makes_the_site():
    outcomes = []
    together = threading.Barrier(2)

    def run(name):
        together.wait()
        try:
            set_up_site(**SITE, administrator=NewAdministrator(name, f"{name}@example.com", PASSWORD))
            outcomes.append("made")
        except ConflictError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[name]) for name in ("ada", "eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made", "refused"]
    assert HomePage.objects.count() == ForumPage.objects.count() == Member.objects.count() == 1
