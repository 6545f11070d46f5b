import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.utils import timezone

from accounts.models import Member
from community.models import Question
from tests.people import PASSWORD, make_member

FIELDS = {"name": "Ada King", "handle": "ada", "language": "de", "time_zone": "Europe/Berlin"}


@pytest.fixture
def ada(client, db):
    member = make_member("ada")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    client.force_login(member)
    return member


def test_visitors_are_sent_to_sign_in(client, db):
    assert client.get("/accounts/settings/").headers["Location"] == "/accounts/login/?next=/accounts/settings/"


def test_members_change_what_they_show_and_how_they_read(client, ada):
    assert client.get("/accounts/settings/").status_code == 200
    response = client.post("/accounts/settings/", FIELDS, follow=True)
    ada.refresh_from_db()
    assert (ada.name, ada.language, ada.time_zone) == ("Ada King", "de", "Europe/Berlin")
    assert '<html lang="de"' in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("handle", ""),
        ("handle", "Capital"),
        ("handle", "a/b"),
        ("handle", "-a"),
        ("handle", "x" * 41),
        ("handle", "eve"),
        ("language", "tlh"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
    ],
)
def test_what_is_wrong_changes_nothing_and_is_said(client, ada, field, value):
    make_member("eve")
    response = client.post("/accounts/settings/", FIELDS | {field: value})
    assert response.status_code == 422
    assert "c-form-field-error" in response.text
    ada.refresh_from_db()
    assert (ada.name, ada.handle, ada.language, ada.time_zone) == ("Ada", "ada", "en", "UTC")


def test_nothing_else_can_be_changed_here(client, ada):
    extra = {"is_staff": "1", "is_superuser": "1", "email": "x@example.com", "organisation": "1", "groups": "1"}
    client.post("/accounts/settings/", FIELDS | extra)
    ada.refresh_from_db()
    assert (ada.is_staff, ada.is_superuser, ada.email, ada.organisation) == (False, False, "ada@example.com", None)


def test_a_form_sent_after_the_session_ended_is_kept(client, ada):
    client.logout()
    response = client.post("/accounts/settings/", FIELDS)
    assert response.headers["Location"] == "/accounts/login/?next=/accounts/settings/"
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_members_read_in_their_language_and_time_zone(client, ada, forum):
    moment = datetime(2024, 1, 31, 23, 30, tzinfo=UTC)
    Question.objects.create(forum=forum, author=ada, title="Late", slug="late", body="x", created_at=moment)
    page = client.get("/u/ada/").text
    assert 'datetime="2024-01-31T23:30:00+00:00"' in page
    Member.objects.update(language="fr", time_zone="Asia/Tokyo")
    page = client.get("/u/ada/").text
    assert '<html lang="fr"' in page
    assert 'datetime="2024-02-01T08:30:00+09:00"' in page
    assert client.get("/u/ada/").headers["Content-Language"] == "fr"
    client.logout()
    assert timezone.get_current_timezone_name() == "UTC"
    page = client.get("/u/ada/", headers={"Accept-Language": "de"}).text
    assert '<html lang="de"' in page
    assert 'datetime="2024-01-31T23:30:00+00:00"' in page


def test_visitors_choose_a_language(client, db):
    response = client.post("/language/", {"language": "de", "next": "/search/"})
    assert (response.status_code, response.headers["Location"]) == (302, "/search/")
    assert '<html lang="de"' in client.get("/search/").text


def test_members_choose_a_language_for_their_account(client, ada):
    client.post("/language/", {"language": "fr", "next": "/search/"})
    ada.refresh_from_db()
    assert ada.language == "fr"
    assert '<html lang="fr"' in client.get("/search/").text


@pytest.mark.parametrize("language", ["", "tlh", "\0", "en-GB-oxendict", "x" * 10_000])
def test_a_language_that_is_not_ours_changes_nothing(client, ada, language):
    assert client.post("/language/", {"language": language, "next": "//evil.example/"}).headers["Location"] == "/"
    ada.refresh_from_db()
    assert ada.language == "en"
    assert client.get("/language/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/activate/",
        "/accounts/3rdparty/",
    ],
)
def test_the_pages_of_an_account_are_in_the_sites_look(client, ada, path):
    response = client.get(path, follow=True)
    if "/reauthenticate/" in response.request["PATH_INFO"]:
        response = client.post(response.request["PATH_INFO"] + f"?next={path}", {"password": PASSWORD}, follow=True)
    assert response.status_code == 200
    assert "c-site-header" in response.text
    assert "<style" not in response.text
    assert " style=" not in response.text
    assert not re.search(r"<script(?![^>]*src=)", response.text)


def test_another_address_counts_once_it_is_verified(client, ada):
    client.post("/accounts/email/", {"email": "New@example.com", "action_add": "1"})
    verification = next(message for message in mail.outbox if message.to == ["new@example.com"])
    ada.refresh_from_db()
    assert ada.email == "ada@example.com"
    link = re.search(r"http://testserver(/\S+)", verification.body)[1]
    client.post(link)
    ada.refresh_from_db()
    assert ada.email == "new@example.com"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("new@example.com", True)]


def test_the_password_is_changed_by_who_knows_it(client, ada):
    new = "another horse battery"
    wrong = {"oldpassword": "wrong", "password1": new, "password2": new}
    assert "c-form-field-error" in client.post("/accounts/password/change/", wrong).text
    client.post("/accounts/password/change/", wrong | {"oldpassword": PASSWORD})
    ada.refresh_from_db()
    assert ada.check_password(new)


def test_a_second_factor_is_set_up_and_asked_for(client, ada, monkeypatch):
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    secret = client.session["mfa.totp.secret"]
    monkeypatch.setattr(
        "allauth.mfa.totp.internal.auth.validate_totp_code", lambda key, code: (key, code) == (secret, "123456")
    )
    response = client.post("/accounts/2fa/totp/activate/", {"code": "123456"}, follow=True)
    assert response.status_code == 200
    assert ada.authenticator_set.filter(type="totp").exists()
    client.logout()
    response = client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
    assert response.headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert not client.get("/").wsgi_request.user.is_authenticated
    assert client.get("/accounts/2fa/authenticate/").status_code == 200
