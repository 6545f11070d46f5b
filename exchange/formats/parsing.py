"""From numbered raw rows to records, so that one bad row never stops the rest."""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from exchange import values
from exchange.files import LONGEST_LINE, lines
from exchange.records import Person, Problem, Record, Row, Rows
from exchange.values import RowError

Raw = TypeVar("Raw")


def parsed(file: str, numbered: Iterable[tuple[int, Raw]], parse: Callable[[Raw], Record | None]) -> Rows[Record]:
    """What `parse` makes of each raw row; of a row that is None to it nothing, of one with a RowError a Problem."""
    for number, raw in numbered:
        try:
            record = parse(raw)
        except RowError as error:
            yield Problem(file, number, str(error))
        else:
            if record is not None:
                yield Row(file, number, record)


def parsed_json(path: Path, parse: Callable[[dict[str, Any]], Record]) -> Rows[Record]:
    """The same for JSON Lines: a file with one object a line. Empty lines count as rows and say nothing."""

    def of_line(line: bytes | None) -> Record | None:
        return parse(_object(line)) if line is None or line.strip() else None

    return parsed(path.name, lines(path), of_line)


def _object(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise RowError(f"the line is longer than {LONGEST_LINE >> 20} MiB")
    try:
        value = json.loads(line.decode())
    except UnicodeDecodeError as error:
        raise RowError("the line is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise RowError("the line is not JSON") from error
    if not isinstance(value, dict):
        raise RowError("the line is not a JSON object")
    return value


def named_author(row: Mapping[str, Any], field: str) -> Person | None:
    """The author in a source that knows people by their names alone; a name that stands for several is nobody's."""
    name = values.line(row, field)
    if not name or values.is_masked(name):
        return None
    if len(name) > values.LONGEST_ID:
        raise values.RowError(f"{field} is too long")
    return Person(source_id=name, name=values.person_name(name))
