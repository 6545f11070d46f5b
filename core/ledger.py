"""Tables whose lines are never changed: the database itself refuses. See docs/adr on the ledger."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connections, models

MESSAGE = "A ledger is never changed: its lines can only be added to."

_POSTGRES = """
CREATE OR REPLACE FUNCTION chorus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION chorus_refuse_change();
"""


class Ledger(models.Model):
    """An abstract model of append-only lines, protected by triggers that `protect` installs after migrations."""

    class Meta:
        abstract = True


def protect(using: str) -> None:
    """Install the triggers of every ledger of the database; where they are there already, nothing changes."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = connection.introspection.table_names(cursor)
        for table in filter(existing.__contains__, _tables()):
            if connection.vendor == "postgresql":
                cursor.execute(_POSTGRES.format(message=MESSAGE, table=table))
                continue
            for verb in ("UPDATE", "DELETE"):
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )


@contextmanager
def unprotected(using: str) -> Iterator[None]:
    """Without the triggers until the end of the block: for `flush` alone."""
    connection = connections[using]
    with connection.cursor() as cursor:
        existing = connection.introspection.table_names(cursor)
        for table in filter(existing.__contains__, _tables()):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
                continue
            for verb in ("update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
    try:
        yield
    finally:
        protect(using)


def _tables() -> list[str]:
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, Ledger)]
