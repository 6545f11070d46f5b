"""Where the known pages of the site are: for its navigation, and for finding the page that a request asks for."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse

from community.models import ForumPage
from core.access import KnownPage, known_pages, readable_pages
from core.scope import remembered
from ideas.models import IdeaBoardPage


@dataclass(frozen=True)
class Link:
    pk: int
    title: str
    url: str


@dataclass(frozen=True)
class Frame:
    """What the frame of every page shows: the site's name, and where this reader may go."""

    name: str
    forums: list[Link]
    boards: list[Link]
    links: list[Link]


def frame_for(reader: Any) -> Frame:
    """The frame, read once in a request; further links are the pages that editors marked for menus."""
    return remembered(("frame", reader.pk), lambda: _frame_for(reader))


def _frame_for(reader: Any) -> Frame:
    home = home_page()
    if home is None:
        return Frame(settings.WAGTAIL_SITE_NAME, [], [], [])
    kinds: dict[str, list[Link]] = {ForumPage._meta.label_lower: [], IdeaBoardPage._meta.label_lower: []}
    links: list[Link] = []
    for page in readable_pages(reader):
        if page.path.startswith(home.path) and not page.is_home:
            kinds.get(page.model, links).append(Link(page.pk, page.title, address(page, home)))
    forums, boards = kinds.values()
    return Frame(home.site_name or settings.WAGTAIL_SITE_NAME, forums, boards, links)


def home_page() -> KnownPage | None:
    """The page that the site begins with, None while it has none that is published."""
    return next((page for page in known_pages() if page.is_home), None)


def address(page: KnownPage, home: KnownPage) -> str:
    """The path of a page below the home page, or of that itself."""
    return reverse("wagtail_serve", args=[page.url_path.removeprefix(home.url_path)])


def page_at(path: str) -> tuple[KnownPage, list[str]] | None:
    """The known page that holds this address, with the steps that lead on from it, the longest match first."""
    home = home_page()
    if home is None:
        return None
    wanted = home.url_path + path
    holders = [
        page
        for page in known_pages()
        if page.path.startswith(home.path) and f"{wanted.rstrip('/')}/".startswith(page.url_path)
    ]
    if not holders:
        return None
    page = max(holders, key=lambda holder: len(holder.url_path))
    return page, [step for step in wanted[len(page.url_path) :].split("/") if step]
