"""Questions that an idea would help with, and the ideas that would help with a question."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.kept_forms import member_required, take
from community.models import Question
from community.views.posts import parents_of
from community.views.requests import is_htmx, member_of, typed
from core.forms import submit
from ideas.actions import relate_question, unrelate_question
from ideas.forms import FindQuestionForm
from ideas.permissions import check_can_relate
from ideas.related import ideas_for, questions_for
from ideas.views.finding import find_idea
from ideas.views.ideas import own_page

MOST_IDEAS = 10


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions tied to an idea: the team adds and removes them."""
    idea = find_idea(request, pk)
    check_can_relate(request.user, idea)
    questions = Question.objects.visible_to(request.user)
    form = FindQuestionForm(typed(request), questions=questions, initial=take(request))
    related, status = submit(form, relate_question, idea=idea, by=request.user)
    if related:
        messages.success(request, _("The question is tied to this idea."))
        return redirect("ideas:idea-questions", idea.pk)
    context = {
        "idea": idea,
        "parents": parents_of(idea),
        "form": form,
        "questions": questions_for([idea.pk], request.user),
        "back_url": own_page(idea),
    }
    return render(request, "ideas/idea_questions.html", context, status=status)


@require_POST
@member_required
def question_remove(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """Untie a question from an idea."""
    idea = find_idea(request, pk)
    found = get_object_or_404(Question.objects.visible_to(request.user), pk=question)
    unrelate_question(idea=idea, question=found, by=member_of(request))
    messages.success(request, _("The question is not tied to this idea any more."))
    return redirect("ideas:idea-questions", idea.pk)


@require_safe
def ideas_for_question(request: HttpRequest, pk: int) -> HttpResponse:
    """The ideas that would help with a question; its page takes them in, and they are a page of their own."""
    question = get_object_or_404(Question.objects.visible_to(request.user).select_related("forum"), pk=pk)
    context = {
        "question": question,
        "parents": parents_of(question),
        "ideas": ideas_for(question, request.user)[:MOST_IDEAS],
    }
    name = "ideas/ideas_for_question.html"
    return render(request, f"{name}#ideas" if is_htmx(request) else name, context)
