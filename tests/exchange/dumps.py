"""Small dumps made by hand, in the forms of the real ones."""

import gzip
import json
import tarfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

Attributes = Mapping[str, object]


def write_jsonl(path: Path, rows: Iterable[Any]) -> Path:
    """Rows as JSON Lines, compressed if the name says so; text among them is written as it is."""
    data = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows).encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def write_xml(path: Path, root: str, rows: Iterable[Attributes]) -> Path:
    """Rows as Stack Exchange writes them: with a byte order mark, one element a row."""
    lines = (f"  <row {' '.join(f'{k}={quoteattr(str(v))}' for k, v in row.items())} />" for row in rows)
    text = f'<?xml version="1.0" encoding="utf-8"?>\n<{root}>\n' + "\n".join(lines) + f"\n</{root}>"
    path.write_text(text, encoding="utf-8-sig")
    return path


def pack(folder: Path) -> Path:
    """The folder as a .tar.gz beside it."""
    archive = folder.with_name(f"{folder.name}.tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(folder, arcname=folder.name)
    return archive


def question_post(number: int, **changes: object) -> dict[str, object]:
    return {
        "Id": number,
        "PostTypeId": 1,
        "CreationDate": "2012-05-01T10:00:00.120",
        "Score": 3,
        "Body": "<p>How do I oil a <b>chain</b>?</p>",
        "OwnerUserId": 5,
        "Title": f"Question {number}",
        "Tags": "<chain><oil>",
        **changes,
    }


def answer_post(number: int, parent: int, **changes: object) -> dict[str, object]:
    row = {**question_post(number), "PostTypeId": 2, "ParentId": parent, "Body": "<p>With oil.</p>", **changes}
    return {name: value for name, value in row.items() if name not in ("Title", "Tags")}


def user(number: int, name: str) -> dict[str, object]:
    return {"Id": number, "DisplayName": name, "CreationDate": "2011-01-01T00:00:00.000"}


def comment(number: int, post: int, **changes: object) -> dict[str, object]:
    return {
        "Id": number,
        "PostId": post,
        "Score": 0,
        "Text": "See `man oil`.",
        "CreationDate": "2012-05-02T10:00:00.000",
        "UserId": 6,
        **changes,
    }


def link(number: int, duplicate: int, target: int, kind: int = 3) -> dict[str, object]:
    return {
        "Id": number,
        "CreationDate": "2012-06-01T00:00:00.000",
        "PostId": duplicate,
        "RelatedPostId": target,
        "LinkTypeId": kind,
    }


def sumo_question(number: int, **changes: object) -> dict[str, object]:
    return {
        "id": number,
        "created": "2024-01-01 01:04:34 +0000",
        "updated": "2024-01-01 03:22:53 +0000",
        "locale": "en-US",
        "product": "thunderbird",
        "topic": "other",
        "title": f"Question {number}",
        "content": '<p>Where is my <a href="/kb/profile">profile</a>?</p>',
        "tags": ["profile"],
        "creator": "ada",
        "is_solved": False,
        "solution": None,
        "solved_by": None,
        "is_spam": False,
        "is_locked": False,
        "is_archived": True,
        "num_votes": 2,
        "num_answers": 0,
        "answer_ids": [],
        "category": "other",
        **changes,
    }


def sumo_answer(number: int, question: int, **changes: object) -> dict[str, object]:
    return {
        "id": number,
        "question_id": question,
        "created": "2024-01-02 01:04:34 +0000",
        "updated": "2024-01-02 01:04:34 +0000",
        "content": "<p>In your home folder.</p>",
        "creator": "bo",
        "is_spam": False,
        "num_helpful": 1,
        "num_unhelpful": 3,
        **changes,
    }
