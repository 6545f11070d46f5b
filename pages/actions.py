"""Making the site on its first day."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Site

from accounts.actions import create_administrator
from accounts.models import Member
from community.models import ForumPage
from core.errors import ConflictError
from ideas.models import IdeaBoardPage
from pages.first_run import has_administrator
from pages.models import HomePage


class AlreadySetUpError(ConflictError):
    sentence = _("This site has been set up already.")


class HasAdministratorError(ConflictError):
    sentence = _("This site has got an administrator in the meantime. Sign in as one to set it up.")


@dataclass(frozen=True)
class NewPlace:
    """A forum or a board to be made; without a slug it gets one made from the title. The intro is rich text."""

    title: str
    slug: str = ""
    intro: str = ""


@dataclass(frozen=True)
class NewAdministrator:
    name: str
    email: str
    password: str


@transaction.atomic
def create_site(
    *,
    name: str,
    home_title: str,
    home_intro: str = "",
    forums: Sequence[NewPlace] = (),
    boards: Sequence[NewPlace] = (),
) -> HomePage:
    """Give the site its name and, in place of Wagtail's welcome page, its home page with first forums and boards.

    Of several at once one succeeds. Raises AlreadySetUpError.
    """
    root = Page.objects.select_for_update().get(depth=1)
    if HomePage.objects.filter(sites_rooted_here__is_default_site=True).exists():
        raise AlreadySetUpError
    site = Site.objects.select_related("root_page").get(is_default_site=True)
    welcome = site.root_page
    slug, welcome.slug = welcome.slug, f"{welcome.slug}-before"
    welcome.save()
    # With the welcome page's slug, so that addresses which other processes have worked out stay right.
    home = root.add_child(instance=HomePage(title=home_title, slug=slug, intro=home_intro, body=first_blocks()))
    address = urlsplit(settings.BASE_URL)
    site.site_name, site.root_page = name, home
    site.hostname = address.hostname or site.hostname
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.save()
    welcome.refresh_from_db()
    if welcome.numchild == 0:
        welcome.delete()
    for place in forums:
        home.add_child(instance=ForumPage(title=place.title, slug=_slug(place, "forum"), intro=place.intro))
    for place in boards:
        home.add_child(instance=IdeaBoardPage(title=place.title, slug=_slug(place, "ideas"), intro=place.intro))
    return home


@transaction.atomic
def set_up_site(
    *,
    name: str,
    home_title: str,
    home_intro: str,
    forum_title: str,
    board_title: str,
    administrator: NewAdministrator | None = None,
) -> Member | None:
    """Make the site and, where one is given, its first administrator, who is returned.

    Raises AlreadySetUpError and HasAdministratorError.
    """
    create_site(
        name=name,
        home_title=home_title,
        home_intro=home_intro,
        forums=[NewPlace(forum_title)],
        boards=[NewPlace(board_title)],
    )
    if administrator is None:
        return None
    if has_administrator():
        raise HasAdministratorError
    return create_administrator(name=administrator.name, email=administrator.email, password=administrator.password)


def first_blocks() -> list[tuple[str, dict[str, object]]]:
    """What a new home page shows; its owners rearrange it in the Wagtail admin."""
    rows: dict[str, object] = {"heading": "", "count": 5}
    return [
        ("top_ideas", {**rows, "board": None}),
        ("newest_questions", {**rows, "forum": None}),
        ("unanswered_questions", {**rows, "forum": None}),
    ]


def _slug(place: NewPlace, otherwise: str) -> str:
    """Empty where Wagtail can make one from the title; a title of signs alone needs another word."""
    return place.slug or ("" if slugify(place.title, allow_unicode=True) else otherwise)
