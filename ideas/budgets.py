"""How many votes a member has left on a board that gives each so many.

A budget is spent by the ideas of the board that a person supports while voting on them is open. Several votes in one
family are one. What was overdrawn, as when a merge is undone, stays: it only blocks new votes.
"""

from typing import Any

from community.content import Visibility
from ideas import tally
from ideas.errors import BudgetSpentError
from ideas.models import Idea, IdeaBoardPage, Vote


def spent(member: Any, board: IdeaBoardPage) -> int:
    """How many open ideas of the board the person supports."""
    voted = Idea.objects.filter(pk__in=Vote.objects.filter(member=member.pk).standing().values("idea"))
    crowns = tally.supported_by(member, voted.only("canonical"))
    is_open = {"visibility": Visibility.VISIBLE, "status__accepts_votes": True}
    return Idea.objects.filter(pk__in=crowns, board=board, **is_open).count()


def left(member: Any, board: IdeaBoardPage) -> int | None:
    """How many more ideas of the board the person may support; None where the board sets no limit."""
    if board.vote_budget is None:
        return None
    return max(0, board.vote_budget - spent(member, board))


def check_has_vote_left(member: Any, board: IdeaBoardPage) -> None:
    """Raises BudgetSpentError. The caller holds the lock of the member's row, so that no vote is spent twice."""
    if left(member, board) == 0:
        raise BudgetSpentError
