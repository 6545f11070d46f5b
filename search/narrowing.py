"""The links of the search page: kinds, orders, what narrows a search down, and what widens it again.

A query says all that it filters by, so these links only write other queries.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from taggit.models import Tag

from core.access import readable_pages
from ideas.models import Status
from search.asking import folded
from search.backends import MOST_COUNTED, Kind, Sort
from search.engine import Results

MOST_CHOICES = 12
KIND_LABELS: dict[Kind, str | Promise] = {
    Kind.QUESTION: gettext_lazy("Questions"),
    Kind.IDEA: gettext_lazy("Ideas"),
    Kind.ARTICLE: gettext_lazy("Articles"),
    Kind.MEMBER: gettext_lazy("Members"),
    Kind.TAG: gettext_lazy("Tags"),
}
SORT_LABELS: dict[Sort, str | Promise] = {
    Sort.RELEVANCE: gettext_lazy("Relevance"),
    Sort.NEWEST: gettext_lazy("Newest"),
    Sort.SUPPORTERS: gettext_lazy("Supporters"),
}


@dataclass(frozen=True)
class Choice:
    """A link with what it leads to, and how much is there, where that is known."""

    label: str | Promise
    url: str
    count: str | None = None
    is_current: bool = False


@dataclass(frozen=True)
class Facet:
    """What the results can be narrowed down to in one respect."""

    label: str
    choices: list[Choice]


def address(text: str, kind: Kind | None = None, sort: Sort = Sort.RELEVANCE, cursor: str | None = None) -> str:
    """The address of a search."""
    wanted = {"q": text, "kind": kind, "sort": sort if sort != Sort.RELEVANCE else None, "cursor": cursor}
    return f"{reverse('search:search')}?{urlencode({name: value for name, value in wanted.items() if value})}"


def tabs(results: Results) -> list[Choice]:
    """All kinds, and each of which there is something."""
    counts = results.counts
    total = Choice(_("All"), address(results.query.text), _count(sum(counts.values())), results.kind is None)
    return [
        total,
        *(
            Choice(KIND_LABELS[kind], address(results.query.text, kind), _count(counts[kind]), kind == results.kind)
            for kind in Kind
            if counts[kind] or kind == results.kind
        ),
    ]


def sorts(results: Results) -> list[Choice]:
    return [
        Choice(SORT_LABELS[sort], address(results.query.text, results.kind, sort), is_current=sort == results.sort)
        for sort in results.sorts
    ]


def applied(results: Results) -> list[Choice]:
    """The filters of the query; the address of each leads to the search without it."""
    query = results.query
    different = {(part.name, part.value): part for part in query.filters}
    return [Choice(part.typed, address(query.without(part), results.kind, results.sort)) for part in different.values()]


def facets(results: Results, user: Any) -> list[Facet]:
    """By which filters the results can be narrowed down further: those that tell some of them from others."""
    found, used = results.facets, {part.name for part in results.query.filters}
    pages = {page.pk: page for page in readable_pages(user) if page.pk in found.pages}
    places = [(page.title, "in", page.slug, found.pages[pk]) for pk, page in pages.items()]
    tags = Tag.objects.filter(slug__in=found.tags) if found.tags and "tag" not in used else []
    carried = [(tag.name, "tag", tag.slug, found.tags[tag.slug]) for tag in tags]
    languages = [(_language(code), "lang", code, count) for code, count in found.languages.items()]
    offered = [
        (_("Forum or board"), places),
        (_("Tag"), carried),
        (_("Status"), _statuses(found.statuses) if "status" not in used else []),
        (_("Language"), languages),
    ]
    return [
        Facet(label, _choices(results, values))
        for label, values in offered
        if values and values[0][1] not in used and (len(values) > 1 or values[0][1] in ("tag", "status"))
    ]


def _choices(results: Results, values: Iterable[tuple[str, str, str, int]]) -> list[Choice]:
    """The most frequent ones first; of a sample nobody knows how many there are in all."""
    most = sorted(values, key=lambda value: (-value[3], value[0].casefold()))[:MOST_CHOICES]
    return [
        Choice(
            label,
            address(f"{results.query.text} {_filter(name, value)}".strip(), results.kind, results.sort),
            None if results.facets.is_sampled else _count(count),
        )
        for label, name, value, count in most
    ]


def _statuses(counts: dict[int, int]) -> list[tuple[str, str, str, int]]:
    """Boards may call theirs alike: those are one choice."""
    alike: dict[str, tuple[str, int]] = {}
    for pk, name in Status.objects.filter(pk__in=counts).values_list("pk", "name") if counts else ():
        alike[folded(name)] = (name, alike.get(folded(name), ("", 0))[1] + counts[pk])
    return [(name, "status", name, count) for name, count in alike.values()]


def _filter(name: str, value: str) -> str:
    value = value.replace('"', " ")
    return f'{name}:"{value}"' if " " in value else f"{name}:{value}"


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code


def _count(count: int) -> str:
    number = number_format(count, use_l10n=True, force_grouping=True)
    return f"{number}+" if count >= MOST_COUNTED else number
