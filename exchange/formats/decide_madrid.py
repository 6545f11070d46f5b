"""Proposals of Decide Madrid as JSON Lines, compressed or not. The file names no authors."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from exchange import values
from exchange.files import UnreadableSourceError
from exchange.formats.parsing import parsed_json
from exchange.records import Body, Idea, Markup, Rows, Source, Status, StatusKind

SITE = "https://decide.madrid.es"
RETIRED = Status("Retired", StatusKind.DECLINED)


class DecideMadrid(Source):
    def __init__(self, path: Path) -> None:
        super().__init__(name="decide-madrid", title="Decide Madrid")
        if not path.is_file():
            raise UnreadableSourceError(f"There is no file {path}.")
        self.path = path

    def questions(self) -> Rows[Idea]:
        return parsed_json(self.path, _idea)


def _idea(row: Mapping[str, Any]) -> Idea:
    return Idea(
        source_id=values.identifier(row, "id"),
        author=None,
        title=values.title(row, "title"),
        body=Body(values.body(row, "description"), Markup.HTML, SITE),
        created_at=values.moment(row, "created_at", "%d/%m/%Y"),
        score=values.whole_number(row, "votes"),
        status=RETIRED if row.get("retired_at") else None,
        status_at=values.moment(row, "retired_at") if row.get("retired_at") else None,
    )
