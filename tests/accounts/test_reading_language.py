"""Everybody reads in their language: members in the one they set, visitors in one they chose or their browser asks."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import Member

SIGN_IN = reverse("account_login")
WORDS = {"en": "Sign in", "de": "Anmelden", "fr": "Se connecter"}


@pytest.fixture(autouse=True)
def goes_back_to_english() -> Iterator[None]:
    """The language that a visitor's request activates would stay for the tests after it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


def language_of(page: str) -> str:
    """The language that a page says it is in."""
    said = re.search(r'<html lang="(\w+)"', page)
    assert said
    return said[1]


@pytest.mark.parametrize(
    ("asked", "answered"), [("de-AT,de;q=0.9", "de"), ("fr", "fr"), ("en", "en"), ("es", "en"), ("es,fr;q=0.5", "fr")]
)
def test_a_visitor_reads_what_the_browser_asks_for(client: Client, home, asked: str, answered: str) -> None:
    response = client.get(SIGN_IN, headers={"accept-language": asked})
    assert response.headers["Content-Language"] == language_of(response.text) == answered
    assert f"<h1>{WORDS[answered]}</h1>" in response.text


def test_a_visitor_who_chose_a_language_keeps_it(client: Client, home) -> None:
    client.post(reverse("set_language"), {"language": "fr", "next": SIGN_IN}, headers={"accept-language": "de"})
    assert language_of(client.get(SIGN_IN, headers={"accept-language": "de"}).text) == "fr"


def test_a_member_reads_in_their_own_language_whatever_the_browser_asks_for(
    client: Client, home, member: Member
) -> None:
    Member.objects.filter(pk=member.pk).update(language="de")
    client.force_login(member)
    response = client.get(reverse("accounts:settings"), headers={"accept-language": "fr"})
    assert response.headers["Content-Language"] == language_of(response.text) == "de"
    assert "Einstellungen" in response.text


def test_whoever_signs_up_goes_on_in_the_language_they_read(client: Client, home) -> None:
    client.post(
        reverse("account_signup"),
        {"name": "Léa Petit", "email": "lea@example.com", "password1": "dix-sept-cerisiers"},
        headers={"accept-language": "fr"},
    )
    assert Member.objects.get(email="lea@example.com").language == "fr"
