"""What lies behind each idea of a review at its cut-off: who supports it, what they say, what became of it before.

All is read some ideas at a time, in a number of queries that does not grow with their support, and put in an order that
follows from numbers and code points alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import Member, Organisation
from accounts.organisations import worths_as_of
from community.content import Visibility
from community.models import Question
from ideas.history import AsOf, FamilyState, VoteThen
from ideas.models import (
    Idea,
    IdeaMerge,
    RelatedQuestion,
    StatusChange,
    VoteEvent,
    VoteSentence,
)
from reviews.models import Interpretation, ReviewSnapshot
from reviews.seals import Seals, moment

BATCH = 200
MEMBERS_AT_ONCE = 5_000
# A review keeps the newest so many voices of an idea, and says how many there were.
MOST_VOICES = 100
NEW_ACCOUNT = timedelta(days=7)
DAY = timedelta(days=1)
VALUE_METHOD = (
    "The yearly value of each organisation that at least one supporter belonged to when they voted, each organisation "
    "once, as the ledger of organisations knew it at the cut-off."
)


@dataclass(frozen=True)
class Customer:
    """What an organisation was: name and segment when the review was published, plan and value at its cut-off.

    The value is in cents, None where it is not known.
    """

    name: str
    plan: str
    value: int | None
    segment: str


@dataclass(frozen=True)
class Person:
    language: str
    joined_at: datetime
    has_account: bool


@dataclass
class Batch:
    """What is known of some ideas at the cut-off."""

    families: dict[int, FamilyState]
    rows: dict[int, Idea]
    named: dict[int, list[int]]
    votes: dict[int, list[VoteThen]]
    people: dict[int, Person]
    sentences: dict[int, list[VoteSentence]]
    merged_at: dict[int, datetime]
    questions: dict[int, list[Question]]
    changes: dict[int, list[StatusChange]]
    by_team: dict[int, set[int]]
    interpretations: dict[int, Interpretation]
    before: dict[int, dict[str, int]]


@dataclass
class Gatherer:
    """Reads the evidence for a review, batch by batch.

    `boards` are those of the review: of what was merged in from elsewhere only supporters count. `reader` is who
    publishes; linked questions are those that they may see.
    """

    cut_off: datetime
    boards: Sequence[int]
    reader: Any
    seals: Seals
    previous: ReviewSnapshot | None
    customers: Mapping[int, Customer] = field(default_factory=dict)

    def batches(self, ideas: Sequence[int]) -> Iterator[Batch]:
        before = _places(self.previous)
        for start in range(0, len(ideas), BATCH):
            yield self._batch(ideas[start : start + BATCH], before)

    def _batch(self, ideas: Sequence[int], before: Mapping[int, dict[str, int]]) -> Batch:
        as_of = Idea.objects.filter(pk__in=ideas).as_of(self.cut_off)
        families = {family.idea: family for family in as_of.families()}
        everywhere = sorted({pk for family in families.values() for pk in family.ideas})
        rows = (
            Idea.objects.filter(pk__in=everywhere)
            .select_related("author", "status")
            .prefetch_related("tags")  # type: ignore[misc]  # taggit
            .in_bulk()
        )
        named = {root: [pk for pk in family.ideas if self._is_named(rows[pk])] for root, family in families.items()}
        root_of = {pk: root for root, pks in named.items() for pk in pks}
        return Batch(
            families=families,
            rows=rows,
            named=named,
            votes=_votes(as_of, families),
            people=_people({member for family in families.values() for member in family.supporters}),
            sentences=self._sentences(families, root_of),
            merged_at=_merged_at(root_of, self.cut_off),
            questions=self._questions(root_of),
            changes=_changes(families, self.cut_off),
            by_team=_by_team(as_of, families),
            interpretations=_interpretations(families),
            before={pk: before[pk] for pk in families if pk in before},
        )

    def _is_named(self, idea: Idea) -> bool:
        """Whether everybody who may read the review's boards may see the idea."""
        return idea.is_visible and idea.board_id in self.boards

    def _sentences(
        self, families: Mapping[int, FamilyState], root_of: Mapping[int, int]
    ) -> dict[int, list[VoteSentence]]:
        """What supporters said, each with their latest word, what is public first and then the newest."""
        said = VoteSentence.objects.filter(
            idea__in=list(root_of), written_at__lte=self.cut_off, hidden_at__isnull=True, member__is_active=True
        )
        latest: dict[tuple[int, int], VoteSentence] = {}
        for sentence in said.exclude(text="").select_related("member").order_by("written_at", "pk"):
            root = root_of[sentence.idea_id]
            if sentence.member_id in families[root].supporters:
                latest[root, sentence.member_id] = sentence
        found: dict[int, list[VoteSentence]] = defaultdict(list)
        for (root, _member), sentence in latest.items():
            found[root].append(sentence)
        for sentences in found.values():
            sentences.sort(key=lambda each: (each.written_at, each.pk), reverse=True)
            sentences.sort(key=lambda each: not each.is_public)
        return found

    def _questions(self, root_of: Mapping[int, int]) -> dict[int, list[Question]]:
        ties = RelatedQuestion.objects.as_of(self.cut_off).filter(idea__in=list(root_of))
        pairs = {(root_of[idea], question) for idea, question in ties.values_list("idea", "question")}
        visible = Question.objects.visible_to(self.reader).filter(visibility=Visibility.VISIBLE)
        rows = visible.select_related("accepted_answer__author").in_bulk({question for _root, question in pairs})
        found: dict[int, list[Question]] = defaultdict(list)
        for root, question in sorted(pairs):
            if question in rows:
                found[root].append(rows[question])
        return found

    def of(self, idea: int, batch: Batch) -> dict[str, Any]:
        """The evidence for one idea of the batch."""
        family = batch.families[idea]
        people = [(batch.people[pk], supporter) for pk, supporter in family.supporters.items()]
        organisations = Counter(supporter.organisation for _person, supporter in people if supporter.organisation)
        segments: Counter[str] = Counter()
        for pk, count in organisations.items():
            segments[self.customers[pk].segment] += count
        segments[""] += len(people) - organisations.total()
        return {
            "segments": counted(segments),
            "plans": counted(Counter(supporter.plan for _person, supporter in people)),
            "languages": counted(Counter(person.language for person, _supporter in people)),
            "months": sorted(counted(Counter(f"{each.since.astimezone(UTC):%Y-%m}" for _person, each in people))),
            "organisations": sorted(([pk, count] for pk, count in organisations.items()), key=lambda row: row[0]),
            "value": self._value(organisations),
            "voices": self._voices(idea, batch),
            "voice_count": len(batch.sentences.get(idea, ())),
            "questions": [self._question(question) for question in batch.questions.get(idea, ())],
            "merged": _merged(idea, batch),
            "trend": batch.before.get(idea),
            "signals": _signals(idea, batch, organisations),
            "interpretation": self._interpretation(batch.interpretations.get(idea)),
            "answers": [self._answer(line) for line in batch.changes.get(idea, ())],
            "asked": list(family.questions),
        }

    def _value(self, organisations: Iterable[int]) -> dict[str, int]:
        values = [self.customers[pk].value for pk in organisations]
        known = [value for value in values if value is not None]
        return {"cents": sum(known), "known": len(known), "unknown": len(values) - len(known)}

    def _voices(self, idea: int, batch: Batch) -> list[dict[str, Any]]:
        supporters = batch.families[idea].supporters
        return [
            {
                "text": self.seals.said(sentence.member, sentence.text),
                "by": self.seals.of(sentence.member),
                "is_public": sentence.is_public,
                "importance": supporters[sentence.member_id].importance,
                "idea": sentence.idea_id,
                "written_at": moment(sentence.written_at),
            }
            for sentence in batch.sentences.get(idea, ())[:MOST_VOICES]
        ]

    def _question(self, question: Question) -> dict[str, Any]:
        answer = question.accepted_answer
        is_answered = answer is not None and answer.is_visible
        return {
            "id": question.pk,
            "forum": question.forum_id,
            "path": question.get_absolute_url(),
            "title": question.title,
            "answer": {"text": answer.body, "by": self.seals.of(answer.author)} if answer and is_answered else None,
        }

    def _interpretation(self, row: Interpretation | None) -> dict[str, Any] | None:
        if row is None:
            return None
        return {"text": row.text, "by": self.seals.of(row.written_by), "written_at": moment(row.written_at)}

    def _answer(self, line: StatusChange) -> dict[str, Any]:
        return {
            "status": {"name": line.new_status.name, "kind": line.new_status.kind},
            "text": line.answer,
            "by": self.seals.of(line.changed_by),
            "at": moment(line.occurred_at),
            "is_correction": line.corrects_id is not None,
        }


def counted(counts: Counter[str]) -> list[list[Any]]:
    """Names with how many, the most first; "" stands for what is not known."""
    return sorted(([name, count] for name, count in counts.items() if count), key=lambda row: (-row[1], row[0]))


def read_customers(cut_off: datetime) -> dict[int, Customer]:
    """All organisations."""
    worths = worths_as_of(cut_off)
    rows = Organisation.objects.values_list("pk", "name", "segment").iterator()
    return {pk: Customer(name, *worths[pk], segment.strip()) for pk, name, segment in rows if pk in worths}


def _votes(as_of: AsOf, families: Mapping[int, FamilyState]) -> dict[int, list[VoteThen]]:
    """The votes in those families that something was merged into, by root."""
    root_of = {pk: family.idea for family in families.values() if len(family.ideas) > 1 for pk in family.ideas}
    found: dict[int, list[VoteThen]] = defaultdict(list)
    for vote in as_of.votes_on(root_of) if root_of else ():
        if vote.supporter:
            found[root_of[vote.idea]].append(vote)
    return found


def _people(members: set[int]) -> dict[int, Person]:
    found, numbers = {}, sorted(members)
    for start in range(0, len(numbers), MEMBERS_AT_ONCE):
        rows = Member.objects.filter(pk__in=numbers[start : start + MEMBERS_AT_ONCE])
        for pk, language, joined_at, email in rows.values_list("pk", "language", "date_joined", "email"):
            found[pk] = Person(language, joined_at, email is not None)
    return found


def _merged_at(ideas: Iterable[int], cut_off: datetime) -> dict[int, datetime]:
    edges = IdeaMerge.objects.filter(duplicate__in=list(ideas), recorded_at__lte=cut_off).exclude(
        undone_at__lte=cut_off
    )
    return dict(edges.values_list("duplicate", "merged_at"))


def _changes(roots: Iterable[int], cut_off: datetime) -> dict[int, list[StatusChange]]:
    """The lines of the statuses' ledger that told the public something, in their order."""
    found: dict[int, list[StatusChange]] = defaultdict(list)
    lines = StatusChange.objects.filter(idea__in=list(roots), recorded_at__lte=cut_off, old_status__isnull=False)
    for line in lines.select_related("new_status", "changed_by").order_by("pk"):
        found[line.idea_id].append(line)
    return found


def _by_team(as_of: AsOf, families: Mapping[int, FamilyState]) -> dict[int, set[int]]:
    """The members whose votes somebody else cast for them, by root."""
    root_of = {pk: family.idea for family in families.values() for pk in family.ideas}
    cast = VoteEvent.objects.filter(
        idea__in=list(root_of), kind=VoteEvent.Kind.CAST, cast_by__isnull=False, recorded_at__lte=as_of.moment
    )
    found: dict[int, set[int]] = defaultdict(set)
    for idea, member in cast.values_list("idea", "member"):
        found[root_of[idea]].add(member)
    return found


def _interpretations(roots: Iterable[int]) -> dict[int, Interpretation]:
    rows = Interpretation.objects.filter(idea__in=list(roots)).select_related("written_by").order_by("pk")
    return {row.idea_id: row for row in rows}


def _places(previous: ReviewSnapshot | None) -> dict[int, dict[str, int]]:
    """Where ideas stood in an earlier review."""
    if previous is None:
        return {}
    unit = 1_000_000 if previous.is_first_format else 1
    return {
        idea["id"]: {
            "review": previous.review_id,
            "rank": idea["rank"],
            "score": idea["score"] * unit,
            "supporters": idea["supporters"],
        }
        for idea in previous.facts()
    }


def _merged(idea: int, batch: Batch) -> dict[str, Any]:
    """What was merged into the idea, and the supporters whom each alone brought; the unnamed are added up."""
    family = batch.families[idea]
    where: dict[int, set[int]] = defaultdict(set)
    for vote in batch.votes.get(idea, ()):
        if vote.crown == idea:
            where[vote.member].add(vote.idea)
    supporters: Counter[int] = Counter(pk for ideas in where.values() for pk in ideas)
    added: Counter[int] = Counter(next(iter(ideas)) for ideas in where.values() if len(ideas) == 1)
    unnamed = {pk for pk in family.ideas if pk not in batch.named[idea]}
    return {
        "named": [
            {
                "id": pk,
                "path": batch.rows[pk].get_absolute_url(),
                "title": batch.rows[pk].title,
                "merged_at": moment(batch.merged_at[pk]),
                "supporters": supporters[pk],
                "added": added[pk],
                "base_votes": batch.rows[pk].base_votes,
            }
            for pk in family.ideas
            if pk != idea and pk not in unnamed
        ],
        "unnamed": {
            "ideas": len(unnamed - {idea}),
            "added": sum(1 for ideas in where.values() if ideas <= unnamed) if unnamed else 0,
            "base_votes": sum(batch.rows[pk].base_votes for pk in sorted(unnamed - {idea})),
        },
    }


def _signals(idea: int, batch: Batch, organisations: Counter[int]) -> dict[str, int]:
    """What ideas.manipulation looks at, as far as the cut-off tells, in numbers of people."""
    supporters = batch.families[idea].supporters
    by_team = batch.by_team.get(idea, set()) & supporters.keys()
    own = {pk: batch.people[pk] for pk in supporters if pk not in by_team and batch.people[pk].has_account}
    new = [pk for pk, person in own.items() if supporters[pk].since - person.joined_at < NEW_ACCOUNT]
    return {
        "by_themselves": len(own),
        "new_accounts": len(new),
        "joined_in_a_day": _fullest_day([person.joined_at for person in own.values()]),
        "by_team": len(by_team),
        "largest_organisation": max(organisations.values(), default=0),
    }


def _fullest_day(moments: list[datetime]) -> int:
    """The most of the moments that lie within one day."""
    moments = sorted(moments)
    most = first = 0
    for last, at in enumerate(moments):
        while at - moments[first] >= DAY:
            first += 1
        most = max(most, last - first + 1)
    return most
