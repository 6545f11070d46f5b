"""Elasticsearch, and the embedded search whenever it does not answer."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from search.backends import Facets, Found, Kind, Sort, Wanted
from search.cursors import opened
from search.elastic import breaker, client
from search.elastic.backend import MARK, ElasticBackend
from search.embedded import EmbeddedBackend

logger = logging.getLogger(__name__)

T = TypeVar("T")


class FailoverBackend:
    """For one request: once Elasticsearch has failed in it, it is not asked again, and `is_limited` says so."""

    def __init__(self) -> None:
        self.is_limited = False
        self.elastic, self.embedded = ElasticBackend(), EmbeddedBackend()

    def find(self, wanted: Wanted, *, sort: Sort, cursor: str | None, size: int) -> Found:
        is_theirs = bool(cursor) and opened(cursor or "")[:1] == [MARK]
        own = None if is_theirs else cursor  # a page of the other search is not one of these: they begin anew
        return self._ask(
            lambda backend: backend.find(
                wanted, sort=sort, cursor=cursor if backend is self.elastic else own, size=size
            )
        )

    def facets(self, wanted: Wanted) -> Facets:
        return self._ask(lambda backend: backend.facets(wanted))

    def suggest(self, wanted: Wanted, most: int) -> list[tuple[Kind, int]]:
        return self._ask(lambda backend: backend.suggest(wanted, most))

    def _ask(self, question: Callable[[Any], T]) -> T:
        if not self.is_limited and breaker.lets_through():
            try:
                answer = question(self.elastic)
            except client.FAILURES as error:
                logger.warning("Elasticsearch did not answer, and the embedded search does: %s", error)
                breaker.failed()
            else:
                breaker.worked()
                return answer
        self.is_limited = True
        return question(self.embedded)
