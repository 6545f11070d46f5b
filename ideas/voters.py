"""Who voted for an idea, for the team: through which channel, when, by whose hand, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Member
from core.pagination import keyset_page
from ideas import tally
from ideas.models import Idea, IdeaMerge, Vote, VoteEvent, VoteEvidence, VotesApart, VoteSentence

ORDER = ("-cast_at", "-id")
VOTERS_ON_A_PAGE = 50


@dataclass(frozen=True)
class Voter:
    """A standing vote with its line of the ledger and what is kept beside it."""

    vote: Vote
    line: VoteEvent
    sentence: str
    evidence: VoteEvidence | None
    is_elsewhere: bool
    is_apart: bool

    @property
    def is_by_team(self) -> bool:
        """Whether the team added it, and so may take it back."""
        return self.line.cast_by_id is not None

    @property
    def is_unclaimed(self) -> bool:
        """Whether it waits for a customer who has no account yet."""
        member = self.vote.member
        return member.is_placeholder and not member.source and member.claimed_by_id is None


@dataclass(frozen=True)
class Voters:
    """One page of them."""

    voters: list[Voter]
    next_cursor: str | None
    previous_cursor: str | None


def family_seen_by(user: Any, idea: Idea) -> list[int]:
    """The ids of the idea and, of a canonical one, of the duplicates that the person may see."""
    duplicates = Idea.objects.visible_to(user).filter(canonical=idea.pk)
    return [idea.pk, *duplicates.values_list("pk", flat=True)]


def read_voters(idea: Idea, user: Any, cursor: str = "") -> Voters:
    """The page that the cursor points to, the latest votes first. Raises BadCursorError."""
    ideas = family_seen_by(user, idea)
    votes = with_line(Vote.objects.filter(idea__in=ideas).standing())
    votes = votes.select_related("idea", "member__organisation").defer("idea__body", "idea__body_html")
    page = keyset_page(votes, order=ORDER, cursor=cursor, size=VOTERS_ON_A_PAGE)
    people = {vote.member_id for vote in page.items}
    lines = VoteEvent.objects.select_related("cast_by").in_bulk([vote.line for vote in page.items])  # type: ignore[attr-defined]
    said = VoteSentence.objects.filter(idea__in=ideas, member__in=people)
    sentences = {(each.idea_id, each.member_id): each.text for each in said}
    evidence = _evidence(ideas, people)
    parents = dict(IdeaMerge.objects.standing().filter(duplicate__in=ideas).values_list("duplicate", "target"))
    apart = _apart(parents, people)
    voters = []
    for vote in page.items:
        line = lines[vote.line]  # type: ignore[attr-defined]
        crown = tally.crown(parents, apart.get(vote.member_id, ()), vote.idea_id)
        voters.append(
            Voter(
                vote=vote,
                line=line,
                sentence=sentences.get((vote.idea_id, vote.member_id), ""),
                evidence=evidence.get((vote.idea_id, vote.member_id, line.occurred_at)),
                is_elsewhere=vote.idea_id != idea.pk,
                is_apart=crown in parents and crown != idea.pk,
            )
        )
    return Voters(voters, page.next_cursor, page.previous_cursor)


def with_line(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """Votes that are cast, each knowing as `line` the id of the ledger line that cast it last."""
    cast = VoteEvent.objects.filter(idea=OuterRef("idea"), member=OuterRef("member"), kind=VoteEvent.Kind.CAST)
    return votes.annotate(line=Subquery(cast.order_by("-pk").values("pk")[:1]))


def _evidence(ideas: list[int], people: set[int]) -> dict[tuple[int, int, Any], VoteEvidence]:
    """What tells of the votes of these people, also of those that they claimed: {(idea, person, moment): evidence}."""
    found = VoteEvidence.objects.filter(event__idea__in=ideas)
    found = found.filter(Q(event__member__in=people) | Q(event__member__claimed_by__in=people))
    rows = found.annotate(owner=F("event__member__claimed_by")).select_related("event").order_by("pk")
    return {(row.event.idea_id, row.owner or row.event.member_id, row.event.occurred_at): row for row in rows}


def _apart(parents: dict[int, int], people: set[int]) -> dict[int, set[int]]:
    """The duplicates with which votes of these people stay: {member: duplicates}."""
    found: dict[int, set[int]] = {}
    if parents:
        standing = VotesApart.objects.standing().filter(edge__duplicate__in=list(parents), member__in=people)
        for member, duplicate in standing.values_list("member", "edge__duplicate"):
            found.setdefault(member, set()).add(duplicate)
    return found


def counted_at(idea: Idea, ideas: list[int]) -> QuerySet[Vote]:
    """The votes on these ideas of its family that count at a canonical idea."""
    edges = IdeaMerge.objects.standing().filter(duplicate__canonical=idea.pk)
    parents = dict(edges.values_list("duplicate", "target"))
    votes = Vote.objects.filter(idea__in=ideas).counted()
    if not parents:
        return votes
    apart: dict[int, set[int]] = {}
    standing = VotesApart.objects.standing().filter(edge__duplicate__in=list(parents))
    for member, duplicate in standing.values_list("member", "edge__duplicate"):
        apart.setdefault(member, set()).add(duplicate)
    own_way = votes.filter(member__in=apart).values_list("pk", "idea", "member")
    elsewhere = [pk for pk, voted, member in own_way if tally.crown(parents, apart[member], voted) != idea.pk]
    return votes.exclude(pk__in=elsewhere)


def found_customers(text: str, by: Member, most: int) -> list[Member]:
    """The members and customers whom these words may mean, to add a vote for one of them."""
    found = Member.objects.with_words(text).exclude(pk=by.pk) if text.strip() else Member.objects.none()
    return list(found.select_related("organisation")[:most])
