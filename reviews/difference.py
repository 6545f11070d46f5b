"""What changed between two published reviews: which ideas entered, left and moved, and why each score is another.

An idea's score is computed again and again while one thing after the other is set to what it was in the later review,
in the order of Cause. What each step changes is that cause's amount, so the amounts add up to the change, to the
millionth. Votes, merges, exclusions, the worth of organisations and estimates come from the ledgers as of both
cut-offs; policies, segments, votes from before and how many questions count are those that the two snapshots keep.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from accounts.organisations import worths_as_of
from ideas.history import AsOf, FamilyState, Supporter, VoteThen, together
from ideas.models import Idea
from ideas.models.policies import MILLION
from ideas.scoring import Formula
from reviews.models import ReviewSnapshot
from reviews.rules import Rule
from reviews.selection import segments_now

BATCH = 200
MOST_NAMED = 10
Votes = Mapping[tuple[int, int], Supporter]


class Cause(StrEnum):
    """The steps from the earlier review to the later one, in this order."""

    POLICY = "policy"
    ORGANISATIONS = "organisations"
    WORTH = "organisations' worth"
    TIME = "time"
    MERGES = "merges"
    EXCLUSIONS = "exclusions"
    WITHDRAWALS = "withdrawals"
    NEW_VOTES = "new votes"
    CHANGED_VOTES = "changed votes"
    BASE_VOTES = "votes from before"
    QUESTIONS = "questions"
    COST = "cost"


class Step(NamedTuple):
    """What a cause did to a score, in millionths. `concerned` are so many votes or ideas; 0 where that says nothing."""

    cause: Cause
    concerned: int
    millionths: int


class Row(NamedTuple):
    """What a review says of an idea, as far as it matters here."""

    rank: int
    score: int
    base_votes: int
    title: str
    path: str
    questions: int | None = None


@dataclass(frozen=True)
class Side:
    """One of the two reviews."""

    review: int
    cut_off: datetime
    rule: Rule
    segments: Mapping[int, str]
    rows: Mapping[int, Row]
    excluded: Mapping[int, str]

    @classmethod
    def of(cls, snapshot: ReviewSnapshot) -> Side:
        data = snapshot.data
        unit = MILLION if snapshot.is_first_format else 1
        rows = {
            idea["id"]: Row(
                *(idea["rank"], idea["score"] * unit, idea["base_votes"], idea["title"], idea["path"]),
                questions=idea.get("questions"),
            )
            for idea in snapshot.facts()
        }
        return cls(
            review=snapshot.review_id,
            cut_off=datetime.fromisoformat(data["review"]["cut_off"]),
            rule=Rule.frozen(data["policy"]),
            segments={row["id"]: row["segment"] for row in data.get("organisations", ())},
            rows=rows,
            excluded={each["id"]: each["reason"] for each in data.get("excluded", ())},
        )


@dataclass(frozen=True)
class Change:
    """What became of an idea. A score is 0 where it was not on the boards by itself.

    `overtaken_by` are ideas that now stand ahead of it and did not before, the first MOST_NAMED of `overtaken_count`.
    """

    idea: int
    before: Row | None
    after: Row | None
    score_before: int
    score_after: int
    steps: list[Step]
    overtaken_by: list[int]
    overtaken_count: int
    is_merged: bool
    left_out: str

    @property
    def title(self) -> str:
        return (self.after or self.before or Row(0, 0, 0, "", "")).title

    @property
    def path(self) -> str:
        return (self.after or self.before or Row(0, 0, 0, "", "")).path

    @property
    def moved(self) -> int | None:
        """How many ranks up; None for what entered or left."""
        return self.before.rank - self.after.rank if self.before and self.after else None


class Comparison:
    """Two published reviews, the one with the earlier cut-off first."""

    def __init__(self, one: ReviewSnapshot, other: ReviewSnapshot) -> None:
        sides = sorted((Side.of(one), Side.of(other)), key=lambda side: (side.cut_off, side.review))
        self.before, self.after = sides

    @cached_property
    def ideas(self) -> list[int]:
        """All ideas of both: those of the later review by rank, then those that left, by the rank they had."""
        left = [pk for pk in self.before.rows if pk not in self.after.rows]
        return [*self.after.rows, *left]

    @property
    def entered(self) -> list[int]:
        return [pk for pk in self.after.rows if pk not in self.before.rows]

    @property
    def left(self) -> list[int]:
        return [pk for pk in self.before.rows if pk not in self.after.rows]

    @property
    def moved(self) -> list[int]:
        rows = self.after.rows
        return [pk for pk, row in self.before.rows.items() if pk in rows and rows[pk].rank != row.rank]

    def changes(self, ideas: Collection[int] | None = None) -> Iterator[Change]:
        """What became of these ideas, or of all, in their order."""
        wanted = self.ideas if ideas is None else list(ideas)
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            replay = _Replay(self.before, self.after, batch)
            for idea in batch:
                yield self._change(idea, replay)

    def _change(self, idea: int, replay: _Replay) -> Change:
        before, after = self.before.rows.get(idea), self.after.rows.get(idea)
        scores = replay.scores(idea)
        overtakers = self._overtakers(before, after)
        return Change(
            idea=idea,
            before=before,
            after=after,
            score_before=scores.first,
            score_after=scores.last,
            steps=scores.steps,
            overtaken_by=overtakers[:MOST_NAMED],
            overtaken_count=len(overtakers),
            is_merged=idea not in replay.now and idea in replay.then,
            left_out=self.after.excluded.get(idea, ""),
        )

    def _overtakers(self, before: Row | None, after: Row | None) -> list[int]:
        if before is None or after is None:
            return []
        then = self.before.rows
        return [
            pk
            for pk, row in self.after.rows.items()
            if row.rank < after.rank and (pk not in then or then[pk].rank > before.rank)
        ]


class Scores(NamedTuple):
    first: int
    last: int
    steps: list[Step]


@dataclass
class _State:
    """All that a score follows from, on the way from one review to the other."""

    formula: Formula
    moment: datetime
    as_of: AsOf
    is_root: bool
    votes: Votes
    base_votes: int
    questions: int
    cost: int | None


class _Replay:
    """Some ideas at both cut-offs."""

    def __init__(self, before: Side, after: Side, ideas: Collection[int]) -> None:
        rows = Idea.objects.filter(pk__in=list(ideas))
        self.before, self.after = before, after
        self.as_of_then, self.as_of_now = rows.as_of(before.cut_off), rows.as_of(after.cut_off)
        self.then = {family.idea: family for family in self.as_of_then.families()}
        self.now = {family.idea: family for family in self.as_of_now.families()}
        everything = {pk for families in (self.then, self.now) for family in families.values() for pk in family.ideas}
        self.bases = dict(Idea.objects.filter(pk__in=everything).values_list("pk", "base_votes"))
        self.votes_then = _by_idea(self.as_of_then.votes_on(everything))
        self.votes_now = _by_idea(self.as_of_now.votes_on(everything))
        known = segments_now() | dict(after.segments)
        segments = known | dict(before.segments), known
        worths = worths_as_of(before.cut_off), worths_as_of(after.cut_off)
        self.formulas = (
            before.rule.formula(segments[0], worths[0]),
            after.rule.formula(segments[0], worths[0]),
            after.rule.formula(segments[1], worths[0]),
            after.rule.formula(segments[1], worths[1]),
        )
        self.asked_then = self.as_of_then.reach.asking(
            {pk: family.ideas for pk, family in self.now.items()}, {pk: family.board for pk, family in self.now.items()}
        )

    def scores(self, idea: int) -> Scores:
        """The idea's score at both ends, and what each step from the one to the other changed."""
        then, now = self.then.get(idea), self.now.get(idea)
        ideas = {*(then.ideas if then else ()), *(now.ideas if now else ())}
        old = {key: vote for pk in ideas for key, vote in self.votes_then.get(pk, {}).items()}
        new = {key: vote for pk in ideas for key, vote in self.votes_now.get(pk, {}).items()}
        state = _State(
            formula=self.formulas[0],
            moment=self.before.cut_off,
            as_of=self.as_of_then,
            is_root=then is not None,
            votes=_counted(old),
            base_votes=self._base(idea, then, self.before),
            questions=self._questions(idea, then, self.before),
            cost=then.cost if then else None,
        )
        first = last = _score(idea, state)
        steps = []
        for cause, count in self._steps(idea, state, old, new):
            score = _score(idea, state)
            steps.append(Step(cause, count, score - last))
            last = score
        return Scores(first, last, [step for step in steps if step.concerned or step.millionths])

    def _steps(
        self,
        idea: int,
        state: _State,
        old: Mapping[tuple[int, int], VoteThen],
        new: Mapping[tuple[int, int], VoteThen],
    ) -> Iterator[tuple[Cause, int]]:
        """Set one thing after the other to what it is in the later review; after each, say how much was concerned."""
        then, now = self.then.get(idea), self.now.get(idea)
        state.formula = self.formulas[1]
        yield Cause.POLICY, 0
        state.formula = self.formulas[2]
        yield Cause.ORGANISATIONS, 0
        state.formula = self.formulas[3]
        yield Cause.WORTH, 0
        state.moment = self.after.cut_off
        yield Cause.TIME, 0
        joined, gone = _ideas(now) - _ideas(then), _ideas(then) - _ideas(now)
        state.as_of, state.is_root = self.as_of_now, now is not None
        state.base_votes += sum(self.bases[pk] for pk in joined) - sum(self.bases[pk] for pk in gone)
        state.questions += len(self.asked_then.get(idea, ())) - (len(then.questions) if then else 0)
        yield Cause.MERGES, len((joined | gone) - {idea})
        votes, after = dict(state.votes), _counted(new)
        excluded = [key for key in votes if key not in after and new[key].is_excluded]
        restored = [key for key in after if key not in votes and key in old and old[key].is_excluded]
        yield self._move(state, votes, excluded, {key: after[key] for key in restored}, Cause.EXCLUSIONS)
        yield self._move(state, votes, [key for key in votes if key not in after], {}, Cause.WITHDRAWALS)
        cast = {key: vote for key, vote in after.items() if key not in votes}
        yield self._move(state, votes, [], cast, Cause.NEW_VOTES)
        changed = {key: vote for key, vote in after.items() if votes[key] != vote}
        yield self._move(state, votes, [], changed, Cause.CHANGED_VOTES)
        base = self._base(idea, now, self.after)
        difference, state.base_votes = base - state.base_votes, base
        yield Cause.BASE_VOTES, abs(difference)
        questions = self._questions(idea, now, self.after)
        difference, state.questions = questions - state.questions, questions
        yield Cause.QUESTIONS, abs(difference)
        state.cost = now.cost if now else None
        yield Cause.COST, 0

    @staticmethod
    def _move(
        state: _State, votes: dict[tuple[int, int], Supporter], gone: list[tuple[int, int]], come: Votes, cause: Cause
    ) -> tuple[Cause, int]:
        for key in gone:
            del votes[key]
        votes.update(come)
        state.votes = dict(votes)
        return cause, len(gone) + len(come)

    def _base(self, idea: int, family: FamilyState | None, side: Side) -> int:
        if family is None:
            return 0
        return side.rows[idea].base_votes if idea in side.rows else family.base_votes

    def _questions(self, idea: int, family: FamilyState | None, side: Side) -> int:
        if family is None:
            return 0
        kept = side.rows[idea].questions if idea in side.rows else None
        return len(family.questions) if kept is None else kept


def _by_idea(votes: Iterable[VoteThen]) -> dict[int, dict[tuple[int, int], VoteThen]]:
    found: dict[int, dict[tuple[int, int], VoteThen]] = {}
    for vote in votes:
        found.setdefault(vote.idea, {})[vote.idea, vote.member] = vote
    return found


def _counted(votes: Mapping[tuple[int, int], VoteThen]) -> dict[tuple[int, int], Supporter]:
    return {key: vote.supporter for key, vote in votes.items() if vote.supporter}


def _ideas(family: FamilyState | None) -> set[int]:
    return set(family.ideas) if family else set()


def _score(idea: int, state: _State) -> int:
    if not state.is_root:
        return 0
    supporters: dict[int, Supporter] = {}
    for (voted, member), supporter in state.votes.items():
        if state.as_of.crown(voted, member) == idea:
            other = supporters.get(member)
            supporters[member] = supporter if other is None else together(supporter, other)
    family = FamilyState(
        idea=idea,
        board=0,
        status=0,
        created_at=state.moment,
        ideas=(idea,),
        base_votes=state.base_votes,
        supporters=supporters,
        # Only how many there are matters.
        questions=(0,) * state.questions,
        cost=state.cost,
    )
    return state.formula.score(family, state.moment)
