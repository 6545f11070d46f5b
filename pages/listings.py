"""Lists of posts from everywhere that a reader may look: in tabs, and page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.pagination import KeysetPage, keyset_page
from ideas import tally
from ideas.ballots import Ballot, ballot, may_see_count
from ideas.models import Idea

ORDER = ("-created_at", "-id")


@dataclass
class Tab:
    """One kind of post. Its template shows `rows`."""

    key: str
    label: str | Promise
    posts: QuerySet[Any]

    @cached_property
    def count(self) -> int:
        return self.posts.order_by().count()


@dataclass(frozen=True)
class IdeaRow:
    idea: Idea
    ballot: Ballot


def idea_rows(ideas: Sequence[Idea], reader: Any, back: str) -> list[IdeaRow]:
    """Ideas with what their vote buttons, which lead back to the path `back`, say to the reader.

    A duplicate shows the count of the idea that it is counted with, and is not voted for here.
    """
    supported = tally.supported_by(reader, ideas)
    return [IdeaRow(idea, _ballot(idea, reader, supported, back)) for idea in ideas]


def _ballot(idea: Idea, reader: Any, supported: set[int], back: str) -> Ballot:
    if idea.canonical is None:
        return ballot(reader, idea, at=idea, is_voted=idea.pk in supported, back=back)
    is_known = may_see_count(reader, idea.canonical, is_voted=idea.canonical_id in supported)
    return Ballot(
        key=idea.pk,
        label=idea.title,
        action="",
        count=idea.canonical.supporter_count if is_known else None,
        base=idea.canonical.family_base_votes if is_known else None,
        is_voted=False,
        can_vote=False,
        reason=_("Counted together with another idea."),
        login_url="",
    )


class Listing:
    """The tab that the address asks for, or the first that has something, and its page.

    `show` names the tab and `after` is the cursor. Raises BadCursorError.
    """

    def __init__(self, request: HttpRequest, tabs: Sequence[Tab]) -> None:
        self.request = request
        self.tabs = tabs
        asked = next((tab for tab in tabs if tab.key == request.GET.get("show")), None)
        self.current = asked or next((tab for tab in tabs if tab.count), tabs[0])

    @property
    def total(self) -> int:
        return sum(tab.count for tab in self.tabs)

    @cached_property
    def page(self) -> KeysetPage[Any]:
        return keyset_page(self.current.posts, order=ORDER, cursor=self.request.GET.get("after", ""))

    @cached_property
    def rows(self) -> list[Any]:
        """The posts of the page; ideas each with what its vote button says to the reader."""
        if self.current.posts.model is Idea:
            return idea_rows(self.page.items, self.request.user, self.request.get_full_path())
        return self.page.items

    @property
    def links(self) -> list[dict[str, Any]]:
        """For components/sort_tabs.html."""
        return [
            {
                "label": tab.label,
                "url": f"?{urlencode({'show': tab.key})}",
                "is_current": tab is self.current,
                "count": tab.count,
            }
            for tab in self.tabs
        ]

    @property
    def previous_url(self) -> str:
        return self._address_of(self.page.previous_cursor)

    @property
    def next_url(self) -> str:
        return self._address_of(self.page.next_cursor)

    def _address_of(self, cursor: str | None) -> str:
        return f"?{urlencode({'show': self.current.key, 'after': cursor})}" if cursor else ""
