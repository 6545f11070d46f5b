"""The connection to Elasticsearch."""

from functools import cache
from typing import Any

from django.conf import settings
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch

# What a page waits for one answer. It asks twice at most, and never again once the first did not come.
ANSWER_SECONDS = 0.9
# What a worker waits, which has time.
WORK_SECONDS = 30.0


class PartialAnswerError(Exception):
    """Elasticsearch answered, and not with all that it should have looked at."""


# All that a server which is away, overwhelmed or wrongly set up can answer with.
FAILURES = (ApiError, TransportError, PartialAnswerError)


def asking() -> Elasticsearch:
    """For pages: no second try, and no long wait."""
    return _client(settings.ELASTICSEARCH_URL).options(request_timeout=ANSWER_SECONDS, max_retries=0)


def working() -> Elasticsearch:
    """For workers and commands."""
    return _client(settings.ELASTICSEARCH_URL).options(request_timeout=WORK_SECONDS, max_retries=0)


@cache
def _client(url: str) -> Elasticsearch:
    options: dict[str, Any] = {"ca_certs": settings.ELASTICSEARCH_CA} if settings.ELASTICSEARCH_CA else {}
    # One server may be behind the address: it is asked even after it failed, which the breaker allows for.
    return Elasticsearch(
        url, api_key=settings.ELASTICSEARCH_API_KEY or None, max_retries=0, dead_node_backoff_factor=0, **options
    )
