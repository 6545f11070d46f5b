"""Whether a published review still is what was published."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.organisations import Worth, worths_as_of
from ideas import history
from ideas.history import FamilyState
from ideas.models import Idea
from ideas.reach import Reach
from reviews.models import ReviewSnapshot, SnapshotIdea
from reviews.snapshot import add_to_hash, as_data, canonical, content_hash, formula_of, worths_of

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
    version = data["format_version"]
    everybody: set[int] = set()
    formula, said = formula_of(data), worths_of(data)
    found = _worth_against_the_ledger(data, cut_off) if version >= 3 else []
    for batch in _batches(snapshot):
        families = Idea.objects.filter(pk__in=batch).as_of(cut_off).families()
        told = {family.idea: family for family in families}
        tied = Reach(cut_off).tied({pk: family.ideas for pk, family in told.items()}) if version >= 3 else {}
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
                if version >= 3 and evidence is not None:
                    found += _inputs_against_the_ledgers(family, facts, evidence, tied.get(pk, set()), said)
                    family = replace(family, questions=tuple(evidence["asked"]))
                arithmetic = formula.arithmetic(family, cut_off)
                is_same = evidence is None or (
                    as_data(arithmetic, version) == evidence["arithmetic"] and arithmetic.millionths == facts["score"]
                )
                if not is_same:
                    found.append(f"The score of idea {pk} is not the sum that the ledgers give.")
    if not found and len(everybody) != data["totals"]["supporters"]:
        found.append("All ideas together had other supporters at the cut-off than the review says.")
    return found


def _worth_against_the_ledger(data: dict[str, Any], cut_off: datetime) -> list[str]:
    """What each organisation was worth at the cut-off, and all together, as their ledger tells."""
    worths, said = worths_as_of(cut_off), worths_of(data)
    found = [
        f"Organisation {pk} had another plan or value at the cut-off than the review says."
        for pk, worth in said.items()
        if worths.get(pk) != worth
    ]
    if data["totals"]["value"] != sum(worth.cents or 0 for worth in said.values()):
        found.append("The value of all organisations together is not the sum of theirs.")
    return found


def _inputs_against_the_ledgers(
    family: FamilyState,
    facts: dict[str, Any],
    evidence: dict[str, Any],
    tied: set[int],
    worths: Mapping[int, Worth],
) -> list[str]:
    """The value behind an idea, its estimate, and that its questions were tied then; who could read them isn't kept."""
    idea, found = family.idea, []
    organisations = {each.organisation for each in family.supporters.values() if each.organisation}
    values = [worths[pk].cents for pk in organisations if pk in worths]
    if len(values) != len(organisations) or sum(value or 0 for value in values) != facts["value"]:
        found.append(f"The value of the organisations behind idea {idea} is not the sum of theirs.")
    if family.cost != facts["cost"]:
        found.append(f"Idea {idea} had the estimate {family.cost} at the cut-off, and the review says {facts['cost']}.")
    if not tied.issuperset(evidence["asked"]) or len(evidence["asked"]) != facts["questions"]:
        found.append(f"Not all questions that the review counts for idea {idea} were tied to it at the cut-off.")
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
