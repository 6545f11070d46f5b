"""Whether a published review still is what was published."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from ideas import history
from ideas.models import Idea
from reviews.models import ReviewSnapshot, SnapshotIdea
from reviews.snapshot import add_to_hash, as_data, canonical, content_hash, formula_of

BATCH = 200


def differences(snapshot: ReviewSnapshot) -> list[str]:
    """What is not as it was published, a sentence each; nothing if all is."""
    found = []
    if content_hash(snapshot.content) != snapshot.content_hash:
        found.append("Its content does not have its hash.")
    try:
        data = json.loads(snapshot.content)
        is_canonical = canonical(data) == snapshot.content
        is_of_review = data["review"]["id"] == snapshot.review_id
        is_first = data["format_version"] == 1
        digests = _digests(data) if is_first else set()
    except (ValueError, TypeError, KeyError):
        return [*found, "Its content can't be read."]
    if not is_canonical:
        found.append("Its content is not in its canonical form.")
    if not is_of_review:
        found.append("Its content is that of another review.")
    if not is_first:
        digests, wrong = _read_ideas(snapshot, data)
        digests |= {each["by"] for each in data["research"]}
        found += wrong
    if not found and is_settled(snapshot):
        found += _against_the_ledgers(snapshot, data)
    return [*found, *_against_the_seals(snapshot, digests)]


def is_settled(snapshot: ReviewSnapshot) -> bool:
    """Whether the ledgers can tell how things stood at the review's cut-off; they can from a minute after it on."""
    return datetime.fromisoformat(snapshot.data["review"]["cut_off"]) <= timezone.now() - history.SETTLES_AFTER


def erased_names(snapshot: ReviewSnapshot) -> int:
    """How many people named in the review were erased since."""
    return len(_names(snapshot) - snapshot.names.keys())


def _read_ideas(snapshot: ReviewSnapshot, data: dict[str, Any]) -> tuple[set[str], list[str]]:
    """All digests that the review holds, and what is wrong with its ideas' texts."""
    hashed, digests, many = hashlib.sha256(), set(), 0
    try:
        for content, evidence in snapshot.idea_texts():
            add_to_hash(hashed, content, evidence)
            facts, behind = json.loads(content), json.loads(evidence)
            digests |= _digests_of(facts, behind) | {voice["text"] for voice in behind["voices"]}
            many += 1
    except (ValueError, TypeError, KeyError):
        return digests, ["Its ideas can't be read."]
    if hashed.hexdigest() != data["ideas_hash"] or many != data["totals"]["ideas"]:
        return digests, ["Its ideas do not have their hash."]
    return digests, []


def _against_the_ledgers(snapshot: ReviewSnapshot, data: dict[str, Any]) -> list[str]:
    """The supporters of that moment, each idea's and all together, and the sums of the scores, as the ledgers tell."""
    cut_off = datetime.fromisoformat(data["review"]["cut_off"])
    everybody: set[int] = set()
    formula, found = formula_of(data), []
    for batch in _batches(snapshot):
        families = Idea.objects.filter(pk__in=batch).as_of(cut_off).families()
        told = {family.idea: family for family in families}
        for pk, (facts, evidence) in batch.items():
            family = told.get(pk)
            people = family.supporter_count if family else 0
            if people != facts["supporters"]:
                found.append(
                    f"Idea {pk} had {people} supporters at the cut-off, and the review says {facts['supporters']}."
                )
            elif family:
                everybody.update(family.supporters)
                family = replace(family, base_votes=facts["base_votes"])
                arithmetic = formula.arithmetic(family, cut_off)
                is_same = evidence is None or (
                    as_data(arithmetic) == evidence["arithmetic"] and arithmetic.millionths == facts["score"]
                )
                if not is_same:
                    found.append(f"The score of idea {pk} is not the sum that the ledgers give.")
    if not found and len(everybody) != data["totals"]["supporters"]:
        found.append("All ideas together had other supporters at the cut-off than the review says.")
    return found


def _batches(snapshot: ReviewSnapshot) -> Iterator[dict[int, tuple[dict[str, Any], dict[str, Any] | None]]]:
    """The ideas with their evidence by number, some at a time; in the first format there is none."""
    if snapshot.is_first_format:
        yield {idea["id"]: (idea, None) for idea in snapshot.data["ideas"]}
        return
    rows = SnapshotIdea.objects.filter(review=snapshot.review_id).order_by("rank")
    last = 0
    while found := list(rows.filter(rank__gt=last)[:BATCH]):
        yield {row.idea_id: (json.loads(row.content), json.loads(row.evidence)) for row in found}
        last = found[-1].rank


def _against_the_seals(snapshot: ReviewSnapshot, digests: set[str]) -> list[str]:
    found = []
    for name in snapshot.sealed_names.order_by("pk").iterator():
        if not name.is_intact:
            found.append(f"The name of member {name.member_id} is not the one that was sealed.")
        elif name.digest not in digests:
            found.append(f"The name of member {name.member_id} belongs to another review.")
    for text in snapshot.sealed_texts.order_by("pk").iterator():
        if not text.is_intact:
            found.append(f"What member {text.member_id} said is not what was sealed.")
        elif text.digest not in digests:
            found.append(f"What member {text.member_id} said belongs to another review.")
    return found


def _names(snapshot: ReviewSnapshot) -> set[str]:
    if snapshot.is_first_format:
        return _digests(snapshot.data)
    of_research = {each["by"] for each in snapshot.data["research"]}
    return of_research.union(*(_digests_of(facts, evidence) for facts, evidence in snapshot.described()))


def _digests(data: dict[str, Any]) -> set[str]:
    """The people named in a review of the first format."""
    return {data["review"]["published_by"], *(idea["author"] for idea in data["ideas"])}


def _digests_of(facts: dict[str, Any], evidence: dict[str, Any]) -> set[str]:
    """The people named in what a review says of an idea."""
    answers = [question["answer"] for question in evidence["questions"]]
    named = [*evidence["voices"], *answers, *evidence["answers"], evidence["interpretation"]]
    return {facts["author"], *(each["by"] for each in named if each)}
