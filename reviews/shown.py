"""What of a published review a reader is shown: amounts, small groups and private words are not for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from community.models import ForumPage
from core.access import readable_page_ids
from ideas.permissions import PLAN, may_see_amounts
from ideas.voices import told_apart
from reviews.models import ReviewSnapshot

GROUPS = ("segments", "plans", "languages", "months")
TEXTS_AT_ONCE = 200


@dataclass(frozen=True)
class Access:
    """What somebody may see of reviews: amounts of money; groups of fewer than five people, signs and what voters told
    the team alone; questions of which forums."""

    sees_amounts: bool
    is_team: bool
    forums: frozenset[int]

    @classmethod
    def of(cls, user: Any) -> Access:
        return cls(
            sees_amounts=may_see_amounts(user),
            is_team=user.has_perm(PLAN),
            forums=readable_page_ids(user, ForumPage),
        )


def shown_header(snapshot: ReviewSnapshot, access: Access) -> dict[str, Any]:
    """What holds for the whole review."""
    data = {**snapshot.data}
    if snapshot.is_first_format:
        return {key: value for key, value in data.items() if key != "ideas"}
    if not access.sees_amounts:
        data["totals"] = {**data["totals"], "value": None}
    organisations = [each if access.sees_amounts else {**each, "value": None} for each in data["organisations"]]
    data["organisations"] = organisations if access.is_team else []
    data["research"] = [{**each, "by": snapshot.names.get(each["by"])} for each in data["research"]]
    return data


def shown_facts(facts: dict[str, Any], access: Access) -> dict[str, Any]:
    """What an idea is and where it stands; the dictionary is changed."""
    if not access.sees_amounts and "value" in facts:
        facts["value"] = None
    if _hides_score(facts, access):
        facts["score"] = None
        if facts["previous"]:
            facts["previous"]["score"] = None
    if not access.is_team and "cost" in facts:
        facts["cost"] = None
    return facts


def _hides_score(facts: dict[str, Any], access: Access) -> bool:
    """Whether the score of an idea would tell somebody what they may not see."""
    if facts.get("tells_worth") and not access.sees_amounts:
        return True
    return not access.is_team and bool(facts.get("is_small") or facts.get("tells_cost"))


def shown_evidence(facts: dict[str, Any], evidence: dict[str, Any], access: Access) -> dict[str, Any]:
    """The evidence for an idea; the dictionary is changed."""
    if not evidence:
        return evidence
    if not access.sees_amounts:
        evidence["value"] = None
    if _hides_score(facts, access):
        evidence["arithmetic"] = None
        if evidence["trend"]:
            evidence["trend"]["score"] = None
    evidence.pop("asked", None)
    evidence["questions"] = [each for each in evidence["questions"] if each["forum"] in access.forums]
    if access.is_team:
        return evidence
    for name in GROUPS:
        largest_first = sorted(((group, people) for group, people in evidence[name]), key=lambda row: (-row[1], row[0]))
        told = told_apart(largest_first, facts["supporters"])
        evidence[name] = [list(row) for row in (sorted(told) if name == "months" else told)]
    evidence["voices"] = [voice for voice in evidence["voices"] if voice["is_public"]]
    for voice in evidence["voices"]:
        voice["importance"] = ""
    evidence["voice_count"] = len(evidence["voices"])
    evidence["organisations"], evidence["signals"] = [], None
    return evidence


def shown_ideas(snapshot: ReviewSnapshot, access: Access) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each idea by rank with its evidence, names and words in the place of digests; None for what was erased."""
    batch: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for facts, evidence in snapshot.described():
        batch.append((shown_facts(facts, access), shown_evidence(facts, evidence, access)))
        if len(batch) == TEXTS_AT_ONCE:
            yield from opened(snapshot, batch)
            batch = []
    yield from opened(snapshot, batch)


def opened(
    snapshot: ReviewSnapshot, batch: list[tuple[dict[str, Any], dict[str, Any]]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """These ideas with names and words in the place of digests; the dictionaries are changed."""
    digests = [voice["text"] for _facts, evidence in batch for voice in evidence.get("voices", ())]
    texts, names = snapshot.texts(digests) if digests else {}, snapshot.names
    for facts, evidence in batch:
        facts["author"] = names.get(facts["author"])
        for voice in evidence.get("voices", ()):
            voice["text"], voice["by"] = texts.get(voice["text"]), names.get(voice["by"])
        answers = [question["answer"] for question in evidence.get("questions", ()) if question["answer"]]
        for named in (*answers, *evidence.get("answers", ()), evidence.get("interpretation")):
            if named:
                named["by"] = names.get(named["by"])
    return batch
