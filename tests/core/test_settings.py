"""The production settings, each start in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.settings.environment import database
from config.settings.mail import email_settings

ROOT = Path(__file__).parent.parent.parent
COMPLETE = {
    "DJANGO_SETTINGS_MODULE": "config.settings.production",
    "SECRET_KEY": "fjQ2-0xV7bq_ZgL1sYt8uRw3nCk6mHd9pEa4iOz5TbXvGyNhQ7",
    "ALLOWED_HOSTS": "community.example.com, www.community.example.com",
    "BASE_URL": "https://community.example.com/",
    "EMAIL_URL": "smtp://mail.example.com",
}


def run(*command, **changes):
    """Run a command of manage.py with these variables, and without those that are None."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "DATABASE_URL") if name in os.environ}
    variables = {name: value for name, value in {**kept, **COMPLETE, **changes}.items() if value is not None}
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env=variables, capture_output=True, text=True, check=False
    )


def shell(expression, **changes):
    code = f"from django.conf import settings; print({expression})"
    return run("shell", "--verbosity", "0", "--command", code, **changes)


def test_a_complete_start_has_nothing_to_warn_of():
    result = run("check", "--deploy", "--fail-level", "INFO")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "BASE_URL", "EMAIL_URL"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_start_without_a_variable_ends_with_a_sentence(name, value):
    result = run("check", **{name: value})
    assert result.returncode == 1
    assert f"Set the environment variable {name}; docs/reference/settings.md describes it." in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("BASE_URL", "community.example.com", "BASE_URL is an address like"),
        ("BASE_URL", "https://example.com/community/", "BASE_URL is an address like"),
        ("EMAIL_URL", "mail.example.com", "EMAIL_URL begins with smtp://"),
        ("SOCIALACCOUNT_PROVIDERS", "{nonsense", "SOCIALACCOUNT_PROVIDERS is not JSON"),
        ("SOCIALACCOUNT_PROVIDERS", "[]", "SOCIALACCOUNT_PROVIDERS is an object in JSON"),
        ("TRUSTED_PROXY_COUNT", "-1", "TRUSTED_PROXY_COUNT is a whole number"),
    ],
)
def test_a_variable_that_cannot_be_understood_is_named(name, value, sentence):
    result = run("check", **{name: value})
    assert result.returncode == 1
    assert sentence in result.stderr


def test_what_the_variables_say():
    names = "BASE_URL ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS DEBUG SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE EMAIL_PORT"
    result = shell(f"[getattr(settings, name) for name in {names!r}.split()]")
    assert result.stdout.strip() == str(
        [
            "https://community.example.com",
            ["community.example.com", "www.community.example.com"],
            ["https://community.example.com"],
            False,
            True,
            True,
            587,
        ]
    )


def test_a_site_without_encryption_is_not_redirected():
    result = shell("settings.SECURE_SSL_REDIRECT", BASE_URL="http://localhost:8000", ALLOWED_HOSTS="localhost")
    assert result.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://user:p%40ss@mail.example.com", 587, False, False),
        ("smtp://mail.example.com:25", 25, False, False),
        ("smtp://mail.example.com?tls=1", 587, True, False),
        ("smtps://mail.example.com", 465, False, True),
    ],
)
def test_the_address_of_a_mail_server(url, port, tls, ssl):
    values = email_settings(url)
    assert (values["EMAIL_PORT"], values["EMAIL_USE_TLS"], values["EMAIL_USE_SSL"]) == (port, tls, ssl)
    if "@" in url:
        assert (values["EMAIL_HOST_USER"], values["EMAIL_HOST_PASSWORD"]) == ("user", "p@ss")


@pytest.mark.parametrize(
    ("address", "options", "keeps_cursors"),
    [
        ("postgresql://db/chorus", {"server_side_binding": True, "prepare_threshold": 3}, True),
        ("postgresql://db/chorus?prepare_threshold=10", {"server_side_binding": True, "prepare_threshold": 10}, True),
        ("postgresql://db/chorus?server_side_binding=false", {"server_side_binding": False}, False),
    ],
)
def test_statements_are_prepared_unless_a_pooler_stands_between(address, options, keeps_cursors):
    settings = database(address)
    assert settings["OPTIONS"] == options
    assert settings.get("DISABLE_SERVER_SIDE_CURSORS", False) is not keeps_cursors
