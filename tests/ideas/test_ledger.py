"""What happened is never changed: the database itself refuses, and the tests can still be emptied."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Member
from ideas.actions import cast_vote, change_status
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange, VoteEvent

TABLES = ["ideas_voteevent", "ideas_statuschange"]


@contextmanager
def refused() -> Iterator[None]:
    """Expects the database to refuse, and goes on as before."""
    with pytest.raises(DatabaseError, match="ledger is never changed"), transaction.atomic():
        yield


@pytest.fixture
def lines(idea: Idea, member: Member, moderator: Member, board: IdeaBoardPage) -> None:
    """A line in each ledger."""
    cast_vote(idea=idea, by=member)
    change_status(idea=idea, status=Status.objects.get(board=board, slug="planned"), by=moderator)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {} SET recorded_at = occurred_at",
        "UPDATE {} SET id = id + 1000",
        "DELETE FROM {}",
        "DELETE FROM {} WHERE id > 0",
    ],
)
def test_raw_sql_is_refused(lines: None, table: str, statement: str) -> None:
    before = VoteEvent.objects.count() + StatusChange.objects.count()
    with refused(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert VoteEvent.objects.count() + StatusChange.objects.count() == before


@pytest.mark.postgres
@pytest.mark.parametrize("table", TABLES)
def test_truncating_is_refused(lines: None, table: str) -> None:
    with refused(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("model", [VoteEvent, StatusChange])
def test_the_orm_is_refused_too(lines: None, model: type[VoteEvent] | type[StatusChange]) -> None:
    line = model.objects.latest("pk")
    for act in (line.save, line.delete, lambda: model.objects.all().delete()):
        with refused():
            act()


def test_a_vote_can_not_have_happened_after_it_was_recorded(lines: None) -> None:
    line = VoteEvent.objects.latest("pk")
    with pytest.raises(DatabaseError), transaction.atomic():
        VoteEvent.objects.create(
            idea=line.idea,
            clicked=line.idea,
            member=line.member,
            kind="cast",
            occurred_at=line.recorded_at.replace(year=line.recorded_at.year + 1),
            recorded_at=line.recorded_at,
        )


@pytest.mark.django_db(transaction=True)
def test_the_flush_of_the_tests_empties_the_ledgers_and_protects_them_again(lines: None) -> None:
    call_command("flush", interactive=False, verbosity=0, reset_sequences=False, inhibit_post_migrate=True)
    assert not VoteEvent.objects.exists()
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'ideas_%'")
            assert cursor.fetchone() == (6,)
        else:
            cursor.execute("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'ideas_%_append_only'")
            assert cursor.fetchone() == (3,)
