"""What a published review says, put into texts that can be hashed.

Its fields are described in docs/reference/review-export.md.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.organisations import Worth
from core.errors import ConflictError
from ideas.history import FamilyState
from ideas.models import IdeaBoardPage, Status
from ideas.reasons import FEWEST
from ideas.scoring import Arithmetic, Formula
from reviews.evidence import VALUE_METHOD, Batch, Customer, Gatherer, read_customers
from reviews.models import Review, ReviewItem, ReviewSnapshot, SnapshotIdea
from reviews.research import for_review
from reviews.rules import Rule
from reviews.seals import Seals, moment
from reviews.selection import Place, Selection, candidates, rule_of

FORMAT = "chorus-review"
FORMAT_VERSION = 3
WRITTEN_AT_ONCE = 200


class ChangedMeanwhileError(ConflictError):
    sentence = _("Something changed while the review was being frozen. Nothing was published; try again.")


@dataclass
class Totals:
    """What all ideas of a review have together, nobody and no organisation counted twice."""

    supporters: set[int] = field(default_factory=set)
    organisations: set[int] = field(default_factory=set)
    base_votes: int = 0

    def add(self, family: FamilyState) -> None:
        self.supporters.update(family.supporters)
        self.organisations.update(each.organisation for each in family.supporters.values() if each.organisation)
        self.base_votes += family.base_votes


class Freezer:
    """Describes the ideas of a review as they stood at the cut-off."""

    def __init__(self, review: Review, selection: Selection, cut_off: datetime, *, reader: Any, seals: Seals) -> None:
        self.review, self.selection, self.cut_off = review, selection, cut_off
        self.customers = read_customers(cut_off)
        self.rule = rule_of(review)
        self.formula = self.rule.formula(
            {pk: row.segment for pk, row in self.customers.items() if row.segment},
            {pk: Worth(row.plan, row.value) for pk, row in self.customers.items()},
        )
        self.previous = previous_snapshot(review)
        # By which it ranks now, and by which it ranked when it had the score that stands beside this one.
        self.rules = [self.rule, *([Rule.frozen(self.previous.data["policy"])] if self.previous else [])]
        self.gatherer = Gatherer(
            cut_off=cut_off,
            boards=review.board_ids,
            reader=reader,
            seals=seals,
            previous=self.previous,
            customers=self.customers,
        )
        self.statuses = Status.objects.filter(board__in=review.board_ids).in_bulk()
        self.totals = Totals()

    def ideas(self) -> Iterator[tuple[int, int, dict[str, Any], dict[str, Any]]]:
        """Each idea by rank: (rank, number, facts, evidence). Raises ChangedMeanwhileError."""
        places = {place.idea: place for place in self.selection.places}
        done = 0
        for batch in self.gatherer.batches(self.selection.ideas):
            for idea in sorted(batch.families, key=lambda pk: places[pk].rank):
                place, family = places[idea], batch.families[idea]
                arithmetic = self.formula.arithmetic(family, self.cut_off)
                if arithmetic.millionths != place.score:
                    raise ChangedMeanwhileError
                self.totals.add(family)
                evidence = {"arithmetic": as_data(arithmetic), **self.gatherer.of(idea, batch)}
                yield place.rank, idea, self._facts(place, family, batch, evidence), evidence
                done += 1
        if done != len(places):
            raise ChangedMeanwhileError

    def _facts(self, place: Place, family: FamilyState, batch: Batch, evidence: Mapping[str, Any]) -> dict[str, Any]:
        row, status = batch.rows[place.idea], self.statuses[family.status]
        before = evidence["trend"]
        return {
            "rank": place.rank,
            "id": row.pk,
            "path": row.get_absolute_url(),
            "board": row.board_id,
            "title": row.title,
            "text": row.body,
            "author": self.gatherer.seals.of(row.author),
            "created_at": moment(row.created_at),
            "status": {"name": status.name, "kind": status.kind},
            "tags": sorted(tag.name for tag in row.tags.all()),
            "theme": place.theme,
            "is_pinned": place.is_pinned,
            "score": place.score,
            "supporters": family.supporter_count,
            "base_votes": family.base_votes,
            "is_small": self._is_small(evidence["arithmetic"]),
            "tells_worth": any(rule.weighs_worth for rule in self.rules) and bool(evidence["organisations"]),
            "tells_cost": any(rule.halving_cost for rule in self.rules),
            "organisations": len(evidence["organisations"]),
            "value": evidence["value"]["cents"],
            "questions": len(family.questions),
            "cost": family.cost,
            "merged": [{key: each[key] for key in ("id", "path", "title")} for each in evidence["merged"]["named"]],
            "previous": before and {key: before[key] for key in ("rank", "score", "supporters")},
        }

    def _is_small(self, arithmetic: Mapping[str, Any]) -> bool:
        """Whether the score can tell of fewer people than may be told to everybody."""
        weighs = self.rule.weighs_segments or self.rule.weighs_importance
        people = weighs and any(part["supporters"] < FEWEST for part in arithmetic["supporters"])
        companies = any(part["organisations"] < FEWEST for part in arithmetic["organisation_parts"])
        return people or (self.rule.weighs_plans and companies)

    def header(self, ideas_hash: str) -> dict[str, Any]:
        """What holds for the whole review, once all ideas have been described."""
        review, totals = self.review, self.totals
        boards = IdeaBoardPage.objects.filter(pk__in=review.board_ids).order_by("pk")
        return {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "site": settings.BASE_URL,
            "review": {
                "id": review.pk,
                "title": review.title,
                "note": review.note,
                "cut_off": moment(self.cut_off),
                "filters": self._filters(),
                "size": review.size,
                "ranked": self.selection.ranked,
                "themes": sorted({place.theme for place in self.selection.places} - {""}),
            },
            "boards": [{"id": board.pk, "title": board.title} for board in boards],
            "policy": self.rule.as_data(),
            "totals": {
                "ideas": len(self.selection.places),
                "supporters": len(totals.supporters),
                "base_votes": totals.base_votes,
                "organisations": len(totals.organisations),
                "value": sum(self.customers[pk].value or 0 for pk in totals.organisations),
            },
            "value_method": VALUE_METHOD,
            "organisations": [organisation(pk, self.customers[pk]) for pk in sorted(totals.organisations)],
            "excluded": self._excluded(),
            "research": self._research(),
            "previous": self.previous
            and {"review": self.previous.review_id, "content_hash": self.previous.content_hash},
            "ideas_hash": ideas_hash,
        }

    def _research(self) -> list[dict[str, Any]]:
        """What support found out, as far as the review includes it."""
        return [
            {
                "id": finding.request,
                "title": finding.title,
                "brief": finding.brief,
                "questions": finding.questions,
                "answer": finding.answer,
                "by": self.gatherer.seals.of(finding.answered_by),
                "answered_at": moment(finding.answered_at),
                "collected": finding.collected,
            }
            for finding in for_review(self.review)
        ]

    def _filters(self) -> dict[str, list[str]]:
        filters = self.review.filters
        statuses = Status.objects.filter(pk__in=filters.get("statuses", ()))
        return {
            "tags": sorted(filters.get("tags", ())),
            "statuses": sorted({status.name for status in statuses}),
            "segments": sorted(filters.get("segments", ())),
            "languages": sorted(filters.get("languages", ())),
        }

    def _excluded(self) -> list[dict[str, Any]]:
        items = self.review.items.filter(choice=ReviewItem.Choice.EXCLUDED, idea__in=candidates(self.review))
        return [
            {
                "id": item.idea_id,
                "path": item.idea.get_absolute_url(),
                "title": item.idea.title,
                "reason": item.reason,
            }
            for item in items.select_related("idea").order_by("idea")
        ]


class Freezing:
    """The texts of a snapshot, put together idea by idea, and hashed on the way."""

    def __init__(self, freezer: Freezer) -> None:
        self.freezer = freezer
        self._hashed = hashlib.sha256()

    def batches(self) -> Iterator[list[tuple[int, int, str, str]]]:
        """Some ideas at a time by rank: (rank, number, content, evidence)."""
        batch: list[tuple[int, int, str, str]] = []
        for rank, idea, facts, evidence in self.freezer.ideas():
            content, behind = canonical(facts), canonical(evidence)
            add_to_hash(self._hashed, content, behind)
            batch.append((rank, idea, content, behind))
            if len(batch) == WRITTEN_AT_ONCE:
                yield batch
                batch = []
        if batch:
            yield batch

    def seal(self) -> ReviewSnapshot:
        """Write down the snapshot whose ideas have been written; in the transaction that holds them together."""
        content = canonical(self.freezer.header(self._hashed.hexdigest()))
        snapshot = ReviewSnapshot.objects.create(
            review=self.freezer.review, content=content, content_hash=content_hash(content)
        )
        self.freezer.gatherer.seals.keep(snapshot)
        return snapshot


def freeze(freezer: Freezer) -> ReviewSnapshot:
    """Write the snapshot down; the caller's transaction holds it together."""
    freezing = Freezing(freezer)
    for batch in freezing.batches():
        SnapshotIdea.objects.bulk_create(
            SnapshotIdea(review=freezer.review, rank=rank, idea_id=idea, content=content, evidence=evidence)
            for rank, idea, content, evidence in batch
        )
    return freezing.seal()


def previous_snapshot(review: Review) -> ReviewSnapshot | None:
    """The review of the same board that was published last before."""
    others = ReviewSnapshot.objects.filter(review__board=review.board_id).exclude(review=review.pk)
    return others.order_by("pk").last()


def organisation(pk: int, customer: Customer) -> dict[str, Any]:
    return {
        "id": pk,
        "name": customer.name,
        "plan": customer.plan,
        "segment": customer.segment,
        "value": customer.value,
    }


def as_data(arithmetic: Arithmetic, version: int = FORMAT_VERSION) -> dict[str, Any]:
    """The terms of a score, in millionths, as a format has them."""
    since_3 = {
        "organisation_parts": [
            {
                "plan": part.plan,
                "band": part.band,
                "organisations": part.organisations,
                "plan_multiplier": str(part.plan_multiplier),
                "worth_multiplier": str(part.worth_multiplier),
                "score": part.millionths,
            }
            for part in arithmetic.organisation_parts
        ],
        "questions": arithmetic.questions,
        "questions_score": arithmetic.question_millionths,
        "cost": arithmetic.cost,
        "cost_score": arithmetic.cost_millionths,
    }
    return {
        **(since_3 if version >= 3 else {}),
        "supporters": [
            {
                "importance": part.importance,
                "segment": part.segment,
                "supporters": part.supporters,
                "importance_multiplier": str(part.importance_multiplier),
                "segment_multiplier": str(part.segment_multiplier),
                "ageing": part.ageing,
                "score": part.millionths,
            }
            for part in arithmetic.parts
        ],
        "organisations": arithmetic.organisations,
        "organisations_score": arithmetic.organisations_millionths,
        "base_votes": arithmetic.base_votes,
        "base_score": arithmetic.base_millionths,
    }


def add_to_hash(hashed: Any, content: str, evidence: str) -> None:
    """An idea is hashed as two lines: what it is, and the evidence for it."""
    hashed.update(f"{content}\n{evidence}\n".encode())


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


def formula_of(header: Mapping[str, Any]) -> Formula:
    """The arithmetic of a published review, with the segments that organisations had then, and what they were worth."""
    rows = header.get("organisations", ())
    segments = {row["id"]: row["segment"] for row in rows if row["segment"]}
    return Rule.frozen(header["policy"]).formula(segments, worths_of(header))


def worths_of(header: Mapping[str, Any]) -> dict[int, Worth]:
    """What the organisations were worth that a published review names."""
    return {row["id"]: Worth(row["plan"], row["value"]) for row in header.get("organisations", ())}
