"""Moments as numbers, inside the database."""

from typing import Any

from django.db.models import FloatField, Func


class Epoch(Func):
    """Seconds since 1970 of a moment, with its microseconds, as a floating-point number."""

    arity = 1
    function = "DATE_PART"
    template = "%(function)s('epoch', %(expressions)s)"
    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # SQLite keeps moments as text, and its own date functions cut them to milliseconds.
        # Twice doubled: Django formats the template, and then the query.
        seconds = "CAST(strftime('%%%%s', substr(%(expressions)s, 1, 19)) AS REAL)"
        template = f"({seconds} + CAST('0' || substr(%(expressions)s, 20) AS REAL))"
        sql, params = self.as_sql(compiler, connection, template=template, **context)
        return sql, (*params, *params)
