"""Who may read a page: compared with another, for what leads readers from one to the other, and among some people."""

from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, PageViewRestriction


def reaches_all_readers(page: Page, of: Page) -> bool:
    """Whether everyone who may read the page `of` may also read `page`.

    Restrictions of a page are its own and its ancestors', and each must admit. A restriction of `page` is harmless if
    one of `of` admits nobody whom it refuses: it asks for sign-in and `of` is restricted at all, or for groups and `of`
    asks for some of the same.
    """
    if not page.live:
        return False
    granted = list(_restrictions(of))
    return all(any(_implies(strict, wanted) for strict in granted) for wanted in _restrictions(page))


def readers(page: Page, among: QuerySet[Any]) -> QuerySet[Any]:
    """Those of these members who may read the page."""
    for kind, groups in _restrictions(page):
        if kind == PageViewRestriction.GROUPS:
            admitted = among.model._default_manager.filter(groups__in=groups)
            among = among.filter(Q(is_superuser=True) | Q(pk__in=admitted))
        elif kind not in (PageViewRestriction.LOGIN, PageViewRestriction.NONE):
            among = among.filter(is_superuser=True)
    return among if page.live else among.none()


def _restrictions(page: Page) -> list[tuple[str, frozenset[int]]]:
    found: Any = page.get_view_restrictions().prefetch_related("groups")
    return [
        (restriction.restriction_type, frozenset(group.pk for group in restriction.groups.all()))
        for restriction in found
    ]


def _implies(strict: tuple[str, frozenset[int]], wanted: tuple[str, frozenset[int]]) -> bool:
    if wanted[0] == PageViewRestriction.LOGIN:
        return strict[0] in (PageViewRestriction.LOGIN, PageViewRestriction.GROUPS)
    if wanted[0] == PageViewRestriction.GROUPS:
        return strict[0] == PageViewRestriction.GROUPS and strict[1] <= wanted[1]
    return wanted[0] == PageViewRestriction.NONE
