"""What templates say about any post, also about ideas."""

from django import template
from django.utils.translation import gettext as _

from community.content import Content, Visibility

register = template.Library()


@register.filter
def state(post: Content) -> str:
    """Why not everybody sees the post, as a sentence; empty where everybody does."""
    named = {"name": post.visibility_by.name if post.visibility_by else "", "reason": post.visibility_reason}
    if post.visibility == Visibility.HELD:
        if named["reason"]:
            return _("Waiting for a moderator, seen only by its author until then: %(reason)s") % named
        return _("Waiting for a moderator. Until then only its author sees it.")
    if post.visibility == Visibility.HIDDEN:
        return (_("Hidden by %(name)s: %(reason)s") if named["reason"] else _("Hidden by %(name)s.")) % named
    if post.visibility == Visibility.DELETED:
        return (_("Deleted by %(name)s: %(reason)s") if named["reason"] else _("Deleted by %(name)s.")) % named
    return ""
