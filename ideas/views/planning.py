"""Planning an idea: pages of the team."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.kept_forms import member_required, take
from community.views.posts import parents_of
from community.views.requests import member_of, typed
from core.forms import submit
from ideas.actions import (
    add_tracker_link,
    edit_note,
    estimate_cost,
    plan_idea,
    remove_note,
    remove_tracker_link,
    write_note,
)
from ideas.forms import CostForm, NoteForm, PlanForm, TrackerLinkForm
from ideas.models import Idea, PrivateNote, TrackerLink
from ideas.permissions import check_can_edit_note, check_can_plan
from ideas.planning import estimated_cost, read_plan
from ideas.views.finding import find_idea
from ideas.views.ideas import own_page


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Who looks after the idea and when it is meant to come, its links to the tracker, and the team's notes."""
    idea = _find(request, pk)
    form = _plan_form(request, idea)
    planned, status = submit(form, plan_idea, idea=idea, by=request.user)
    if planned:
        messages.success(request, _("The plan is saved."))
        return redirect("ideas:idea-plan", idea.pk)
    return _show(request, idea, status, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def cost_change(request: HttpRequest, pk: int) -> HttpResponse:
    """What the idea is estimated to cost. The form stands on the page of the plan."""
    idea = _find(request, pk)
    form = _cost_form(request, idea)
    estimated, status = submit(form, estimate_cost, idea=idea, by=request.user)
    if estimated:
        messages.success(request, _("The estimate is saved."))
        return redirect("ideas:idea-plan", idea.pk)
    return _show(request, idea, status, cost_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def link_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Link the idea to an item of the tracker. The form stands on the page of the plan."""
    idea = _find(request, pk)
    form = TrackerLinkForm(typed(request), initial=take(request))
    link, status = submit(form, add_tracker_link, idea=idea, by=request.user)
    if link:
        return redirect("ideas:idea-plan", idea.pk)
    return _show(request, idea, status, link_form=form)


@require_POST
@member_required
def link_remove(request: HttpRequest, pk: int, link: int) -> HttpResponse:
    idea = _find(request, pk)
    links = TrackerLink.objects.visible_to(request.user).select_related("idea")
    remove_tracker_link(link=get_object_or_404(links, pk=link, idea=idea), by=member_of(request))
    messages.success(request, _("The link is removed."))
    return redirect("ideas:idea-plan", idea.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def note_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Note something for the team. The form stands on the page of the plan."""
    idea = _find(request, pk)
    form = NoteForm(typed(request), initial=take(request))
    note, status = submit(form, write_note, idea=idea, by=request.user)
    if note:
        return redirect("ideas:idea-plan", idea.pk)
    return _show(request, idea, status, note_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def note_edit(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Change one's own note."""
    idea = _find(request, pk)
    found = _find_note(request, idea, note)
    check_can_edit_note(request.user, found)
    form = NoteForm(typed(request), initial={"body": found.body} | take(request))
    edited, status = submit(form, edit_note, note=found, by=request.user)
    if edited:
        return redirect("ideas:idea-plan", idea.pk)
    context = {
        "title": _("Edit your note"),
        "parents": parents_of(idea),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": own_page(idea),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_POST
@member_required
def note_remove(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    idea = _find(request, pk)
    remove_note(note=_find_note(request, idea, note), by=member_of(request))
    messages.success(request, _("The note is removed."))
    return redirect("ideas:idea-plan", idea.pk)


def _find(request: HttpRequest, pk: int) -> Idea:
    """The idea, for whoever may see and plan it."""
    idea = find_idea(request, pk)
    check_can_plan(request.user)
    return idea


def _find_note(request: HttpRequest, idea: Idea, note: int) -> PrivateNote:
    return get_object_or_404(PrivateNote.objects.visible_to(request.user), pk=note, idea=idea)


def _plan_form(request: HttpRequest, idea: Idea, *, is_sent: bool = True) -> PlanForm:
    now = {"owner": idea.owner_id, "target_quarter": idea.target_quarter}
    return PlanForm(typed(request) if is_sent else None, idea=idea, initial=now | take(request))


def _cost_form(request: HttpRequest, idea: Idea, *, is_sent: bool = True) -> CostForm:
    return CostForm(typed(request) if is_sent else None, initial={"cost": estimated_cost(idea)} | take(request))


def _show(
    request: HttpRequest,
    idea: Idea,
    status: int,
    *,
    form: PlanForm | None = None,
    cost_form: CostForm | None = None,
    link_form: TrackerLinkForm | None = None,
    note_form: NoteForm | None = None,
) -> HttpResponse:
    """The page with its four forms, of which one may have been sent."""
    merged = Idea.objects.visible_to(request.user).filter(canonical=idea.pk)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "plan": read_plan(idea, merged.only("pk"), request.user),
        "form": form or _plan_form(request, idea, is_sent=False),
        "cost_form": cost_form or _cost_form(request, idea, is_sent=False),
        "link_form": link_form or TrackerLinkForm(),
        "note_form": note_form or NoteForm(),
        "back_url": own_page(idea),
    }
    return render(request, "ideas/idea_plan.html", context, status=status)
