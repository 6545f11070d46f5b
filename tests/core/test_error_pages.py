"""Whatever goes wrong, the answer has the right status, the site's look and a way on."""

import pytest
from django.db import OperationalError, connection
from django.test import Client

from core.errors import ConflictError, ForbiddenError
from tests.people import PASSWORD


@pytest.fixture
def patient(client):
    """A browser: it shows the page of an error that would end a test."""
    client.raise_request_exception = False
    return client


def fail(monkeypatch, error):
    """Let the search page meet an error."""

    def search(*args, **kwargs):
        raise error

    monkeypatch.setattr("search.views.search", search)


def in_the_sites_look(response):
    return "css/chorus" in response.text and "c-error" in response.text and 'href="/"' in response.text


@pytest.mark.django_db
def test_what_is_not_there(client, member):
    response = client.get("/nowhere/?x=1&y=2")
    assert response.status_code == 404
    assert in_the_sites_look(response)
    assert 'href="/accounts/login/?next=%2Fnowhere%2F%3Fx%3D1%26y%3D2"' in response.text
    assert 'href="/search/"' in response.text.partition("<main")[2]
    client.force_login(member)
    assert "/accounts/login/" not in client.get("/nowhere/").text


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nowhere", "/q/1", "/nowhere/%ff", "/nowhere.php", "/i/99999999999999999999/x/"])
def test_strange_addresses_are_not_there_either(client, path):
    assert client.get(path, follow=True).status_code == 404


@pytest.mark.django_db
def test_what_one_may_not_do(client, monkeypatch):
    fail(monkeypatch, ForbiddenError("Only <the> cook may."))
    response = client.get("/search/")
    assert response.status_code == 403
    assert in_the_sites_look(response)
    assert "Only &lt;the&gt; cook may." in response.text


@pytest.mark.django_db
def test_what_is_not_possible_now(client, monkeypatch):
    fail(monkeypatch, ConflictError("Somebody was faster."))
    response = client.get("/search/")
    assert response.status_code == 409
    assert in_the_sites_look(response)
    assert "Somebody was faster." in response.text


@pytest.mark.django_db
@pytest.mark.parametrize("error", [ValueError("secret detail"), OperationalError("secret detail")])
def test_what_we_got_wrong(patient, monkeypatch, error):
    fail(monkeypatch, error)
    response = patient.get("/search/")
    assert response.status_code == 500
    assert in_the_sites_look(response)
    assert "secret detail" not in response.text


def test_that_page_needs_no_database(patient, monkeypatch):
    """Without the mark that gives a test the database, any query would raise."""
    monkeypatch.setattr("core.views.connection", None)
    assert patient.get("/readyz").status_code == 500


@pytest.mark.django_db
def test_what_cannot_be_read(patient, settings):
    for response in (
        patient.get("/search/", headers={"host": "evil.example"}),
        patient.get("/u/nobody/?after=x"),
        patient.post("/language/", {f"f{n}": "" for n in range(2000)}),
        patient.post("/language/", "x" * 3_000_000, content_type="application/x-www-form-urlencoded"),
    ):
        assert response.status_code in (400, 404)
        assert in_the_sites_look(response)


@pytest.mark.django_db
def test_a_form_without_its_token_shows_what_was_typed_but_no_secrets(member):
    strict = Client(enforce_csrf_checks=True)
    typed = {
        "body": "A long and <winding> answer",
        "login": "me@example.com",
        "password": PASSWORD,
        "administrator_password": PASSWORD,
        "code": "123456",
    }
    response = strict.post("/accounts/login/", typed)
    assert response.status_code == 403
    assert "This form has expired" in response.text
    assert "A long and &lt;winding&gt; answer" in response.text
    assert PASSWORD not in response.text
    assert "123456" not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method"), [("/search/", "post"), ("/healthz", "post"), ("/language/", "get")])
def test_the_wrong_method(client, path, method):
    assert getattr(client, method)(path).status_code == 405


def test_alive_without_a_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.text) == (200, "ok\n")
    assert client.head("/healthz").status_code == 200


@pytest.mark.django_db
def test_ready_with_a_database_and_not_without(client, monkeypatch):
    assert client.get("/readyz").status_code == 200

    def cursor():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", cursor)
    response = client.get("/readyz")
    assert (response.status_code, response.text) == (503, "the database does not answer\n")


@pytest.mark.django_db
def test_errors_speak_the_readers_language(client, member):
    assert 'lang="de"' in client.get("/nowhere/", headers={"Accept-Language": "de"}).text
    member.language = "fr"
    member.save()
    client.force_login(member)
    assert 'lang="fr"' in client.get("/nowhere/").text
