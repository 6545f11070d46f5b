"""Searching with Elasticsearch: a page through HTTP, beside the very queries that it sends, sent without it."""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path
from unittest import mock
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from benchmarks.driving import MeasuringError, Visit
from benchmarks.figures import Figure, p95
from benchmarks.recombining import site_of
from benchmarks.relevance import Set, Sought, read_sets
from benchmarks.searching import Heard, count_of_searches, indexed, indexes_of, overheard, server, settings_of
from benchmarks.sites import Sites
from search.elastic import breaker, client
from search.similar.meaning import model
from tests.services import embeddings

HELP = "the search page and suggestions, beside the very queries that they send to Elasticsearch"
TOKEN = "benchmarks" * 3 + "of"  # what a browser got with the form
IN_PLACE = {"HX-Request": "true"}
# A cold index may be too slow for the pages at first.
WARMING = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", type=Path, required=True, help="a folder of sets, as benchmarks.relevance reads them")
    parser.add_argument("--size", type=int, default=100_000, help="questions, and as many ideas (100,000)")
    parser.add_argument("--asked", type=int, default=60, help="how often each is asked in a round (60)")
    parser.add_argument(
        "--elasticsearch", metavar="URL", help="an Elasticsearch to use, where indexes stay for the next run"
    )
    parser.add_argument("--meaning", action="store_true", help="with a small embedding model, or EMBEDDING_MODEL's")


@dataclass(frozen=True)
class Request:
    """What a browser sends."""

    method: str
    target: str
    form: tuple[tuple[str, str], ...] = ()
    is_in_place: bool = False

    @cached_property
    def body(self) -> bytes | None:
        return urlencode(self.form).encode() if self.method == "POST" else None

    @cached_property
    def headers(self) -> dict[str, str]:
        posted = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"{settings.CSRF_COOKIE_NAME}={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        return (posted if self.method == "POST" else {}) | (IN_PLACE if self.is_in_place else {})


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    if options.meaning:
        settings.EMBEDDING_MODEL = settings.EMBEDDING_MODEL or str(embeddings.folder())
    else:
        settings.EMBEDDING_MODEL = ""
    sets = list(read_sets(options.sets))
    site = site_of(sites, sets, options.size)
    doors = {name: list(islice(ways(sets), options.asked)) for name, ways in DOORS.items()}
    with ExitStack() as stack:
        url = stack.enter_context(server(options.elasticsearch))
        stack.enter_context(indexed(site, url))
        heard = {name: [_heard(request) for request in requests] for name, requests in doors.items()}
        started = stack.enter_context(site.served(**settings_of(site, url), EMBEDDING_MODEL=settings.EMBEDDING_MODEL))
        web, raw = stack.enter_context(Visit(started.url)), stack.enter_context(Visit(url))
        taken = {
            name: _measured(doors[name], heard[name], web, raw, indexes_of(site), options.rounds) for name in doors
        }
    note = f"{options.size:,} questions and as many ideas{', by meaning too' if options.meaning else ''}"
    return [
        Figure(
            name=f"{name}, {what}",
            unit="ms",
            measured=measured,
            yardstick=yardstick,
            yardstick_name="its queries",
            at_most=MOST[name],
            note=note,
        )
        for name, (mine, theirs) in taken.items()
        for what, measured, yardstick in (
            ("median", mine, theirs),
            ("95th percentile", [p95(mine)], [p95(theirs)]),
        )
    ]


@dataclass(frozen=True)
class Round:
    """Milliseconds of each page and of its queries, asked in turn, and how many searches Elasticsearch answered."""

    pages: list[float]
    queries: list[float]
    searches: int


def _measured(
    requests: Sequence[Request], heard: Sequence[Heard], web: Visit, raw: Visit, indexes: str, rounds: int
) -> tuple[list[float], list[float]]:
    """The milliseconds of all rounds, once everything is warm.

    Raises MeasuringError where a page did without some of its queries: then another search stood in.
    """

    def measured() -> Round:
        begun = count_of_searches(raw, indexes)
        pages, queries = [], []
        for place, (request, sent) in enumerate(zip(requests, heard, strict=True)):
            if place % 2:
                queries.append(_replay(sent, raw))
                pages.append(_load(request, web))
            else:
                pages.append(_load(request, web))
                queries.append(_replay(sent, raw))
        return Round(pages, queries, count_of_searches(raw, indexes) - begun)

    begun = count_of_searches(raw, indexes)
    for each in heard:
        _replay(each, raw)
    wanted = 2 * (count_of_searches(raw, indexes) - begun)
    for _ in range(WARMING):
        if measured().searches == wanted:
            break
        time.sleep(breaker.OPEN_SECONDS)
    done = [measured() for _ in range(rounds)]
    for one in done:
        if one.searches != wanted:
            raise MeasuringError(f"{wanted} searches should have been answered, and {one.searches} were.")
    return [page for one in done for page in one.pages], [query for one in done for query in one.queries]


def _load(request: Request, web: Visit) -> float:
    return 1_000 * web.send(request.method, request.target, request.headers, request.body)[0]


def _replay(heard: Heard, raw: Visit) -> float:
    """The same searches one after another, and the same texts given to the model."""
    taken = sum(raw.send(each.method, each.target, each.headers, each.body)[0] for each in heard.asked)
    for texts in heard.embedded:
        begun = time.perf_counter()
        used = model()
        assert used is not None  # noqa: S101 -- it was asked before
        used.vectors(texts)
        taken += time.perf_counter() - begun
    return 1_000 * taken


def _heard(request: Request) -> Heard:
    """What the page asks of others."""
    browser = Client(headers={"Host": "127.0.0.1"} | (IN_PLACE if request.is_in_place else {}))
    with overheard() as heard, mock.patch.object(client, "ANSWER_SECONDS", client.WORK_SECONDS):
        if request.method == "POST":
            answer = browser.post(request.target, dict(request.form))
        else:
            answer = browser.get(request.target)
    if answer.status_code != 200 or not heard.asked:
        raise MeasuringError(f"{request.target} answered {answer.status_code} after {len(heard.asked)} queries.")
    return heard


# What is asked


def _sought(sets: Sequence[Set]) -> Iterator[Sought]:
    """What people looked for, from all sets in turn."""
    ways = [iter(cycle(sought)) for each in sets for sought in each.sought.values()]
    for way in cycle(ways):
        yield next(way)


def _pages(sets: Sequence[Set]) -> Iterator[Request]:
    """One to four words of a title, as they follow one another."""
    chance = random.Random(1)  # noqa: S311 -- no secret
    for sought in _sought(sets):
        words = sought.title.split()
        many = min(chance.randint(1, 4), len(words))
        start = chance.randint(0, len(words) - many)
        yield Request("GET", f"/search/?{urlencode({'q': ' '.join(words[start : start + many])})}")


def _typed(sets: Sequence[Set]) -> Iterator[Request]:
    """The beginning of a title, broken off in a word."""
    chance = random.Random(2)  # noqa: S311 -- no secret
    for sought in _sought(sets):
        typed = sought.title[: chance.randint(4, 24)]
        yield Request("GET", f"/search/suggestions/?{urlencode({'q': typed})}", is_in_place=True)


def _written(sets: Sequence[Set]) -> Iterator[Request]:
    """A title alone, or with a text."""
    for sought in _sought(sets):
        form = (("title", sought.title), ("body", sought.text))
        yield Request("POST", "/search/similar/", form, is_in_place=True)


DOORS = {"search page": _pages, "results while typing": _typed, "similar posts while writing": _written}
MOST = {"search page": 4, "results while typing": 2.5, "similar posts while writing": 2.5}
