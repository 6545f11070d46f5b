"""The files that a published review is downloaded as."""

import csv
import io
from typing import Any

import pytest

from accounts.models import Member
from ideas.actions import edit_idea
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import create_draft, publish_review
from reviews.exports import COLUMNS, as_csv, as_markdown, guarded
from reviews.models import Review, ReviewSnapshot, digest
from reviews.snapshot import canonical, content_hash

FORMULAS = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "＝1+1", '=HYPERLINK("http://x")']


def cells(snapshot: ReviewSnapshot) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv(snapshot).decode(), newline=""), strict=True))


def test_the_csv_has_a_row_for_each_idea(published: ReviewSnapshot, ideas: list[Idea]) -> None:
    rows = cells(published)
    assert list(rows[0]) == COLUMNS
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
    text = as_csv(published)
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
    text = as_markdown(published).decode()
    assert text.startswith("# What customers want\n")
    assert f"Content hash (SHA-256): {published.content_hash}" in text
    assert "each counted once: 6" in text
    assert "> They want it *all*." in text
    assert f"](http://127.0.0.1:8000{ideas[0].get_absolute_url()}) | 4 | 0 | Open |" in text


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
    own = [line for line in as_markdown(snapshot).decode().split("\n") if not line.startswith(">")]
    assert [line for line in own if line.startswith("#")][:3] == ["# Title", "## Note", "## Ranking"]
    assert len([line for line in own if line.startswith("#")]) == 4
    assert len([line for line in own if line.startswith("- Content hash")]) == 1
    assert len([line for line in own if line.startswith("|")]) == 3
    assert not any("<!--" in line.replace("\\<", "") for line in own)
    assert "\r" not in "\n".join(own)


@pytest.fixture
def fixed() -> ReviewSnapshot:
    """A snapshot of which every character is known; never saved."""
    seals = {"11" * 32: "Author", "22" * 32: "Product"}
    names = {name: digest(salt, name) for salt, name in seals.items()}
    data: dict[str, Any] = {
        "format": "chorus-review",
        "format_version": 1,
        "site": "https://community.example",
        "review": {
            "id": 7,
            "title": "Autumn",
            "note": "Mostly *comfort*.\n\nAnd speed.",
            "cut_off": "2026-03-01T12:00:00.000001Z",
            "published_at": "2026-03-01T12:00:00.000001Z",
            "published_by": names["Product"],
        },
        "boards": [{"id": 4, "title": "Ideas"}],
        "policy": {"name": "supporters", "version": 1, "formula": "score = supporters"},
        "totals": {"ideas": 2, "supporters": 11, "base_votes": 3},
        "ideas": [
            {
                "rank": 1,
                "id": 12,
                "path": "/i/12/dark-mode/",
                "board": 4,
                "title": "Dark mode [please]",
                "text": "My eyes hurt.\n\n=really",
                "author": names["Author"],
                "created_at": "2026-01-02T03:04:05.000006Z",
                "status": {"name": "Planned", "kind": "planned"},
                "tags": ["design", "eyes"],
                "score": 9,
                "supporters": 9,
                "base_votes": 3,
                "merged": [{"id": 15, "path": "/i/15/night/", "title": "Night | theme"}],
            },
            {
                "rank": 2,
                "id": 13,
                "path": "/i/13/export/",
                "board": 4,
                "title": "=Export",
                "text": "",
                "author": "00" * 32,
                "created_at": "2026-01-03T00:00:00.000000Z",
                "status": {"name": "Open", "kind": "open"},
                "tags": [],
                "score": 4,
                "supporters": 4,
                "base_votes": 0,
                "merged": [],
            },
        ],
    }
    content = canonical(data)
    snapshot = ReviewSnapshot(review_id=7, content=content, content_hash=content_hash(content))
    snapshot.__dict__["names"] = {names["Author"]: "Author", names["Product"]: "Product"}
    return snapshot


CSV = (
    "rank,idea_id,title,url,board,status,status_kind,score,supporters,base_votes,tags,author,created_at,merged_ideas,"
    "text,review_id,review_title,review_supporters,policy,cut_off,content_hash\r\n"
    '1,12,Dark mode [please],https://community.example/i/12/dark-mode/,Ideas,Planned,planned,9,9,3,"design, eyes",'
    'Author,2026-01-02T03:04:05.000006Z,#15 Night | theme,"My eyes hurt.\n\n=really",7,Autumn,11,supporters 1,'
    "2026-03-01T12:00:00.000001Z,{hash}\r\n"
    "2,13,'=Export,https://community.example/i/13/export/,Ideas,Open,open,4,4,0,,former member,"
    "2026-01-03T00:00:00.000000Z,,,7,Autumn,11,supporters 1,2026-03-01T12:00:00.000001Z,{hash}\r\n"
)

MARKDOWN = """# Autumn

- Board: Ideas
- Votes counted until: 2026-03-01T12:00:00.000001Z
- Published: 2026-03-01T12:00:00.000001Z by Product
- Ideas: 2
- Supporters of any of them, each counted once: 11
- Votes from before, which may overlap: 3
- Ranking: supporters, version 1
- Content hash (SHA-256): {hash}

score = supporters

## Note

> Mostly *comfort*.
>
> And speed.

## Ranking

| Rank | Idea | Supporters | From before | Status |
| ---: | --- | ---: | ---: | --- |
| 1 | [Dark mode \\[please\\]](https://community.example/i/12/dark-mode/) | 9 | 3 | Planned |
| 2 | [=Export](https://community.example/i/13/export/) | 4 | 0 | Open |

## 1. Dark mode \\[please\\]

- Supporters: 9
- Votes from before: 3
- Status: Planned
- Tags: design, eyes
- Posted: 2026-01-02T03:04:05.000006Z by Author
- Merged into it: [Night \\| theme](https://community.example/i/15/night/)

> My eyes hurt.
>
> =really

## 2. =Export

- Supporters: 4
- Votes from before: 0
- Status: Open
- Tags: –
- Posted: 2026-01-03T00:00:00.000000Z by former member
"""


def test_a_review_of_format_1_is_written_like_this_for_ever(fixed: ReviewSnapshot) -> None:
    """Files that were downloaded before must come out the same: change the format's version, not this test."""
    assert as_csv(fixed).decode() == CSV.format(hash=fixed.content_hash)
    assert as_markdown(fixed).decode() == MARKDOWN.format(hash=fixed.content_hash)
