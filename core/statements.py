"""Queries that are asked again and again: Django makes the SQL once, and then only fills in what changes.

To make the SQL of a query costs Django several times what sending it and reading a few rows does. A statement is for
what nearly every request or every vote asks; everywhere else a query set is simpler.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, BooleanField, Expression, F, Field, Func, Model, QuerySet
from django.db.models.sql import InsertQuery, UpdateQuery
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


class Numbers(Field[Any, Any]):
    """Any number of numbers as one value, for the database to look among."""

    def get_db_prep_value(self, value: Iterable[int], connection: Any, prepared: bool = False) -> Any:
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))


class Among(Func):
    """Whether a column's number is one of those that are given under a name, however many they are."""

    output_field: Any = BooleanField()

    def __init__(self, column: str, name: str) -> None:
        super().__init__(F(column), Given(name, Numbers()))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, template="%(expressions)s)", arg_joiner=" = ANY(")

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        among = " IN (SELECT value FROM json_each("
        return super().as_sql(compiler, connection, template="%(expressions)s))", arg_joiner=among)


class GivenList(Expression):
    """The places of so many ids, each its own, for any condition that ends in `__in`: "name 0", "name 1" and so on."""

    def __init__(self, name: str, size: int) -> None:
        super().__init__(output_field=BigIntegerField())
        self.names = [f"{name} {n}" for n in range(size)]

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return f"({', '.join('%s' for _ in self.names)})", [Given(name) for name in self.names]


class Statement(Generic[Row]):
    """A query set in which values are left open. `make` builds it, and gives the same one each time."""

    def __init__(self, make: Callable[[], QuerySet[Any, Row]]) -> None:
        self.make = make

    def ask(self, **given: Any) -> list[Row]:
        """What the query set yields with these values in their places, read from the database now."""
        prepared = _known(self, self._prepared)
        if prepared is None:
            return []
        queryset, compiler = prepared
        compiler.given = given
        rows: Any = queryset._iterable_class(queryset)
        return list(rows)

    def _prepared(self, connection: Any) -> Prepared | None:
        """The query set, and the compiler that knows its SQL; None where Django knows that no row is meant."""
        queryset = self.make()
        try:
            return queryset, _fix(queryset, connection)
        except EmptyResultSet:
            return None


class Change:
    """An update of rows, with values left open in both: which rows (`make` gives them), and what they become."""

    def __init__(self, make: Callable[[], QuerySet[Any, Any]], **values: Given) -> None:
        self.make, self.values = make, values

    def apply(self, **given: Any) -> None:
        """Change the rows that the query set yields with these values in their places."""
        sql, params = _known(self, self._compiled)
        connection: Any = connections["default"]
        with connection.cursor() as cursor:
            cursor.execute(sql, _fill(params, given, connection))

    def _compiled(self, connection: Any) -> Any:
        query: Any = self.make().query.chain(UpdateQuery)
        query.add_update_values(self.values)
        return query.get_compiler(connection=connection).as_sql()


class Insertion:
    """New rows of one model."""

    def __init__(self, model: type[Model]) -> None:
        self.fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        self.model = model

    def add(self, row: Model) -> None:
        """Save the new row and give it its key, as save() does, but without signals."""
        connection: Any = connections["default"]
        sql = _known(self, self._compiled)
        values = [field.get_db_prep_save(field.pre_save(row, True), connection) for field in self.fields]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            [row.pk] = cursor.fetchone()
        row._state.adding, row._state.db = False, connection.alias

    def _compiled(self, connection: Any) -> str:
        query = InsertQuery(self.model)
        query.insert_values(self.fields, [self.model()])
        compiler: Any = query.get_compiler(connection=connection)
        compiler.returning_fields = [self.model._meta.pk]
        [(sql, _)] = compiler.as_sql()
        return str(sql)


def _known(statement: Any, make: Callable[[Any], Any]) -> Any:
    """What `make` gives for a statement, made once for each connection, as each thread has one."""
    connection: Any = connections["default"]
    known = vars(connection).setdefault("chorus_statements", WeakKeyDictionary())
    if statement not in known:
        known[statement] = make(connection)
    return known[statement]


def _fill(params: Iterable[Any], given: dict[str, Any], connection: Any) -> tuple[Any, ...]:
    return tuple(
        value.output_field.get_db_prep_value(given[value.name], connection) if isinstance(value, Given) else value
        for value in params
    )


def _fix(queryset: QuerySet[Any, Any], connection: Any) -> Any:
    """The query set's compiler, which will go on giving the SQL that it gives now."""
    query: Any = queryset.query
    compiler = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column for column, *_ in compiler.select[: compiler.col_count]])

    def filled() -> tuple[str, tuple[Any, ...]]:
        if query.select_for_update and connection.get_autocommit():
            raise TransactionManagementError("A lock needs a transaction.")
        return sql, _fill(params, compiler.given, connection)

    compiler.as_sql = filled
    compiler.get_converters = lambda _: converters
    query.get_compiler = lambda *_, **__: compiler
    return compiler
