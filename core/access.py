"""Who may read which page, by Wagtail's page privacy: half of the gate that stands before all members' content."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db.models import BigIntegerField, BooleanField, ExpressionWrapper, F, FilteredRelation, Q, QuerySet, Value
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
class ReaderKind:
    """All that the gate asks of a reader, but who they are: of readers of one kind it asks the same queries.

    It stands for them where a query is made that will be asked for each of them; see core.readings.
    """

    is_authenticated: bool
    is_superuser: bool
    permissions: frozenset[str]
    closed: tuple[str, ...]
    readable: frozenset[tuple[str, int]]

    @property
    def pk(self) -> Given:
        return Given("reader")

    def has_perm(self, name: str) -> bool:
        return self.is_superuser or name in self.permissions


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
    if isinstance(user, ReaderKind):
        return frozenset(pk for name, pk in user.readable if name == label)
    return remembered(
        ("readable", label, user.pk), lambda: frozenset(page.pk for page in readable_pages(user) if page.model == label)
    )


def readable_pages(user: Any) -> list[KnownPage]:
    """The known pages that the user may read now, in the order of the page tree."""
    closed = closed_paths(user)
    return [page for page in known_pages() if not page.path.startswith(closed)]


def kind_of(user: Any) -> ReaderKind:
    """What the gate asks of this person, computed once in a request."""
    return remembered(("kind", user.pk), lambda: _kind_of(user))


def _kind_of(user: Any) -> ReaderKind:
    has_all_or_none = user.is_superuser or not user.is_authenticated
    return ReaderKind(
        is_authenticated=user.is_authenticated,
        is_superuser=user.is_superuser,
        permissions=frozenset(() if has_all_or_none else user.get_all_permissions()),
        closed=tuple(sorted(closed_paths(user))),
        readable=frozenset((page.model, page.pk) for page in readable_pages(user)),
    )


def known_pages() -> list[KnownPage]:
    """The pages that every request knows."""
    return _tree()[0]


@dataclass(frozen=True)
class _Restriction:
    path: str
    kind: str
    groups: frozenset[int]


def _tree() -> tuple[list[KnownPage], list[_Restriction]]:
    """The pages that every request knows, and every restriction of a page, known or not; read in one query."""
    return remembered("tree", _read_tree)


def _tree_rows() -> QuerySet[Page, tuple[Any, ...]]:
    wanted = Q(show_in_menus=True) | Q(site_name__isnull=False)
    for model in apps.get_models():
        if issubclass(model, SitePage) and model.holds_content:
            wanted |= Q(content_type__app_label=model._meta.app_label, content_type__model=model._meta.model_name)
    pages = Page.objects.annotate(
        default_site=FilteredRelation("sites_rooted_here", condition=Q(sites_rooted_here__is_default_site=True)),
        site_name=F("default_site__site_name"),
    ).annotate(is_known=ExpressionWrapper(Q(wanted, live=True), output_field=BooleanField()))
    return (
        pages.filter(Q(is_known=True) | Q(view_restrictions__isnull=False))
        .order_by("path")
        .values_list(
            *("view_restrictions__pk", "view_restrictions__restriction_type", "view_restrictions__groups", "is_known"),
            *("pk", "path", "title", "url_path", "content_type__app_label", "content_type__model"),
            *("show_in_menus", "site_name"),
        )
    )


_tree_statement = Statement(_tree_rows)


def _read_tree() -> tuple[list[KnownPage], list[_Restriction]]:
    pages: dict[int, KnownPage] = {}
    restrictions: dict[int, tuple[str, str]] = {}
    groups: dict[int, set[int]] = defaultdict(set)
    for restriction, kind, group, is_known, pk, path, title, url_path, app, model, *rest in _tree_statement.ask():
        if is_known:
            pages[pk] = KnownPage(pk, path, title, url_path, f"{app}.{model}", *rest)
        if restriction is not None:
            restrictions[restriction] = path, kind
            groups[restriction].add(group)
    found = [_Restriction(path, kind, frozenset(groups[pk])) for pk, (path, kind) in restrictions.items()]
    return list(pages.values()), found


def closed_paths(user: Any) -> tuple[str, ...]:
    """The tree paths below which, themselves included, the user may read nothing."""
    if isinstance(user, ReaderKind):
        return user.closed
    return remembered(("closed", user.pk), lambda: _closed_paths(user))


def _closed_paths(user: Any) -> tuple[str, ...]:
    if user.is_superuser:
        return ()
    closed = set()
    for restriction in _tree()[1]:
        if restriction.kind == PageViewRestriction.LOGIN:
            admitted = user.is_authenticated
        elif restriction.kind == PageViewRestriction.GROUPS:
            admitted = user.is_authenticated and not restriction.groups.isdisjoint(grants_of(user).groups)
        else:
            admitted = restriction.kind == PageViewRestriction.NONE
        if not admitted:
            closed.add(restriction.path)
    return tuple(closed)


def is_restricted(path: str) -> bool:
    """Whether some reader is refused the page at this tree path."""
    return bool(_kinds_above(path) - {PageViewRestriction.NONE})


def opens_after_sign_in(path: str) -> bool:
    """Whether a page is closed to visitors alone: every restriction on its way asks for no more than an account."""
    return _kinds_above(path) <= {PageViewRestriction.LOGIN, PageViewRestriction.NONE}


def _kinds_above(path: str) -> set[str]:
    return {restriction.kind for restriction in _tree()[1] if path.startswith(restriction.path)}


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
