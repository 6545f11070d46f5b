"""Who may read which page, by Wagtail's page privacy: half of the gate that stands before all members' content."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import BigIntegerField, F, FilteredRelation, Q, QuerySet, Value
from wagtail.models import Page, PageViewRestriction

from core.scope import remembered
from core.site_pages import SitePage
from core.statements import Given, Statement


@dataclass(frozen=True)
class KnownPage:
    """What every request knows of a published page: of the home page, of forums and boards, and of what menus show."""

    pk: int
    path: str
    title: str
    url_path: str
    model: str
    is_in_menus: bool
    site_name: str | None

    @property
    def is_home(self) -> bool:
        return self.site_name is not None

    @property
    def slug(self) -> str:
        return self.url_path.rstrip("/").rpartition("/")[2]


@dataclass(frozen=True)
class Grants:
    """What a member was given: the ids of groups, and permissions (`app.codename`), through groups and directly."""

    groups: frozenset[int]
    permissions: frozenset[str]


def readable_page_ids(user: Any, model: type[SitePage]) -> frozenset[int]:
    """The ids of the published pages of this model, one that holds content, that the user may read now.

    A page is readable when each restriction on it and on its ancestors admits the user. A shared password admits
    nobody: Chorus doesn't offer them. Within one request the answer is computed once.
    """
    label = model._meta.label_lower
    return remembered(
        ("readable", label, user.pk), lambda: frozenset(page.pk for page in readable_pages(user) if page.model == label)
    )


def readable_pages(user: Any) -> list[KnownPage]:
    """The known pages that the user may read now, in the order of the page tree."""
    closed = closed_paths(user)
    return [page for page in known_pages() if not page.path.startswith(closed)]


def known_pages() -> list[KnownPage]:
    """The pages that every request knows, read in one query."""
    return remembered("pages", _known_pages)


def _pages() -> QuerySet[Page, tuple[Any, ...]]:
    wanted = Q(show_in_menus=True) | Q(site_name__isnull=False)
    for model in apps.get_models():
        if issubclass(model, SitePage) and model.holds_content:
            wanted |= Q(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)
    pages = Page.objects.live().annotate(
        default_site=FilteredRelation("sites_rooted_here", condition=Q(sites_rooted_here__is_default_site=True)),
        site_name=F("default_site__site_name"),
    )
    names = ("content_type__app_label", "content_type__model", "show_in_menus", "site_name")
    return pages.filter(wanted).order_by("path").values_list("pk", "path", "title", "url_path", *names)


_pages_statement = Statement(_pages)


def _known_pages() -> list[KnownPage]:
    return [
        KnownPage(pk, path, title, url_path, f"{app_label}.{model_name}", is_in_menus, site_name)
        for pk, path, title, url_path, app_label, model_name, is_in_menus, site_name in _pages_statement.ask()
    ]


def closed_paths(user: Any) -> tuple[str, ...]:
    """The tree paths below which, themselves included, the user may read nothing."""
    return remembered(("closed", user.pk), lambda: _closed_paths(user))


def _closed_paths(user: Any) -> tuple[str, ...]:
    if user.is_superuser:
        return ()
    closed = set()
    for path, kind, groups in _restrictions():
        if kind == PageViewRestriction.LOGIN:
            admitted = user.is_authenticated
        elif kind == PageViewRestriction.GROUPS:
            admitted = user.is_authenticated and not groups.isdisjoint(grants_of(user).groups)
        else:
            admitted = kind == PageViewRestriction.NONE
        if not admitted:
            closed.add(path)
    return tuple(closed)


def is_restricted(path: str) -> bool:
    """Whether some reader is refused the page at this tree path."""
    return any(path.startswith(closed) and kind != PageViewRestriction.NONE for closed, kind, _ in _restrictions())


def opens_after_sign_in(path: str) -> bool:
    """Whether a page is closed to visitors alone: every restriction on its way asks for no more than an account."""
    kinds = {kind for closed, kind, _ in _restrictions() if path.startswith(closed)}
    return kinds <= {PageViewRestriction.LOGIN, PageViewRestriction.NONE}


_restrictions_statement = Statement(
    lambda: PageViewRestriction.objects.values_list("pk", "page__path", "restriction_type", "groups")
)


def _restrictions() -> list[tuple[str, str, frozenset[int]]]:
    """Tree path, kind and groups of every restriction."""
    rows = remembered("restrictions", _restrictions_statement.ask)
    groups: dict[int, set[int]] = defaultdict(set)
    for pk, _, _, group in rows:
        groups[pk].add(group)
    return [(path, kind, frozenset(groups[pk])) for pk, path, kind in dict.fromkeys(row[:3] for row in rows)]


def grants_of(user: Any) -> Grants:
    """The signed-in member's groups and permissions, in one query."""
    return remembered(("grants", user.pk), lambda: _grants_of(user))


def _grants() -> QuerySet[Any, tuple[Any, ...]]:
    member = Given("member")
    of_groups = Group.objects.filter(user=member)
    granted = of_groups.values_list("pk", "permissions__content_type__app_label", "permissions__codename")
    nowhere = Value(None, output_field=BigIntegerField())
    own = Permission.objects.filter(user=member).values_list(nowhere, "content_type__app_label", "codename")
    return granted.order_by().union(own.order_by())


_grants_statement = Statement(_grants)


def _grants_of(user: Any) -> Grants:
    groups, permissions = set(), set()
    for group, app_label, codename in _grants_statement.ask(member=user.pk):
        if group is not None:
            groups.add(group)
        if codename is not None:
            permissions.add(f"{app_label}.{codename}")
    return Grants(frozenset(groups), frozenset(permissions))
