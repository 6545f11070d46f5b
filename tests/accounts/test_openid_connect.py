"""Signing in through a provider that a site names in SOCIALACCOUNT_PROVIDERS, against a small one of our own."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.core import mail

from accounts.models import Member
from tests.people import make_member

LOGIN = "/accounts/oidc/acme/login/"


@pytest.fixture
def person() -> dict[str, Any]:
    """Whom the provider knows."""
    return {"sub": "42", "name": "Grace Hopper", "email": "grace@example.com", "email_verified": True}


@pytest.fixture
def provider(settings: Any, person: dict[str, Any]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages = {"/.well-known/openid-configuration": endpoints, "/userinfo": person}
            self.answer(pages[urlsplit(self.path).path])

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            assert self.path == "/token"
            assert sent["code"] == ["a-code"]
            self.answer({"access_token": "a-token", "token_type": "Bearer", "expires_in": 60})

        def answer(self, value: Any) -> None:
            body = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "userinfo_endpoint": "userinfo"}
    endpoints = {"issuer": url, **{key: f"{url}/{path}" for key, path in names.items()}}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "acme",
                    "name": "Acme",
                    "client_id": "chorus",
                    "secret": "secret",
                    "settings": {"server_url": url},
                }
            ]
        }
    }
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield url
    server.shutdown()
    thread.join()
    server.server_close()


def come_back(client: Any, provider: str) -> Any:
    """Sign in as a browser would: to the provider, which says yes, and back with its code."""
    response = client.post(LOGIN)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{provider}/authorize?")
    state = parse_qs(urlsplit(response.headers["Location"]).query)["state"][0]
    return client.get(f"{LOGIN}callback/", {"code": "a-code", "state": state}, follow=True)


@pytest.mark.django_db
def test_the_sign_in_page_offers_the_provider(client, provider):
    page = client.get("/accounts/login/").text
    assert "Acme" in page
    assert LOGIN in page


@pytest.mark.django_db
def test_whom_the_provider_vouches_for_becomes_a_member_at_once(client, provider):
    response = come_back(client, provider)
    member = Member.objects.get()
    assert response.wsgi_request.user == member
    assert (member.name, member.handle, member.email) == ("Grace Hopper", "grace-hopper", "grace@example.com")
    assert EmailAddress.objects.get().verified
    assert not mail.outbox
    client.logout()
    assert come_back(client, provider).wsgi_request.user == member
    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_an_address_that_is_not_verified_there_is_verified_here(client, provider, person):
    person["email_verified"] = False
    response = come_back(client, provider)
    assert not response.wsgi_request.user.is_authenticated
    assert [message.to for message in mail.outbox] == [["grace@example.com"]]


@pytest.mark.django_db
def test_somebody_without_a_name_gets_one_and_a_handle(client, provider, person):
    del person["name"]
    come_back(client, provider)
    member = Member.objects.get()
    assert (member.name, member.handle) == ("grace", "grace")


def test_an_account_is_not_taken_over_by_its_address(client, db, provider):
    make_member("grace")
    response = come_back(client, provider)
    assert not response.wsgi_request.user.is_authenticated
    assert Member.objects.count() == 1


@pytest.mark.django_db
def test_a_provider_that_does_not_answer_gives_a_page(client, provider, settings):
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    response = client.post(LOGIN)
    assert response.status_code == 502
    assert "c-site-header" in response.text


@pytest.mark.django_db
def test_a_forged_return_signs_nobody_in(client, provider):
    response = client.get(f"{LOGIN}callback/", {"code": "a-code", "state": "forged"})
    assert not response.wsgi_request.user.is_authenticated
    assert not Member.objects.exists()
