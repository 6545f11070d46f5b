"""The persons behind a published review, a row for each and idea, for those who may see voters.

It is told by the ledgers as of the cut-off, and by what is known of the persons now: erased members have no name left.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from accounts.models import Member
from ideas.history import AsOf, Supporter, together
from ideas.models import Idea, VoteEvent, VoteEvidence
from reviews.exports import guarded, written
from reviews.models import ReviewSnapshot, SnapshotIdea
from reviews.seals import moment

BATCH = 100
COLUMNS = [
    "rank",
    "idea_id",
    "idea_title",
    "member_id",
    "name",
    "email",
    "organisation",
    "plan",
    "segment",
    "supports_since",
    "importance",
    "voted_on",
    "channel",
    "cast_by",
    "evidence_url",
    "evidence_note",
    "review_id",
    "cut_off",
    "content_hash",
]


def supporters_csv(snapshot: ReviewSnapshot) -> Iterator[bytes]:
    """One row for each person and idea; a person who supports several ideas has a row at each."""
    yield from written([COLUMNS], ([guarded(value) for value in row] for row in _rows(snapshot)))


def _rows(snapshot: ReviewSnapshot) -> Iterator[list[Any]]:
    cut_off = datetime.fromisoformat(snapshot.data["review"]["cut_off"])
    organisations = {each["id"]: each for each in snapshot.data["organisations"]}
    last = [snapshot.review_id, moment(cut_off), snapshot.content_hash]
    frozen = SnapshotIdea.objects.filter(review=snapshot.review_id).order_by("rank")
    after = 0
    while batch := dict(frozen.filter(rank__gt=after).values_list("idea", "rank")[:BATCH]):
        after = max(batch.values())
        as_of = Idea.objects.filter(pk__in=batch).as_of(cut_off)
        root_of = {pk: family.idea for family in as_of.families() for pk in family.ideas}
        titles = dict(Idea.objects.filter(pk__in=batch).values_list("pk", "title"))
        votes = _votes(as_of, root_of)
        people = Member.objects.in_bulk({member for _root, member in votes})
        lines, evidence = _lines(list(root_of), cut_off)
        for root, member in sorted(votes, key=lambda key: (batch[key[0]], key[1])):
            there, supporter = votes[root, member]
            line = lines[there[0], member]
            organisation = organisations.get(supporter.organisation, {})
            yield [
                batch[root],
                root,
                titles[root],
                member,
                people[member].name,
                people[member].email or people[member].contact_email,
                organisation.get("name", ""),
                supporter.plan,
                organisation.get("segment", ""),
                moment(supporter.since),
                supporter.importance,
                "; ".join(f"#{idea}" for idea in there),
                line.channel,
                line.cast_by.name if line.cast_by else "",
                *evidence.get(line.pk, ("", "")),
                *last,
            ]


def _votes(as_of: AsOf, root_of: dict[int, int]) -> dict[tuple[int, int], tuple[list[int], Supporter]]:
    """Who counted at which canonical idea: the ideas that they voted for, and all these votes taken as one."""
    found: dict[tuple[int, int], tuple[list[int], Supporter]] = {}
    for vote in as_of.votes_on(sorted(root_of)):
        if vote.supporter and vote.crown == root_of[vote.idea]:
            ideas, supporter = found.get((vote.crown, vote.member), ([], vote.supporter))
            found[vote.crown, vote.member] = ([*ideas, vote.idea], together(supporter, vote.supporter))
    return found


def _lines(ideas: list[int], cut_off: datetime) -> tuple[dict[tuple[int, int], VoteEvent], dict[int, tuple[str, str]]]:
    """The line that cast each vote last, and where the team learnt of it."""
    lines = VoteEvent.objects.filter(idea__in=ideas, kind=VoteEvent.Kind.CAST, recorded_at__lte=cut_off)
    found = {(line.idea_id, line.member_id): line for line in lines.select_related("cast_by").order_by("pk")}
    evidence = VoteEvidence.objects.filter(event__in=lines).values_list("event", "url", "note")
    return found, {event: (url, note) for event, url, note in evidence}
