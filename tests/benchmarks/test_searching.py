"""What a page asks of Elasticsearch can be heard, and asked again without the page."""

import json
from typing import Any
from uuid import uuid4

import pytest

from benchmarks.driving import Visit
from benchmarks.searching import count_of_searches, overheard
from search.elastic import client

pytestmark = pytest.mark.es


def test_what_is_sent_is_heard_and_can_be_sent_again(settings: Any, elasticsearch_url: str) -> None:
    settings.ELASTICSEARCH_URL = elasticsearch_url
    es, index = client.working(), f"overheard-{uuid4().hex[:8]}"
    es.index(index=index, document={"title": "Calendars"}, refresh=True)
    with overheard() as heard:
        found = es.search(index=index, query={"match": {"title": "calendars"}})
    es.search(index=index)
    [asked] = heard.asked
    with Visit(elasticsearch_url) as raw:
        before = count_of_searches(raw, index)
        _, answer = raw.send(asked.method, asked.target, asked.headers, asked.body)
        assert count_of_searches(raw, index) == before + 1
    assert json.loads(answer)["hits"] == found["hits"]
    assert found["hits"]["hits"]
    es.indices.delete(index=index)
