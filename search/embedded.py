"""The search that needs nothing but the database: SQLite's FTS5, or PostgreSQL's text search."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from importlib import import_module
from operator import or_
from types import MappingProxyType
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import connections, router
from django.db.models import BigIntegerField, Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from search.backends import MOST_COUNTED, Facets, Found, Kind, Sort, Wanted
from search.cursors import not_ours, opened, sealed
from search.listed import TAGGED, duplicates_elsewhere, listed, models_of

# The order of equals: by kind, then the newer number first.
ORDER = list(Kind)
TITLE = ("title",)
TEXT = ("title", "body")
# Where there is more than can be counted, the newest so many of a kind say what else there is to filter by.
SAMPLE = 1_000
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Row(NamedTuple):
    """Something that was found: what it is ordered by, and the key of a duplicate's idea where that stands for it."""

    value: Any
    kind: Kind
    pk: int
    stands_for: int | None = None

    @property
    def key(self) -> tuple[Kind, int]:
        return self.kind, self.stands_for or self.pk


class EmbeddedBackend:
    """See search.backends.Backend. A cursor holds how its page was sorted, and the place of the row before it."""

    is_limited = False

    def find(self, wanted: Wanted, *, sort: Sort, cursor: str | None, size: int) -> Found:
        if sort == Sort.RELEVANCE and not wanted.terms:
            sort = Sort.NEWEST
        after = _position(cursor, sort) if cursor else None
        by = _by_score if sort == Sort.RELEVANCE else _by_support if sort == Sort.SUPPORTERS else _by_age
        rows: list[Row] = by(wanted, after, size + 1)
        cut = rows[:size]
        return Found([row.key for row in cut], _cursor(sort, cut[-1]) if len(rows) > size else None)

    def facets(self, wanted: Wanted) -> Facets:
        everything = replace(wanted, kinds=wanted.possible_kinds)
        keys = _keys(everything, MOST_COUNTED + 1)
        if is_sampled := sum(map(len, keys.values())) > MOST_COUNTED:
            # Each of the kinds that there may be many of by itself, for one may hide the others.
            for kinds in (*(frozenset([kind]) for kind in TAGGED), frozenset(Kind) - TAGGED.keys()):
                keys |= _keys(replace(everything, kinds=kinds & wanted.possible_kinds), MOST_COUNTED)
        counts = {kind: min(len(keys.get(kind, ())), MOST_COUNTED) for kind in Kind}
        sample = {
            kind: set(sorted(keys.get(kind, ()))[-SAMPLE:]) if is_sampled else keys.get(kind, set())
            for kind in wanted.kinds
        }
        return Facets(kinds=counts, is_sampled=is_sampled, **_parts(sample))

    def suggest(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        entries = _entries(wanted, {}, columns=TITLE)
        return [row.key for row in _rows(entries.order_by("score", "type", "-post")[:most])]


def _by_score(wanted: Wanted, after: Row | None, most: int) -> list[Row]:
    duplicates = _found_by_duplicates(wanted)
    entries = _entries(wanted, duplicates)
    if after is not None:
        if not isinstance(after.value, float):
            raise not_ours()
        types = [of_type for kind in ORDER[ORDER.index(after.kind) + 1 :] for of_type in _types(kind)]
        later = Q(type__in=types) | Q(type__in=_types(after.kind), post__lt=after.pk)
        entries = entries.filter(Q(score__gt=after.value) | Q(later, score=after.value))
    ranks = (When(type__in=_types(kind), then=Value(rank)) for rank, kind in enumerate(ORDER))
    return _rows(entries.annotate(rank=Case(*ranks)).order_by("score", "rank", "-post")[:most], duplicates)


def _by_age(wanted: Wanted, after: Row | None, most: int) -> list[Row]:
    """The newest first; members by when they joined, and tags, whose age nobody knows, last."""
    rows: list[Row] = []
    for kind in _kinds(wanted):
        found = _matching(wanted, kind)
        if kind == Kind.TAG:
            tags = found.order_by("-pk")
            if after is not None and after.kind == Kind.TAG:
                tags = tags.filter(pk__lt=after.pk)
            rows += [Row(None, kind, pk) for pk in tags.values_list("pk", flat=True)[:most]]
            continue
        at = {Kind.ARTICLE: "first_published_at", Kind.MEMBER: "date_joined"}.get(kind, "created_at")
        rows += _keyset(found.filter(**{f"{at}__isnull": False}), kind, at, after, most)
    return sorted(rows, key=lambda row: (row.value or LONG_AGO, -ORDER.index(row.kind), row.pk), reverse=True)[:most]


def _by_support(wanted: Wanted, after: Row | None, most: int) -> list[Row]:
    if Kind.IDEA not in _kinds(wanted):
        return []
    known = When(board__in=wanted.ranked_pages, then=F("supporter_count"))
    ideas = _matching(wanted, Kind.IDEA).annotate(
        support=Case(known, default=Value(-1), output_field=BigIntegerField())
    )
    return _keyset(ideas, Kind.IDEA, "support", after, most)


def _keyset(found: QuerySet[Any], kind: Kind, by: str, after: Row | None, most: int) -> list[Row]:
    """The rows in falling order of a column, from the position on."""
    if after is not None:
        if after.value is None:
            return []
        beyond = Q(**{f"{by}__lt": after.value})
        if ORDER.index(kind) > ORDER.index(after.kind):
            beyond |= Q(**{by: after.value})
        elif kind == after.kind:
            beyond |= Q(**{by: after.value, "pk__lt": after.pk})
        found = found.filter(beyond)
    return [Row(value, kind, pk) for pk, value in found.order_by(f"-{by}", "-pk").values_list("pk", by)[:most]]


def _keys(wanted: Wanted, most: int) -> dict[Kind, set[int]]:
    """What is found, by kind, at most so many; without their order."""
    keys: dict[Kind, set[int]] = {kind: set() for kind in _kinds(wanted)}
    if wanted.terms:
        duplicates = _found_by_duplicates(wanted)
        for row in _rows(_entries(wanted, duplicates).values("type", "post").order_by()[:most], duplicates):
            keys[row.kind].add(row.key[1])
    else:
        for kind in keys:
            keys[kind].update(_matching(wanted, kind).order_by().values_list("pk", flat=True)[:most])
    return keys


def _parts(keys: dict[Kind, set[int]]) -> dict[str, dict[Any, int]]:
    """How many of these are on each page and so on."""
    pages: dict[int, int] = {}
    statuses: dict[int, int] = {}
    languages: dict[str, int] = {}
    tags: dict[str, int] = {}
    for kind, page in ((Kind.QUESTION, "forum"), (Kind.IDEA, "board")):
        if not keys.get(kind):
            continue
        rows = models_of(kind)[0]._default_manager.filter(pk__in=keys[kind]).order_by()
        by = [page, "language", *(["status"] if kind == Kind.IDEA else [])]
        for count, page_id, language, *status in rows.values(*by).annotate(n=Count("pk")).values_list("n", *by):
            pages[page_id] = pages.get(page_id, 0) + count
            if language:
                languages[language] = languages.get(language, 0) + count
            for pk in status:
                statuses[pk] = statuses.get(pk, 0) + count
        tagged = TAGGED[kind]._default_manager.filter(content_object__in=keys[kind]).order_by()
        for slug, count in tagged.values_list("tag__slug").annotate(n=Count("pk")):
            tags[slug] = tags.get(slug, 0) + count
    if keys.get(Kind.ARTICLE):
        articles = Page.objects.filter(pk__in=keys[Kind.ARTICLE]).order_by()
        for language, count in articles.values_list("locale__language_code").annotate(n=Count("pk")):
            languages[language] = languages.get(language, 0) + count
    return {"pages": pages, "tags": tags, "statuses": statuses, "languages": languages}


def _matching(wanted: Wanted, kind: Kind) -> QuerySet[Any]:
    """The rows of a kind that are found."""
    rows = listed(kind, wanted)
    if not wanted.terms:
        return _without_excluded(rows, wanted, kind)
    found = Q(pk__in=_texts(wanted).filter(type__in=_types(kind)).values("post"))
    if kind == Kind.IDEA and (duplicates := _found_by_duplicates(wanted)):
        found |= Q(pk__in=duplicates.values())
    return rows.filter(found)


def _without_excluded(rows: QuerySet[Any], wanted: Wanted, kind: Kind) -> QuerySet[Any]:
    if not wanted.excluded:
        return rows
    left_out = Wanted(pages=wanted.pages, terms=wanted.excluded, any_term=True)
    return rows.exclude(pk__in=_texts(left_out).filter(type__in=_types(kind)).values("post"))


def _entries(wanted: Wanted, duplicates: Mapping[int, int], columns: Sequence[str] = TEXT) -> QuerySet[Any]:
    """The entries of the index that have the terms and belong to what is listed, or to these duplicates."""
    conditions = []
    for kind in _kinds(wanted):
        condition = Q(Exists(listed(kind, wanted).order_by().filter(pk=OuterRef("post"))))
        if kind == Kind.IDEA and duplicates:
            condition |= Q(post__in=duplicates)
        conditions.append(Q(type__in=_types(kind)) & condition)
    entries = _texts(wanted, columns)
    return entries.filter(reduce(or_, conditions)) if conditions else entries.none()


def _found_by_duplicates(wanted: Wanted) -> dict[int, int]:
    """Of ideas whose own entries don't have the terms, but those of duplicates on other boards: {duplicate: idea}."""
    if Kind.IDEA not in _kinds(wanted) or not (elsewhere := duplicates_elsewhere(wanted)).exists():
        return {}
    matched = _texts(wanted).filter(type__in=_types(Kind.IDEA))
    rows = elsewhere.filter(pk__in=matched.values("post")).order_by("-pk").values_list("canonical", "pk")
    leads = dict(rows[:MOST_COUNTED])
    known = set(matched.filter(post__in=leads).values_list("post", flat=True)) if leads else set()
    return {duplicate: idea for idea, duplicate in leads.items() if idea and idea not in known}


def _texts(wanted: Wanted, columns: Sequence[str] = TEXT) -> QuerySet[Any]:
    vendor = connections[router.db_for_read(IndexEntry)].vendor
    ask = import_module("search.on_postgres" if vendor == "postgresql" else "search.on_sqlite")
    entries: QuerySet[Any] = ask.matches(wanted, columns)
    return entries


def _rows(entries: QuerySet[Any], duplicates: Mapping[int, int] = MappingProxyType({})) -> list[Row]:
    """Score, where there is one, kind and key of the entries; an idea that was found by a duplicate in its place."""
    kinds = {of_type: kind for kind in Kind for of_type in _types(kind)}
    names = ("score", "type", "post") if "score" in entries.query.annotation_select else ("type", "post")
    rows = [Row(score[0] if score else None, kinds[of_type], pk) for *score, of_type, pk in entries.values_list(*names)]
    return [row._replace(stands_for=duplicates.get(row.pk)) if row.kind == Kind.IDEA else row for row in rows]


def _kinds(wanted: Wanted) -> list[Kind]:
    return [kind for kind in ORDER if kind in wanted.kinds & wanted.possible_kinds]


def _types(kind: Kind) -> list[int]:
    """The keys of the kind's content types."""
    return [ContentType.objects.get_for_model(model).pk for model in models_of(kind)]


def _cursor(sort: Sort, row: Row) -> str:
    value = row.value.isoformat() if isinstance(row.value, datetime) else row.value
    return sealed([sort, value, row.kind, row.pk])


def _position(cursor: str, sort: Sort) -> Row:
    position = opened(cursor)
    try:
        of, value, kind, pk = position
        if of != sort:
            raise not_ours()
        return Row(datetime.fromisoformat(value) if sort == Sort.NEWEST and value else value, Kind(kind), int(pk))
    except (ValueError, TypeError) as error:
        raise not_ours() from error
