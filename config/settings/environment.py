"""Reading environment variables, with a sentence where one is missing or cannot be understood."""

import json
import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

DESCRIBED = "docs/reference/settings.md describes it."


def required(name: str) -> str:
    """The variable's value."""
    value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"Set the environment variable {name}; {DESCRIBED}")
    return value


def address(name: str, default: str) -> str:
    """The address of a site, without a path, such as https://community.example.com."""
    value = os.environ.get(name) or default
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"{name} is an address like https://community.example.com; {DESCRIBED}")
    return f"{parts.scheme}://{parts.netloc}"


def whole_number(name: str) -> int:
    """A number from 0 on, 0 where the variable is not set."""
    value = os.environ.get(name) or "0"
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is a whole number; {DESCRIBED}")
    return int(value)


def json_object(name: str) -> dict[str, Any]:
    """An object in JSON, empty where the variable is not set."""
    try:
        value = json.loads(os.environ.get(name) or "{}")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}; {DESCRIBED}") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} is an object in JSON; {DESCRIBED}")
    return value
