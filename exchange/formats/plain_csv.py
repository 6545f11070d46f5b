"""Ideas as plain CSV. The header names the columns, in any order; docs/reference/import-formats.md describes them."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from exchange import values
from exchange.files import LONGEST_LINE, UnreadableSourceError, lines
from exchange.formats.parsing import named_author, parsed
from exchange.records import Body, Idea, Markup, Rows, Source, Status, StatusKind

REQUIRED = ("id", "title")
COLUMNS = (*REQUIRED, "body", "author", "created_at", "votes", "status", "status_kind", "tags")
SEPARATORS = ",;\t"


class PlainCsv(Source):
    def __init__(self, path: Path) -> None:
        super().__init__(name="csv", title="the imported file")
        if not path.is_file():
            raise UnreadableSourceError(f"There is no file {path}.")
        self.path = path
        text = _text(path)
        first = next(text, "")
        self.separator = max(SEPARATORS, key=first.count)
        self.header = [name.strip().casefold() for name in next(csv.reader([first], delimiter=self.separator), [])]
        for name in REQUIRED:
            if name not in self.header:
                raise UnreadableSourceError(f"{path} has no column named {name} in its first row.")
        if len(set(self.header)) < len(self.header):
            raise UnreadableSourceError(f"{path} has two columns of the same name in its first row.")

    def questions(self) -> Rows[Idea]:
        self.remarks = {f'column named "{name}", left out': 1 for name in self.header if name and name not in COLUMNS}
        return parsed(self.path.name, self._numbered(), self._idea)

    def _numbered(self) -> Iterator[tuple[int, list[str] | csv.Error]]:
        """The rows below the header, numbered as a spreadsheet does: the header is row 1."""
        reader = csv.reader(_text(self.path), delimiter=self.separator)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader, None)
            except csv.Error as error:
                yield number, error
                continue
            if row is None:
                return
            if number > 1 and row:
                yield number, row

    def _idea(self, cells: list[str] | csv.Error) -> Idea:
        if isinstance(cells, csv.Error):
            raise values.RowError(f"the row is not CSV ({cells})")
        if len(cells) != len(self.header):
            raise values.RowError(f"there are {len(cells)} cells for {len(self.header)} columns")
        row = dict(zip(self.header, cells, strict=True))
        return Idea(
            source_id=values.identifier(row, "id"),
            author=named_author(row, "author"),
            title=values.title(row, "title"),
            body=Body(values.body(row, "body"), Markup.MARKDOWN),
            created_at=values.moment(row, "created_at") if values.line(row, "created_at") else None,
            score=values.whole_number(row, "votes"),
            status=_status(row),
            tags=values.tags(values.text(row, "tags").split(",")),
        )


def _status(row: Mapping[str, str]) -> Status | None:
    name = values.line(row, "status")
    kind = values.line(row, "status_kind").casefold() or StatusKind.OPEN.value
    if kind not in {each.value for each in StatusKind}:
        raise values.RowError(f"status_kind is none of {', '.join(each.value for each in StatusKind)}")
    return Status(name[: values.LONGEST_NAME], StatusKind(kind)) if name else None


def _text(path: Path) -> Iterator[str]:
    for number, line in lines(path):
        if line is None:
            raise UnreadableSourceError(f"{path} can't be read: line {number} is longer than {LONGEST_LINE >> 20} MiB.")
        try:
            yield line.decode()
        except UnicodeDecodeError as error:
            raise UnreadableSourceError(f"{path} can't be read: line {number} is not UTF-8.") from error
