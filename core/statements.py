"""Queries that are asked again and again: Django makes the SQL once, and then only fills in what changes.

To make the SQL of a query costs Django several times what sending it and reading a few rows does. A statement is for
what nearly every request or every vote asks; everywhere else a query set is simpler.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.db import connections
from django.db.models import BigIntegerField, Expression, Field, QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")
Prepared = tuple[QuerySet[Any, Any], Any]


class Given(Expression):
    """The place of a value that comes with each question: Given("member"), for an id unless another field is named."""

    def __init__(self, name: str, output_field: Field[Any, Any] | None = None) -> None:
        super().__init__(output_field=output_field or BigIntegerField())
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Statement(Generic[Row]):
    """A query set in which values are left open. `make` builds it, and gives the same one each time."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self.make = make

    def ask(self, **given: Any) -> list[Row]:
        """What the query set yields with these values in their places, read from the database now."""
        queryset, compiler = self._prepared()
        compiler.given = given
        rows: Any = queryset._iterable_class(queryset)
        return list(rows)

    def _prepared(self) -> Prepared:
        """The query set, and the compiler that knows its SQL: each connection has its own, as each thread has one."""
        connection: Any = connections["default"]
        known: WeakKeyDictionary[Statement[Any], Prepared]
        known = vars(connection).setdefault("chorus_statements", WeakKeyDictionary())
        if self not in known:
            queryset = self.make()
            known[self] = queryset, _fix(queryset, connection)
        return known[self]


def _fix(queryset: QuerySet[Any, Any], connection: Any) -> Any:
    """The query set's compiler, which will go on giving the SQL that it gives now."""
    query: Any = queryset.query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])

    def filled() -> tuple[str, tuple[Any, ...]]:
        if query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("A lock needs a transaction.")
        return sql, tuple(
            value.output_field.get_db_prep_value(compiler.given[value.name], connection)
            if isinstance(value, Given)
            else value
            for value in params
        )

    compiler.as_sql = filled
    compiler.get_converters = lambda _: converters
    query.get_compiler = lambda *_, **__: compiler
    return compiler
