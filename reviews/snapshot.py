"""What a published review says, put into one text that can be hashed.

Its fields are described in docs/reference/review-export.md.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from accounts.models import Member
from ideas.models import Idea
from ideas.tally import Family
from reviews.models import Review, SealedName, digest
from reviews.ranking import SUPPORTERS

FORMAT = "chorus-review"
FORMAT_VERSION = 1


class Seals:
    """The people named in a snapshot that is being made: a salted digest for each, and the names to keep apart."""

    def __init__(self) -> None:
        self.names: dict[int, SealedName] = {}

    def of(self, member: Member) -> str:
        if member.pk not in self.names:
            salt = secrets.token_hex(32)
            self.names[member.pk] = SealedName(
                member=member, name=member.name, salt=salt, digest=digest(salt, member.name)
            )
        return self.names[member.pk].digest


def describe(review: Review, rows: Mapping[int, Idea], seals: Seals, *, by: Member, at: datetime) -> dict[str, Any]:
    """The review with all that it says of its ideas, published at this moment.

    `rows` are the ideas' whole families, locked (see community.families): nobody votes, merges or edits meanwhile.
    """
    supporters = Family(rows).supporters()
    chosen = review.ideas.select_related("status", "author").prefetch_related("tags")  # type: ignore[misc]  # taggit
    ideas = sorted(chosen, key=lambda idea: (-len(supporters[idea.pk]), -idea.pk))
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "site": settings.BASE_URL,
        "review": {
            "id": review.pk,
            "title": review.title,
            "note": review.note,
            "cut_off": moment(at),
            "published_at": moment(at),
            "published_by": seals.of(by),
        },
        "boards": [{"id": review.board_id, "title": review.board.title}],
        "policy": {"name": SUPPORTERS.name, "version": SUPPORTERS.version, "formula": SUPPORTERS.formula},
        "totals": {
            "ideas": len(ideas),
            "supporters": len(set().union(*(supporters[idea.pk] for idea in ideas))),
            "base_votes": sum(rows[idea.pk].family_base_votes for idea in ideas),
        },
        "ideas": [
            {
                "rank": rank,
                "id": idea.pk,
                "path": idea.get_absolute_url(),
                "board": idea.board_id,
                "title": idea.title,
                "text": idea.body,
                "author": seals.of(idea.author),
                "created_at": moment(idea.created_at),
                "status": {"name": idea.status.name, "kind": idea.status.kind},
                "tags": sorted(tag.name for tag in idea.tags.all()),
                "score": len(supporters[idea.pk]),
                "supporters": len(supporters[idea.pk]),
                "base_votes": rows[idea.pk].family_base_votes,
                "merged": [
                    {"id": other.pk, "path": other.get_absolute_url(), "title": other.title}
                    for other in _merged_in_sight(rows, idea)
                ],
            }
            for rank, idea in enumerate(ideas, start=1)
        ],
    }


def _merged_in_sight(rows: Mapping[int, Idea], idea: Idea) -> list[Idea]:
    """What was merged into an idea and may be seen by whoever may see the idea. Of the others only votes count."""
    merged = [row for row in rows.values() if row.canonical_id == idea.pk]
    return sorted((row for row in merged if row.is_visible and row.board_id == idea.board_id), key=lambda row: row.pk)


def moment(at: datetime) -> str:
    """A moment as it stands in snapshots: ISO 8601, in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(data: Any) -> str:
    """The one text for this data: JSON with sorted keys, no spaces, whole numbers. Raises TypeError on others."""
    _refuse_floats(data)
    return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _refuse_floats(data: Any) -> None:
    if isinstance(data, float):
        raise TypeError("A snapshot holds whole numbers only: others are not written alike everywhere.")
    for part in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        _refuse_floats(part)


def content_hash(content: str) -> str:
    """SHA-256 of a canonical text in UTF-8, in hexadecimal digits."""
    return hashlib.sha256(content.encode()).hexdigest()
