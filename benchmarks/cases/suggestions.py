"""Suggestions: what is like a post that somebody is writing, on a large site beside a small one."""

import argparse
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AnonymousUser

from benchmarks.figures import Figure, p95
from benchmarks.recombining import site_of
from benchmarks.relevance import Set, read_sets
from benchmarks.sites import Sites
from search.similar import similar_posts

HELP = "suggestions while somebody writes, on a large site beside a small one; posts are recombined from real sets"
MOST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", type=Path, required=True, help="a folder of sets, as benchmarks.relevance reads them")
    parser.add_argument("--large", type=int, default=100_000, help="questions, and as many ideas, of the large site")
    parser.add_argument("--small", type=int, default=1_000, help="those of the small one")
    parser.add_argument("--asked", type=int, default=60, help="how many suggestions are asked for in a round (60)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    settings.ELASTICSEARCH_URL = settings.EMBEDDING_MODEL = ""
    sets = list(read_sets(options.sets))
    asked = list(islice(_asked(sets), options.asked))
    made = {size: site_of(sites, sets, size) for size in (options.small, options.large)}
    taken: dict[int, list[float]] = {size: [] for size in made}
    for _ in range(options.rounds + 1):
        for size, site in made.items():
            with site.used():
                similar_posts("warm", user=AnonymousUser())
                taken[size] += [_milliseconds(title, text) for title, text in asked]
    for size in made:
        del taken[size][: len(asked)]  # the first round reads from the disk
    large, small = taken[options.large], taken[options.small]
    sizes = f"{options.large:,} questions and as many ideas, beside {options.small:,}"
    figures = {"median": (large, small), "95th percentile": ([p95(large)], [p95(small)])}
    return [
        Figure(
            name=f"suggestions, embedded, {name}",
            unit="ms",
            measured=measured,
            yardstick=yardstick,
            yardstick_name="small site",
            at_most=10,
            note=sizes,
        )
        for name, (measured, yardstick) in figures.items()
    ]


def _milliseconds(title: str, text: str) -> float:
    start = time.perf_counter()
    similar_posts(title, text, user=AnonymousUser(), most=MOST)
    return 1_000 * (time.perf_counter() - start)


def _asked(sets: Sequence[Set]) -> Iterator[tuple[str, str]]:
    """Titles alone, and titles with texts, in turn and from all sets."""
    ways = [iter(sought) for each in sets for sought in each.sought.values()]
    while True:
        for way in ways:
            found = next(way, None)
            if found is None:
                return
            yield found.title, found.text
