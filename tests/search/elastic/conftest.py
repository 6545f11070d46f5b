"""A real Elasticsearch, whose indexes are made once and emptied for each test."""

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
from search.backends import Kind
from search.elastic import client
from search.elastic.rebuild import rebuild
from search.elastic.sync import drain
from search.models import SearchIndex, SyncRun

PREFIX = f"tests-{uuid4().hex[:12]}"
_made: list[dict[str, Any]] = []


@pytest.fixture
def elastic(settings: Any, elasticsearch_url: str, db: None) -> Iterator[Callable[[], None]]:
    """Elasticsearch is set up with empty indexes; calling it sends what waits and makes it findable."""
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_PREFIX = elasticsearch_url, PREFIX
    cache.clear()
    if connection.vendor == "sqlite":
        # Its numbers begin anew after each test, and versions have to grow.
        SyncRun.objects.create(pk=int(time.time() * 1000), kind="")
    if _made:
        SearchIndex.objects.bulk_create(SearchIndex(**values) for values in _made)
    else:
        for kind in Kind:
            rebuild(kind)
        _made.extend(SearchIndex.objects.values("name", "kind", "state", "mapping", "owner", "live_at"))

    def send() -> None:
        drain()
        client.working().indices.refresh(index=f"{PREFIX}-*")

    yield send
    settings.ELASTICSEARCH_URL = elasticsearch_url
    left = helpers.scan(client.working(), index=f"{PREFIX}-*", _source=False)
    removals = [{"_op_type": "delete", "_index": hit["_index"], "_id": hit["_id"]} for hit in left]
    helpers.bulk(client.working(), removals, refresh=True)
    cache.clear()


@pytest.fixture
def make_question(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, body: str = "") -> Question:
        return ask_question(forum=on, title=title, body=body, tags=[], by=author)

    return make
