"""What moderators do to posts and to members, each time with a reason that goes into Wagtail's log."""

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
    "EndInPastError",
    "FamilyChoice",
    "MergedIdeasError",
    "NotOverError",
    "ReasonError",
    "end_suspension",
    "hidden_together",
    "hide_post",
    "lift_suspension",
    "restore_post",
    "suspend_member",
]
