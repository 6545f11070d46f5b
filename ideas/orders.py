"""The orders in which a board lists its ideas. Of ideas that are equal in one, the newer number comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.addresses import address
from core.pagination import KeysetPage, Place, keyset_page, place_of
from ideas.ballots import may_see_order
from ideas.models import Idea, IdeaBoardPage, IdeaScore, Scoring

BY_SCORE = ("-millionths", "-idea_id")


@dataclass(frozen=True)
class Order:
    """One order. That of a policy goes by the scores of a scoring, and leaves out ideas that it has no score of."""

    key: str
    label: str | Promise
    fields: tuple[str, ...]
    scoring: Scoring | None = None

    @property
    def is_by_support(self) -> bool:
        """Whether it tells of how much support ideas have."""
        return self.key not in ("newest", "discussed")

    def page(self, ideas: QuerySet[Idea], cursor: str, size: int = 20) -> KeysetPage[Idea]:
        """The page of these ideas to which the cursor points. Raises BadCursorError."""
        page = keyset_page(self.rows(ideas), order=self.fields, cursor=cursor, size=size)
        if self.scoring is None:
            return page
        found = ideas.in_bulk([row.idea_id for row in page.items])
        items = [found[row.idea_id] for row in page.items if row.idea_id in found]
        return KeysetPage(items, page.next_cursor, page.previous_cursor)

    def place(self, idea: Idea, ideas: QuerySet[Idea]) -> Place[Any] | None:
        """Where the idea stands among these, its neighbours being ideas or scores; None where it is not among them."""
        rows = self.rows(ideas)
        row = rows.filter(**{"pk" if self.scoring is None else "idea": idea.pk}).first()
        if self.scoring is not None:
            rows = rows.select_related("idea__board")
        return row and place_of(rows, order=self.fields, row=row)

    def rows(self, ideas: QuerySet[Idea]) -> QuerySet[Any]:
        """What of these ideas has this order: themselves, or their scores."""
        if self.scoring is None:
            return ideas
        return IdeaScore.objects.filter(Exists(ideas.order_by().filter(pk=OuterRef("idea"))), scoring=self.scoring)


SORTS = {
    order.key: order
    for order in (
        Order("top", _("Top"), ("-top_score", "-id")),
        Order("trending", _("Trending"), ("-trending", "-id")),
        Order("newest", _("Newest"), ("-created_at", "-id")),
        Order("discussed", _("Discussed"), ("-discussion_count", "-id")),
    )
}


def orders_of(board: IdeaBoardPage, user: Any) -> dict[str, Order]:
    """The orders that a board offers to the person, by what its address calls them; the first is the usual one.

    They are `SORTS` and the policies that have ranked the board, without those that tell what the board hides.
    """
    if not may_see_order(user, board):
        return {key: order for key, order in SORTS.items() if not order.is_by_support}
    ranked = {f"policy-{scoring.policy.slug}": scoring for scoring in Scoring.objects.of_board(board)}
    return SORTS | {key: Order(key, scoring.policy.name, BY_SCORE, scoring) for key, scoring in ranked.items()}


def rank_url(idea: Idea, key: str) -> str:
    """Where it says why an idea stands where it does in an order."""
    return f"{address('ideas:idea-rank', idea.pk)}?{urlencode({'sort': key})}"
