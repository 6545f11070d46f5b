"""Moving an idea through its board's statuses, and how what was answered read before it was corrected."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.changes import marked_changes
from community.views.posts import parents_of
from community.views.requests import typed
from core.forms import submit
from ideas.actions import change_status, correct_answer
from ideas.answers import Answered, read_answers, translations_of
from ideas.errors import NothingAnsweredError
from ideas.forms import CorrectionForm, StatusForm
from ideas.models import Idea, StatusChange
from ideas.permissions import PLAN, check_can_change_status
from ideas.views.finding import find_idea
from ideas.views.ideas import own_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_status(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an idea another status, and say why: moderators and the product team.

    What the form shows comes from one line of the ledger, which it names when it is sent.
    """
    idea = find_idea(request, pk)
    check_can_change_status(request.user)
    last = _last_change(idea)
    now = {"status": last.change.new_status_id if last else idea.status_id}
    form = StatusForm(typed(request), idea=idea, initial=now | take(request))
    changed, status = submit(form, change_status, idea=idea, by=request.user)
    if changed:
        messages.success(request, _("The status is “%(status)s” now.") % {"status": changed.status.name})
        return redirect(own_page(changed))
    if status == 409:
        last = _last_change(idea)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "form": form,
        "last": last,
        "seen": last.change.pk if last else 0,
        "present": last.change.new_status if last else idea.status,
        "may_plan": request.user.has_perm(PLAN),
        "cancel_url": own_page(idea),
    }
    return render(request, "ideas/idea_status.html", context, status=status)


def _last_change(idea: Idea) -> Answered | None:
    return next(iter(read_answers(idea)), None)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def answer_correct(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """Put right what was answered with a change of status: whoever may change it."""
    idea = find_idea(request, pk)
    check_can_change_status(request.user)
    answered = _find_answer(idea, change)
    if not answered.answer:
        raise NothingAnsweredError
    form = CorrectionForm(typed(request), initial=_now(answered) | take(request))
    corrected, status = submit(form, correct_answer, change=answered.change, by=request.user)
    if corrected:
        messages.success(request, _("The answer is corrected."))
        return redirect(own_page(idea))
    answered = _find_answer(idea, change)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "form": form,
        "answered": answered,
        "is_stale": status == 409,
        "may_plan": request.user.has_perm(PLAN),
        "cancel_url": own_page(idea),
    }
    return render(request, "ideas/answer_correct.html", context, status=status)


def _now(answered: Answered) -> dict[str, Any]:
    return {"answer": answered.answer, "translations": answered.translations}


@dataclass(frozen=True)
class Version:
    """How an answer read from a moment on; what differs from the version before is marked in the safe HTML.

    `translations` are the texts in other languages that the answer has or had, {name of the language: safe HTML}. `by`
    is the name of who wrote it, for those who may know.
    """

    by: str
    at: datetime
    is_correction: bool
    body: SafeString
    translations: dict[str, SafeString]


@require_safe
def answer_history(request: HttpRequest, pk: int, change: int) -> HttpResponse:
    """How an answer read before each correction, the newest version first, for whoever may see the idea."""
    idea = find_idea(request, pk)
    answered = _find_answer(idea, change)
    knows = request.user.has_perm(PLAN)
    versions = []
    for before, line in zip([None, *answered.versions], answered.versions, strict=False):
        by = line.changed_by.name if knows else ""
        versions.append(Version(by, line.occurred_at, before is not None, *_marked(before, line)))
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "answered": answered,
        "versions": versions[::-1],
        "back_url": own_page(idea),
    }
    return render(request, "ideas/answer_history.html", context)


def _marked(before: StatusChange | None, line: StatusChange) -> tuple[SafeString, dict[str, SafeString]]:
    """The answer of a version and its translations, with what changed since the version before."""
    if before is None:
        texts = translations_of(line)
        return conditional_escape(line.answer), {
            str(name): conditional_escape(texts[language]) for language, name in settings.LANGUAGES if language in texts
        }
    old, new = translations_of(before), translations_of(line)
    return marked_changes(before.answer, line.answer), {
        str(name): marked_changes(old.get(language, ""), new.get(language, ""))
        for language, name in settings.LANGUAGES
        if language in old or language in new
    }


def _find_answer(idea: Idea, change: int) -> Answered:
    """The idea's change of status with this number."""
    for answered in read_answers(idea):
        if answered.change.pk == change:
            return answered
    raise Http404
