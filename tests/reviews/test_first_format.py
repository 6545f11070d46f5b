"""Reviews of the first format: their files come out as they always did."""

from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Member
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import create_draft
from reviews.exports import as_csv as present_csv
from reviews.first_format import as_csv, as_markdown
from reviews.models import ReviewSnapshot, digest
from reviews.snapshot import canonical, content_hash
from tests.reviews.conftest import EVERYTHING


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
    assert b"".join(present_csv(fixed, EVERYTHING)) == as_csv(fixed)


def test_a_review_of_format_1_is_still_verified(
    board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, first_format: Any
) -> None:
    review = create_draft(board=board, by=product_manager, title="Old", note="", ideas=[idea.pk for idea in ideas])
    first_format(review)
    call_command("verify_review", review.pk)
