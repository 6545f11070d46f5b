"""A board as it grows: each sort, its first page and its thousandth, on a small board and on a large one."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from statistics import median
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser

from benchmarks.driving import Visit
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.sites import Site, Sites, customers
from core.pagination import cursor_to
from ideas.models import Idea, IdeaBoardPage
from ideas.orders import SORTS

HELP = "a board of many ideas beside a small one: each sort, first page and page 1,000, one reader at a time"
TARGET = 1.5
PAGE = 20
DEEP = 1_000


@dataclass
class Listing:
    """One page of one sort, where it is on either board, and how long it took there."""

    name: str
    small: str
    large: str
    small_times: list[float] = field(default_factory=list)
    large_times: list[float] = field(default_factory=list)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--small", type=int, default=10_000, help="ideas on the small board (10,000)")
    parser.add_argument("--large", type=int, default=1_000_000, help="ideas on the large board (1,000,000)")
    parser.add_argument("--votes", type=int, default=20, help="votes on each idea, in the mean (20)")
    parser.add_argument("--requests", type=int, default=20, help="requests of each page in a round (20)")
    parser.add_argument("--signed-in", action="store_true", help="read as a member, not as a visitor")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    small, large = (
        sites.filled(Plan(ideas=ideas, votes=options.votes, questions=10_000))
        for ideas in (options.small, options.large)
    )
    readers = [_reader(site, options.signed_in) for site in (small, large)]
    listings = _listings(small, large)
    with small.served() as here, large.served() as there, Visit(here.url) as one, Visit(there.url) as other:
        for number in range(-1, options.rounds):
            for listing in listings:
                times = [
                    (
                        one.fetch(here.url + listing.small, readers[0])[0] * 1000,
                        other.fetch(there.url + listing.large, readers[1])[0] * 1000,
                    )
                    for _ in range(options.requests)
                ]
                if number >= 0:  # the round before the first warms both sides up
                    listing.small_times.append(median(time for time, _ in times))
                    listing.large_times.append(median(time for _, time in times))
    return [
        Figure(
            name=f"board of {options.large:,} ideas, {listing.name}",
            unit="ms",
            measured=listing.large_times,
            yardstick=listing.small_times,
            yardstick_name=f"{options.small:,} ideas",
            at_most=TARGET,
        )
        for listing in listings
    ]


def _reader(site: Site, is_signed_in: bool) -> dict[str, str]:
    if not is_signed_in:
        return {}
    with site.used():
        return customers(1)[0].headers


def _listings(small: Site, large: Site) -> list[Listing]:
    addresses = []
    for site in (small, large):
        with site.used():
            addresses.append([_address(sort, is_deep=is_deep) for sort, is_deep in product(SORTS, (False, True))])
    return [
        Listing(f"{sort}, {page}", *where)
        for (sort, page), *where in zip(product(SORTS, ("first page", f"page {DEEP:,}")), *addresses, strict=True)
    ]


def _address(sort: str, *, is_deep: bool) -> str:
    """The address of a sort's first page, or of page 1,000; of the middle where the board ends before."""
    board = IdeaBoardPage.objects.get()
    address = {"sort": sort}
    if is_deep:
        order = SORTS[sort].fields
        listed = Idea.objects.visible_to(AnonymousUser()).listed().filter(board=board.pk)
        position = min((DEEP - 1) * PAGE, listed.count() // 2)
        row = listed.order_by(*order)[position]
        address["after"] = cursor_to(listed, order=order, row=row, size=PAGE)
    return f"{board.url}?{urlencode(address)}"
