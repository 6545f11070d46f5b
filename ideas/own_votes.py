"""What a member supports, as they see it themselves: each family once, with the votes that hold it and what became of
them. The number of queries does not grow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community import families
from core.pagination import keyset_page
from ideas import tally
from ideas.models import Idea, IdeaMerge, Vote, VoteEvent

ORDER = ("-id",)
Kind = VoteEvent.Kind


@dataclass(frozen=True)
class OwnVote:
    """One vote: on the idea where it counts, or through one that was merged into it, which `is_seen` or not."""

    vote: Vote
    line: VoteEvent | None
    is_through: bool
    is_seen: bool

    @property
    def is_by_team(self) -> bool:
        return self.line is not None and self.line.cast_by_id is not None


@dataclass(frozen=True)
class Support:
    """An idea where the member counts as a supporter. `apart_from` is set where they took their votes apart."""

    idea: Idea
    votes: list[OwnVote]
    apart_from: Idea | None
    notice: str

    @property
    def withdraws_on(self) -> int:
        """The id of the idea on which to withdraw: where they voted, if that is one idea that they may see."""
        seen = [own.vote.idea_id for own in self.votes if own.is_seen]
        return seen[0] if len(seen) == len(self.votes) == 1 else self.idea.pk


@dataclass(frozen=True)
class OwnVotes:
    """One page of what a member supports. `unseen_count` says how many ideas they may not see any more."""

    supports: list[Support]
    next_cursor: str | None
    previous_cursor: str | None
    unseen_count: int


def read_own_votes(member: Any, cursor: str = "") -> OwnVotes:
    """The page that the cursor points to, newest ideas first. Raises BadCursorError."""
    supported = tally.all_supported_by(member)
    visible = supported.filter(pk__in=Idea.objects.visible_to(member).values("pk"))
    ideas = visible.select_related("status", "board", "canonical").defer("body", "body_html")
    page = keyset_page(ideas, order=ORDER, cursor=cursor)
    unseen = supported.exclude(pk__in=Idea.objects.visible_to(member).values("pk")).count()
    return OwnVotes(_supports(member, page.items), page.next_cursor, page.previous_cursor, unseen)


def _supports(member: Any, ideas: list[Idea]) -> list[Support]:
    counted = tally.votes_of(member, ideas)
    votes = list(Vote.objects.filter(member=member, idea__in=counted).select_related("idea").order_by("cast_at", "pk"))
    roots = {idea.canonical_id or idea.pk for idea in ideas}
    named = roots | {vote.idea_id for vote in votes}
    seen = set(Idea.objects.visible_to(member).filter(pk__in=named).values_list("pk", flat=True))
    lines = _lines_of(VoteEvent.objects.filter(member=member, idea__in=counted))
    edges = {edge.duplicate_id: edge for edge in IdeaMerge.objects.standing().filter(duplicate__canonical__in=roots)}
    at: dict[int, list[OwnVote]] = defaultdict(list)
    for vote in votes:
        crown = counted[vote.idea_id]
        cast = lines[vote.idea_id].get(Kind.CAST)
        at[crown].append(OwnVote(vote, cast, vote.idea_id != crown, vote.idea_id in seen))
    return [
        Support(
            idea,
            at[idea.pk],
            idea.canonical if idea.canonical_id in seen else None,
            _notice(idea, at[idea.pk], edges, lines),
        )
        for idea in ideas
    ]


def _lines_of(events: QuerySet[VoteEvent]) -> dict[int, dict[str, VoteEvent]]:
    """The last line of each kind of the story of each vote, as far as it tells of now: {idea: {kind: line}}."""
    found: dict[int, dict[str, VoteEvent]] = defaultdict(dict)
    for line in events.filter(kind__in=(Kind.CAST, Kind.REINSTATED)).order_by("pk"):
        if line.kind == Kind.CAST:
            found[line.idea_id].pop(Kind.REINSTATED, None)
        found[line.idea_id][line.kind] = line
    return found


def _notice(
    idea: Idea, votes: list[OwnVote], edges: dict[int, IdeaMerge], lines: dict[int, dict[str, VoteEvent]]
) -> str:
    """The last that happened to the member's votes here since they were cast, in a sentence; empty for nothing."""
    told: list[tuple[datetime, str]] = []
    parents = {duplicate: edge.target_id for duplicate, edge in edges.items()}
    for own in votes:
        way = families.path(parents, own.vote.idea_id)
        merges = [edges[step].merged_at for step in way[: way.index(idea.pk)]]
        if merges and max(merges) > own.vote.cast_at:
            told.append((max(merges), _merged(idea, own)))
        if again := lines[own.vote.idea_id].get(Kind.REINSTATED):
            sentence = _("On {day} a merge was undone: your vote counts again.")
            told.append((again.recorded_at, sentence.format(day=_day(again.recorded_at))))
    return max(told)[1] if told else ""


def _merged(idea: Idea, own: OwnVote) -> str:
    if own.is_seen:
        sentence = _("“{duplicate}” was merged into “{idea}”, your vote counts there.")
        return sentence.format(duplicate=own.vote.idea.title, idea=idea.title)
    return _("An idea that you voted for was merged into “{idea}”, your vote counts there.").format(idea=idea.title)


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATE_FORMAT")
