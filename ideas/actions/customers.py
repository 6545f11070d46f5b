"""The team adds the vote of somebody who called or wrote, whether they have an account or not."""

from datetime import datetime

from django.db import transaction

from accounts.actions import add_customer
from accounts.models import Member, Organisation
from community import families
from ideas.actions.voting import cast_vote_for
from ideas.models import Idea, Importance, Vote, VoteEvent
from ideas.permissions import check_can_vote_for_others


@transaction.atomic
def add_vote(
    *,
    idea: Idea,
    by: Member,
    voter: Member | None,
    name: str = "",
    contact_email: str = "",
    organisation: Organisation | None = None,
    channel: VoteEvent.Channel,
    occurred_at: datetime | None = None,
    importance: Importance | str = "",
    sentence: str = "",
    evidence_url: str = "",
    note: str = "",
) -> Vote:
    """Add the vote of a member or customer; None is a customer without an account, who is made or found by address.

    Where the vote is refused, no customer is made. Raises HasAccountError, and whatever cast_vote_for raises.
    """
    families.lock(Idea, idea.pk)
    check_can_vote_for_others(by, idea)
    if voter is None:
        voter = add_customer(name=name, contact_email=contact_email, organisation=organisation)
    return cast_vote_for(
        idea=idea,
        member=voter,
        by=by,
        channel=channel,
        occurred_at=occurred_at,
        importance=importance,
        sentence=sentence,
        evidence_url=evidence_url,
        note=note,
    )
