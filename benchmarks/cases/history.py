"""Ranking a board as it stood at a moment in the past, from the ledgers alone."""

import argparse
import time
import tracemalloc
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.sites import Sites
from ideas.models import Idea, IdeaBoardPage, VoteEvent

HELP = "ranking a board as it stood yesterday, beside reading its ledger once; and the memory that this takes"
MOST_GROWTH = 1.5
COLUMNS = ("idea_id", "member_id", "kind", "clicked_id", "occurred_at", "importance", "organisation_id", "plan")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ideas", type=int, default=100_000, help="ideas on the board (100,000)")
    parser.add_argument("--votes", type=int, default=20, help="votes on each idea, in the mean (20)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    moment = timezone.now() - timedelta(days=1)
    small, large = (
        sites.filled(Plan(ideas=ideas, votes=options.votes, questions=10_000))
        for ideas in (options.ideas // 10, options.ideas)
    )
    memory = []
    for site in (small, large):
        with site.used():
            memory.append(_peak_of_going_through(moment))
    ranking: list[float] = []
    reading: list[float] = []
    for _ in range(options.rounds):
        with large.used():
            read, lines = _reading(moment)
            ranked, supporters = _ranking(moment)
        if lines != supporters:
            raise MeasuringError(f"{lines} lines of the ledger make {supporters} supporters.")
        reading.append(read)
        ranking.append(ranked)
    return [
        Figure(
            name=f"ranking {options.ideas:,} ideas as of yesterday",
            unit="s",
            measured=ranking,
            yardstick=reading,
            yardstick_name=f"reading {lines:,} lines once",
        ),
        Figure(
            name=f"memory for going through {options.ideas:,} ideas as of yesterday",
            unit="MiB",
            measured=memory[1:],
            yardstick=memory[:1],
            yardstick_name=f"{options.ideas // 10:,} ideas",
            at_most=MOST_GROWTH,
        ),
    ]


def _reading(moment: datetime) -> tuple[float, int]:
    """How many seconds it takes to read the lines up to the moment, and how many there are."""
    begun = time.perf_counter()
    lines = VoteEvent.objects.filter(recorded_at__lte=moment).order_by("idea", "member", "pk")
    many = sum(1 for _ in lines.values_list(*COLUMNS).iterator(chunk_size=5_000))
    return time.perf_counter() - begun, many


def _ranking(moment: datetime) -> tuple[float, int]:
    """How many seconds it takes to rank the board, and how many supporters its ideas had together."""
    begun = time.perf_counter()
    ranked = Idea.objects.filter(board=IdeaBoardPage.objects.get()).as_of(moment).top()
    return time.perf_counter() - begun, sum(each.supporter_count for each in ranked)


def _peak_of_going_through(moment: datetime) -> float:
    """How many MiB Python holds at most while it looks at every family once."""
    ideas = Idea.objects.filter(board=IdeaBoardPage.objects.get()).as_of(moment)
    tracemalloc.start()
    for _ in ideas.families():
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1024**2
