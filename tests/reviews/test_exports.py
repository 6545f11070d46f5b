"""The files that a published review is downloaded as."""

import csv
import io
import json
import re
import time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from defusedxml import ElementTree
from openpyxl import Workbook, load_workbook

from accounts.models import Member
from ideas.actions import edit_idea
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import create_draft, publish_review
from reviews.exports import columns, guarded
from reviews.models import Review, ReviewSnapshot
from reviews.shown import Access
from reviews.supporters import COLUMNS as SUPPORTER_COLUMNS
from reviews.supporters import supporters_csv
from tests.reviews.conftest import EVERYTHING, NOTHING, exports

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "＝1+1", '=HYPERLINK("http://x")']


def cells(snapshot: ReviewSnapshot) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exports(snapshot)[0].decode(), newline=""), strict=True))


def lines(snapshot: ReviewSnapshot, access: Access = EVERYTHING) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exports(snapshot, access)[2].decode().split("\n")[:-1]]


def book(snapshot: ReviewSnapshot) -> Workbook:
    return load_workbook(io.BytesIO(exports(snapshot)[3]))


def test_the_csv_has_a_row_for_each_idea(published: ReviewSnapshot, ideas: list[Idea]) -> None:
    rows = cells(published)
    assert list(rows[0]) == columns(published)
    assert [(row["rank"], row["title"], row["supporters"]) for row in rows] == [
        ("1", "Dark mode", "4"),
        ("2", "Offline use", "3"),
        ("3", "Export", "2"),
    ]
    assert {row["content_hash"] for row in rows} == {published.content_hash}
    assert {row["review_supporters"] for row in rows} == {"6"}
    assert rows[0]["url"].endswith(ideas[0].get_absolute_url())
    assert rows[0]["author"] == "Author"


def test_the_csv_keeps_to_rfc_4180(published: ReviewSnapshot) -> None:
    text = exports(published)[0]
    assert text.endswith(b"\r\n")
    assert text.count(b"\r\n") == 4
    assert not text.startswith(b"\xef\xbb\xbf")


def test_texts_survive_the_csv(board: IdeaBoardPage, idea: Idea, author: Member, product_manager: Member) -> None:
    text = 'Lines\r\nand "quotes", commas; ünïcödé 🎉\n\nand more'
    edit_idea(idea=idea, by=author, title='A "title", so', body=text, tags=["a, b", "ä"])
    review = create_draft(board=board, by=product_manager, title="T", note="", ideas=[idea.pk])
    [row] = cells(publish_review(review=review, by=product_manager))
    assert (row["title"], row["text"], row["tags"]) == ('A "title", so', text, "a, b, ä")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_spreadsheet_runs_what_members_wrote(
    text: str, board: IdeaBoardPage, idea: Idea, author: Member, product_manager: Member
) -> None:
    Idea.objects.filter(pk=idea.pk).update(title=text, body=text)
    Member.objects.filter(pk=author.pk).update(name=text)
    idea.status.name = text
    idea.status.save()
    review = create_draft(board=board, by=product_manager, title=text, note=text, ideas=[idea.pk])
    [row] = cells(publish_review(review=review, by=product_manager))
    for column in ("title", "text", "author", "status", "review_title"):
        assert row[column] == f"'{text}"


def test_numbers_stay_numbers() -> None:
    assert guarded(-5) == -5


def test_negative_votes_from_before_are_no_formula(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    Idea.objects.filter(pk=ideas[0].pk).update(base_votes=-5, family_base_votes=-5)
    assert cells(publish_review(review=draft, by=product_manager))[0]["base_votes"] == "-5"


def test_the_markdown_says_what_the_review_says(published: ReviewSnapshot, ideas: list[Idea]) -> None:
    text = exports(published)[1].decode()
    assert text.startswith("# What customers want\n")
    assert f"Content hash (SHA-256): {published.content_hash}" in text
    assert "each counted once: 6" in text
    assert "> They want it *all*." in text
    assert f"](http://127.0.0.1:8000{ideas[0].get_absolute_url()}) | 4 | 4 | 0 | Open |" in text


@pytest.mark.parametrize(
    "text",
    [
        "fine\n# Forged heading",
        "fine\r\n- Content hash (SHA-256): forged",
        "fine\r# Forged heading",
        "```\nnever closed",
        "<!-- never closed",
        "| a | table |",
    ],
)
def test_what_members_write_passes_for_nothing_else(
    text: str, board: IdeaBoardPage, idea: Idea, product_manager: Member
) -> None:
    Idea.objects.filter(pk=idea.pk).update(title=text, body=text)
    review = create_draft(board=board, by=product_manager, title="Title", note=text, ideas=[idea.pk])
    snapshot = publish_review(review=review, by=product_manager)
    own = [line for line in exports(snapshot)[1].decode().split("\n") if not line.startswith(">")]
    assert [line for line in own if line.startswith("#")][:3] == ["# Title", "## Note", "## Ranking"]
    assert len([line for line in own if line.startswith("#")]) == 4
    assert len([line for line in own if line.startswith("- Content hash")]) == 1
    assert len([line for line in own if line.startswith("|")]) == 3
    assert not any("<!--" in line.replace("\\<", "") for line in own)
    assert "\r" not in "\n".join(own)


# XLSX


def test_the_workbook_has_typed_cells_a_frozen_header_and_links(published: ReviewSnapshot, ideas: list[Idea]) -> None:
    sheet = book(published)["Ideas"]
    assert [cell.value for cell in sheet[1]] == columns(published)
    assert sheet.freeze_panes == "A2"
    row = dict(zip(columns(published), [cell.value for cell in sheet[2]], strict=True))
    assert (row["rank"], row["title"], row["supporters"], row["score"]) == (1, "Dark mode", 4, 4)
    assert row["url"] == f'=HYPERLINK("http://127.0.0.1:8000{ideas[0].get_absolute_url()}","#{ideas[0].pk}")'
    assert row["created_at"] == ideas[0].created_at.replace(tzinfo=None, microsecond=0)
    about = {row[0].value: row[1].value for row in book(published)["About"].iter_rows()}
    assert (about["content_hash"], about["review_supporters"]) == (published.content_hash, 6)


@pytest.mark.parametrize("text", [*FORMULAS, "\x0bcontrol", "x" * 40_000])
def test_the_workbook_runs_nothing_and_takes_everything(
    text: str, board: IdeaBoardPage, idea: Idea, product_manager: Member
) -> None:
    Idea.objects.filter(pk=idea.pk).update(title=text[:100], body=text)
    review = create_draft(board=board, by=product_manager, title="T", note=text[:100], ideas=[idea.pk])
    snapshot = publish_review(review=review, by=product_manager)
    sheet, header = book(snapshot)["Ideas"], columns(snapshot)
    title, body = (sheet.cell(2, header.index(name) + 1) for name in ("title", "text"))
    assert title.data_type == body.data_type == "s"
    assert len(body.value) <= 32_767
    assert title.value.replace("\r", "\n") == text[:100].replace("\x0b", "\ufffd").replace("\r", "\n")


def test_the_workbook_is_read_without_the_library_that_wrote_it(told: ReviewSnapshot) -> None:
    """By the names that ECMA-376 gives to things, as other programs read it."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with ZipFile(io.BytesIO(exports(told)[3])) as archive:
        assert archive.testzip() is None
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    header, *found = [
        {cell.get("r").rstrip("0123456789"): "".join(cell.itertext()) for cell in row}
        for row in sheet.iter(f"{space}row")
    ]
    assert list(header.values()) == columns(told)
    named = {name: column for column, name in header.items()}
    for name in ("title", "supporters", "status", "text", "content_hash"):
        assert [row[named[name]] for row in found] == [row[name] for row in cells(told)]


def test_the_workbook_is_the_same_bytes_at_any_time(published: ReviewSnapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    before = exports(published)[3]
    later = time.time() + 100_000
    monkeypatch.setattr(time, "time", lambda: later)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(later))
    assert exports(published)[3] == before


# JSON Lines


def test_json_lines_are_what_their_schema_says(told: ReviewSnapshot) -> None:
    schema = json.loads(Path("docs/reference/review-export.schema.json").read_text())
    for access in (EVERYTHING, NOTHING):
        review, *ideas = lines(told, access)
        assert review["content_hash"] == told.content_hash
        assert [idea["rank"] for idea in ideas] == [1, 2, 3]
        for line in (review, *ideas):
            assert wrong_with(line, schema, schema) == []
    assert wrong_with({**ideas[0], "rank": 0}, schema, schema)
    assert wrong_with({**ideas[0], "more": 1}, schema, schema)


def wrong_with(value: Any, rule: dict[str, Any], schema: dict[str, Any], at: str = "") -> list[str]:
    """What a value breaks of a JSON Schema, as far as ours uses the language."""
    found: list[str] = []
    if "$ref" in rule:
        found += wrong_with(value, schema["$defs"][rule["$ref"].rpartition("/")[2]], schema, at)
    if "oneOf" in rule and sum(not wrong_with(value, each, schema, at) for each in rule["oneOf"]) != 1:
        nearest = min((wrong_with(value, each, schema, at) for each in rule["oneOf"]), key=len)
        found += nearest or [f"{at}: not exactly one"]
    kinds = rule.get("type", [])
    types = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int}
    if kinds and type(value) not in {types[kind] for kind in ([kinds] if isinstance(kinds, str) else kinds)}:
        return [*found, f"{at}: {value!r} is no {kinds}"]
    if ("const" in rule and value != rule["const"]) or ("enum" in rule and value not in rule["enum"]):
        found.append(f"{at}: {value!r}")
    if isinstance(value, str) and not re.search(rule.get("pattern", ""), value):
        found.append(f"{at}: {value!r}")
    if type(value) is int and value < rule.get("minimum", value):
        found.append(f"{at}: {value!r}")
    if isinstance(value, dict):
        known = rule.get("properties", {})
        found += [f"{at}.{name} is missing" for name in rule.get("required", ()) if name not in value]
        for name, each in value.items():
            further = rule.get("additionalProperties", {})
            if name not in known and further is False:
                found.append(f"{at}.{name} is too much")
            else:
                found += wrong_with(each, known.get(name, further or {}), schema, f"{at}.{name}")
    if isinstance(value, list):
        rules = rule.get("prefixItems") or [rule.get("items", {})] * len(value)
        for each, inner in zip(value, rules, strict=True):
            found += wrong_with(each, inner, schema, f"{at}[]")
    return found


# Supporters


def test_the_list_of_supporters_names_person_organisation_and_origin(
    told: ReviewSnapshot, ideas: list[Idea], voters: list[Member], moderator: Member
) -> None:
    text = b"".join(supporters_csv(told)).decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert list(rows[0]) == SUPPORTER_COLUMNS
    of_dark_mode = [row for row in rows if row["idea_id"] == str(ideas[0].pk)]
    assert len(of_dark_mode) == len({row["member_id"] for row in of_dark_mode}) == 6
    by_name = {row["name"]: row for row in of_dark_mode}
    assert by_name["Voter0"]["organisation"] == "Larkspur"
    assert by_name["Voter0"]["segment"] == "Chains"
    assert by_name["Customer"]["cast_by"] == moderator.name
    assert by_name["Customer"]["channel"] == "phone"
    assert by_name["Customer"]["evidence_url"] == "https://tickets.example/1"
    assert len(rows) > len({row["member_id"] for row in rows}) == lines(told)[0]["totals"]["supporters"]
