"""An idea's page; editing and deleting ideas, and how they read before."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community.permissions import check_can_edit
from community.shown import labels_on
from community.views.posts import confirm_deletion, parents_of, show_history
from community.views.requests import member_of, typed
from core.access import is_restricted
from core.forms import submit
from ideas import budgets
from ideas.actions import delete_idea, edit_idea
from ideas.ballots import ballot, may_see_count
from ideas.changelog import entries_on
from ideas.edits import edits_since_votes
from ideas.forms import CommentForm, IdeaEditForm, VoteReasonForm, reason_of
from ideas.models import Idea
from ideas.permissions import CHANGE_STATUS, MERGE, PLAN
from ideas.planning import public_target, read_plan
from ideas.querysets import MODERATE
from ideas.related import first_questions_for
from ideas.stakes import follows, stakes_of, vote_to_explain
from ideas.threads import Family, IdeaThread, read_family, read_thread
from ideas.views.finding import find_idea, find_with_canonical
from ideas.voices import VOICES_BELOW_AN_IDEA, importances, newest_voices, supporters

MOST_QUESTIONS = 8


@require_safe
def idea_detail(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """An idea with its comments and those of all that was merged into it.

    A duplicate's address leads to the canonical idea and remembers where one came from (`from`), except with `stay`,
    and for a person whose votes stay with the duplicate. Under another slug than its own it leads to the right one.
    """
    idea, canonical = find_with_canonical(request, pk)
    family = read_family(canonical or idea, request.user)
    if canonical and "stay" not in request.GET and family.voice.crown(idea.pk) == canonical.pk:
        return redirect(_with(canonical.get_absolute_url(), {"from": str(idea.pk)}))
    if slug != idea.slug:
        return redirect(_with(idea.get_absolute_url(), request.GET.dict()))
    thread = read_thread(idea, family, request.user, cursor=request.GET.get("after", ""))
    came_through = None if canonical else _came_through(request, thread)
    clicked = idea
    if came_through and thread.voice.crown(came_through.pk) == idea.pk:
        clicked = came_through
    is_voted = thread.voice.supports(thread.crown.pk)
    context = {
        "parents": parents_of(idea, is_below=False),
        "address": request.build_absolute_uri(idea.get_absolute_url()),
        "idea": idea,
        "canonical": canonical,
        "counts_here": thread.crown.pk == idea.pk,
        "thread": thread,
        "came_through": came_through,
        "came_through_is_counted": came_through and thread.counts_through(came_through.pk),
        "ballot": ballot(
            request.user,
            clicked,
            at=thread.crown,
            is_voted=is_voted,
            back=request.get_full_path(),
        ),
        **_own_part(request, idea, clicked, thread),
        **_support(request, idea, family, is_voted=is_voted),
        "card_url": _card_url(request, idea),
        "purse": budgets.purse(request.user, thread.crown.board),
        "outcome": next((change for change in thread.changes if change.answer), None),
        "first_status": thread.changes[-1].change.old_status if thread.changes else idea.status,
        "may_undo": request.user.has_perm(MERGE),
        "entries": () if canonical else entries_on(idea, request.user),
        "may_correct": request.user.has_perm(CHANGE_STATUS),
        "plan": read_plan(idea, (edge.duplicate for edge in thread.merged if not canonical), request.user),
        "target_quarter": public_target(idea),
        "labels": labels_on([idea])[idea.pk],
        "comment_form": CommentForm(),
        "board_url": idea.board.url,
        "is_private": is_restricted(idea.board.path),
        "is_team": request.user.has_perm(PLAN),
        "may_moderate": request.user.has_perm(MODERATE),
        "may_relate": request.user.has_perm(PLAN),
        "next_url": thread.next_cursor and _page_of_comments(request, thread.next_cursor),
        "previous_url": thread.previous_cursor and _page_of_comments(request, thread.previous_cursor),
    }
    return render(request, "ideas/idea_detail.html", context)


def _own_part(request: HttpRequest, idea: Idea, clicked: Idea, thread: IdeaThread) -> dict[str, Any]:
    """What the page says of the reader's own votes, and whether they follow the idea."""
    stakes = stakes_of(request.user, thread.ideas)
    counting = [pk for pk in stakes if thread.counts_through(pk)]
    reason = vote_to_explain(stakes, counting, clicked.pk, idea.pk)
    here = f"{request.get_full_path()}#idea"
    return {
        "reason": reason,
        "reason_form": VoteReasonForm(initial=reason_of(reason)),
        "edits": edits_since_votes(request.user, stakes, counting),
        "is_following": follows(stakes, idea.pk),
        "follow_login_url": "" if request.user.is_authenticated else redirect_to_login(here).url,
    }


def _support(request: HttpRequest, idea: Idea, family: Family, *, is_voted: bool) -> dict[str, Any]:
    """What supporters say, whom it would help, and with which questions; of a duplicate, by itself."""
    is_team = request.user.has_perm(PLAN)
    ideas, edges = ([idea.pk], []) if idea.canonical_id else (family.seen(), family.edges)
    said = newest_voices(ideas, edges, is_team=is_team, most=VOICES_BELOW_AN_IDEA + 1)
    is_counted = not idea.canonical_id and may_see_count(request.user, idea, is_voted=is_voted)
    return {
        "voices": said[:VOICES_BELOW_AN_IDEA],
        "has_more_voices": len(said) > VOICES_BELOW_AN_IDEA,
        "supporters": supporters(ideas, edges, total=idea.supporter_count, is_team=is_team) if is_counted else None,
        "importances": importances(ideas, edges) if is_team else [],
        "questions": first_questions_for(ideas, request.user, MOST_QUESTIONS),
    }


def _card_url(request: HttpRequest, idea: Idea) -> str:
    """The whole address of the picture for other sites, where visitors may see the idea."""
    if not idea.is_visible or is_restricted(idea.board.path):
        return ""
    return request.build_absolute_uri(reverse("ideas:idea-card", args=[idea.pk]))


def _came_through(request: HttpRequest, thread: IdeaThread) -> Idea | None:
    """The duplicate whose address led here, if the person may see it."""
    origin = request.GET.get("from", "")
    edge = thread.merge_of(int(origin)) if origin.isdecimal() and len(origin) < 19 else None
    return edge.duplicate if edge else None


def _page_of_comments(request: HttpRequest, cursor: str) -> str:
    kept = {name: value for name, value in request.GET.dict().items() if name in ("from", "stay")}
    return _with("", {**kept, "after": cursor}) + "#comments"


def _with(address: str, parameters: Mapping[str, object]) -> str:
    return f"{address}?{urlencode(parameters)}" if parameters else address


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an idea's title, text, tags and language: its author, or a moderator."""
    idea = find_idea(request, pk)
    check_can_edit(request.user, idea, MODERATE)
    now: dict[str, Any] = {"title": idea.title, "body": idea.body, "tags": idea.tags.all()}
    form = IdeaEditForm(typed(request), initial=now | take(request), idea=idea)
    edited, status = submit(form, edit_idea, idea=idea, by=request.user)
    if edited:
        return redirect(own_page(edited))
    context = {
        "title": _("Edit your idea") if idea.author_id == request.user.pk else _("Edit an idea"),
        "parents": parents_of(idea),
        "form": form,
        "submit_label": _("Save"),
        "cancel_url": own_page(idea),
    }
    return render(request, "community/post_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def idea_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an idea off the board, after asking once more: its author, or a moderator."""
    idea = find_idea(request, pk)
    check_can_edit(request.user, idea, MODERATE)
    if request.method == "POST":
        delete_idea(idea=idea, by=member_of(request))
        messages.success(request, _("The idea is deleted. A moderator can bring it back."))
        return redirect(idea.board.url)
    return confirm_deletion(request, idea, _("Delete this idea?"))


@require_safe
def idea_history(request: HttpRequest, pk: int) -> HttpResponse:
    """How the idea read before each edit, for whoever may see it."""
    return show_history(request, find_idea(request, pk))


def own_page(idea: Idea) -> str:
    """The address of the idea's own text: a duplicate's ordinary one leads away from it."""
    address = idea.get_absolute_url()
    return f"{address}?stay=1" if idea.canonical_id else address
