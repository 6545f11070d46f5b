"""What templates say about any post, also about ideas."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from community.content import Content, Visibility
from community.shown import author_of, labels_of
from core.fragments import fragment
from core.templatetags.appearance import ago

register = template.Library()


@register.filter
def state(post: Content) -> str:
    """Why not everybody sees the post, as a sentence; empty where everybody does."""
    if post.visibility == Visibility.VISIBLE:
        return ""
    named = {"name": post.visibility_by.name if post.visibility_by else "", "reason": post.visibility_reason}
    if post.visibility == Visibility.HELD:
        if named["reason"]:
            return _("Waiting for a moderator, seen only by its author until then: %(reason)s") % named
        return _("Waiting for a moderator. Until then only its author sees it.")
    if post.visibility == Visibility.HIDDEN:
        return (_("Hidden by %(name)s: %(reason)s") if named["reason"] else _("Hidden by %(name)s.")) % named
    return (_("Deleted by %(name)s: %(reason)s") if named["reason"] else _("Deleted by %(name)s.")) % named


@register.simple_tag
def question_row(question: Any, at: Any, forum: str = "") -> SafeString:
    """Draw components/question_row.html for a question from `for_list`."""
    return fragment(
        "components/question_row.html",
        {"ago": ago(at)},
        url=question.get_absolute_url(),
        title=question.title,
        language=question.language,
        excerpt=question.excerpt,
        answer_count=question.answer_count,
        is_solved=question.is_solved,
        tags=labels_of(question),
        author=author_of(question.author),
        at=at,
        forum=forum,
    )


@register.simple_tag
def comment(entry: Any) -> SafeString:
    """Draw components/comment.html for a comment on a question or an idea, with what the reader may do to it."""
    return fragment("components/comment.html", _text_of(entry.post), **_frame_of(entry))


@register.simple_tag(takes_context=True)
def answer(context: dict[str, Any], entry: Any) -> SafeString:
    """Draw components/answer.html for an answer, with what the reader may do to it and the comments below it.

    The context is that of its question's page.
    """
    names = {"form": "comment_form", "takes_posts": "takes_posts", "user": "user", "csrf_token": "csrf_token"}
    shared = {name: context.get(there) for name, there in names.items()}
    below = get_template("community/post_comments.html#below").render({"entry": entry, **shared})
    return fragment(
        "components/answer.html",
        {**_text_of(entry.post), "below": below, "csrf_token": shared["csrf_token"]},
        **_frame_of(entry),
        is_accepted=entry.is_accepted,
        accept_url=entry.links.accept,
        unaccept_url=entry.links.unaccept,
    )


@register.simple_tag(takes_context=True)
def comment_form(context: dict[str, Any], entry: Any, form: Any) -> str:
    """Draw components/comment_form.html for the comments below an entry. What somebody typed is not remembered."""
    values = {
        "stem": entry.stem,
        "key": entry.post.pk,
        "url": entry.comments_url,
        "label": str(form.fields["body"].label),
    }
    csrf_token = context.get("csrf_token", "")
    if form.is_bound or form.initial:
        return get_template("components/comment_form.html").render({**values, "form": form, "csrf_token": csrf_token})
    return fragment("components/comment_form.html", {"csrf_token": csrf_token}, **values)


def _text_of(post: Content) -> dict[str, str]:
    """What is filled in: the text, which is long, and how old it is, which changes."""
    return {"body_html": mark_safe(post.body_html), "ago": ago(post.created_at)}  # noqa: S308 -- core.markdown made it


def _frame_of(entry: Any) -> dict[str, Any]:
    post, links = entry.post, entry.links
    return {
        "key": post.pk,
        "author": author_of(post.author),
        "role": str(entry.role),
        "at": post.created_at,
        "edited_at": post.edited_at,
        "state": state(post),
        "history_url": links.history,
        "edit_url": links.edit,
        "delete_url": links.delete,
        "hide_url": links.hide,
        "restore_url": links.restore,
    }
