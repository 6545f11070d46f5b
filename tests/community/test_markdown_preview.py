"""The preview beside the form."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from community.content import BODY_LENGTH
from core import markdown
from tests.community.conftest import Browse

ADDRESS = "/markdown/preview/"


@pytest.mark.parametrize("text", ["**bold** <script>alert(1)</script>", "    code\n", "", "> quote\n\n- a\n- b"])
def test_the_preview_is_what_will_be_shown(text: str, member: Member, browse: Browse) -> None:
    response = browse(member).post(ADDRESS, {"text": text})
    assert response.status_code == 200
    assert response.content.decode() == markdown.render(text.rstrip())
    assert "<script>" not in response.content.decode()


@pytest.mark.parametrize("text", ["a" * (BODY_LENGTH + 1), "a\x00b"])
def test_what_could_not_be_posted_is_not_previewed(text: str, member: Member, browse: Browse) -> None:
    response = browse(member).post(ADDRESS, {"text": text})
    assert response.status_code == 422
    assert response.content.startswith(b"<p>")
    assert len(response.content) < 500


def test_a_request_without_a_token_is_refused(member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="accounts.backends.MemberBackend")
    assert client.post(reverse("community:markdown-preview"), {"text": "a"}).status_code == 403
