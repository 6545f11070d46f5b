"""Ranking a board for a product review, and writing a published review as CSV and XLSX."""

import argparse
import csv
import io
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Member, Organisation
from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.sites import Site, Sites
from ideas.actions import publish_policy
from ideas.models import Idea, IdeaBoardPage, Policy, PolicySegment, Vote, VoteEvent
from reviews.actions import publish_review
from reviews.exports import as_csv, rows
from reviews.models import Review, ReviewSnapshot, SnapshotIdea
from reviews.selection import select
from reviews.shown import Access
from reviews.spreadsheets import write_xlsx

HELP = "ranking a board under a policy with segments; the rate and the memory of writing a review as CSV and XLSX"
RANKED, PUBLISHED = "Ranked", "Published"
FROZEN = 2_000
SEGMENTS = ("Shops", "Chains", "Clinics", "")
MOST_MEMORY = 150.0
ACCESS = Access(sees_amounts=True, is_team=True, forums=frozenset())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ideas", type=int, default=100_000, help="ideas on the board, and in the published review (100,000)"
    )
    parser.add_argument("--votes", type=int, default=50, help="votes on each idea, in the mean (50)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    site = sites.filled(Plan(ideas=options.ideas, votes=options.votes, questions=1_000))
    with site.used():
        draft = _draft(options.ideas)
        ranking = [_ranked(draft) for _ in range(options.rounds)]
        snapshot = _published(draft, options.ideas)
        writing = [_written(snapshot) for _ in range(options.rounds)]
    memory = {work: _memory(site, work) for work in WORKS}
    return [
        Figure(
            name=f"ranking {options.ideas:,} ideas under a policy with segments",
            unit="s",
            measured=[ranked.seconds for ranked in ranking],
            yardstick=[ranked.by_segment for ranked in ranking],
            yardstick_name=f"SELECT idea, segment, COUNT(DISTINCT member) … GROUP BY over {ranking[0].votes:,} votes",
            at_most=4,
        ),
        Figure(
            name="the same",
            unit="s",
            measured=[ranked.seconds for ranked in ranking],
            yardstick=[ranked.bare for ranked in ranking],
            yardstick_name="SELECT idea, COUNT(*) … GROUP BY over the table of votes as they stand now",
        ),
        Figure(
            name=f"CSV of {options.ideas:,} ideas",
            unit="rows/s",
            measured=[exported for exported, _ in writing],
            yardstick=[plain for _, plain in writing],
            yardstick_name="csv.writer over ready rows",
            at_least=0.25,
        ),
        *(
            Figure(
                name=f"memory above idle while {work} {options.ideas:,} ideas",
                unit="MiB",
                measured=[peak],
                yardstick=[MOST_MEMORY],
                yardstick_name="the most allowed for a file",
                at_most=None if work == "ranking" else 1,
            )
            for work, peak in memory.items()
        ),
    ]


def _draft(ideas: int) -> Review:
    """A draft of the whole board under a policy with segments, made once in each database."""
    known = Review.objects.filter(title=RANKED).first()
    if known:
        return known
    for number, organisation in enumerate(Organisation.objects.order_by("pk")):
        organisation.segment = SEGMENTS[number % len(SEGMENTS)]
        organisation.save()
    root = Member.objects.create_superuser("measuring", name="Measuring", email="measuring@example.com", password=None)
    policy = Policy(name="Measured", slug="measured")
    policy.segments = [PolicySegment(segment=name, multiplier=Decimal(2)) for name in SEGMENTS[:2]]
    policy.save()
    policy = publish_policy(policy=policy, by=root)
    return _review(RANKED, policy, ideas)


def _review(title: str, policy: Policy, size: int) -> Review:
    return Review.objects.create(
        title=title,
        board=IdeaBoardPage.objects.get(),
        ranking=policy,
        policy=policy.slug,
        policy_version=1,
        size=size,
        cut_off=timezone.now() - timedelta(minutes=2),
        created_by=Member.objects.get(handle="measuring"),
    )


def _published(draft: Review, ideas: int) -> ReviewSnapshot:
    """A published review of so many ideas, made once in each database.

    The first are frozen as everywhere. The others get the texts of these again: files are made from the texts alone.
    """
    known = ReviewSnapshot.objects.filter(review__title=PUBLISHED).first()
    if known:
        return known
    review = _review(PUBLISHED, Policy.objects.get(slug="measured"), min(ideas, FROZEN))
    snapshot = publish_review(review=review, by=draft.created_by)
    table = SnapshotIdea._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (review_id, rank, idea_id, content, evidence) "
            "SELECT frozen.review_id, other.place, other.id, frozen.content, frozen.evidence FROM ("
            f"SELECT id, %s + row_number() OVER (ORDER BY id) AS place FROM {Idea._meta.db_table} "
            f"WHERE id NOT IN (SELECT idea_id FROM {table} WHERE review_id = %s) LIMIT %s) other "
            f"JOIN {table} frozen ON frozen.review_id = %s AND frozen.rank = 1 + mod(other.place, %s)",
            [review.size, review.pk, ideas - review.size, review.pk, review.size],
        )
        cursor.execute(f"ANALYZE {table}")
    return snapshot


@dataclass(frozen=True)
class Ranked:
    """How many seconds it takes to rank the board, and to ask the database two questions about the same votes."""

    seconds: float
    by_segment: float
    bare: float
    votes: int


def _ranked(review: Review) -> Ranked:
    cut_off = review.cut_off or timezone.now()
    begun = time.perf_counter()
    # As the worker ranks a large draft: some thousand ideas at a time.
    selection = select(review, cut_off, lambda _done, _total: None)
    seconds = time.perf_counter() - begun
    by_segment, rows = _asked(
        "SELECT idea_id, segment, count(DISTINCT member_id) "
        f"FROM {VoteEvent._meta.db_table} line "
        f"LEFT JOIN {Organisation._meta.db_table} organisation ON organisation.id = line.organisation_id "
        "WHERE kind = 'cast' AND recorded_at <= %s GROUP BY idea_id, segment",
        [review.cut_off],
    )
    counts: Counter[int] = Counter()
    for idea, _segment, people in rows:
        counts[idea] += people
    if {place.idea: place.supporters for place in selection.places if place.supporters} != counts:
        raise MeasuringError("The ranking counted other supporters than the one query.")
    bare, _rows = _asked(f"SELECT idea_id, count(*) FROM {Vote._meta.db_table} WHERE is_cast GROUP BY idea_id", [])
    return Ranked(seconds, by_segment, bare, counts.total())


def _asked(query: str, parameters: Sequence[Any]) -> tuple[float, list[Any]]:
    """How long the answer takes until the last row is here, and the rows."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        rows = cursor.fetchall()
    return time.perf_counter() - begun, rows


def _written(snapshot: ReviewSnapshot) -> tuple[float, float]:
    """How many rows a second are exported, and are written by csv.writer where they are ready."""
    begun = time.perf_counter()
    size = sum(map(len, as_csv(snapshot, ACCESS)))
    exported = time.perf_counter() - begun
    ready = list(rows(snapshot, ACCESS))
    begun = time.perf_counter()
    file = io.StringIO(newline="")
    csv.writer(file, lineterminator="\r\n").writerows(ready)
    plain = time.perf_counter() - begun
    if size < len(file.getvalue()):
        raise MeasuringError("The export is shorter than its rows.")
    return len(ready) / exported, len(ready) / plain


def _rank() -> None:
    draft = Review.objects.get(title=RANKED)
    select(draft, draft.cut_off or timezone.now(), lambda _done, _total: None)


def _write_csv() -> None:
    with open(os.devnull, "wb") as file:
        for part in as_csv(ReviewSnapshot.objects.get(review__title=PUBLISHED), ACCESS):
            file.write(part)


def _write_xlsx() -> None:
    with TemporaryFile() as file:
        write_xlsx(ReviewSnapshot.objects.get(review__title=PUBLISHED), ACCESS, file)


WORKS = {"ranking": _rank, "writing CSV of": _write_csv, "writing XLSX of": _write_xlsx}


def _memory(site: Site, work: str) -> float:
    """How many MiB a new process holds at most while it works, above what it held before."""
    code = (
        f"import django; django.setup(); from benchmarks.cases.reviews import measure_memory; measure_memory({work!r})"
    )
    environment = os.environ | {"DATABASE_URL": site.database}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise MeasuringError(f"The process that was to be measured failed: {told.stderr[-500:]}")
    return float(told.stdout)


def measure_memory(work: str) -> None:
    """What the new process does: it prints how much it needed."""
    Review.objects.exists()  # with a connection
    idle = _resident("VmRSS")
    WORKS[work]()
    print(_resident("VmHWM") - idle)


def _resident(name: str) -> float:
    """A line of /proc/self/status, in MiB."""
    return next(value for key, value in _status() if key == name)


def _status() -> Iterator[tuple[str, float]]:
    with open("/proc/self/status") as file:
        for line in file:
            key, _, value = line.partition(":")
            if value.strip().endswith("kB"):
                yield key, int(value.split()[0]) / 1024
