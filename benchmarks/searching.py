"""Elasticsearch for a site that is measured: its server, its indexes, and what is sent to it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from django.core.management import call_command
from django.test import override_settings
from elastic_transport import Urllib3HttpNode
from numpy.typing import NDArray

from benchmarks.driving import Visit
from benchmarks.sites import Site
from search.backends import Kind
from search.elastic import client
from search.elastic.documents import fingerprint
from search.models import SearchIndex
from search.similar.meaning import Model
from tests.services import elasticsearch

HEAP = "1g"


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The address of a server: the one that is there, or else one of its own."""
    if url:
        yield url
        return
    os.environ.setdefault("ES_HEAP", HEAP)
    with elasticsearch.running() as started:
        yield started


def settings_of(site: Site, url: str) -> dict[str, str]:
    """What a site's processes need to find its indexes."""
    return {"ELASTICSEARCH_URL": url, "ELASTICSEARCH_PREFIX": _prefix(site)}


def indexes_of(site: Site) -> str:
    """All of its indexes, as Elasticsearch names them together."""
    return f"{_prefix(site)}-*"


def _prefix(site: Site) -> str:
    return site.name.replace("_", "-")


@contextmanager
def indexed(site: Site, url: str) -> Iterator[None]:
    """Let queries and searches here go to the site, whose indexes are made unless they are there, until the end.

    Nothing is answered from the request cache: nobody asks the same twice.
    """
    with site.used(), override_settings(**settings_of(site, url)):
        for kind in Kind:
            if not _is_live(kind):
                print(f"Indexing {site.name} …", file=sys.stderr, flush=True)
                call_command("rebuild_search", kind=kind.value, verbosity=0, stdout=sys.stderr)
        client.working().indices.put_settings(index=indexes_of(site), settings={"requests.cache.enable": False})
        yield


def _is_live(kind: Kind) -> bool:
    index = SearchIndex.objects.filter(kind=kind, state=SearchIndex.State.LIVE).first()
    return (
        index is not None
        and index.mapping == fingerprint(kind)
        and bool(client.working().indices.exists(index=index.name))
    )


@dataclass(frozen=True)
class Asked:
    """A request as Elasticsearch got it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes | None


@dataclass(frozen=True)
class Heard:
    """All that was needed from elsewhere for one answer: requests to Elasticsearch, and texts given to the model."""

    asked: list[Asked]
    embedded: list[list[str]]


@contextmanager
def overheard() -> Iterator[Heard]:
    """What is sent by this process until the end of the block."""
    heard = Heard([], [])
    perform, embed = Urllib3HttpNode.perform_request, Model.vectors

    def performed(node: Any, method: str, target: str, body: Any = None, headers: Any = None, **more: Any) -> Any:
        heard.asked.append(Asked(method, target, dict(headers or {}), body))
        return perform(node, method, target, body, headers, **more)

    def embedded(model: Model, texts: list[str]) -> NDArray[Any]:
        heard.embedded.append(list(texts))
        return embed(model, texts)

    with (
        mock.patch.object(Urllib3HttpNode, "perform_request", performed),
        mock.patch.object(Model, "vectors", embedded),
    ):
        yield heard


def count_of_searches(visit: Visit, indexes: str) -> int:
    """How many searches the server has answered so far, on all shards of these indexes."""
    statistics: Mapping[str, Any] = json.loads(visit.send("GET", f"/{indexes}/_stats/search")[1])
    return int(statistics["_all"]["total"]["search"]["query_total"])
