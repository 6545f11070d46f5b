"""Writing lines of the ledger of votes, and what they make of each vote."""

from dataclasses import dataclass
from datetime import datetime

from core.models import ImportRun
from ideas.models import Idea, Vote, VoteEvent

Kind = VoteEvent.Kind


def record(
    kind: VoteEvent.Kind,
    *,
    vote: Vote,
    clicked: Idea,
    recorded_at: datetime,
    occurred_at: datetime | None = None,
    channel: VoteEvent.Channel = VoteEvent.Channel.WEB,
    import_run: ImportRun | None = None,
) -> VoteEvent:
    """Add a line about a vote and bring the vote's row up to it. The caller holds the lock of the family."""
    organisation = vote.member.organisation
    event = VoteEvent.objects.create(
        kind=kind,
        idea_id=vote.idea_id,
        member=vote.member,
        clicked=clicked,
        occurred_at=occurred_at or recorded_at,
        recorded_at=recorded_at,
        channel=channel,
        organisation=organisation,
        plan=organisation.plan if organisation else "",
        import_run=import_run,
    )
    apply(vote, event)
    vote.save()
    return event


@dataclass(slots=True)
class VoteState:
    """What a vote's row says, without the row."""

    is_cast: bool
    silenced_through_id: int | None
    cast_at: datetime

    def __str__(self) -> str:
        if not self.is_cast:
            return "withdrawn"
        silenced = f", silenced through idea {self.silenced_through_id}" if self.silenced_through_id else ""
        return f"cast at {self.cast_at.isoformat()}{silenced}"


def apply(vote: Vote | VoteState, event: VoteEvent) -> None:
    """What a line makes of the vote that it is about; in the ledger's order, lines give the vote's present state."""
    vote.silenced_through_id = event.clicked_id if event.kind == Kind.SILENCED else None
    if event.kind == Kind.CAST:
        vote.is_cast, vote.cast_at = True, event.occurred_at
    elif event.kind == Kind.WITHDRAWN:
        vote.is_cast = False
