"""What pages may load and where their forms may go."""

from typing import Any

import pytest
from django.test import Client


def directives(client: Client, path: str) -> dict[str, str]:
    policy = client.get(path)["Content-Security-Policy"]
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


@pytest.mark.django_db
def test_public_pages_run_nothing_inline_and_load_nothing_from_elsewhere(client: Client) -> None:
    policy = directives(client, "/accounts/login/")
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "img-src", "connect-src", "form-action")} == {"'self'"}
    assert policy["frame-ancestors"] == "'none'"


@pytest.mark.django_db
def test_signing_in_may_lead_to_a_provider_where_one_is_configured(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS = {"github": {"APPS": [{"client_id": "id", "secret": "secret"}]}}
    assert directives(client, "/accounts/login/")["form-action"] == "'self' https:"
    assert directives(client, "/accounts/login/")["script-src"] == "'self'"
    assert directives(client, "/search/")["form-action"] == "'self'"
