"""Merging an idea into another, after seeing what it would do, and undoing that."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.kept_forms import member_required, take
from community import families
from community.views.posts import parents_of
from community.views.requests import member_of, typed, with_cursor
from core.errors import ConflictError
from core.forms import submit
from core.pagination import keyset_page
from ideas.actions import merge_idea, preview_merge, undo_idea_merge
from ideas.forms import FindIdeaForm, MergeForm
from ideas.likeness import similar_to, with_words
from ideas.merge_effects import effects
from ideas.models import Idea, IdeaMerge
from ideas.permissions import check_can_merge
from ideas.views.finding import find_idea, find_with_canonical
from ideas.views.ideas import own_page

MOST_FOUND = 12
MERGES_ON_A_PAGE = 30


@require_safe
@member_required
def idea_merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the idea that this one shall be counted with: named, found by words, or similar."""
    idea = find_idea(request, pk)
    check_can_merge(request.user, idea)
    is_merged = idea.canonical_id is not None
    find_form = FindIdeaForm(request.GET if "q" in request.GET else None)
    is_asked = find_form.is_bound and find_form.is_valid()
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "refusal": families.AlreadyMergedError.sentence if is_merged else "",
        "undo_url": reverse("ideas:merge-undo", args=[idea.pk]) if is_merged else "",
        "find_form": find_form,
        "is_asked": is_asked,
        "found": _found(find_form, idea, request.user) if is_asked else [],
        "similar": [] if is_asked else similar_to(idea, request.user),
    }
    return render(request, "ideas/idea_merge.html", context, status=409 if is_merged else 200)


def _found(form: FindIdeaForm, idea: Idea, user: Any) -> list[Idea]:
    """The idea with the number that was given or, where there is none, those with the words in their titles."""
    visible, number = Idea.objects.visible_to(user), form.named()
    named = visible.for_list().filter(pk=number) if number is not None else visible.none()
    found = with_words(visible.listed().for_list(), form.words())
    return list(named.exclude(pk=idea.pk)) or list(found.exclude(pk=idea.pk)[:MOST_FOUND])


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def merge_preview(request: HttpRequest, pk: int, into: int) -> HttpResponse:
    """What the merge would do; a post does it. A duplicate as the target stands for its canonical idea."""
    idea = find_idea(request, pk)
    named, canonical = find_with_canonical(request, into)
    target = canonical or named
    check_can_merge(request.user, idea, target)
    form = MergeForm(typed(request), initial=take(request))
    edge, status = submit(form, merge_idea, duplicate=idea, into=target, by=request.user)
    if edge:
        message = _("“{title}” is counted together with this idea now. <a href='{url}'>Undo</a>")
        undo_url = reverse("ideas:merge-undo", args=[idea.pk])
        messages.success(request, format_html(message, title=idea.title, url=undo_url))
        return redirect(target)
    preview, refusal = None, ""
    try:
        preview = preview_merge(duplicate=idea, into=target, by=member_of(request))
    except ConflictError as error:
        refusal = str(error)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "target": target,
        "form": form,
        "preview": preview,
        "effects": effects(preview) if preview else [],
        "refusal": refusal,
    }
    return render(request, "ideas/merge_preview.html", context, status=409 if refusal else status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_required
def merge_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo the merge of a duplicate, after asking once more."""
    idea, _canonical = find_with_canonical(request, pk)
    edge = IdeaMerge.objects.standing().filter(duplicate=idea.pk).select_related("duplicate", "target").first()
    check_can_merge(request.user, idea)
    if edge is None:
        raise families.NotMergedError
    if request.method == "POST":
        undo_idea_merge(edge=edge, by=member_of(request))
        messages.success(request, _("The merge is undone: this idea is counted by itself again."))
        return redirect(idea)
    context = {"idea": idea, "target": edge.target, "edge": edge, "cancel_url": own_page(idea)}
    return render(request, "ideas/merge_undo.html", context)


@require_safe
def merge_history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every merge in the idea's family, now or before, for whoever may see both ends of it."""
    idea, canonical = find_with_canonical(request, pk)
    edges = IdeaMerge.objects.around(canonical or idea).visible_to(request.user)
    shown = edges.select_related("duplicate", "target", "merged_by", "undone_by")
    page = keyset_page(shown, order=("-id",), cursor=request.GET.get("after", ""), size=MERGES_ON_A_PAGE)
    context = {
        "parents": parents_of(idea),
        "idea": idea,
        "edges": page.items,
        "back_url": own_page(idea),
        "next_url": page.next_cursor and with_cursor("", page.next_cursor),
        "previous_url": page.previous_cursor and with_cursor("", page.previous_cursor),
    }
    return render(request, "ideas/merge_history.html", context)
