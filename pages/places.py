"""Where the known pages of the site are: for its navigation, and for finding the page that a request asks for."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Count, IntegerField, Q, Value
from django.urls import reverse
from wagtail.rich_text import get_text_for_indexing

from community.content import Visibility
from community.models import ForumPage
from core.access import KnownPage, is_restricted, known_pages, readable_pages
from core.scope import remembered
from ideas.models import IdeaBoardPage


@dataclass(frozen=True)
class Link:
    pk: int
    title: str
    url: str
    is_private: bool = False


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
            kinds.get(page.model, links).append(
                Link(page.pk, page.title, address(page, home), is_restricted(page.path))
            )
    forums, boards = kinds.values()
    return Frame(home.site_name or settings.WAGTAIL_SITE_NAME, forums, boards, links)


@dataclass(frozen=True)
class Card:
    """A forum or board on the home page: what it is for, and how much is in it."""

    link: Link
    text: str
    count: int
    unanswered: int | None = None


def cards_for(reader: Any) -> tuple[list[Card], list[Card]]:
    """The forums and the boards that the reader may enter. What is counted is what their lists show."""
    frame = frame_for(reader)
    questions = Q(questions__visibility=Visibility.VISIBLE, questions__canonical__isnull=True)
    ideas = Q(ideas__visibility=Visibility.VISIBLE, ideas__canonical__isnull=True)
    in_forums = ForumPage.objects.filter(pk__in=[link.pk for link in frame.forums]).annotate(
        count=Count("questions", filter=questions),
        unanswered=Count("questions", filter=questions & Q(questions__answer_count=0)),
    )
    on_boards = IdeaBoardPage.objects.filter(pk__in=[link.pk for link in frame.boards]).annotate(
        count=Count("ideas", filter=ideas)
    )
    nothing = Value(None, output_field=IntegerField())
    rows = in_forums.order_by().values_list("pk", "intro", "count", "unanswered")
    rows = rows.union(on_boards.order_by().values_list("pk", "intro", "count", nothing))
    found = {pk: rest for pk, *rest in rows}
    forums, boards = (
        [
            Card(link, get_text_for_indexing(found[link.pk][0]), *found[link.pk][1:])
            for link in links
            if link.pk in found
        ]
        for links in (frame.forums, frame.boards)
    )
    return forums, boards


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
