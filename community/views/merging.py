"""Marking a question as a duplicate of the one that answers it, and undoing that."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept_forms import member_required, take
from community import families
from community.actions import merge_question, undo_question_merge
from community.forms import FindQuestionForm, MergeForm
from community.models import Question, QuestionMerge
from community.permissions import check_can_merge
from community.querysets import QuestionQuerySet
from community.views.finding import find_question
from community.views.posts import parents_of
from community.views.requests import typed
from core.errors import ConflictError
from core.forms import submit

MOST_FOUND = 10
MOST_EDGES = 100


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def question_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Find the question that answers this one, see both side by side, and let this one point at it."""
    question = find_question(request, pk)
    check_can_merge(request.user)
    visible = Question.objects.visible_to(request.user).select_related("author", "forum")
    find_form = FindQuestionForm(request.GET if "q" in request.GET else None)
    form = MergeForm(typed(request) or _chosen(request, find_form), questions=visible)
    status = 200
    if request.method == "POST":
        edge, status = submit(form, merge_question, duplicate=question, by=request.user)
        if edge:
            messages.success(request, _("Marked as a duplicate. Its answers and its address stay."))
            return redirect(question)
    target = form.cleaned_data.get("target") if form.is_bound and not form.errors.get("target") else None
    context = {
        "question": question,
        "parents": parents_of(question),
        "edge": question.merges.standing().select_related("merged_by").first(),
        "canonical": visible.filter(pk=question.canonical_id).first() if question.canonical_id else None,
        "edges": _edges_into(question, visible),
        "find_form": find_form,
        "is_searched": bool(find_form.words()),
        "found": _found(find_form, question, visible),
        "form": form,
        "target": target,
        "refusal": _refusal(question, target) if target else "",
    }
    return render(request, "community/question_merge.html", context, status=status)


def _chosen(request: HttpRequest, find_form: FindQuestionForm) -> dict[str, Any] | None:
    """The question that the address, the search or a kept form names, as the form would have it; None without one."""
    kept = take(request)
    target = request.GET.get("target") or find_form.named() or kept.get("target")
    return {"target": target, "reason": kept.get("reason", "")} if target else None


def _found(find_form: FindQuestionForm, question: Question, visible: QuestionQuerySet) -> list[Question]:
    """The questions of the forum whose titles hold all the words that were searched for."""
    words = find_form.words()
    if not words:
        return []
    condition = Q(*(Q(title__icontains=word) for word in words))
    others = visible.listed().filter(condition, forum=question.forum_id).exclude(pk=question.pk)
    return list(others.order_by("-last_activity_at", "-pk")[:MOST_FOUND])


def _refusal(question: Question, target: Question) -> str:
    """Why these two can't be merged; empty where they can."""
    try:
        families.check_can_link(question, target)
    except ConflictError as error:
        return str(error)
    return ""


def _edges_into(question: Question, visible: QuestionQuerySet) -> list[QuestionMerge]:
    """The merges that point at this question itself, from duplicates that the moderator may see."""
    edges = QuestionMerge.objects.standing().filter(target=question, duplicate__in=visible)
    return list(edges.select_related("duplicate", "merged_by").order_by("-pk")[:MOST_EDGES])


@require_POST
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one merge back, whichever was made before or after it."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    visible = Question.objects.visible_to(request.user)
    edge = get_object_or_404(QuestionMerge.objects.filter(duplicate__in=visible), pk=pk)
    undo_question_merge(edge=edge, by=request.user)
    messages.success(request, _("No longer marked as a duplicate."))
    return redirect(edge.duplicate)
