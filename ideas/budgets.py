"""How many votes a member has left on a board that gives each so many.

A budget is spent by the ideas of the board that a person supports while voting on them is open. Several votes in one
family are one. What was overdrawn, as when a merge is undone, stays: it only blocks new votes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from community.content import Visibility
from ideas import tally
from ideas.errors import BudgetSpentError
from ideas.models import Idea, IdeaBoardPage

_OPEN = {"visibility": Visibility.VISIBLE, "status__accepts_votes": True}


@dataclass(frozen=True)
class Purse:
    """A board's votes for one member: how many each gets, and how many of theirs are in use."""

    board: IdeaBoardPage
    of: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.of - self.used)


def spent(member: Any, board: IdeaBoardPage) -> int:
    """How many open ideas of the board the person supports."""
    return tally.all_supported_by(member).filter(board=board, **_OPEN).count()


def left(member: Any, board: IdeaBoardPage) -> int | None:
    """How many more ideas of the board the person may support; None where the board sets no limit."""
    found = purse(member, board)
    return None if found is None else found.left


def purse(member: Any, board: IdeaBoardPage) -> Purse | None:
    """The person's votes on the board; None for visitors, and where the board sets no limit."""
    if board.vote_budget is None or not member.is_authenticated:
        return None
    return Purse(board, board.vote_budget, spent(member, board))


def purses(member: Any, boards: Iterable[IdeaBoardPage]) -> list[tuple[Purse, list[Idea]]]:
    """For each of the boards that sets a limit, the person's votes there and the ideas that hold them."""
    limited = [board for board in boards if board.vote_budget is not None]
    if not limited:
        return []
    ideas = tally.all_supported_by(member).filter(board__in=limited, **_OPEN).only("title", "slug", "board")
    held: dict[int, list[Idea]] = {board.pk: [] for board in limited}
    for idea in ideas.order_by("title", "pk"):
        held[idea.board_id].append(idea)
    return [(Purse(board, board.vote_budget or 0, len(held[board.pk])), held[board.pk]) for board in limited]


def check_has_vote_left(member: Any, board: IdeaBoardPage) -> None:
    """Raises BudgetSpentError. The caller holds the lock of the member's row, so that no vote is spent twice."""
    if left(member, board) == 0:
        raise BudgetSpentError
