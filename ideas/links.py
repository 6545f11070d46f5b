"""Where a person may go from an idea or a comment on it: the addresses of what they may do."""

from dataclasses import dataclass
from typing import Any

from community.content import Visibility
from core.addresses import address
from ideas.models import Comment, Idea
from ideas.permissions import CHANGE_STATUS, MERGE, VOTE_ON_BEHALF, may_see_voters
from ideas.querysets import MODERATE


@dataclass(frozen=True)
class Links:
    """Addresses, each empty where the person may not do it or there is nothing to do."""

    edit: str = ""
    delete: str = ""
    history: str = ""
    hide: str = ""
    restore: str = ""
    merge: str = ""
    undo_merge: str = ""
    status: str = ""
    voters: str = ""
    add_vote: str = ""
    signals: str = ""


def links_for(user: Any, post: Idea | Comment) -> Links:
    """What the person may do to a post that they may see."""
    stem, kind = ("idea", "idea") if isinstance(post, Idea) else ("comment", "idea-comment")
    moderates = user.has_perm(MODERATE)
    is_deleted = post.visibility == Visibility.DELETED
    may_change = (moderates or (user.is_authenticated and post.author_id == user.pk)) and not is_deleted
    may_hide = moderates and post.visibility in (Visibility.VISIBLE, Visibility.HELD)
    may_merge = isinstance(post, Idea) and user.has_perm(MERGE)
    is_merged = isinstance(post, Idea) and post.canonical_id is not None
    may_add_vote = isinstance(post, Idea) and post.is_visible and user.has_perm(VOTE_ON_BEHALF)
    knows_voters = isinstance(post, Idea) and may_see_voters(user)
    may_change_status = isinstance(post, Idea) and not is_merged and user.has_perm(CHANGE_STATUS)
    return Links(
        edit=address(f"ideas:{stem}-edit", post.pk) if may_change else "",
        delete=address(f"ideas:{stem}-delete", post.pk) if may_change else "",
        history=address(f"ideas:{stem}-history", post.pk) if post.edited_at else "",
        hide=address("moderation:hide", kind, post.pk) if may_hide else "",
        restore=address("moderation:restore", kind, post.pk) if moderates and not post.is_visible else "",
        merge=address("ideas:idea-merge", post.pk) if may_merge and post.is_visible and not is_merged else "",
        undo_merge=address("ideas:merge-undo", post.pk) if may_merge and is_merged else "",
        status=address("ideas:idea-status", post.pk) if may_change_status else "",
        voters=address("ideas:voters", post.pk) if knows_voters else "",
        add_vote=address("ideas:vote-add", post.pk) if may_add_vote else "",
        signals=address("ideas:manipulation", post.pk) if knows_voters else "",
    )
