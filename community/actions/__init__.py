"""Every write in the forums, one function for each thing that a person can do."""

from community.actions.answers import accept_answer, post_answer, unaccept_answer
from community.actions.comments import post_comment
from community.actions.content import (
    AlreadyPostedError,
    NotVisibleError,
    delete_content,
    edit_content,
    set_visibility,
)
from community.actions.languages import choose_language
from community.actions.merging import merge_question, undo_question_merge
from community.actions.questions import QuestionLockedError, ask_question, edit_question

__all__ = [
    "AlreadyPostedError",
    "NotVisibleError",
    "QuestionLockedError",
    "accept_answer",
    "ask_question",
    "choose_language",
    "delete_content",
    "edit_content",
    "edit_question",
    "merge_question",
    "post_answer",
    "post_comment",
    "set_visibility",
    "unaccept_answer",
    "undo_question_merge",
]
