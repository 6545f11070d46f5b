"""Every write on the boards, one function for each thing that a person can do."""

from ideas.actions.comments import post_comment
from ideas.actions.ideas import delete_idea, edit_idea, post_idea
from ideas.actions.merging import (
    MergePreview,
    merge_idea,
    preview_merge,
    rejoin_votes,
    set_votes_apart,
    undo_idea_merge,
)
from ideas.actions.statuses import change_status
from ideas.actions.voting import cast_vote, withdraw_vote

__all__ = [
    "MergePreview",
    "cast_vote",
    "change_status",
    "delete_idea",
    "edit_idea",
    "merge_idea",
    "post_comment",
    "post_idea",
    "preview_merge",
    "rejoin_votes",
    "set_votes_apart",
    "undo_idea_merge",
    "withdraw_vote",
]
