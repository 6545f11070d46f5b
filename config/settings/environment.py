"""Reading environment variables, with a sentence where one is missing or cannot be understood."""

import json
import os
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
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


def server(name: str, *, port: int) -> str:
    """The address of a server that the site may do without, with its port; empty where there is none."""
    value = os.environ.get(name, "")
    parts = urlsplit(value)
    if not value:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ImproperlyConfigured(f"{name} is an address like http://host:{port}; {DESCRIBED}")
    return value if parts.port else parts._replace(netloc=f"{parts.netloc}:{port}").geturl()


def database(url: str) -> dict[str, Any]:
    """Django's settings for the database at this address; options of its own follow the `?` of the address."""
    found: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)}
    options = found.setdefault("OPTIONS", {})
    if found["ENGINE"] == "django.db.backends.sqlite3":
        # Writers queue at BEGIN instead of failing at their first write; readers never wait.
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;")
    elif options.setdefault("server_side_binding", True):
        # What is asked again and again is parsed and planned once for each connection.
        options.setdefault("prepare_threshold", 3)
    else:
        # Whoever asks for this has a pooler that gives each transaction another connection.
        found["DISABLE_SERVER_SIDE_CURSORS"] = True
    return found


def whole_number(name: str) -> int:
    """A number from 0 on, 0 where the variable is not set."""
    value = os.environ.get(name) or "0"
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is a whole number; {DESCRIBED}")
    return int(value)


def embedding_model(name: str) -> str:
    """The name or the folder of a model, empty where the variable is not set."""
    value = os.environ.get(name, "")
    if value and not find_spec("fastembed"):
        raise ImproperlyConfigured(f"{name} needs what requirements/semantic.txt lists; {DESCRIBED}")
    return value


def json_object(name: str) -> dict[str, Any]:
    """An object in JSON, empty where the variable is not set."""
    try:
        value = json.loads(os.environ.get(name) or "{}")
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} is not JSON: {error}; {DESCRIBED}") from error
    if not isinstance(value, dict):
        raise ImproperlyConfigured(f"{name} is an object in JSON; {DESCRIBED}")
    return value


def networks(name: str) -> list[str]:
    """Networks in CIDR notation, separated by commas; none where the variable is not set."""
    found = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    try:
        return [str(ip_network(part)) for part in found]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} names networks such as 10.1.0.0/16: {error}; {DESCRIBED}") from error
