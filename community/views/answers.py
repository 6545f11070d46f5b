"""Answering, and everything that is done to an answer."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import member_required, take
from community.actions import accept_answer, delete_content, edit_content, post_answer, unaccept_answer
from community.forms import AnswerForm
from community.models import Answer
from community.permissions import check_can_edit
from community.threads import cursor_to_answer
from community.views.finding import find_answer, find_question
from community.views.posts import confirm_deletion, parents_of, show_history
from community.views.requests import member_of, typed, with_cursor
from core.forms import submit


@require_safe
def answer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the answer on the page of its question where it stands."""
    answer = find_answer(request, pk)
    cursor = cursor_to_answer(answer, request.user)
    return redirect(f"{with_cursor(answer.question.get_absolute_url(), cursor)}#answer-{answer.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def answer_create(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer a question. The form stands below the question; this page has it too, for what was wrong or kept."""
    question = find_question(request, pk)
    form = AnswerForm(typed(request), initial=take(request))
    answer, status = submit(form, post_answer, question=question, by=member_of(request))
    if answer:
        messages.success(request, _("Your answer is posted."))
        return redirect(answer)
    context = {
        "title": _("Answer this question"),
        "parents": parents_of(question),
        "replied_to": question,
        "form": form,
        "submit_label": _("Post your answer"),
        "cancel_url": question.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def answer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an answer: its author, or a moderator."""
    answer = find_answer(request, pk)
    check_can_edit(request.user, answer)
    form = AnswerForm(typed(request), initial={"body": answer.body} | take(request))
    edited, status = submit(form, edit_content, content=answer, by=member_of(request))
    if edited:
        return redirect(edited)
    context = {
        "title": _("Edit your answer") if answer.author_id == request.user.pk else _("Edit an answer"),
        "parents": parents_of(answer.question),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": answer.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def answer_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an answer off the site, after asking once more."""
    answer = find_answer(request, pk)
    check_can_edit(request.user, answer)
    if request.method == "POST":
        delete_content(content=answer, by=member_of(request))
        messages.success(request, _("The answer is deleted. A moderator can bring it back."))
        return redirect(answer.question)
    return confirm_deletion(request, answer, _("Delete this answer?"))


@require_safe
def answer_history(request: HttpRequest, pk: int) -> HttpResponse:
    """How the answer read before each edit, for whoever may see it."""
    return show_history(request, find_answer(request, pk))


@require_POST
def answer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the answer that solved the question: the asker, or a moderator."""
    return _accepting(request, pk, accept_answer)


@require_POST
def answer_unaccept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the mark away again."""
    return _accepting(request, pk, unaccept_answer)


def _accepting(request: HttpRequest, pk: int, action: Callable[..., Answer]) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("community:answer-detail", args=[pk]))
    answer = find_answer(request, pk)
    action(answer=answer, by=member_of(request))
    return redirect(answer)
