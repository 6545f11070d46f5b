"""Every write on the boards, one function for each thing that a person can do."""

from ideas.actions.bulk import Leave, Outcome, change_ideas
from ideas.actions.changelog import ship_named_ideas
from ideas.actions.claiming import claim_votes
from ideas.actions.comments import post_comment
from ideas.actions.customers import add_vote
from ideas.actions.edits import acknowledge_edit
from ideas.actions.exclusion import exclude_votes, restore_votes
from ideas.actions.following import follow_idea, unfollow_idea
from ideas.actions.ideas import delete_idea, edit_idea, post_idea
from ideas.actions.merging import (
    MergePreview,
    merge_idea,
    preview_merge,
    rejoin_votes,
    set_votes_apart,
    undo_idea_merge,
)
from ideas.actions.planning import (
    add_tracker_link,
    edit_note,
    estimate_cost,
    keep_tracker_link,
    plan_idea,
    remove_note,
    remove_tracker_link,
    write_note,
)
from ideas.actions.policies import copy_policy, publish_policy, rank_anew, retire_policy, score_board
from ideas.actions.related import relate_question, unrelate_question
from ideas.actions.roadmap import place_on_roadmap
from ideas.actions.sentences import hide_sentence, show_sentence
from ideas.actions.statuses import change_status, correct_answer
from ideas.actions.voting import cast_vote, cast_vote_for, explain_vote, withdraw_vote, withdraw_vote_for

__all__ = [
    "Leave",
    "MergePreview",
    "Outcome",
    "acknowledge_edit",
    "add_tracker_link",
    "add_vote",
    "cast_vote",
    "cast_vote_for",
    "change_ideas",
    "change_status",
    "claim_votes",
    "copy_policy",
    "correct_answer",
    "delete_idea",
    "edit_idea",
    "edit_note",
    "estimate_cost",
    "exclude_votes",
    "explain_vote",
    "follow_idea",
    "hide_sentence",
    "keep_tracker_link",
    "merge_idea",
    "place_on_roadmap",
    "plan_idea",
    "post_comment",
    "post_idea",
    "preview_merge",
    "publish_policy",
    "rank_anew",
    "rejoin_votes",
    "relate_question",
    "remove_note",
    "remove_tracker_link",
    "restore_votes",
    "retire_policy",
    "score_board",
    "set_votes_apart",
    "ship_named_ideas",
    "show_sentence",
    "undo_idea_merge",
    "unfollow_idea",
    "unrelate_question",
    "withdraw_vote",
    "withdraw_vote_for",
    "write_note",
]
