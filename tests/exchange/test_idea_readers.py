"""The readers of files that hold only ideas: Decide Madrid, and plain CSV."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange.files import UnreadableSourceError
from exchange.formats.decide_madrid import RETIRED, DecideMadrid
from exchange.formats.plain_csv import PlainCsv
from exchange.records import Idea, Person, Problem, Row, Status, StatusKind
from tests.exchange.dumps import write_jsonl


def csv_file(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "ideas.csv"
    path.write_bytes(text.encode(encoding))
    return path


def ideas(source: PlainCsv | DecideMadrid) -> list[Idea]:
    return [row.record for row in source.questions() if isinstance(row, Row)]


def test_a_proposal_has_its_votes_and_day_and_nobody_as_its_author(tmp_path: Path) -> None:
    proposal = {"id": 3, "title": "Más árboles", "description": "<p>Sí</p>", "votes": 15, "created_at": "31/01/2024"}
    path = write_jsonl(
        tmp_path / "p.jsonl.gz", [proposal, {**proposal, "id": 4, "retired_at": "2024-02-03 20:05:12 +0100"}]
    )
    first, second = ideas(DecideMadrid(path))
    assert (first.source_id, first.title, first.score, first.author, first.status) == (
        "3",
        "Más árboles",
        15,
        None,
        None,
    )
    assert first.created_at == datetime(2024, 1, 31, tzinfo=UTC)
    assert second.status == RETIRED


def test_a_proposal_of_an_american_date_is_a_bad_row(tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "p.jsonl", [{"id": 3, "title": "a", "created_at": "01/31/2024"}])
    assert list(DecideMadrid(path).questions()) == [Problem("p.jsonl", 1, "created_at is not a date: 01/31/2024")]


def test_csv_columns_come_in_any_order_and_most_may_be_absent(tmp_path: Path) -> None:
    text = (
        "title,id,votes,author,created_at,status,status_kind,tags,body\n"
        'Dark mode,7,12,Ada Lovelace,2024-02-03T10:00:00+01:00,Planned,planned,"ui, Night,UI","# Why\n\nEyes."\n'
    )
    (idea,) = ideas(PlainCsv(csv_file(tmp_path, text)))
    assert (idea.title, idea.source_id, idea.score, idea.tags) == ("Dark mode", "7", 12, ("ui", "Night"))
    assert idea.created_at == datetime(2024, 2, 3, 9, tzinfo=UTC)
    assert idea.author == Person("Ada Lovelace", "Ada Lovelace")
    assert idea.status == Status("Planned", StatusKind.PLANNED)
    assert idea.body.text == "# Why\n\nEyes."
    (bare,) = ideas(PlainCsv(csv_file(tmp_path, "id,title\n1,Dark mode\n")))
    assert (bare.created_at, bare.author, bare.status, bare.score) == (None, None, None, 0)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_a_spreadsheet_is_understood(tmp_path: Path, separator: str) -> None:
    text = separator.join(["ID", "Title"]) + "\r\n" + separator.join(["1", "Größer"]) + "\r\n"
    (idea,) = ideas(PlainCsv(csv_file(tmp_path, text, "utf-8-sig")))
    assert idea.title == "Größer"


def test_csv_columns_that_mean_nothing_here_are_named(tmp_path: Path) -> None:
    source = PlainCsv(csv_file(tmp_path, "id,title,Colour\n1,a,red\n"))
    assert len(ideas(source)) == 1
    assert source.remarks == {'column named "colour", left out': 1}


def test_csv_rows_are_numbered_as_a_spreadsheet_does_and_bad_ones_reported(tmp_path: Path) -> None:
    text = 'id,title,votes\n1,"two\nlines",0\n2,short\n3,c,many\n4,d,1\n5,' + "x" * 200_000 + ",1\n6,f,2\n"
    rows = list(PlainCsv(csv_file(tmp_path, text)).questions())
    assert [(row.number, row.reason) for row in rows if isinstance(row, Problem)] == [
        (3, "there are 2 cells for 3 columns"),
        (4, "votes is not a whole number"),
        (6, "the row is not CSV (field larger than field limit (131072))"),
    ]
    assert [row.number for row in rows if isinstance(row, Row)] == [2, 5, 7]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no column named id in its first row"),
        ("id,name\n1,a\n", "has no column named title in its first row"),
        ("id,title,title\n", "two columns of the same name"),
    ],
)
def test_csv_without_the_header_is_refused_with_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(UnreadableSourceError, match=reason):
        PlainCsv(csv_file(tmp_path, text))


def test_csv_in_another_encoding_is_refused_with_one_sentence(tmp_path: Path) -> None:
    path = csv_file(tmp_path, "id,title\n1,Größer\n", "latin-1")
    with pytest.raises(UnreadableSourceError, match=r"line 2 is not UTF-8\.$"):
        ideas(PlainCsv(path))


def test_a_file_that_is_not_there_is_refused_with_one_sentence(tmp_path: Path) -> None:
    for reader in (PlainCsv, DecideMadrid):
        with pytest.raises(UnreadableSourceError, match=r"There is no file"):
            reader(tmp_path / "nothing.csv")
