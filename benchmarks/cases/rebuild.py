"""Making Elasticsearch's indexes anew: how fast beside the bulk helper with ready documents, and in how much memory."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from elasticsearch import helpers

from benchmarks import servers
from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure
from benchmarks.recombining import site_of
from benchmarks.relevance import read_sets
from benchmarks.searching import indexed, server, settings_of
from benchmarks.sites import Site, Sites
from core.batches import in_batches
from search.backends import Kind
from search.elastic import client
from search.elastic.documents import documents_of, listed_keys, mapping_of
from search.elastic.documents import settings_of as settings_of_index

HELP = "rebuild_search beside the bulk helper fed with ready documents, and its memory on a large site beside a small"
DEFAULTS = {"rounds": 1}
KINDS = (Kind.QUESTION, Kind.IDEA)
# So many documents are made at a time, while no clock runs.
READY = 2_000
LOOKED_EVERY = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", type=Path, required=True, help="a folder of sets, as benchmarks.relevance reads them")
    parser.add_argument("--large", type=int, default=100_000, help="questions, and as many ideas, of the large site")
    parser.add_argument("--small", type=int, default=10_000, help="those of the small one")
    parser.add_argument(
        "--elasticsearch", metavar="URL", help="an Elasticsearch to use, where indexes stay for the next run"
    )


@dataclass(frozen=True)
class Done:
    """What became of the command: documents a second, and the most memory it held, in MiB."""

    rate: float
    memory: float


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    settings.EMBEDDING_MODEL = ""
    sets = list(read_sets(options.sets))
    small, large = (site_of(sites, sets, size) for size in (options.small, options.large))
    rebuilt: dict[str, list[Done]] = {small.name: [], large.name: []}
    bulk: list[float] = []
    with ExitStack() as stack:
        url = stack.enter_context(server(options.elasticsearch))
        for _ in range(options.rounds):
            rebuilt[small.name].append(_rebuilt(small, url))
            rebuilt[large.name].append(_rebuilt(large, url))
            with indexed(large, url):
                bulk.append(_bulk_rate())
    sizes = f"{options.large:,} questions and as many ideas"
    return [
        Figure(
            name="rebuilding the indexes",
            unit="documents/s",
            measured=[each.rate for each in rebuilt[large.name]],
            yardstick=bulk,
            yardstick_name="bulk helper, ready documents",
            at_least=0.5,
            note=sizes,
        ),
        Figure(
            name="memory while rebuilding",
            unit="MiB",
            measured=[each.memory for each in rebuilt[large.name]],
            yardstick=[each.memory for each in rebuilt[small.name]],
            yardstick_name=f"{options.small:,} and as many",
            at_most=1.1,
            note=sizes,
        ),
    ]


def _rebuilt(site: Site, url: str) -> Done:
    """Run the command for questions and ideas, from its start to its end."""
    environment = os.environ | settings_of(site, url) | {"DATABASE_URL": site.database, "EMBEDDING_MODEL": ""}
    with site.used():
        many = sum(listed_keys(kind).count() for kind in KINDS)
    seconds, memory = 0.0, 0.0
    for kind in KINDS:
        command = [
            sys.executable,
            str(servers.ROOT / "manage.py"),
            "rebuild_search",
            "--kind",
            kind,
            "--verbosity",
            "0",
        ]
        begun = time.perf_counter()
        with subprocess.Popen(command, env=environment, cwd=servers.ROOT, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                memory = max(memory, _peak(process.pid))
                time.sleep(LOOKED_EVERY)
        seconds += time.perf_counter() - begun
        if process.returncode:
            raise MeasuringError(f"rebuild_search ended with {process.returncode}.")
    return Done(many / seconds, memory)


def _peak(pid: int) -> float:
    """The most memory that a process has held so far, in MiB. (What wait4 tells counts this process too.)"""
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _bulk_rate() -> float:
    """Documents a second that the helper sends, which finds them ready."""
    es = client.working()
    seconds, many = 0.0, 0
    for kind in KINDS:
        name = f"{settings.ELASTICSEARCH_PREFIX}-yardstick-{kind}"
        es.indices.delete(index=name, ignore_unavailable=True)
        es.indices.create(index=name, mappings=mapping_of(kind).to_dict(), settings=settings_of_index(kind))
        for ready in _ready(kind, name):
            begun = time.perf_counter()
            helpers.bulk(es, ready)
            seconds += time.perf_counter() - begun
            many += len(ready)
        es.indices.delete(index=name)
    return many / seconds


def _ready(kind: Kind, index: str) -> Iterator[list[dict[str, Any]]]:
    for keys in in_batches(listed_keys(kind).iterator(chunk_size=READY), READY):
        documents = documents_of(kind, keys)
        yield [{"_index": index, "_id": str(key), "_source": documents[key]} for key in documents]
