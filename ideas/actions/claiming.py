"""Votes that the team added for a customer without an account become those of the account that the customer has now."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from ideas import tally
from ideas.errors import AlreadyClaimedError, SuspendedVoterError
from ideas.ledger import record
from ideas.locking import lock_voters
from ideas.models import Vote, VoteEvent, VotesApart, VoteSentence
from ideas.permissions import check_can_take_part

Kind = VoteEvent.Kind


@transaction.atomic
def claim_votes(*, customer: Member, by: Member) -> None:
    """Withdraw an unclaimed customer's votes and cast them for the claimant, with their times, channels and reasons.

    Whether the claimant is that customer is the caller's to know. Where the claimant's own vote stands already, it is
    left as it is. Raises ForbiddenError, AlreadyClaimedError and SuspendedVoterError.
    """
    rows, people = lock_voters(customer, by)
    now = timezone.now()
    placeholder, claimant = people[customer.pk], people[by.pk]
    check_can_take_part(claimant)
    if not placeholder.is_placeholder or placeholder.claimed_by_id is not None:
        raise AlreadyClaimedError
    if placeholder.is_suspended:
        raise SuspendedVoterError
    own = {vote.idea_id: vote for vote in Vote.objects.filter(member=claimant)}
    for vote in Vote.objects.filter(member=placeholder, is_cast=True).order_by("idea"):
        cast = VoteEvent.objects.filter(idea=vote.idea_id, member=placeholder, kind=Kind.CAST).latest("pk")
        idea, through = rows[vote.idea_id], vote.silenced_through_id
        vote.member = placeholder
        record(Kind.WITHDRAWN, vote=vote, clicked=idea, recorded_at=now, by=claimant)
        mine = own.get(vote.idea_id) or Vote(idea_id=vote.idea_id)
        mine.member = claimant
        if mine.pk is not None and mine.is_cast:
            continue
        record(
            Kind.CAST,
            vote=mine,
            clicked=idea,
            recorded_at=now,
            occurred_at=cast.occurred_at,
            channel=VoteEvent.Channel(cast.channel),
            by=cast.cast_by,
            importance=vote.importance,
        )
        if through is not None:
            record(Kind.SILENCED, vote=mine, clicked=rows[through], recorded_at=now, by=claimant)
    _hand_over(placeholder, claimant)
    placeholder.claimed_by, placeholder.is_active = claimant, False
    placeholder.save(update_fields=["claimed_by", "is_active"])
    tally.recount(tally.Family(rows))


def _hand_over(placeholder: Member, claimant: Member) -> None:
    """What goes with the votes: sentences, and edges at which they were set apart."""
    said = VoteSentence.objects.filter(member=placeholder)
    written = VoteSentence.objects.filter(member=claimant).values("idea")
    said.exclude(idea__in=written).update(member=claimant)
    said.delete()
    now = timezone.now()
    for apart in VotesApart.objects.standing().filter(member=placeholder):
        VotesApart.objects.get_or_create(edge_id=apart.edge_id, member=claimant, ended_at=None)
    VotesApart.objects.standing().filter(member=placeholder).update(ended_at=now)
