"""A board's list is read through its indexes: for everybody, in every order, and before there are statistics."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from ideas.models import Idea, IdeaBoardPage
from tests.ideas.conftest import Reader


def plan(sql: str) -> str:
    """How the database means to find the rows; PostgreSQL is asked to forget that the table is small."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
            cursor.execute(f"EXPLAIN {sql}")
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.parametrize("person", ["visitor", "member", "moderator"])
@pytest.mark.parametrize("sort", ["top", "trending", "newest"])
def test_a_boards_list_is_read_through_its_indexes(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    member: Member,
    moderator: Member,
    request: pytest.FixtureRequest,
    person: str,
    sort: str,
) -> None:
    for number in range(30):
        make_idea(f"Idea {number}")
    client = reader(None if person == "visitor" else request.getfixturevalue(person))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get(f"{board.url}?sort={sort}")
    sql = next(query["sql"] for query in queries.captured_queries if "merged_count" in query["sql"])
    found = plan(sql)
    assert f"idea_{sort}" in found
    assert "idea_duplicates" in found
    assert "SCAN ideas_idea" not in found
