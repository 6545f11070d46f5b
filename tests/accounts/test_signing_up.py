"""From a stranger to a member, through the pages and mails of django-allauth."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts import roles
from accounts.models import Member
from tests.people import PASSWORD, make_member

pytestmark = pytest.mark.django_db
STRANGER = {"name": "Ada King", "email": "Ada@Example.com", "password1": PASSWORD}


def link_in(message):
    """The path of the first link of a mail."""
    return re.search(r"http://testserver(/\S+)", message.body)[1]


def test_signing_up_verifying_and_being_signed_in(client):
    assert client.get("/accounts/signup/").status_code == 200
    response = client.post("/accounts/signup/", STRANGER)
    assert (response.status_code, response.headers["Location"]) == (302, "/accounts/confirm-email/")
    assert "verif" in client.get("/accounts/confirm-email/").text.lower()
    member = Member.objects.get()
    assert (member.name, member.handle, member.email) == ("Ada King", "ada-king", "ada@example.com")
    assert [group.name for group in member.groups.all()] == [roles.CUSTOMERS]
    assert not client.get("/").wsgi_request.user.is_authenticated
    (message,) = mail.outbox
    assert message.to == ["ada@example.com"]
    link = link_in(message)
    assert client.get(link).status_code == 200
    assert not EmailAddress.objects.get().verified
    response = client.post(link, follow=True)
    assert response.wsgi_request.user == member
    assert EmailAddress.objects.get().verified


def test_without_verifying_nobody_gets_in(client):
    client.post("/accounts/signup/", STRANGER)
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD})
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert not response.wsgi_request.user.is_authenticated


def test_a_link_that_is_not_ours_verifies_nobody(client):
    client.post("/accounts/signup/", STRANGER)
    response = client.get("/accounts/confirm-email/MQ:abc:def/")
    assert response.status_code == 200
    assert "confirm-email/MQ:abc:def" not in response.text.partition("<main")[2].partition("</main")[0]
    assert not EmailAddress.objects.get().verified


def test_names_that_many_have_get_handles_of_their_own(client):
    for number in range(3):
        client.post("/accounts/signup/", STRANGER | {"email": f"ada{number}@example.com"})
    client.post("/accounts/signup/", STRANGER | {"name": "明", "email": "ming@example.com"})
    handles = set(Member.objects.values_list("handle", flat=True))
    assert handles == {"ada-king", "ada-king-2", "ada-king-3", "member"}


def test_the_language_of_the_visit_becomes_that_of_the_account(client):
    client.post("/accounts/signup/", STRANGER, headers={"Accept-Language": "fr-CA,fr;q=0.9"})
    assert Member.objects.get().language == "fr"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 81),
        ("name", "a\0b"),
        ("email", "nobody"),
        ("email", ""),
        ("password1", "short"),
        ("password1", "1234567890"),
        ("password1", "password1234"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, field, value):
    response = client.post("/accounts/signup/", STRANGER | {field: value})
    assert "c-form-field-error" in response.text
    assert (
        "ada@example.com" if field != "email" else "Ada King"
    ) in response.text.lower() or "Ada King" in response.text
    assert not Member.objects.exists()


def test_an_address_that_has_an_account_is_not_given_away(client):
    make_member("ada")
    response = client.post("/accounts/signup/", STRANGER)
    assert response.headers["Location"] == "/accounts/confirm-email/"
    assert Member.objects.count() == 1
    (message,) = mail.outbox
    assert message.to == ["ada@example.com"]


def test_a_forgotten_password_is_replaced(client):
    member = make_member("ada")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    assert client.get("/accounts/password/reset/").status_code == 200
    response = client.post("/accounts/password/reset/", {"email": "ADA@example.com"})
    assert response.headers["Location"] == "/accounts/password/reset/done/"
    assert client.get("/accounts/password/reset/done/").status_code == 200
    (message,) = mail.outbox
    address = client.get(link_in(message)).headers["Location"]
    assert client.get(address).status_code == 200
    new = "another horse battery"
    response = client.post(address, {"password1": new, "password2": new}, follow=True)
    assert response.status_code == 200
    client.logout()
    assert client.post("/accounts/login/", {"login": member.email, "password": PASSWORD}).status_code == 200
    assert client.post("/accounts/login/", {"login": member.email, "password": new}).status_code == 302
    client.logout()
    assert client.get(link_in(message)).status_code == 200, "a link works once"


def test_asking_for_nobodys_password_looks_the_same(client):
    response = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert response.headers["Location"] == "/accounts/password/reset/done/"


def test_signing_in_leads_back_to_where_one_was_and_nowhere_else(client):
    member = make_member("ada")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    fields = {"login": member.email, "password": PASSWORD}
    assert client.post("/accounts/login/", fields | {"next": "/search/?q=x"}).headers["Location"] == "/search/?q=x"
    client.logout()
    assert client.post("/accounts/login/", fields | {"next": "//evil.example/"}).headers["Location"] == "/"


def test_signing_in_reads_addresses_in_any_case_and_refuses_the_inactive(client):
    member = make_member("ada")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    assert client.post("/accounts/login/", {"login": "ADA@EXAMPLE.COM", "password": PASSWORD}).status_code == 302
    client.logout()
    Member.objects.update(is_active=False)
    response = client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD}, follow=True)
    assert not response.wsgi_request.user.is_authenticated


def test_signing_out_takes_a_click(client):
    client.force_login(make_member("ada"))
    assert client.get("/accounts/logout/").status_code == 200
    assert client.post("/accounts/logout/").headers["Location"] == "/"
    assert not client.get("/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize("path", ["/admin/login/", "/_util/login/", "/admin/password_reset/"])
def test_there_is_no_other_way_in(client, path):
    response = client.get(path)
    assert response.status_code in (302, 404)
    if response.status_code == 302:
        assert response.headers["Location"].startswith("/accounts/login/")
