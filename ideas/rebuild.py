"""What is stored about votes and comments, brought up to what it is derived from: the ledger, edges, votes set apart.

Casting, withdrawing and merging keep all of it right by themselves. This is for whatever writes ledger lines in bulk,
and for proof.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, Q

from community import families
from community.content import Visibility
from ideas import discussion, ledger, tally
from ideas.ledger import VoteState
from ideas.models import Comment, Idea, IdeaMerge, Vote, VoteEvent

BATCH = 200

# Casting adds to Trending and rounds each time; counting anew rounds once. The two may differ by this much, which is as
# much as a millionth of a vote.
TRENDING_TOLERANCE = 1e-6

Key = tuple[int, int]


class Difference(NamedTuple):
    """Something stored that is not what is derived; None where there is nothing."""

    idea: int
    what: str
    stored: Any
    derived: Any

    def __str__(self) -> str:
        return f"idea {self.idea}: {self.what} is {self.stored} and should be {self.derived}"


def rebuild(pks: Iterable[int]) -> None:
    """Bring the votes, pointers and counts of these ideas, and of their families, up to what they are derived from."""
    for _ in differences(pks, repair=True):
        pass


def differences(pks: Iterable[int], *, repair: bool = False) -> Iterator[Difference]:
    """What is stored about the votes of these ideas' families and should be otherwise; with `repair`, it is put right.

    It takes some families at a time, each under its lock, so that memory stays flat and what others do meanwhile is not
    taken for a difference.
    """
    remaining = iter(pks)
    examined_with_others: set[int] = set()
    while chunk := set(islice(remaining, BATCH)):
        with transaction.atomic():
            rows, parents = _locked(chunk - examined_with_others)
            found = list(_examined(tally.Family(rows, parents), repair))
        examined_with_others |= rows.keys() - chunk
        yield from found


def _locked(pks: set[int]) -> tuple[dict[int, Idea], dict[int, int]]:
    """The locked families of these ideas and their edges; families.lock trusts the pointers that are examined here."""
    while True:
        try:
            with transaction.atomic():
                parents = _edges_around(pks)
                family = pks | parents.keys() | set(parents.values())
                held = Idea.objects.filter(pk__in=family).order_by("pk").select_for_update(of=("self",), no_key=True)
                rows = {row.pk: row for row in held.defer("title", "body", "body_html", "excerpt")}
                if _edges_around(pks) != parents:
                    raise families.MovedError
                return rows, parents
        except families.MovedError:
            continue


def _edges_around(pks: set[int]) -> dict[int, int]:
    """All edges of the trees that these ideas belong to, as {duplicate: target}."""
    edges: dict[int, int] = {}
    known: set[int] = set()
    reached = pks
    while reached:
        known |= reached
        at_either_end = Q(duplicate__in=reached) | Q(target__in=reached)
        found = dict(IdeaMerge.objects.standing().filter(at_either_end).values_list("duplicate_id", "target_id"))
        edges.update(found)
        reached = (found.keys() | set(found.values())) - known
    return edges


def _examined(family: tally.Family, repair: bool) -> Iterator[Difference]:
    derived = _votes_by_ledger(family)
    yield from _examined_votes(family, derived, repair)
    yield from _examined_pointers(family, repair)
    yield from _examined_discussions(family, repair)
    counted = ((*key, state.cast_at) for key, state in derived.items() if state.counts)
    counts = family.counts(family.gather(counted))
    for pk, expected in counts.items():
        row = family.rows[pk]
        stored = tally.Counts(row.supporter_count, row.family_base_votes, row.trending)
        wrong = [field for field in tally.Counts._fields if not _agree(field, stored, expected)]
        yield from (Difference(pk, field, getattr(stored, field), getattr(expected, field)) for field in wrong)
        if wrong and repair:
            tally.store(row, expected)


def _agree(field: str, stored: tally.Counts, expected: tally.Counts) -> bool:
    one, other = getattr(stored, field), getattr(expected, field)
    return bool(abs(one - other) <= (TRENDING_TOLERANCE if field == "trending" else 0))


def _examined_pointers(family: tally.Family, repair: bool) -> Iterator[Difference]:
    for pk, row in family.rows.items():
        expected = families.root(family.parents, pk) if pk in family.parents else None
        if row.canonical_id != expected:
            yield Difference(pk, "canonical", row.canonical_id, expected)
            if repair:
                Idea.objects.filter(pk=pk).update(canonical=expected)


def _examined_discussions(family: tally.Family, repair: bool) -> Iterator[Difference]:
    visible = Comment.objects.filter(idea__in=family.rows, visibility=Visibility.VISIBLE)
    comments = dict(visible.order_by().values_list("idea").annotate(Count("pk")))
    stored = {pk: (row.comment_count, row.discussion_count) for pk, row in family.rows.items()}
    for pk, row in family.rows.items():
        row.comment_count = comments.get(pk, 0)
        row.canonical_id = families.root(family.parents, pk) if pk in family.parents else None
    discussions = discussion.counts(family.rows)
    for pk, was in stored.items():
        should_be = (comments.get(pk, 0), discussions[pk])
        if was != should_be:
            yield Difference(pk, "comments, with those of merged ideas", was, should_be)
            if repair:
                Idea.objects.filter(pk=pk).update(comment_count=should_be[0], discussion_count=should_be[1])


def _examined_votes(family: tally.Family, derived: dict[Key, VoteState], repair: bool) -> Iterator[Difference]:
    columns = ("idea", "member", "is_cast", "silenced_through", "cast_at", "importance", "is_excluded")
    rows = Vote.objects.filter(idea__in=family.rows).values_list(*columns).iterator()
    stored = {(idea, member): VoteState(*state) for idea, member, *state in rows}
    wrong = sorted(key for key in derived.keys() | stored.keys() if derived.get(key) != stored.get(key))
    for idea, member in wrong:
        was, should_be = stored.get((idea, member)), derived.get((idea, member))
        yield Difference(idea, f"vote of member {member}", was, should_be)
    if repair:
        _store_votes({key: derived.get(key) for key in wrong})


def _store_votes(states: dict[Key, VoteState | None]) -> None:
    rows = [Vote(idea_id=idea, member_id=member, **asdict(state)) for (idea, member), state in states.items() if state]
    columns = ["is_cast", "silenced_through", "cast_at", "importance", "is_excluded"]
    Vote.objects.bulk_create(rows, update_conflicts=True, unique_fields=["idea", "member"], update_fields=columns)
    for (idea, member), state in states.items():
        if state is None:
            Vote.objects.filter(idea=idea, member=member).delete()


def _votes_by_ledger(family: tally.Family) -> dict[Key, VoteState]:
    """The votes on these ideas as the lines about them leave them."""
    votes: dict[Key, VoteState] = {}
    lines = VoteEvent.objects.filter(idea__in=family.rows).order_by("pk")
    columns = ("idea_id", "member_id", "kind", "clicked_id", "occurred_at", "importance")
    for line in lines.only(*columns).iterator():
        key = (line.idea_id, line.member_id)
        if key not in votes:
            votes[key] = VoteState(is_cast=False, silenced_through_id=None, cast_at=line.occurred_at)
        ledger.apply(votes[key], line)
    return votes
