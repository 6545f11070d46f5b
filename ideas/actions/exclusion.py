"""Votes that are kept and not counted, as long as their owner is suspended."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from ideas import tally
from ideas.ledger import record
from ideas.locking import lock_voters
from ideas.models import Idea, Vote, VoteEvent


@transaction.atomic
def exclude_votes(*, member: Member, by: Member | None) -> None:
    """Count none of a member's votes until they are restored. Whoever sanctions checks whether `by` may; None: a task.

    The member's row stays locked until the transaction ends, so that what keeps them from voting can follow.
    """
    rows, people = lock_voters(member)
    votes = Vote.objects.filter(member=member.pk, is_cast=True, is_excluded=False)
    _record(VoteEvent.Kind.EXCLUDED, list(votes.order_by("idea")), rows, people[member.pk], by)


@transaction.atomic
def restore_votes(*, member: Member, by: Member | None) -> None:
    """Count a member's excluded votes again, as far as they stand."""
    rows, people = lock_voters(member)
    votes = Vote.objects.filter(member=member.pk, is_excluded=True)
    _record(VoteEvent.Kind.RESTORED, list(votes.order_by("idea")), rows, people[member.pk], by)


def _record(
    kind: VoteEvent.Kind, votes: list[Vote], rows: Mapping[int, Idea], member: Member, by: Member | None
) -> None:
    now = timezone.now()
    for vote in votes:
        vote.member = member
        record(kind, vote=vote, clicked=rows[vote.idea_id], recorded_at=now, by=by)
    if votes:
        roots = {rows[vote.idea_id].canonical_id or vote.idea_id for vote in votes}
        touched = {pk: row for pk, row in rows.items() if (row.canonical_id or pk) in roots}
        tally.recount(tally.Family(touched))
