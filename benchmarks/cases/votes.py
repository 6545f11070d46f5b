"""Votes through HTTP: members press the button, each request a member and an idea that have not met."""

import argparse
import random
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import psycopg
from django.urls import reverse

from benchmarks.cases.pages import memory_figure
from benchmarks.driving import MeasuringError, drive, post
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.people import SignedIn
from benchmarks.servers import Web
from benchmarks.sites import Sites, customers
from ideas.models import Idea, IdeaBoardPage, Vote
from ideas.rebuild import differences
from tests.services import postgres

HELP = "votes through HTTP, beside the same insert and counter update by pgbench"
TARGET = 0.02
# More than any server here casts in a second, so that no round runs out of votes to cast.
MOST_PER_SECOND = 3_000
VOTERS = 5_000
CHECKED = 2_000

# Idea and voter differ each time, and each client has voters of its own.
TRANSACTION = """\
\\set idea random(1, :ideas)
\\set n :n + 1
\\set member :n * 1000 + :client_id
BEGIN;
INSERT INTO yardstick_vote (idea, member) VALUES (:idea, :member);
UPDATE yardstick_idea SET supporters = supporters + 1 WHERE id = :idea;
COMMIT;
"""

Pair = tuple[int, SignedIn]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ideas", type=int, default=10_000, help="ideas on the board, with 20 votes each (10,000)")
    parser.add_argument("--seconds", type=float, default=8, help="how long each side votes in a round (8)")
    parser.add_argument("--connections", type=int, default=16, help="connections at once (16)")
    parser.add_argument("--plain", action="store_true", help="vote as a browser without scripts, not with htmx")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    site = sites.filled(Plan(ideas=options.ideas, questions=options.ideas))
    rates: list[float] = []
    yardstick: list[float] = []
    voted: set[int] = set()
    with site.used(), site.served() as web, _yardstick(sites.server, options.ideas) as database:
        pairs = _pairs(customers(VOTERS))
        board = str(IdeaBoardPage.objects.get().url)
        for number in range(-1, options.rounds):
            seconds = options.seconds if number >= 0 else 2
            chosen = list(islice(pairs, round(MOST_PER_SECOND * seconds)))
            requests = [_request(web, idea, browser, board, options.plain) for idea, browser in chosen]
            before = Vote.objects.standing().count()
            by_pgbench = _pgbench(database, options.ideas, seconds, options.connections)
            driven = drive(web.url, requests, seconds=seconds, connections=options.connections, is_repeatable=False)
            new = Vote.objects.standing().count() - before
            if new != driven.answered:
                raise MeasuringError(f"{driven.answered} votes were answered well and {new} are in the database.")
            voted |= {idea for idea, _ in chosen[: driven.sent]}
            if number >= 0:  # the round before the first warms both sides up
                rates.append(driven.rate)
                yardstick.append(by_pgbench)
        memory = web.memory()
        wrong = list(islice(differences(sorted(voted)[:CHECKED]), 3))
        if wrong:
            raise MeasuringError(f"What is stored is not what the ledger says: {'; '.join(map(str, wrong))}")
    figure = Figure(
        name=f"vote through HTTP, {options.connections} connections",
        unit="/s",
        measured=rates,
        yardstick=yardstick,
        yardstick_name="pgbench",
        at_least=TARGET,
        note=f"every answered vote is stored; {min(len(voted), CHECKED):,} ideas compared with the ledger",
    )
    return [figure, memory_figure(memory, sites.workers)]


def _pairs(browsers: Sequence[SignedIn]) -> Iterator[Pair]:
    """Ideas that take votes, evenly, each with a member who has not voted for it; nothing comes twice."""
    rng = random.Random(1)  # noqa: S311 -- nothing secret
    ideas = list(Idea.objects.listed().filter(status__accepts_votes=True).values_list("pk", flat=True))
    taken = set(Vote.objects.filter(idea__in=ideas[:20_000]).values_list("idea", "member"))
    ideas = ideas[:20_000]
    while True:
        rng.shuffle(ideas)
        for idea in ideas:
            browser = rng.choice(browsers)
            if (idea, browser.member) not in taken:
                taken.add((idea, browser.member))
                yield idea, browser


def _request(web: Web, idea: int, browser: SignedIn, board: str, is_plain: bool) -> str:
    """The button on the board, pressed."""
    back = urlencode({"next": f"{board}#vote-{idea}"})
    headers = {"Origin": web.url, "Referer": web.url + board, **browser.headers}
    if not is_plain:
        headers |= {"HX-Request": "true", "HX-Current-URL": web.url + board}
    action = reverse("ideas:vote-cast", args=[idea])
    return post(f"{web.url}{action}?{back}", headers, urlencode({"csrfmiddlewaretoken": browser.token}))


@contextmanager
def _yardstick(server: str, ideas: int) -> Iterator[str]:
    """The address of a database of its own on the server, with as many ideas to vote for."""
    url = urlsplit(server)._replace(path="/yardstick").geturl()
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS yardstick")
        admin.execute("CREATE DATABASE yardstick")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE yardstick_idea (id bigint PRIMARY KEY, supporters int NOT NULL)")
            connection.execute("CREATE TABLE yardstick_vote (idea bigint, member bigint, PRIMARY KEY (idea, member))")
            connection.execute(f"INSERT INTO yardstick_idea SELECT i, 0 FROM generate_series(1, {ideas}) i")
            connection.execute("VACUUM (ANALYZE)")
        yield url
        admin.execute("DROP DATABASE yardstick WITH (FORCE)")


def _pgbench(database: str, ideas: int, seconds: float, clients: int) -> float:
    """How many votes a second pgbench casts. Raises MeasuringError where it fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(TRANSACTION)
        file.flush()
        # Voters of this run come after those of the runs before.
        start = time.time_ns() // 1_000_000
        command = [
            *(str(pgbench()), "--no-vacuum", "--client", str(clients), "--jobs", "1", "--time", str(round(seconds))),
            *("--protocol", "prepared", "--define", f"ideas={ideas}", "--define", f"n={start}"),
            *("--file", file.name, database),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    rate = re.search(r"^tps = ([0-9.]+)", done.stdout, re.MULTILINE)
    if done.returncode or not rate:
        raise MeasuringError(f"pgbench failed:\n{done.stdout}{done.stderr}")
    return float(rate[1])


def pgbench() -> Path | str:
    """pgbench, which comes with the server."""
    folder = postgres.binaries()
    beside = folder / "pgbench" if folder else None
    return beside if beside and beside.exists() else "pgbench"
