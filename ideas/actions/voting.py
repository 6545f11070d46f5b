"""Casting, explaining and withdrawing votes. The rules, and why, are in docs/explanation/votes-and-merging.md."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from community import families
from core.models import ImportRun
from core.statements import Given, Statement
from ideas import budgets, networks, tally
from ideas.errors import NotAddedByTeamError, NoVoteError, SuspendedVoterError, UnreadableBoardError, VotingClosedError
from ideas.ledger import record
from ideas.locking import lock_voter
from ideas.models import Idea, Importance, Status, Vote, VoteEvent, VoteEvidence, VoteSentence
from ideas.permissions import check_can_take_part, check_can_vote_for_others
from ideas.querysets import readable_boards
from ideas.signals import vote_cast, vote_explained, vote_withdrawn

Kind = VoteEvent.Kind


class Terms(NamedTuple):
    """What the status and the board of an idea say of votes for it; read without the many columns of a page."""

    accepts_votes: bool
    half_life_days: int
    vote_budget: int | None

    @classmethod
    def of(cls, idea: Idea) -> Terms:
        return cls(*_terms.ask(status=idea.status_id)[0])


_terms = Statement(
    lambda: Status.objects.filter(pk=Given("status")).values_list(
        "accepts_votes", "board__half_life_days", "board__vote_budget"
    )
)
_votes_on_one = Statement(lambda: Vote.objects.filter(idea=Given("idea"), member=Given("member")))


def _votes_of(voter: Member, ideas: Collection[int]) -> dict[int, Vote]:
    """The voter's votes on these ideas, standing or not."""
    if len(ideas) == 1:
        found = _votes_on_one.ask(idea=next(iter(ideas)), member=voter.pk)
    else:
        found = list(Vote.objects.filter(idea__in=ideas, member=voter).order_by("idea"))
    return {vote.idea_id: vote for vote in found}


@transaction.atomic
def cast_vote(
    *,
    idea: Idea,
    by: Member,
    occurred_at: datetime | None = None,
    channel: VoteEvent.Channel = VoteEvent.Channel.WEB,
    network: str = "",
    import_run: ImportRun | None = None,
) -> Vote:
    """Vote for an idea, merged or not; where the person's vote stands on it already, nothing is written.

    `occurred_at` is when the person did it, if not now; `network` is the address that they came from, of which a hash
    is kept for some time. Raises ForbiddenError, VotingClosedError and BudgetSpentError.
    """
    rows = families.lock(Idea, idea.pk)
    now = timezone.now()
    voter = lock_voter(by)
    check_can_take_part(voter)
    vote, event = _cast(rows, idea, voter, by, now, occurred_at, channel, "", import_run)
    if event is not None and network:
        networks.remember(event, network)
    return vote


@transaction.atomic
def cast_vote_for(
    *,
    idea: Idea,
    member: Member,
    by: Member,
    channel: VoteEvent.Channel,
    occurred_at: datetime | None = None,
    importance: Importance | str = "",
    sentence: str = "",
    evidence_url: str = "",
    note: str = "",
) -> Vote:
    """Add the vote of a customer who called or wrote: a member, or somebody without an account.

    Where their vote stands already, nothing is written but the sentence, and that only where there is none yet. Raises
    ForbiddenError, UnreadableBoardError, SuspendedVoterError, VotingClosedError and BudgetSpentError.
    """
    rows = families.lock(Idea, idea.pk)
    now = timezone.now()
    voter = lock_voter(member)
    check_can_vote_for_others(by, idea)
    if not voter.is_active or voter.is_suspended:
        raise SuspendedVoterError
    if not voter.is_placeholder and rows[idea.pk].board_id not in readable_boards(voter):
        raise UnreadableBoardError
    vote, event = _cast(rows, idea, voter, by, now, occurred_at, channel, importance, None)
    if event is not None and (evidence_url or note):
        VoteEvidence.objects.create(event=event, url=evidence_url, note=note)
    if sentence and (event is not None or not VoteSentence.objects.filter(idea=idea.pk, member=voter).exists()):
        _say(vote, sentence, is_public=False, now=now)
    return vote


@transaction.atomic
def explain_vote(
    *, idea: Idea, by: Member, importance: Importance | str = "", sentence: str = "", is_public: bool = False
) -> Vote:
    """Say how much one needs an idea that one votes for, and what it would let one do; empty takes it back.

    Raises ForbiddenError, and NoVoteError where the person's vote doesn't stand on this idea.
    """
    rows = families.lock(Idea, idea.pk)
    now = timezone.now()
    voter = lock_voter(by)
    check_can_take_part(voter)
    vote = Vote.objects.filter(idea=idea.pk, member=voter).standing().first()
    if vote is None:
        raise NoVoteError
    vote.member = voter
    if vote.importance != importance:
        record(Kind.RATED, vote=vote, clicked=rows[idea.pk], recorded_at=now, importance=importance)
    _say(vote, sentence, is_public=is_public, now=now)
    vote_explained.send(sender=Vote, vote=vote, by=by)
    return vote


@transaction.atomic
def withdraw_vote(*, idea: Idea, by: Member, occurred_at: datetime | None = None) -> None:
    """Support an idea's family no more. Always allowed, and harmless where there is nothing to withdraw.

    `occurred_at` is when the person did it, if not now.

    The vote on the idea itself is withdrawn. The person's votes on others of the family are silenced, and come
    back when those ideas are not of one family with this one any more.
    """
    rows = families.lock(Idea, idea.pk)
    _withdraw(rows, idea, lock_voter(by), by, timezone.now(), occurred_at)


@transaction.atomic
def withdraw_vote_for(*, idea: Idea, member: Member, by: Member) -> None:
    """Take back a vote that the team added for somebody. Raises ForbiddenError and NotAddedByTeamError."""
    rows = families.lock(Idea, idea.pk)
    voter = lock_voter(member)
    check_can_vote_for_others(by, idea)
    lines = VoteEvent.objects.filter(idea=idea.pk, member=voter, kind__in=(Kind.CAST, Kind.WITHDRAWN))
    last = lines.order_by("-pk").first()
    if last is None or last.kind != Kind.CAST or last.cast_by_id is None:
        raise NotAddedByTeamError
    _withdraw(rows, idea, voter, by, timezone.now(), None)


def _cast(
    rows: dict[int, Idea],
    idea: Idea,
    voter: Member,
    by: Member,
    now: datetime,
    occurred_at: datetime | None,
    channel: VoteEvent.Channel,
    importance: Importance | str,
    import_run: ImportRun | None,
) -> tuple[Vote, VoteEvent | None]:
    """The voter's vote, and the line that was written unless it stood already."""
    votes = _votes_of(voter, rows)
    vote = votes.get(idea.pk)
    if vote is not None and vote.stands:
        return vote, None
    family = tally.Family(rows)
    crown = rows[family.crown(idea.pk, voter.pk)]
    terms = Terms.of(crown)
    if not (terms.accepts_votes and crown.is_visible and rows[idea.pk].is_visible):
        raise VotingClosedError
    supported = [
        other for other in votes.values() if other.stands and family.crown(other.idea_id, voter.pk) == crown.pk
    ]
    if not supported and terms.vote_budget is not None:
        budgets.check_has_vote_left(voter, crown.board)
    vote = vote or Vote(idea_id=idea.pk)
    vote.member = voter
    event = record(
        Kind.CAST,
        vote=vote,
        clicked=rows[idea.pk],
        recorded_at=now,
        occurred_at=occurred_at,
        channel=channel,
        by=by,
        importance=importance,
        import_run=import_run,
    )
    if not supported:
        tally.add_supporter(crown, vote.cast_at, terms.half_life_days)
    elif vote.cast_at < min(other.cast_at for other in supported):
        tally.recount(family)
    vote_cast.send(sender=Vote, idea=rows[idea.pk], by=by, member=voter)
    return vote, event


def _withdraw(
    rows: dict[int, Idea], idea: Idea, voter: Member, by: Member, now: datetime, occurred_at: datetime | None
) -> None:
    family = tally.Family(rows)
    crown = rows[family.crown(idea.pk, voter.pk)]
    votes = _votes_of(voter, rows)
    clicked = rows[idea.pk]
    own = votes.pop(idea.pk, None)
    lines = [
        (Kind.SILENCED, vote)
        for other, vote in votes.items()
        if vote.stands and family.crown(other, voter.pk) == crown.pk
    ]
    if own is not None and own.is_cast:
        lines.append((Kind.WITHDRAWN, own))
    for kind, vote in lines:
        vote.member = voter
        record(kind, vote=vote, clicked=clicked, recorded_at=now, occurred_at=occurred_at, by=by)
    if lines:
        tally.recount(family)
        vote_withdrawn.send(sender=Vote, idea=clicked, by=by, member=voter)


def _say(vote: Vote, sentence: str, *, is_public: bool, now: datetime) -> None:
    """Keep what the voter says of their vote; nothing said leaves no row, but that of a moderator's decision."""
    said = VoteSentence.objects.filter(idea=vote.idea_id, member=vote.member_id)
    if not sentence:
        said.filter(hidden_at__isnull=True).delete()
        said.update(text="", is_public=False, written_at=now)
        return
    values = {"text": sentence, "is_public": is_public, "written_at": now}
    VoteSentence.objects.update_or_create(idea_id=vote.idea_id, member_id=vote.member_id, defaults=values)
