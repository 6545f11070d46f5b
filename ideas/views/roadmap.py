"""A board's roadmap, on its own page and in frames of other sites."""

from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from core.access import is_restricted
from core.embedding import framed_by, is_embedded
from core.errors import ForbiddenError
from ideas import tally
from ideas.ballots import Ballot, ballot
from ideas.models import IdeaBoardPage, Status
from ideas.roadmap import Card, Column, read_roadmap

HEADINGS = {
    Status.Kind.PLANNED: gettext_lazy("Planned"),
    Status.Kind.STARTED: gettext_lazy("In progress"),
    Status.Kind.SHIPPED: gettext_lazy("Shipped"),
}


@dataclass(frozen=True)
class ShownCard:
    """A card with its vote button; the status is named where the column has several."""

    card: Card
    ballot: Ballot
    status: Status | None


@dataclass(frozen=True)
class ShownColumn:
    """A column as the page shows it, with links to the lists of the ideas that it leaves out."""

    kind: str
    colour: str
    heading: str | Promise
    total: int
    cards: list[ShownCard]
    links: list[dict[str, str]]


@require_safe
def roadmap(request: HttpRequest, page: IdeaBoardPage) -> HttpResponse:
    """The columns of a board's roadmap. With `embed=1` it is a bare page for the sites that the board names."""
    if not page.has_roadmap:
        raise Http404
    if not is_embedded(request):
        return _page(request, page, "ideas/roadmap.html")
    if not page.framing_origins:
        raise ForbiddenError(_("This roadmap is not offered to other sites. Open it without “embed=1”."))
    response: HttpResponse = framed_by(page.framing_origins, _page)(request, page, "ideas/roadmap_embedded.html")
    return response


def _page(request: HttpRequest, page: IdeaBoardPage, template: str) -> HttpResponse:
    columns = read_roadmap(page, request.user)
    supported = tally.supported_by(request.user, [card.idea for column in columns for card in column.cards])
    shown = [_shown(request, page, column, supported) for column in columns]
    context = {
        "page": page,
        "columns": shown,
        "is_empty": not any(column.cards for column in shown),
        "is_private": is_restricted(page.path),
    }
    return render(request, template, context)


def _shown(request: HttpRequest, page: IdeaBoardPage, column: Column, supported: set[int]) -> ShownColumn:
    names_status = len(column.statuses) > 1
    return ShownColumn(
        kind=column.kind,
        colour=column.statuses[0][0].colour,
        heading=HEADINGS[column.kind] if names_status else column.statuses[0][0].name,
        total=column.total,
        cards=[
            ShownCard(card, _ballot(request, card, supported), card.idea.status if names_status else None)
            for card in column.cards
        ],
        links=[
            {
                "url": f"{page.url}?status={status.slug}",
                "label": _("All %(count)s in “%(status)s”") % {"count": count, "status": status.name},
            }
            for status, count in column.statuses
            if count and not column.is_whole
        ],
    )


def _ballot(request: HttpRequest, card: Card, supported: set[int]) -> Ballot:
    """What the vote button does; in a frame it leads to the idea."""
    back, idea = request.get_full_path(), card.idea
    found = ballot(request.user, idea, at=idea, is_voted=idea.pk in supported, back=back)
    return replace(found, login_url=found.login_url and idea.get_absolute_url()) if is_embedded(request) else found
