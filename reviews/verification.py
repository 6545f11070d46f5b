"""Whether a published review still is what was published."""

import json
from typing import Any

from reviews.models import ReviewSnapshot
from reviews.snapshot import canonical, content_hash


def differences(snapshot: ReviewSnapshot) -> list[str]:
    """What is not as it was published, a sentence each; nothing if all is."""
    found = []
    if content_hash(snapshot.content) != snapshot.content_hash:
        found.append("Its content does not have its hash.")
    try:
        data = json.loads(snapshot.content)
        is_canonical = canonical(data) == snapshot.content
        digests = _digests(data)
        is_of_review = data["review"]["id"] == snapshot.review_id
    except (ValueError, TypeError, KeyError):
        return [*found, "Its content can't be read."]
    if not is_canonical:
        found.append("Its content is not in its canonical form.")
    if not is_of_review:
        found.append("Its content is that of another review.")
    for name in snapshot.sealed_names.all():
        if not name.is_intact:
            found.append(f"The name of member {name.member_id} is not the one that was sealed.")
        elif name.digest not in digests:
            found.append(f"The name of member {name.member_id} belongs to another review.")
    return found


def erased_names(snapshot: ReviewSnapshot) -> int:
    """How many people named in the review were erased since."""
    return len(_digests(snapshot.data) - snapshot.names.keys())


def _digests(data: dict[str, Any]) -> set[str]:
    return {data["review"]["published_by"], *(idea["author"] for idea in data["ideas"])}
