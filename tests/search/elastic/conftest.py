from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache

from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage, Question
from search.elastic import client


@pytest.fixture
def make_question(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, body: str = "") -> Question:
        return ask_question(forum=on, title=title, body=body, tags=[], by=author)

    return make


@pytest.fixture
def own_indexes(settings: Any, elasticsearch_url: str, db: None) -> Iterator[str]:
    """Elasticsearch is set up, without any index."""
    settings.ELASTICSEARCH_URL, settings.ELASTICSEARCH_PREFIX = elasticsearch_url, f"tests-{uuid4().hex[:12]}"
    cache.clear()
    yield settings.ELASTICSEARCH_PREFIX
    for name in client.working().indices.get(index=f"{settings.ELASTICSEARCH_PREFIX}-*"):
        client.working().indices.delete(index=name)
    cache.clear()
