"""Finding the posts that addresses name, through the gate: what a person may not see is not there."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from core.readings import GatedReading
from ideas.models import Comment, Idea
from ideas.threads import with_own_vote


def find_idea(request: HttpRequest, pk: int) -> Idea:
    """An idea that the person may see."""
    ideas = Idea.objects.visible_to(request.user).select_related("author", "status", "board", "visibility_by")
    return get_object_or_404(ideas, pk=pk)


def find_with_canonical(request: HttpRequest, pk: int) -> tuple[Idea, Idea | None]:
    """An idea and, of a duplicate, its canonical one: both have to be visible to the person, or neither is there.

    Both know whether the person's own vote on them stands; see ideas.threads.
    """
    idea = _find_for_page(request, pk)
    return idea, None if idea.canonical_id is None else _find_for_page(request, idea.canonical_id)


@GatedReading
def _ideas_for_pages(reader: Any, idea: Any) -> QuerySet[Idea]:
    visible = Idea.objects.visible_to(reader).filter(pk=idea)
    return with_own_vote(visible.select_related("author", "status", "board", "visibility_by"), reader)


def _find_for_page(request: HttpRequest, pk: int) -> Idea:
    found = _ideas_for_pages.ask(request.user, idea=pk)
    if not found:
        raise Http404
    return found[0]


def find_for_vote(request: HttpRequest, pk: int) -> Idea:
    """The same idea, with no more than voting for it needs."""
    idea = _find_votable(request, pk)
    if idea.canonical_id is not None:
        _find_votable(request, idea.canonical_id)
    return idea


_votable = GatedReading(
    lambda reader, idea: (
        Idea.objects.visible_to(reader).filter(pk=idea).only("canonical", "slug", "board", "visibility")
    )
)


def _find_votable(request: HttpRequest, pk: int) -> Idea:
    found = _votable.ask(request.user, idea=pk)
    if not found:
        raise Http404
    return found[0]


def find_comment(request: HttpRequest, pk: int) -> Comment:
    """A comment that the person may see."""
    comments = Comment.objects.visible_to(request.user)
    return get_object_or_404(comments.select_related("author", "idea__board", "visibility_by"), pk=pk)
