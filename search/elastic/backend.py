"""Asking Elasticsearch; see search.backends.Backend.

Nothing that was typed is in a query's own language: words are terms, runs of words are phrases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from elasticsearch import NotFoundError
from elasticsearch.dsl import A, Q, Search

from search.backends import MOST_COUNTED, Facets, Found, Kind, Run, Sort, Term, Wanted
from search.cursors import opened, sealed
from search.elastic import client
from search.elastic.documents import LANGUAGES
from search.elastic.names import read_alias
from search.models import PendingDocument

# A cursor begins with it, so that none of the other backend is taken for one of these.
MARK = "es"
POINT_IN_TIME = "2m"
# More than so much waiting to be removed is no index to search in.
MOST_REMOVALS = 5_000
MOST_CHOICES = 100
TITLE, TEXT = 3.0, 1.0
PREFIX_WEIGHT, FORMS_WEIGHT, TYPO_WEIGHT = 0.6, 0.8, 0.2
TYPO_FROM = 4
SHOWN_POSTS = (Kind.QUESTION, Kind.IDEA)


class ElasticBackend:
    is_limited = False

    def find(self, wanted: Wanted, *, sort: Sort, cursor: str | None, size: int) -> Found:
        if sort == Sort.RELEVANCE and not wanted.terms:
            sort = Sort.NEWEST
        position = _position(cursor, sort)
        query = _query(wanted)
        if sort == Sort.SUPPORTERS:
            query = _by_support(query, wanted.ranked_pages)
        body = Search().query(query).source(["kind", "key"]).extra(size=size + 1, track_total_hits=False)
        body = body.sort(*_order(sort))
        answer, point = _page(body.to_dict(), wanted, position)
        hits = answer["hits"]["hits"]
        keys = [(Kind(hit["_source"]["kind"]), hit["_source"]["key"]) for hit in hits[:size]]
        if len(hits) <= size:
            return Found(keys)
        return Found(keys, sealed([MARK, sort, point or _point_in_time(wanted), hits[size - 1]["sort"]]))

    def facets(self, wanted: Wanted) -> Facets:
        everything = replace(wanted, kinds=wanted.possible_kinds)
        body = Search().query(_query(everything)).extra(size=0, track_total_hits=False)
        body.aggs.bucket("kinds", A("terms", field="kind", size=len(Kind)))
        chosen = body.aggs.bucket("wanted", A("filter", Q("terms", kind=sorted(wanted.kinds & set(SHOWN_POSTS)))))
        for name, field in {"pages": "page", "tags": "tags", "statuses": "status", "languages": "language"}.items():
            chosen.bucket(name, A("terms", field=field, size=MOST_CHOICES))
        answer = _ask(everything, body.to_dict())["aggregations"]
        kinds = {Kind(key): count for key, count in _counts(answer["kinds"]).items()}
        return Facets(
            kinds={kind: kinds.get(kind, 0) for kind in Kind},
            pages=_counts(answer["wanted"]["pages"]),
            tags=_counts(answer["wanted"]["tags"]),
            statuses=_counts(answer["wanted"]["statuses"]),
            languages={code: count for code, count in _counts(answer["wanted"]["languages"]).items() if code},
        )

    def suggest(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        titles = [Q("bool", should=[_run(run, title=TITLE, text=None) for run in term.runs]) for term in wanted.terms]
        body = Search().query(Q("bool", must=titles, filter=_filters(wanted), must_not=_excluded(wanted)))
        body = body.source(["kind", "key"]).extra(size=most, track_total_hits=False)
        hits = _ask(wanted, body.to_dict())["hits"]["hits"]
        return [(Kind(hit["_source"]["kind"]), hit["_source"]["key"]) for hit in hits]


def _query(wanted: Wanted) -> Any:
    terms = [_term(term, wanted) for term in wanted.terms]
    how = {"should": terms, "minimum_should_match": 1} if wanted.any_term and terms else {"must": terms}
    return Q("bool", filter=_filters(wanted), must_not=_excluded(wanted), **how)


def _by_support(query: Any, ranked_pages: frozenset[int]) -> Any:
    """Of ideas on pages that tell their support, the supporters are the score; all others come after them."""
    known = Q("terms", page=sorted(ranked_pages))
    supporters = {"field": "supporters", "missing": 0, "modifier": "none"}
    return Q(
        "function_score",
        query=Q("bool", filter=[query, Q("term", kind=Kind.IDEA)]),
        functions=[{"filter": known, "weight": 2}, {"filter": known, "field_value_factor": supporters}],
        score_mode="sum",
        boost_mode="replace",
    )


def _term(term: Term, wanted: Wanted) -> Any:
    """A term in any of its alternatives: as it is, as another form of the word, or with a typing error."""
    ways = [_run(run, title=TITLE, text=TEXT) for run in term.runs]
    boards = sorted(wanted.pages.get(Kind.IDEA, ()))
    for run in term.runs:
        within = Q("bool", filter=[Q("terms", elsewhere__page=boards)], must=[_run(run, TITLE, TEXT, "elsewhere.")])
        ways.append(Q("nested", path="elsewhere", query=within, ignore_unmapped=True))
    if not term.is_quoted:
        for run in term.runs:
            ways.append(_forms(run))
        first = term.alternatives[0]
        if len(first) == 1 and len(first[0]) >= TYPO_FROM:
            ways += [
                Q(
                    "fuzzy",
                    **{
                        name: {
                            "value": first[0],
                            "fuzziness": "AUTO",
                            "prefix_length": 1,
                            "max_expansions": 30,
                            "boost": weight * TYPO_WEIGHT,
                        }
                    },
                )
                for name, weight in (("title", TITLE), ("text", TEXT))
            ]
    return Q("dis_max", queries=ways, tie_breaker=0.1)


def _run(run: Run, title: float, text: float | None, path: str = "") -> Any:
    """Words that follow one another, or one word; the last may go on."""
    ways = []
    for name, weight in (("title", title), ("text", text)):
        if weight is None:
            continue
        field = f"{path}{name}"
        if len(run.words) > 1:
            kind = "match_phrase_prefix" if run.is_prefix else "match_phrase"
            ways.append(Q(kind, **{field: {"query": " ".join(run.words), "boost": weight}}))
            continue
        ways.append(Q("term", **{field: {"value": run.words[0], "boost": weight}}))
        if run.is_prefix:
            ways.append(Q("prefix", **{field: {"value": run.words[0], "boost": weight * PREFIX_WEIGHT}}))
    return Q("dis_max", queries=ways, tie_breaker=0.3)


def _forms(run: Run) -> Any:
    """The run in the other forms of its words, in whichever language a post is."""
    fields = [
        f"{name}_{language}^{weight}" for language in LANGUAGES for name, weight in (("title", TITLE), ("text", TEXT))
    ]
    how = "phrase" if len(run.words) > 1 else "best_fields"
    return Q("multi_match", query=" ".join(run.words), fields=fields, type=how, boost=FORMS_WEIGHT)


def _excluded(wanted: Wanted) -> list[Any]:
    boards = sorted(wanted.pages.get(Kind.IDEA, ()))
    found = []
    for term in wanted.excluded:
        for run in term.runs:
            found.append(_run(run, TITLE, TEXT))
            within = Q("bool", filter=[Q("terms", elsewhere__page=boards), _run(run, TITLE, TEXT, "elsewhere.")])
            found.append(Q("nested", path="elsewhere", query=within, ignore_unmapped=True))
            if not term.is_quoted:
                found.append(_forms(run))
    return found


def _filters(wanted: Wanted) -> list[Any]:
    """What the reader may see now of the wanted kinds, without what waits to be removed; and what was asked for."""
    removed = _removed()
    admitted = []
    for kind in sorted(wanted.kinds & wanted.possible_kinds):
        of_kind = [Q("term", kind=kind)]
        if kind == Kind.TAG:
            of_kind.append(Q("terms", page=sorted(frozenset().union(*(wanted.pages.get(k, ()) for k in SHOWN_POSTS)))))
        elif kind != Kind.MEMBER:
            of_kind.append(Q("terms", page=sorted(wanted.pages.get(kind, ()))))
        gone = [Q("terms", key=removed[kind])] if removed.get(kind) else []
        admitted.append(Q("bool", filter=of_kind, must_not=gone))
    filters = [Q("bool", should=admitted, minimum_should_match=1) if admitted else Q("match_none")]
    filters += [Q("term", tags=slug) for slug in sorted(wanted.tags)]
    for field, values in (("status", wanted.statuses), ("author", wanted.authors), ("page", wanted.within)):
        if values is not None:
            filters.append(Q("terms", **{field: sorted(values)}))
    if wanted.languages is not None:
        filters.append(Q("terms", language=sorted(wanted.languages)))
    if wanted.is_unanswered:
        filters.append(Q("term", is_answered=False))
    if wanted.is_answered:
        filters.append(Q("term", is_answered=True))
    if wanted.is_solved:
        filters.append(Q("term", is_solved=True))
    between = {"gte": wanted.created_from, "lt": wanted.created_before}
    if bounds := {name: moment.isoformat() for name, moment in between.items() if moment is not None}:
        filters.append(Q("range", created_at=bounds))
    return filters


def _removed() -> Mapping[str, list[int]]:
    rows = PendingDocument.objects.filter(is_removal=True).values_list("kind", "key").distinct()
    found: dict[str, list[int]] = {}
    for kind, key in rows[: MOST_REMOVALS + 1]:
        found.setdefault(kind, []).append(key)
    if sum(map(len, found.values())) > MOST_REMOVALS:
        raise client.PartialAnswerError("Too much waits to be removed.")
    return found


def _order(sort: Sort) -> list[Any]:
    newest: list[Any] = [{"created_at": {"order": "desc", "missing": "_last"}}, {"kind": "asc"}, {"key": "desc"}]
    return newest if sort == Sort.NEWEST else [{"_score": "desc"}, *newest]


def _position(cursor: str | None, sort: Sort) -> tuple[str, list[Any]] | None:
    """The point in time and the place in it that a cursor holds; None for the first page."""
    if not cursor:
        return None
    match opened(cursor):
        case [str(mark), str(of), str(point), list(values)] if (mark, of) == (MARK, sort):
            return point, values
    return None


def _page(
    body: dict[str, Any], wanted: Wanted, position: tuple[str, list[Any]] | None
) -> tuple[Mapping[str, Any], str | None]:
    """The hits after a position, and the point in time that they are of: the first page is of the present.

    Where a point in time is over, the pages go on in the present too.
    """
    if position is None:
        return _ask(wanted, body), None
    point, after = position
    body["search_after"] = after
    try:
        return _at(point, body), point
    except NotFoundError:
        point = _point_in_time(wanted)
        return _at(point, body), point


def _point_in_time(wanted: Wanted) -> str:
    answer = client.asking().open_point_in_time(index=_names(wanted), keep_alive=POINT_IN_TIME)
    return str(answer["id"])


def _names(wanted: Wanted) -> str:
    """The indexes to look in. Where no kind has what is asked for, one of them finds nothing as well as another."""
    kinds = sorted(wanted.kinds & wanted.possible_kinds) or [Kind.QUESTION]
    return ",".join(read_alias(kind) for kind in kinds)


def _at(point: str, body: dict[str, Any]) -> Mapping[str, Any]:
    return _checked(client.asking().search(body={**body, "pit": {"id": point, "keep_alive": POINT_IN_TIME}}))


def _ask(wanted: Wanted, body: dict[str, Any]) -> Mapping[str, Any]:
    return _checked(client.asking().search(index=_names(wanted), body=body))


def _counts(answer: Mapping[str, Any]) -> dict[Any, int]:
    return {bucket["key"]: min(bucket["doc_count"], MOST_COUNTED) for bucket in answer["buckets"]}


def _checked(answer: Any) -> Mapping[str, Any]:
    """A whole answer. Raises PartialAnswerError where a part of the index did not take part."""
    if answer["timed_out"] or answer["_shards"]["failed"]:
        raise client.PartialAnswerError("Not all of the index answered.")
    found: Mapping[str, Any] = answer
    return found
