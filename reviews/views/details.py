"""What the page of one review shows: a draft's ideas as they rank now, or what was published."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext

from core.errors import ConflictError
from core.markdown import render
from ideas.models import Idea
from ideas.models.policies import points
from ideas.permissions import may_see_amounts, may_see_voters
from reviews.actions import TooManyRankedError, check_found, check_wishes
from reviews.columns import PublishedTable, frozen_columns
from reviews.models import Review, ReviewItem, ReviewSnapshot, ReviewWork, SnapshotIdea
from reviews.permissions import CHANGE, PUBLISH
from reviews.rules import Rule
from reviews.selection import Place, Selection, candidates, cut_off_of, latest_cut_off, rule_of, segments_now
from reviews.shown import Access, shown_facts, shown_header
from reviews.snapshot import as_data
from reviews.terms import number, terms
from reviews.works import Looked, Progress, look_at

ON_A_PAGE = 25


def draft_context(
    user: Any, review: Review, can_change: bool, page: str, progress: Progress | None, *, at_once: bool
) -> dict[str, Any]:
    """The ideas as they rank at the cut-off, with the arithmetic of each; what can't be published; what is left out.

    `progress` is that of the worker with a large draft, whose ideas are those that it ranked last, or none yet.
    """
    looked, problem = None, ""
    try:
        check_wishes(review)
        looked = look_at(review, at_once=at_once)
        if looked and looked.is_current:
            check_found(review, looked.selection)
    except TooManyRankedError as error:
        looked, problem = Looked(Selection([], 0), latest_cut_off()), str(error)
    except ConflictError as error:
        problem = str(error)
        looked = looked or look_at(review, at_once=at_once)
    rule, selection = rule_of(review), looked.selection if looked else Selection([], 0)
    places = Paginator(selection.places, ON_A_PAGE).get_page(page)
    excluded = review.items.filter(choice=ReviewItem.Choice.EXCLUDED, idea__in=candidates(review))
    return {
        "rule": rule,
        "explanation": review.ranking.explanation() if review.ranking else rule.explanation,
        "progress": progress,
        "looked": looked,
        "is_large": not at_once,
        "cut_off": looked.cut_off if looked else cut_off_of(review),
        "problem": problem,
        "selection": selection,
        "places": places,
        "ranked_rows": draft_rows(user, rule, places, looked.cut_off) if looked else [],
        "lost": lost_ideas(user, selection.lost),
        "excluded": excluded.select_related("idea").order_by("idea"),
        "note_html": render(review.note),
        "can_change": can_change and review.is_draft,
        "may_stop": can_change,
        "themes": sorted({place.theme for place in selection.places} - {""}),
    }


def working_context(user: Any, progress: Progress) -> dict[str, Any]:
    """How far the worker is with sending a review, or publishing it."""
    is_publishing = progress.work.kind == ReviewWork.Kind.PUBLISHING
    return {
        "progress": progress,
        "is_publishing": is_publishing,
        "may_stop": user.has_perm(PUBLISH if is_publishing else CHANGE),
    }


def draft_rows(user: Any, rule: Rule, places: Page[Place], cut_off: datetime) -> list[dict[str, Any]]:
    """A row of the ranked list for each place; scores that follow from what organisations are worth are withheld from
    whoever may not know that."""
    withheld = rule.weighs_worth and not may_see_amounts(user)
    numbers = [place.idea for place in places]
    ideas = Idea.objects.filter(pk__in=numbers).select_related("board").defer("body", "body_html").in_bulk()
    formula = rule.formula(segments_now())
    told = {family.idea: family for family in Idea.objects.filter(pk__in=numbers).as_of(cut_off).families()}
    return [
        {
            "place": place,
            "idea": ideas[place.idea],
            "score": None if withheld else number(points(place.score)),
            "terms": [] if withheld else terms(as_data(formula.arithmetic(told[place.idea], cut_off)), rule),
            "merged": len(told[place.idea].ideas) - 1,
        }
        for place in places
        if place.idea in told
    ]


def lost_ideas(user: Any, lost: list[int]) -> list[dict[str, Any]]:
    """The chosen ideas that can't be published, as far as the person may see them."""
    seen = Idea.objects.visible_to(user).in_bulk(lost)
    merged_into = Idea.objects.visible_to(user).in_bulk({idea.canonical_id for idea in seen.values()} - {None})
    return [
        {"pk": pk, "idea": idea, "canonical": idea and merged_into.get(idea.canonical_id)}
        for pk, idea in ((pk, seen.get(pk)) for pk in lost)
    ]


def published_context(user: Any, review: Review, snapshot: ReviewSnapshot, page: str) -> dict[str, Any]:
    """What the snapshot says, a page of its ideas."""
    access = Access.of(user)
    data = shown_header(snapshot, access)
    if snapshot.is_first_format:
        pages = Paginator(snapshot.data["ideas"], ON_A_PAGE)
        shown = pages.get_page(page)
        facts = list(shown)
    else:
        pages = Paginator(SnapshotIdea.objects.filter(review=review).order_by("rank"), ON_A_PAGE)
        shown = pages.get_page(page)
        facts = [shown_facts(json.loads(row.content), access) for row in shown]
    rows = [{**idea, "author_name": snapshot.names.get(idea["author"]), "review": review.pk} for idea in facts]
    return {
        "snapshot": snapshot,
        "data": data,
        "access": access,
        "is_first_format": snapshot.is_first_format,
        "can_list_supporters": not snapshot.is_first_format and may_see_voters(user),
        "rule": Rule.frozen(data["policy"]),
        "publisher": review.published_by.name if review.published_by else gettext("a former member"),
        "note_html": render(data["review"]["note"]),
        "places": shown,
        "shown": [idea["id"] for idea in facts],
        "table": PublishedTable(
            frozen_columns(snapshot.is_first_format), rows, caption=gettext("Ideas in the order of their rank")
        ),
    }
