"""What moderators do to posts and to members, each time with a reason that goes into Wagtail's log, and to cards."""

from moderation.actions.cards import (
    CantAnswerError,
    NotOnBoardError,
    SolvedError,
    StaleCardError,
    StaleNeighbourError,
    move_idea,
    move_question,
)
from moderation.actions.posts import (
    AlreadyHiddenError,
    AlreadyVisibleError,
    CanonicalNotVisibleError,
    FamilyChoice,
    MergedIdeasError,
    hidden_together,
    hide_post,
    restore_post,
)
from moderation.actions.reasons import ReasonError
from moderation.actions.suspensions import (
    AlreadyLiftedError,
    AlreadySuspendedError,
    EndInPastError,
    NotOverError,
    end_suspension,
    lift_suspension,
    suspend_member,
)

__all__ = [
    "AlreadyHiddenError",
    "AlreadyLiftedError",
    "AlreadySuspendedError",
    "AlreadyVisibleError",
    "CanonicalNotVisibleError",
    "CantAnswerError",
    "EndInPastError",
    "FamilyChoice",
    "MergedIdeasError",
    "NotOnBoardError",
    "NotOverError",
    "ReasonError",
    "SolvedError",
    "StaleCardError",
    "StaleNeighbourError",
    "end_suspension",
    "hidden_together",
    "hide_post",
    "lift_suspension",
    "move_idea",
    "move_question",
    "restore_post",
    "suspend_member",
]
