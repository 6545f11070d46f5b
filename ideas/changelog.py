"""What the changelog's entries name: ideas that the reader may see, each in its family's canonical form, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from core.pagination import keyset_page
from core.readings import GatedReading
from ideas.models import ChangelogEntryPage, ChangelogPage, Idea, ShippedIdea

ON_A_PAGE = 10
ORDER = ("-date", "-page_ptr")


@dataclass(frozen=True)
class ShownEntry:
    entry: ChangelogEntryPage
    ideas: list[Idea]


def page_of_entries(changelog: ChangelogPage, user: Any, cursor: str) -> dict[str, Any]:
    """The entries that a cursor points to, with the ideas that each names. Raises BadCursorError."""
    entries = ChangelogEntryPage.objects.visible_to(user).child_of(changelog)
    page = keyset_page(entries, order=ORDER, cursor=cursor, size=ON_A_PAGE)
    named: dict[int, list[int]] = {entry.pk: [] for entry in page.items}
    for entry, idea in ShippedIdea.objects.filter(entry__in=named).values_list("entry", "idea"):
        named[entry].append(idea)
    ideas = named_ideas(named, user)
    return {
        "entries": [ShownEntry(entry, ideas[entry.pk]) for entry in page.items],
        "is_first": not cursor,
        "may_add": not page.items and changelog.permissions_for_user(user).can_add_subpage(),
        "next_url": page.next_cursor and f"?after={page.next_cursor}",
        "previous_url": page.previous_cursor and f"?after={page.previous_cursor}",
    }


def named_ideas(named: Mapping[Any, Iterable[int]], user: Any) -> dict[Any, list[Idea]]:
    """What the user may see of the ideas that are named, {entry: ids of ideas}; of a duplicate its canonical one."""
    wanted = {pk for pks in named.values() for pk in pks}
    if not wanted:
        return {entry: [] for entry in named}
    canonical = {pk: root or pk for pk, root in Idea.objects.filter(pk__in=wanted).values_list("pk", "canonical")}
    seen = Idea.objects.visible_to(user).listed().filter(pk__in=set(canonical.values())).for_list()
    found = {idea.pk: idea for idea in seen}
    result: dict[Any, list[Idea]] = defaultdict(list)
    for entry, pks in named.items():
        roots = dict.fromkeys(canonical[pk] for pk in pks if pk in canonical)
        result[entry] = [found[pk] for pk in roots if pk in found]
    return result


@GatedReading
def _entries(reader: Any, idea: Any) -> QuerySet[ChangelogEntryPage]:
    rows = ShippedIdea.objects.filter(Q(idea=idea) | Q(idea__canonical=idea))
    return ChangelogEntryPage.objects.visible_to(reader).filter(pk__in=rows.values("entry")).order_by(*ORDER)


def entries_on(idea: Idea, user: Any) -> list[ChangelogEntryPage]:
    """The entries that name the idea or one that was merged into it, as far as the user may read them."""
    return _entries.ask(user, idea=idea.pk)
