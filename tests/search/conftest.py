from collections.abc import Callable
from typing import Any

import pytest

from community.models import Question
from ideas.models import Idea
from search.backends import Backend
from search.embedded import EmbeddedBackend
from search.engine import Results, search


@pytest.fixture(params=["embedded"])
def search_backend(request: pytest.FixtureRequest, db: None, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The backend that answers in this test: each in turn, for they answer alike."""
    backends = {"embedded": EmbeddedBackend}
    backend = backends[request.param]()
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
