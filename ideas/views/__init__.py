"""What people see and do on the boards: each view finds its subject through the gate, calls one action, and answers."""

from ideas.views.boards import board_page, idea_create
from ideas.views.cards import idea_card
from ideas.views.comments import comment_delete, comment_detail, comment_edit, comment_history, idea_comment
from ideas.views.following import edit_seen, idea_follow, idea_unfollow
from ideas.views.for_team import manipulation, vote_add, vote_take_back, voters
from ideas.views.ideas import idea_delete, idea_detail, idea_edit, idea_history
from ideas.views.merging import idea_merge, merge_history, merge_preview, merge_undo
from ideas.views.own import own_votes, votes_claim, votes_claim_link
from ideas.views.planning import cost_change, idea_plan, link_add, link_remove, note_add, note_edit, note_remove
from ideas.views.ranking import board_policies, idea_rank
from ideas.views.related import idea_questions, ideas_for_question, question_remove
from ideas.views.roadmap import roadmap
from ideas.views.statuses import answer_correct, answer_history, idea_status
from ideas.views.voices import idea_voices, sentence_hide, sentence_show, vote_explain
from ideas.views.voting import vote_apart, vote_cast, vote_rejoin, vote_withdraw

__all__ = [
    "answer_correct",
    "answer_history",
    "board_page",
    "board_policies",
    "comment_delete",
    "comment_detail",
    "comment_edit",
    "comment_history",
    "cost_change",
    "edit_seen",
    "idea_card",
    "idea_comment",
    "idea_create",
    "idea_delete",
    "idea_detail",
    "idea_edit",
    "idea_follow",
    "idea_history",
    "idea_merge",
    "idea_plan",
    "idea_questions",
    "idea_rank",
    "idea_status",
    "idea_unfollow",
    "idea_voices",
    "ideas_for_question",
    "link_add",
    "link_remove",
    "manipulation",
    "merge_history",
    "merge_preview",
    "merge_undo",
    "note_add",
    "note_edit",
    "note_remove",
    "own_votes",
    "question_remove",
    "roadmap",
    "sentence_hide",
    "sentence_show",
    "vote_add",
    "vote_apart",
    "vote_cast",
    "vote_explain",
    "vote_rejoin",
    "vote_take_back",
    "vote_withdraw",
    "voters",
    "votes_claim",
    "votes_claim_link",
]
