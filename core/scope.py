"""What is worth remembering for the length of one request, and never longer."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_memory: ContextVar[dict[Hashable, Any] | None] = ContextVar("request_memory", default=None)


def remembered(key: Hashable, compute: Callable[[], T]) -> T:
    """The value computed for the key earlier in this request; outside of a request it is computed every time."""
    memory = _memory.get()
    if memory is None:
        return compute()
    if key not in memory:
        memory[key] = compute()
    value: T = memory[key]
    return value


class RequestScope:
    """A context manager that begins with nothing remembered and forgets all at its end."""

    def __enter__(self) -> None:
        self._token = _memory.set({})

    def __exit__(self, *exc_info: object) -> None:
        _memory.reset(self._token)
