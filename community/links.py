"""Where a person may go from a post: the addresses of what they may do to it."""

from dataclasses import dataclass
from typing import Any

from community.content import Content, Visibility
from community.models import Answer, Comment, Question
from community.permissions import is_moderator
from core.addresses import address

# What a post is called in our addresses and in those of moderation.
STEMS: dict[type[Content], tuple[str, str]] = {
    Question: ("question", "question"),
    Answer: ("answer", "answer"),
    Comment: ("comment", "question-comment"),
}


@dataclass(frozen=True)
class Links:
    """Addresses, each empty where the person may not do it or there is nothing to do."""

    edit: str = ""
    delete: str = ""
    history: str = ""
    hide: str = ""
    restore: str = ""
    merge: str = ""
    accept: str = ""
    unaccept: str = ""


def links_for(user: Any, post: Question | Answer | Comment) -> Links:
    """What the person may do to a post that they may see."""
    stem, kind = STEMS[type(post)]
    moderates = is_moderator(user)
    may_change = moderates or (user.is_authenticated and post.author_id == user.pk)
    is_deleted = post.visibility == Visibility.DELETED
    may_hide = moderates and post.visibility in (Visibility.VISIBLE, Visibility.HELD)
    accept, unaccept = _accepting(user, post, moderates) if isinstance(post, Answer) else ("", "")
    return Links(
        edit=address(f"community:{stem}-edit", post.pk) if may_change and not is_deleted else "",
        delete=address(f"community:{stem}-delete", post.pk) if may_change and not is_deleted else "",
        history=address(f"community:{stem}-history", post.pk) if post.edited_at else "",
        hide=address("moderation:hide", kind, post.pk) if may_hide else "",
        restore=address("moderation:restore", kind, post.pk) if moderates and not post.is_visible else "",
        merge=address("community:question-merge", post.pk) if moderates and isinstance(post, Question) else "",
        accept=accept,
        unaccept=unaccept,
    )


def _accepting(user: Any, answer: Answer, moderates: bool) -> tuple[str, str]:
    if not (moderates or (user.is_authenticated and answer.question.author_id == user.pk)):
        return "", ""
    if answer.is_accepted:
        return "", address("community:answer-unaccept", answer.pk)
    return (address("community:answer-accept", answer.pk) if answer.is_visible else ""), ""
