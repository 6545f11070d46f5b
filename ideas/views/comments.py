"""Remarks on ideas."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.actions import delete_content, edit_content
from community.permissions import check_can_edit
from community.views.posts import confirm_deletion, parents_of, show_history
from community.views.requests import member_of, typed, with_cursor
from core.forms import submit
from ideas.actions import post_comment
from ideas.forms import CommentForm
from ideas.querysets import MODERATE
from ideas.threads import cursor_to_comment
from ideas.views.finding import find_comment, find_with_canonical
from ideas.views.ideas import own_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Comment on an idea. The form stands on the idea's page; this page has it for what was wrong or kept."""
    idea, _canonical = find_with_canonical(request, pk)
    form = CommentForm(typed(request), initial=take(request))
    comment, status = submit(form, post_comment, idea=idea, by=request.user)
    if comment:
        return redirect(comment)
    context = {
        "title": _("Comment on this idea"),
        "parents": parents_of(idea),
        "form": form,
        "submit_label": _("Post your comment"),
        "cancel_url": own_page(idea),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_safe
def comment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the comment: on the page of comments of the canonical idea where it stands."""
    comment = find_comment(request, pk)
    idea, canonical = find_with_canonical(request, comment.idea_id)
    shown_on = canonical or idea
    cursor = cursor_to_comment(comment, shown_on, request.user)
    return redirect(f"{with_cursor(shown_on.get_absolute_url(), cursor)}#comment-{comment.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a comment: its author, or a moderator."""
    comment = find_comment(request, pk)
    check_can_edit(request.user, comment, MODERATE)
    form = CommentForm(typed(request), initial={"body": comment.body} | take(request))
    edited, status = submit(form, edit_content, content=comment, by=request.user, moderate=MODERATE)
    if edited:
        return redirect(edited)
    context = {
        "title": _("Edit your comment") if comment.author_id == request.user.pk else _("Edit a comment"),
        "parents": parents_of(comment.idea),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": comment.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def comment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment off the site, after asking once more: its author, or a moderator."""
    comment = find_comment(request, pk)
    check_can_edit(request.user, comment, MODERATE)
    if request.method == "POST":
        delete_content(content=comment, by=member_of(request), moderate=MODERATE)
        messages.success(request, _("The comment is deleted. A moderator can bring it back."))
        return redirect(comment.idea)
    return confirm_deletion(request, comment, _("Delete this comment?"))


@require_safe
def comment_history(request: HttpRequest, pk: int) -> HttpResponse:
    """How the comment read before each edit, for whoever may see it."""
    return show_history(request, find_comment(request, pk))
