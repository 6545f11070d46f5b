"""Writing lines of the ledger of votes, and what they make of each vote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from accounts.models import Member
from core.models import ImportRun
from core.statements import Insertion
from ideas.models import Idea, Vote, VoteEvent

Kind = VoteEvent.Kind


_events, _votes = Insertion(VoteEvent), Insertion(Vote)


def record(
    kind: VoteEvent.Kind,
    *,
    vote: Vote,
    clicked: Idea,
    recorded_at: datetime,
    occurred_at: datetime | None = None,
    channel: VoteEvent.Channel = VoteEvent.Channel.WEB,
    by: Member | None = None,
    importance: str = "",
    import_run: ImportRun | None = None,
) -> VoteEvent:
    """Add a line about a vote and bring the vote's row up to it. The caller holds the lock of the family."""
    organisation = vote.member.organisation
    event = VoteEvent(
        kind=kind,
        idea_id=vote.idea_id,
        member=vote.member,
        clicked=clicked,
        occurred_at=occurred_at or recorded_at,
        recorded_at=recorded_at,
        channel=channel,
        cast_by=by if by is not None and by.pk != vote.member_id else None,
        importance=importance,
        organisation=organisation,
        plan=organisation.plan if organisation else "",
        import_run=import_run,
    )
    _events.add(event)
    apply(vote, event)
    if vote.pk:
        vote.save()
    else:
        _votes.add(vote)
    return event


@dataclass(slots=True)
class VoteState:
    """What a vote's row says, without the row."""

    is_cast: bool
    silenced_through_id: int | None
    cast_at: datetime
    importance: str = ""
    is_excluded: bool = False

    def __str__(self) -> str:
        if not self.is_cast:
            return "withdrawn"
        silenced = f", silenced through idea {self.silenced_through_id}" if self.silenced_through_id else ""
        importance = f", {self.importance}" if self.importance else ""
        excluded = ", excluded" if self.is_excluded else ""
        return f"cast at {self.cast_at.isoformat()}{importance}{silenced}{excluded}"

    @property
    def counts(self) -> bool:
        """Whether it stands and is not excluded."""
        return self.is_cast and self.silenced_through_id is None and not self.is_excluded


class Line(Protocol):
    """What of a ledger line decides about the vote: a VoteEvent, or some of its columns."""

    @property
    def kind(self) -> str: ...
    @property
    def clicked_id(self) -> int: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def importance(self) -> str: ...


def apply(vote: Vote | VoteState, line: Line) -> None:
    """What a line makes of the vote that it is about; in the ledger's order, lines give the vote's present state."""
    if line.kind == Kind.SILENCED:
        vote.silenced_through_id = line.clicked_id
    elif line.kind in (Kind.CAST, Kind.WITHDRAWN, Kind.REINSTATED):
        vote.silenced_through_id = None
    if line.kind == Kind.CAST:
        vote.is_cast, vote.cast_at, vote.importance = True, line.occurred_at, line.importance
    elif line.kind == Kind.RATED:
        vote.importance = line.importance
    elif line.kind == Kind.WITHDRAWN:
        vote.is_cast = False
    elif line.kind in (Kind.EXCLUDED, Kind.RESTORED):
        vote.is_excluded = line.kind == Kind.EXCLUDED
