"""A published review as an XLSX workbook, written row by row: memory does not grow with the number of ideas.

The same review gives the same bytes: the workbook's times are its cut-off, and the files in it have one date and are
not compressed, for compressors differ between machines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import IO, Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.writer.excel import ExcelWriter

from reviews.exports import amount, columns, rows
from reviews.models import ReviewSnapshot
from reviews.shown import Access, shown_header

LONGEST = 32_767
FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST_LINK = 255
DATE = (1980, 1, 1, 0, 0, 0)
COPIED_AT_ONCE = 1 << 20
WIDTHS = {"title": 50, "url": 14, "text": 60, "content_hash": 20, "merged_ideas": 30, "created_at": 20, "cut_off": 20}


def write_xlsx(snapshot: ReviewSnapshot, access: Access, file: IO[bytes]) -> None:
    """Write the workbook: the ideas on a sheet of their own, and what holds for all of them on another."""
    book = Workbook(write_only=True)
    _ideas(book, snapshot, access)
    _about(book, snapshot, access)
    cut_off = datetime.fromisoformat(snapshot.data["review"]["cut_off"]).replace(tzinfo=None, microsecond=0)
    book.properties.creator = "Chorus"
    book.properties.created = book.properties.modified = cut_off
    with _SteadyZip(file, "w", ZIP_STORED, allowZip64=True) as archive:
        # Workbook.save would write the present time.
        ExcelWriter(book, archive).save()


def _ideas(book: Workbook, snapshot: ReviewSnapshot, access: Access) -> None:
    sheet = book.create_sheet("Ideas")
    sheet.freeze_panes = "A2"
    header = columns(snapshot)
    for number, name in enumerate(header):
        sheet.column_dimensions[_letter(number)].width = WIDTHS.get(name, 14)
    sheet.append([_bold(sheet, name) for name in header])
    url, dates = header.index("url"), [header.index("created_at"), header.index("cut_off")]
    for row in rows(snapshot, access):
        cells = [_cell(sheet, value) for value in row]
        cells[url] = _link(sheet, row[url], f"#{row[1]}")
        for place in dates:
            cells[place] = _moment(sheet, row[place])
        sheet.append(cells)


def _about(book: Workbook, snapshot: ReviewSnapshot, access: Access) -> None:
    data = shown_header(snapshot, access)
    review, totals, policy = data["review"], data["totals"], data["policy"]
    sheet = book.create_sheet("About")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 80
    facts: Iterable[tuple[str, Any]] = [
        ("review_id", review["id"]),
        ("review_title", review["title"]),
        ("note", review["note"]),
        ("boards", ", ".join(board["title"] for board in data["boards"])),
        ("ideas", totals["ideas"]),
        ("review_supporters", totals["supporters"]),
        ("base_votes", totals["base_votes"]),
        ("organisations", totals["organisations"]),
        ("value", amount(totals["value"])),
        ("value_method", data["value_method"]),
        ("policy", f"{policy['name']} {policy['version']}"),
        ("policy_explanation", policy["explanation"]),
        ("content_hash", snapshot.content_hash),
    ]
    for name, value in facts:
        sheet.append([_bold(sheet, name), _cell(sheet, value)])
    sheet.append([_bold(sheet, "cut_off"), _moment(sheet, review["cut_off"])])
    for each in data["excluded"]:
        sheet.append([_bold(sheet, "left_out"), _cell(sheet, f"#{each['id']} {each['title']}: {each['reason']}")])


def _cell(sheet: Any, value: Any) -> WriteOnlyCell:
    """A number as a number and a text as a text, whatever it begins with."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet)
    cell.value = FORBIDDEN.sub("\ufffd", value)[:LONGEST]
    cell.data_type = "s"
    return cell


def _bold(sheet: Any, text: str) -> WriteOnlyCell:
    cell = _cell(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _link(sheet: Any, address: str, label: str) -> WriteOnlyCell:
    """A formula, for a sheet may have 65,530 links and any number of formulas."""
    if len(address) > LONGEST_LINK or '"' in address:
        return _cell(sheet, address)
    return WriteOnlyCell(sheet, f'=HYPERLINK("{address}","{label}")')


def _moment(sheet: Any, text: str) -> WriteOnlyCell:
    at = datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)
    cell = WriteOnlyCell(sheet, at.replace(microsecond=0))
    cell.number_format = "yyyy-mm-dd hh:mm:ss"
    return cell


def _letter(number: int) -> str:
    first, second = divmod(number, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


class _SteadyZip(ZipFile):
    """An archive whose members have one date, whenever they are written."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        name = zinfo_or_arcname.filename if isinstance(zinfo_or_arcname, ZipInfo) else zinfo_or_arcname
        super().writestr(ZipInfo(name, DATE), data, ZIP_STORED)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        member = ZipInfo(str(arcname or filename), DATE)
        with open(filename, "rb") as source, self.open(member, "w", force_zip64=True) as target:
            while part := source.read(COPIED_AT_ONCE):
                target.write(part)
