"""Secrets that a site on one's own machine makes for itself, and secrets of others that it keeps."""

import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes


def local_secret_key(path: Path) -> str:
    """The key in the file, made on first use and readable by its owner alone; processes that start at once agree."""
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text()


class SealBrokenError(Exception):
    """The text was not sealed with a key that this site has, or was changed since."""


def seal(text: str) -> str:
    """The text so that it can be kept: encrypted with a key made from SECRET_KEY, and unreadable without it."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed, also with one of SECRET_KEY_FALLBACKS. Raises SealBrokenError."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBrokenError from None


def _keys() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(urlsafe_b64encode(_derived(key))) for key in keys])


def _derived(key: str | bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chorus.core.secrets").derive(force_bytes(key))
