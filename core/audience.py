"""Who may read a page, alone and compared with another, for anything that leads readers there."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
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


def readers_of(page: Page) -> Q:
    """The condition on members that they may read the page: what core.access says of one person, said of all."""
    if not page.live:
        return Q(pk__in=[])
    wanted = Q()
    for kind, groups in _restrictions(page):
        if kind == PageViewRestriction.GROUPS:
            wanted &= Q(pk__in=get_user_model()._default_manager.filter(groups__in=groups).values("pk"))
        elif kind not in (PageViewRestriction.LOGIN, PageViewRestriction.NONE):
            wanted &= Q(pk__in=[])
    return wanted | Q(is_superuser=True) if wanted else wanted


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
