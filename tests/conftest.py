"""What every test may rely on: its database, real services behind marks, and an account of what was not exercised."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection
from playwright.sync_api import Playwright

from tests.people import *  # noqa: F403
from tests.services import ServiceError, elasticsearch, embeddings, postgres, redis

# Playwright's event loop runs in the test's own thread, where Django would otherwise refuse to touch the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

ON_CI = os.environ.get("CI") == "true"
hypothesis.settings.register_profile(
    "chorus", deadline=None, derandomize=ON_CI, **({"database": None} if ON_CI else {})
)
SHARED_DATA = Path(os.environ.get("CHORUS_SHARED_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))


def pytest_configure(config: pytest.Config) -> None:
    """On SQLite the tests use a file, as the product does: every thread has a connection of its own."""
    if connection.vendor == "sqlite":
        folder = tempfile.TemporaryDirectory(prefix="chorus-tests-")
        config.add_cleanup(folder.cleanup)
        name = str(Path(folder.name) / "chorus.sqlite3")
        connection.settings_dict["NAME"] = connection.settings_dict["TEST"]["NAME"] = name


# Which tests run here


def chromium() -> str | None:
    """The Chromium or Chrome of this machine; CHORUS_CHROMIUM names another."""
    names = [
        os.environ.get("CHORUS_CHROMIUM", ""),
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def missing(mark: str) -> str | None:
    """What a test with this mark needs and does not find here."""
    if mark == "postgres" and connection.vendor != "postgresql":
        return "PostgreSQL (not the database of this run)" if postgres.binaries() else "PostgreSQL (not installed)"
    if mark == "redis" and not redis.binary():
        return "Redis (not installed)"
    if mark == "es" and elasticsearch.missing_tools():
        return f"Elasticsearch (no {', '.join(elasticsearch.missing_tools())})"
    if mark == "browser" and not chromium():
        return "Chromium (not found)"
    return None


def uses_database(item: pytest.Item) -> bool:
    """Whether the test asks for the database in one of pytest-django's ways."""
    wanted = {"db", "transactional_db", "live_server"}
    return bool(item.get_closest_marker("django_db")) or not wanted.isdisjoint(getattr(item, "fixturenames", ()))


def is_transactional(item: pytest.Item) -> bool:
    """Whether the test commits, so that the database is emptied after it."""
    mark = item.get_closest_marker("django_db")
    wanted = {"transactional_db", "live_server"}
    return bool(mark and mark.kwargs.get("transaction")) or not wanted.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--only-database", action="store_true", help="leave out tests that do not use the database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what this machine lacks, with a reason; give back to transactional tests the rows that migrations wrote."""
    if config.getoption("--only-database"):
        config.hook.pytest_deselected(items=[item for item in items if not uses_database(item)])
        items[:] = [item for item in items if uses_database(item)]
    for item in items:
        for name in {mark.name for mark in item.iter_markers()}:
            if reason := missing(name):
                item.add_marker(pytest.mark.skip(reason=reason))
        if is_transactional(item):
            mark = item.get_closest_marker("django_db")
            options = {**(mark.kwargs if mark else {}), "transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)


# What was not exercised


def skip_reasons(config: pytest.Config) -> list[str]:
    """Why tests of this run were skipped, each reason once."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    return sorted({report.longrepr[2].removeprefix("Skipped: ") for report in skipped})


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Note what was skipped for bin/run_tests.py; where everything must run, a skip is a failure."""
    reasons = skip_reasons(session.config)
    if notes := os.environ.get("CHORUS_NOT_EXERCISED"):
        with Path(notes).open("a") as file:
            file.writelines(f"{reason}\n" for reason in reasons)
    if reasons and os.environ.get("CHORUS_REQUIRE_SERVICES") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    reasons = skip_reasons(config)
    if reasons and os.environ.get("CHORUS_REQUIRE_SERVICES") == "1":
        terminalreporter.write_line(
            f"Failed, because everything must be exercised here and was not: {', '.join(reasons)}"
        )


# The services


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of one's own, for tests marked redis."""
    with redis.running() as url:
        yield url


@pytest.fixture(scope="session")
def elasticsearch_node() -> Iterator[elasticsearch.Node]:
    """An Elasticsearch node of one's own, for tests marked es; whoever kills it starts it again."""
    with elasticsearch.node() as node:
        yield node


@pytest.fixture(scope="session")
def elasticsearch_url(elasticsearch_node: elasticsearch.Node) -> str:
    """The node's address."""
    return elasticsearch_node.url


@pytest.fixture(scope="session")
def embedding_folder() -> Path:
    """The folder of a real embedding model."""
    try:
        return embeddings.folder()
    except ServiceError as error:
        pytest.skip(f"Embedding model ({error})")


@pytest.fixture
def embedding_model(embedding_folder: Path, settings: Any) -> str:
    """Posts are compared by meaning too in this test."""
    settings.EMBEDDING_MODEL = str(embedding_folder)
    return str(embedding_folder)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The Chromium of this machine, for tests marked browser: Playwright's own is never downloaded."""
    return {**browser_type_launch_args, "executable_path": chromium()}


@pytest.fixture(scope="session")
def migrated_rows(django_db_setup: None) -> str | None:
    """What Django keeps of the rows that migrations wrote, to give it back to transactional tests."""
    return getattr(connection, "_test_serialized_contents", None)


@pytest.fixture(scope="session")
def playwright(migrated_rows: str | None, playwright: Playwright) -> Playwright:
    """Playwright itself. While its event loop runs, Django has another connection here: that is told the rows too."""
    if migrated_rows is not None:
        connection._test_serialized_contents = migrated_rows
    return playwright


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real content (CHORUS_SHARED_DATA, or ../shared/data); tests that need it are skipped without."""
    if not SHARED_DATA.is_dir():
        pytest.skip("Real content (no ../shared/data)")
    return SHARED_DATA
