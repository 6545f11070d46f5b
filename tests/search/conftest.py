from collections.abc import Callable

import pytest

from community.models import Question
from ideas.models import Idea
from search.engine import Results, search


@pytest.fixture
def found() -> Callable[..., set[Question | Idea]]:
    """What a person finds for a query; that the counts tell the same is checked on the way."""

    def find(query: str, user: object) -> set[Question | Idea]:
        results: Results = search(query, user)
        assert sum(results.counts.values()) == len(results.hits)
        return {hit.post for hit in results.hits}

    return find
