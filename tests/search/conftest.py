import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from elasticsearch import helpers

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage, Question
from ideas.models import Idea
from search import outbox
from search.backends import Backend, Kind
from search.elastic import client
from search.elastic.documents import listed_keys
from search.elastic.failover import FailoverBackend
from search.elastic.rebuild import rebuild
from search.elastic.sync import drain
from search.embedded import EmbeddedBackend
from search.engine import Results, search
from search.models import SearchIndex, SyncRun

PREFIX = f"tests-{uuid4().hex[:12]}"
# The rows of the indexes with this prefix, of sites with a model and without.
_made: dict[str, list[dict[str, Any]]] = {}


Send = Callable[[], None]


def sender(prefix: str) -> Send:
    """A call that sends what waits to the indexes with this prefix, and makes it findable."""

    def send() -> None:
        if connection.vendor == "sqlite":
            # Its numbers begin anew after whatever is rolled back, and versions have to grow.
            SyncRun.objects.create(pk=int(time.time() * 1000), kind="")
        drain()
        client.working().indices.refresh(index=f"{prefix}-*")

    return send


@pytest.fixture
def elastic(settings: Any, elasticsearch_url: str, db: None) -> Iterator[Send]:
    """Elasticsearch is set up with empty indexes; calling it sends what waits and makes it findable."""
    prefix = f"{PREFIX}-meaning" if settings.EMBEDDING_MODEL else f"{PREFIX}-words"
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_PREFIX = elasticsearch_url, prefix
    cache.clear()
    if prefix in _made:
        SearchIndex.objects.bulk_create(SearchIndex(**values) for values in _made[prefix])
    else:
        for kind in Kind:
            rebuild(kind)
        _made[prefix] = list(SearchIndex.objects.values("name", "kind", "state", "mapping", "owner", "live_at"))

    yield sender(prefix)
    settings.ELASTICSEARCH_URL = elasticsearch_url
    empty()
    cache.clear()


def empty() -> None:
    """Take everything out of the tests' indexes."""
    left = helpers.scan(client.working(), index=f"{PREFIX}-*", _source=False)
    removals = [{"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]} for hit in left]
    helpers.bulk(client.working(), removals, refresh=True)


@pytest.fixture
def begin_anew(search_backend: Backend) -> Callable[[], None]:
    """To be called where what was written before was rolled back, which an index in another server does not hear of."""

    def call() -> None:
        if isinstance(search_backend, TellingElasticsearch):
            empty()
            for kind in Kind:
                outbox.note(kind, listed_keys(kind))

    return call


class TellingElasticsearch(FailoverBackend):
    """Elasticsearch, told what waits before it is asked, and never stood in for."""

    def __init__(self, tell: Send) -> None:
        super().__init__()
        self.tell = tell

    def _ask(self, question: Callable[[Any], Any]) -> Any:
        self.tell()
        return question(self.elastic)


@pytest.fixture(params=["embedded", pytest.param("elasticsearch", marks=pytest.mark.es)])
def search_backend(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The backend that answers in this test: each in turn, for they answer alike."""
    backend: Backend
    if request.param == "elasticsearch":
        tell = request.getfixturevalue("elastic")
        for kind in Kind:
            outbox.note(kind, listed_keys(kind))
        backend = TellingElasticsearch(tell)
    else:
        backend = EmbeddedBackend()
    monkeypatch.setattr("search.engine.backend", lambda: backend)
    return backend


@pytest.fixture
def found(search_backend: Backend) -> Callable[..., set[Question | Idea]]:
    """What a person finds for a query; that the counts tell the same is checked on the way."""

    def find(query: str, user: object) -> set[Question | Idea]:
        results: Results = search(query, user)
        assert sum(results.counts.values()) == len(results.hits)
        return {hit.post for hit in results.hits}

    return find


@pytest.fixture
def titles(search_backend: Backend) -> Callable[..., list[str]]:
    """The titles of what a person finds, in order."""

    def find(query: str, user: object, **options: Any) -> list[str]:
        return [str(hit.post) for hit in search(query, user, **options).hits]

    return find


@pytest.fixture
def make_question(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, body: str = "") -> Question:
        return ask_question(forum=on, title=title, body=body, tags=[], by=author)

    return make
