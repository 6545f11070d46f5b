"""Whether a published review still is what was published."""

import json
from datetime import datetime
from typing import Any

from django.utils import timezone

from ideas import history
from ideas.models import Idea
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
    if not found and is_settled(snapshot):
        found += _against_the_ledgers(data)
    for name in snapshot.sealed_names.all():
        if not name.is_intact:
            found.append(f"The name of member {name.member_id} is not the one that was sealed.")
        elif name.digest not in digests:
            found.append(f"The name of member {name.member_id} belongs to another review.")
    return found


def is_settled(snapshot: ReviewSnapshot) -> bool:
    """Whether the ledgers can tell how things stood at the review's cut-off; they can from a minute after it on."""
    return datetime.fromisoformat(snapshot.data["review"]["cut_off"]) <= timezone.now() - history.SETTLES_AFTER


def _against_the_ledgers(data: dict[str, Any]) -> list[str]:
    """The supporters of that moment, each idea's and all together, as the ledger of votes tells them now."""
    cut_off = datetime.fromisoformat(data["review"]["cut_off"])
    said = {idea["id"]: idea["supporters"] for idea in data["ideas"]}
    families = Idea.objects.filter(pk__in=said).as_of(cut_off).families()
    told = {family.idea: frozenset(family.supporters) for family in families}
    found = [
        f"Idea {pk} had {len(told.get(pk, ()))} supporters at the cut-off, and the review says {number}."
        for pk, number in said.items()
        if len(told.get(pk, ())) != number
    ]
    if not found and len(frozenset().union(*told.values())) != data["totals"]["supporters"]:
        found.append("All ideas together had other supporters at the cut-off than the review says.")
    return found


def erased_names(snapshot: ReviewSnapshot) -> int:
    """How many people named in the review were erased since."""
    return len(_digests(snapshot.data) - snapshot.names.keys())


def _digests(data: dict[str, Any]) -> set[str]:
    return {data["review"]["published_by"], *(idea["author"] for idea in data["ideas"])}
