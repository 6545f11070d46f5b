"""Remarks below questions and answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.actions import delete_content, edit_content, post_comment
from community.forms import CommentForm
from community.models import Answer, Question
from community.permissions import check_can_edit
from community.threads import (
    COMMENT_ORDER,
    COMMENTS_BELOW_A_POST,
    COMMENTS_ON_A_PAGE,
    comments_below,
    cursor_to_answer,
    read_comments,
    takes_posts,
)
from community.views.finding import find_answer, find_comment, find_question
from community.views.posts import confirm_deletion, parents_of, show_history
from community.views.requests import is_htmx, member_of, typed, with_cursor
from core.forms import submit
from core.pagination import cursor_to


@require_http_methods(["GET", "HEAD", "POST"])
def question_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """All comments on a question; a post adds one."""
    if request.method == "POST":
        return _comment_on_question(request, pk)
    return _show(request, find_question(request, pk), None, CommentForm(initial=take(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def answer_comment(request: HttpRequest, pk: int) -> HttpResponse:
    """All comments on an answer; a post adds one."""
    if request.method == "POST":
        return _comment_on_answer(request, pk)
    answer = find_answer(request, pk)
    return _show(request, answer.question, answer, CommentForm(initial=take(request)))


@member_required
def _comment_on_question(request: HttpRequest, pk: int) -> HttpResponse:
    return _add(request, find_question(request, pk), None)


@member_required
def _comment_on_answer(request: HttpRequest, pk: int) -> HttpResponse:
    answer = find_answer(request, pk)
    return _add(request, answer.question, answer)


def _add(request: HttpRequest, question: Question, answer: Answer | None) -> HttpResponse:
    """Post the comment. htmx swaps the comments below the post; everybody else is led to the new one."""
    form = CommentForm(request.POST)
    if is_htmx(request) and form.is_valid():
        post_comment(question=question, answer=answer, by=member_of(request), **form.cleaned_data)
        return _show_below(request, question, answer, CommentForm(), is_posted=True)
    comment, status = submit(form, post_comment, question=question, answer=answer, by=member_of(request))
    if comment:
        return redirect(comment)
    if is_htmx(request):
        return _show_below(request, question, answer, form, status=status)
    return _show(request, question, answer, form, status)


def _show(
    request: HttpRequest, question: Question, answer: Answer | None, form: CommentForm, status: int = 200
) -> HttpResponse:
    """The page of all comments below a post."""
    entry, page = read_comments(
        question, answer, request.user, cursor=request.GET.get("after", ""), size=COMMENTS_ON_A_PAGE
    )
    context = {
        "question": question,
        "parents": parents_of(question),
        "entry": entry,
        "form": form,
        "takes_posts": takes_posts(question),
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
    }
    return render(request, "community/post_comments.html", context, status=status)


def _show_below(
    request: HttpRequest,
    question: Question,
    answer: Answer | None,
    form: CommentForm,
    status: int = 200,
    is_posted: bool = False,
) -> HttpResponse:
    """The comments as they stand below a post on its question's page."""
    entry, _page = read_comments(question, answer, request.user, size=COMMENTS_BELOW_A_POST)
    context = {"entry": entry, "form": form, "takes_posts": takes_posts(question), "is_posted": is_posted}
    return render(request, "community/post_comments.html#below", context, status=status)


@require_safe
def comment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Leads to the comment: below its post, or on the page of all comments where it stands further down."""
    comment = find_comment(request, pk)
    answer, question = comment.answer, comment.question
    siblings = comments_below(question, answer, request.user)
    if cursor_to(siblings, order=COMMENT_ORDER, row=comment, size=COMMENTS_BELOW_A_POST):
        name, post = ("answer", answer) if answer else ("question", question)
        address = reverse(f"community:{name}-comment", args=[post.pk])
        cursor = cursor_to(siblings, order=COMMENT_ORDER, row=comment, size=COMMENTS_ON_A_PAGE)
    else:
        address = question.get_absolute_url()
        cursor = cursor_to_answer(answer, request.user) if answer else ""
    return redirect(f"{with_cursor(address, cursor)}#comment-{comment.pk}")


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def comment_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a comment: its author, or a moderator."""
    comment = find_comment(request, pk)
    check_can_edit(request.user, comment)
    form = CommentForm(typed(request), initial={"body": comment.body} | take(request))
    edited, status = submit(form, edit_content, content=comment, by=member_of(request))
    if edited:
        return redirect(edited)
    context = {
        "title": _("Edit your comment") if comment.author_id == request.user.pk else _("Edit a comment"),
        "parents": parents_of(comment.question),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": comment.get_absolute_url(),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def comment_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment off the site, after asking once more."""
    comment = find_comment(request, pk)
    check_can_edit(request.user, comment)
    if request.method == "POST":
        delete_content(content=comment, by=member_of(request))
        messages.success(request, _("The comment is deleted. A moderator can bring it back."))
        return redirect(comment.answer or comment.question)
    return confirm_deletion(request, comment, _("Delete this comment?"))


@require_safe
def comment_history(request: HttpRequest, pk: int) -> HttpResponse:
    """How the comment read before each edit, for whoever may see it."""
    return show_history(request, find_comment(request, pk))
