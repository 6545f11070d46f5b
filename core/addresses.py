"""Addresses that lists and threads are full of. Each process makes them once, for that takes Django a while."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse

KEPT = 16_384


def address(name: str, *args: int | str) -> str:
    """What `reverse` gives for the name and the arguments."""
    return _address(get_script_prefix(), name, args)


@lru_cache(maxsize=KEPT)
def _address(_prefix: str, name: str, args: tuple[int | str, ...]) -> str:
    return reverse(name, args=args)
