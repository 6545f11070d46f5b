"""Members who are signed in: their sessions are made as signing in makes them, without the passwords."""

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.utils.crypto import get_random_string

from accounts.models import Member

BACKEND = "accounts.backends.MemberBackend"


@dataclass(frozen=True)
class SignedIn:
    """A member's browser: the cookies that it sends, and the token that its forms hold."""

    member: int
    cookies: str
    token: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": self.cookies}


def sign_in(members: Iterable[Member]) -> list[SignedIn]:
    """Sign these members in, each in a browser of their own."""
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    sessions, browsers = [], []
    for member in members:
        contents = {
            SESSION_KEY: str(member.pk),
            BACKEND_SESSION_KEY: BACKEND,
            HASH_SESSION_KEY: member.get_session_auth_hash(),
        }
        key, token = get_random_string(32), get_random_string(32)
        sessions.append(
            store.model(session_key=key, session_data=store.encode(contents), expire_date=store.get_expiry_date())
        )
        cookies = f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={token}"
        browsers.append(SignedIn(member.pk, cookies, token))
    store.model.objects.bulk_create(sessions, batch_size=1_000)
    return browsers
