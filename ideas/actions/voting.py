"""Casting and withdrawing votes. The rules, and why, are in docs/explanation/votes-and-merging.md."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from community import families
from core.models import ImportRun
from ideas import tally
from ideas.errors import VotingClosedError
from ideas.ledger import record
from ideas.models import Idea, Vote, VoteEvent
from ideas.permissions import check_can_take_part
from ideas.signals import vote_cast, vote_withdrawn


@transaction.atomic
def cast_vote(
    *,
    idea: Idea,
    by: Member,
    occurred_at: datetime | None = None,
    channel: VoteEvent.Channel = VoteEvent.Channel.WEB,
    import_run: ImportRun | None = None,
) -> Vote:
    """Vote for an idea, merged or not; where the person's vote stands on it already, nothing is written.

    `occurred_at` is when the person did it, if not now. Raises ForbiddenError and VotingClosedError.
    """
    rows = families.lock(Idea, idea.pk)
    now = timezone.now()
    check_can_take_part(by)
    vote = Vote.objects.filter(idea=idea.pk, member=by).first()
    if vote is not None and vote.stands:
        return vote
    family = tally.Family(rows)
    crown = rows[family.crown(idea.pk, by.pk)]
    if not (crown.accepts_votes and rows[idea.pk].is_visible):
        raise VotingClosedError
    supported = _supported(family, crown, by)
    vote = vote or Vote(idea_id=idea.pk, member=by)
    record(
        VoteEvent.Kind.CAST,
        vote=vote,
        clicked=rows[idea.pk],
        recorded_at=now,
        occurred_at=occurred_at,
        channel=channel,
        import_run=import_run,
    )
    if not supported:
        tally.add_supporter(crown, vote.cast_at)
    elif vote.cast_at < min(other.cast_at for other in supported):
        tally.recount(family)
    vote_cast.send(sender=Vote, idea=rows[idea.pk], by=by)
    return vote


@transaction.atomic
def withdraw_vote(*, idea: Idea, by: Member, occurred_at: datetime | None = None) -> None:
    """Support an idea's family no more. Always allowed, and harmless where there is nothing to withdraw.

    `occurred_at` is when the person did it, if not now.

    The vote on the idea itself is withdrawn. The person's votes on others of the family are silenced, and come
    back when those ideas are not of one family with this one any more.
    """
    rows = families.lock(Idea, idea.pk)
    now = timezone.now()
    family = tally.Family(rows)
    crown = rows[family.crown(idea.pk, by.pk)]
    votes = {vote.idea_id: vote for vote in Vote.objects.filter(member=by, idea__in=rows).order_by("idea")}
    clicked = rows[idea.pk]
    events = [
        record(VoteEvent.Kind.SILENCED, vote=vote, clicked=clicked, recorded_at=now, occurred_at=occurred_at)
        for other, vote in votes.items()
        if other != idea.pk and vote.stands and family.crown(other, by.pk) == crown.pk
    ]
    own = votes.get(idea.pk)
    if own is not None and own.is_cast:
        events.append(
            record(VoteEvent.Kind.WITHDRAWN, vote=own, clicked=clicked, recorded_at=now, occurred_at=occurred_at)
        )
    if events:
        tally.recount(family)
        vote_withdrawn.send(sender=Vote, idea=clicked, by=by)


def _supported(family: tally.Family, crown: Idea, by: Member) -> list[Vote]:
    """The person's standing votes that count where `crown` is."""
    votes = Vote.objects.filter(member=by, idea__in=family.rows).standing()
    return [vote for vote in votes if family.crown(vote.idea_id, by.pk) == crown.pk]
