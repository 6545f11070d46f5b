"""A circuit breaker: after a failure the next requests are spared, until one that is let through succeeds.

Its state is in the cache: of this process, or of all where REDIS_URL names one.
"""

import time

from django.core.cache import cache

OPEN_SECONDS = 10.0
PROBE_SECONDS = 3
_UNTIL, _PROBE = "search.elastic.open_until", "search.elastic.probe"


def lets_through() -> bool:
    """Whether a request may ask: always while all is well, and one every few seconds once the time is over."""
    until = cache.get(_UNTIL)
    if until is None:
        return True
    return time.time() >= until and cache.add(_PROBE, True, PROBE_SECONDS)


def failed() -> None:
    cache.set(_UNTIL, time.time() + OPEN_SECONDS, None)


def worked() -> None:
    if cache.get(_UNTIL) is not None:
        cache.delete_many([_UNTIL, _PROBE])


def is_open() -> bool:
    """Whether the last that was asked failed."""
    return cache.get(_UNTIL) is not None
