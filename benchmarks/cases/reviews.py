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
from datetime import timedelta
from decimal import Decimal
from tempfile import TemporaryFile

from django.db import connection
from django.utils import timezone

from accounts.models import Member, Organisation
from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.sites import Site, Sites
from ideas.actions import publish_policy
from ideas.models import IdeaBoardPage, Policy, PolicySegment, VoteEvent
from reviews.actions import publish_review
from reviews.exports import as_csv, rows
from reviews.models import Review, ReviewSnapshot
from reviews.selection import select
from reviews.shown import Access
from reviews.spreadsheets import write_xlsx

HELP = "ranking a board under a policy with segments; the rate and the memory of writing a review as CSV and XLSX"
SEGMENTS = ("Shops", "Chains", "Clinics", "")
MOST_MEMORY = 150.0
ACCESS = Access(sees_amounts=True, is_team=True, forums=frozenset())


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ideas", type=int, default=100_000, help="ideas on the board, all in the review (100,000)")
    parser.add_argument("--votes", type=int, default=50, help="votes on each idea, in the mean (50)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    site = sites.filled(Plan(ideas=options.ideas, votes=options.votes, questions=10_000))
    with site.used():
        snapshot = _published(options.ideas)
        ranking = [_ranked(snapshot.review) for _ in range(options.rounds)]
        writing = [_written(snapshot) for _ in range(options.rounds)]
    memory = {form: _memory(site, form) for form in ("CSV", "XLSX")}
    return [
        Figure(
            name=f"ranking {options.ideas:,} ideas under a policy with segments",
            unit="s",
            measured=[ranked for ranked, _ in ranking],
            yardstick=[counted for _, counted in ranking],
            yardstick_name="counting supporters by segment in one query",
            at_most=4,
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
                name=f"memory above idle while writing {options.ideas:,} ideas as {form}",
                unit="MiB",
                measured=[peak],
                yardstick=[MOST_MEMORY],
                yardstick_name="the most allowed",
                at_most=1,
            )
            for form, peak in memory.items()
        ),
    ]


def _published(ideas: int) -> ReviewSnapshot:
    """A review that holds the whole board, made once in each database."""
    known = ReviewSnapshot.objects.filter(review__title="Measured").first()
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
    review = Review.objects.create(
        title="Measured",
        board=IdeaBoardPage.objects.get(),
        ranking=policy,
        policy=policy.slug,
        policy_version=1,
        size=ideas,
        cut_off=timezone.now() - timedelta(minutes=2),
        created_by=root,
    )
    return publish_review(review=review, by=root)


def _ranked(review: Review) -> tuple[float, float]:
    """How many seconds it takes to rank the board, and to count each idea's supporters by segment in one query."""
    begun = time.perf_counter()
    selection = select(review, review.cut_off or timezone.now())
    ranked = time.perf_counter() - begun
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idea_id, segment, count(DISTINCT member_id) "
            f"FROM {VoteEvent._meta.db_table} line "
            f"LEFT JOIN {Organisation._meta.db_table} organisation ON organisation.id = line.organisation_id "
            "WHERE kind = 'cast' AND recorded_at <= %s GROUP BY idea_id, segment",
            [review.cut_off],
        )
        counts: Counter[int] = Counter()
        for idea, _segment, people in cursor:
            counts[idea] += people
    counted = time.perf_counter() - begun
    if {place.idea: place.supporters for place in selection.places if place.supporters} != counts:
        raise MeasuringError("The ranking counted other supporters than the one query.")
    return ranked, counted


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


def _write_csv(snapshot: ReviewSnapshot) -> None:
    with open(os.devnull, "wb") as file:
        for part in as_csv(snapshot, ACCESS):
            file.write(part)


def _write_xlsx(snapshot: ReviewSnapshot) -> None:
    with TemporaryFile() as file:
        write_xlsx(snapshot, ACCESS, file)


def _memory(site: Site, form: str) -> float:
    """How many MiB a new process holds at most while it writes, above what it held before."""
    code = (
        f"import django; django.setup(); from benchmarks.cases.reviews import measure_memory; measure_memory({form!r})"
    )
    environment = os.environ | {"DATABASE_URL": site.database}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if told.returncode:
        raise MeasuringError(f"The process that writes the review failed: {told.stderr[-500:]}")
    return float(told.stdout)


def measure_memory(form: str) -> None:
    """What the new process does: it prints how much it needed."""
    snapshot = ReviewSnapshot.objects.get(review__title="Measured")
    idle = _resident("VmRSS")
    {"CSV": _write_csv, "XLSX": _write_xlsx}[form](snapshot)
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
