"""Promises that no linter knows."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from wagtail.models import Page

from community.content import Content
from core.ledger import Ledger
from ideas.models import Idea

OURS = {"core", "accounts", "community", "ideas", "moderation", "reviews", "search", "pages", "exchange"}
MODELS = [model for model in apps.get_models() if model._meta.app_label in OURS]


@pytest.mark.parametrize("model", [model for model in MODELS if issubclass(model, Page)], ids=str)
def test_no_page_can_be_opened_with_a_shared_password(model: type[Page]) -> None:
    assert model.private_page_options == ["login", "groups"]


@pytest.mark.parametrize("model", [model for model in MODELS if issubclass(model, Content)], ids=str)
def test_all_that_members_write_is_read_through_the_gate(model: type[Content]) -> None:
    assert callable(model._default_manager.all().visible_to)


@pytest.mark.parametrize("model", [model for model in MODELS if issubclass(model, Ledger)], ids=str)
def test_every_ledger_has_its_triggers(model: type[Ledger], db: None) -> None:
    table = model._meta.db_table
    if connection.vendor == "postgresql":
        query, wanted = "SELECT tgname FROM pg_trigger WHERE tgname LIKE %s", {f"{table}_append_only"}
    else:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        wanted = {f"{table}_no_update", f"{table}_no_delete"}
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{table}%"])
        assert wanted <= {name for (name,) in cursor.fetchall()}


@pytest.mark.parametrize("statement", ["UPDATE ideas_voteevent SET kind = 'withdrawn'", "DELETE FROM ideas_voteevent"])
def test_the_database_refuses_to_change_what_happened(statement: str, idea: Idea) -> None:
    with (
        pytest.raises(DatabaseError, match="ledger is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert idea.vote_events.get().kind == "cast"


def test_a_web_process_imports_only_what_its_site_needs() -> None:
    """What compares posts, writes workbooks or speaks to Elasticsearch is big, and imported when it is used."""
    code = (
        "import sys, django; django.setup(); import config.urls; "
        "print(*{'elasticsearch', 'fastembed', 'numpy', 'openpyxl'}.intersection(sys.modules))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    environment |= {"ELASTICSEARCH_URL": "", "EMBEDDING_MODEL": ""}
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
