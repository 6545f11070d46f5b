"""Rows of lists of ideas."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from community.shown import Label, author_of, labels_of
from core.fragments import fragment
from core.templatetags.appearance import ago
from ideas.ballots import Ballot
from ideas.models import Idea

register = template.Library()


@register.simple_tag(takes_context=True)
def idea_row(
    context: dict[str, Any],
    idea: Idea,
    ballot: Ballot,
    merged_count: int = 0,
    rank_url: str = "",
    is_private: bool = False,
    labels: tuple[Label, ...] | None = None,
) -> SafeString:
    """Draw components/idea_row.html for an idea from `for_list`; `labels` are its tags where they are known already."""
    return fragment(
        "components/idea_row.html",
        {"ago": ago(idea.created_at), "csrf_token": context.get("csrf_token", "")},
        key=ballot.key,
        action=ballot.action,
        count=ballot.count,
        base=ballot.base,
        is_voted=ballot.is_voted,
        can_vote=ballot.can_vote,
        reason=str(ballot.reason),
        login_url=ballot.login_url,
        url=idea.get_absolute_url(),
        title=idea.title,
        language=idea.language,
        excerpt=idea.excerpt,
        status_label=idea.status.name,
        status_kind=idea.status.kind,
        status_colour=idea.status.colour,
        tags=labels_of(idea) if labels is None else labels,
        comment_count=idea.comment_count,
        merged_count=merged_count,
        author=author_of(idea.author),
        at=idea.created_at,
        is_private=is_private,
        rank_url=rank_url,
    )
