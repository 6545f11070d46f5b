"""A question's page; editing and deleting questions, and how they read before."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.actions import delete_content, edit_question
from community.forms import AnswerForm, CommentForm, QuestionEditForm
from community.permissions import check_can_edit
from community.shown import labels_on
from community.threads import read_thread, takes_posts
from community.views.finding import find_question
from community.views.posts import confirm_deletion, parents_of, show_history
from community.views.requests import member_of, typed, with_cursor
from core.access import is_restricted
from core.forms import submit


@require_safe
def question_detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """A question with its answers and their comments; under another slug than its own it leads to the right one."""
    question = find_question(request, pk)
    after = request.GET.get("after", "")
    if slug != question.slug:
        return redirect(with_cursor(question.get_absolute_url(), after))
    thread = read_thread(question, request.user, after)
    neighbours = {
        f"{name}_url": cursor and with_cursor("", cursor) + "#answers"
        for name, cursor in (("next", thread.next_cursor), ("previous", thread.previous_cursor))
    }
    context = {
        "question": question,
        "is_private": is_restricted(question.forum.path),
        "parents": parents_of(question, is_below=False),
        "address": request.build_absolute_uri(question.get_absolute_url()),
        "thread": thread,
        "labels": labels_on([question])[question.pk],
        "answer_form": AnswerForm(),
        "comment_form": CommentForm(),
        "takes_posts": takes_posts(question),
        "is_first": not after,
        **neighbours,
    }
    return render(request, "community/question_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def question_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a question's title, text, tags and language: its author, or a moderator."""
    question = find_question(request, pk)
    check_can_edit(request.user, question)
    now: dict[str, Any] = {"title": question.title, "body": question.body, "tags": question.tags.all()}
    form = QuestionEditForm(typed(request), initial=now | take(request), question=question)
    edited, status = submit(form, edit_question, question=question, by=member_of(request))
    if edited:
        return redirect(edited)
    context = {
        "title": _("Edit your question") if question.author_id == request.user.pk else _("Edit a question"),
        "parents": parents_of(question),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": question.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def question_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a question off the site, after asking once more."""
    question = find_question(request, pk)
    check_can_edit(request.user, question)
    if request.method == "POST":
        delete_content(content=question, by=member_of(request))
        messages.success(request, _("The question is deleted. A moderator can bring it back."))
        return redirect(question.forum.url)
    text = _("Its answers and comments go with it.") if question.answer_count or question.comment_count else ""
    return confirm_deletion(request, question, _("Delete this question?"), text)


@require_safe
def question_history(request: HttpRequest, pk: int) -> HttpResponse:
    """How the question read before each edit, for whoever may see it."""
    return show_history(request, find_question(request, pk))
