"""Merging two ideas of many supporters, half of them the same people, and undoing it."""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import Count

from accounts.models import Member
from benchmarks.driving import MeasuringError
from benchmarks.figures import Figure
from benchmarks.filling import Plan, cast_votes, count_support
from benchmarks.sites import Sites
from ideas.actions import merge_idea, post_idea, undo_idea_merge
from ideas.models import Idea, IdeaBoardPage, Vote
from ideas.rebuild import differences

HELP = "merging two ideas with half of their supporters in common, beside the one COUNT(DISTINCT) that it needs"
TARGET = 3

T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--supporters", type=int, default=50_000, help="supporters of each idea (50,000)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    people = options.supporters * 3 // 2
    site = sites.filled(Plan(ideas=1_000, members=people, questions=100))
    counting: list[float] = []
    merging: list[float] = []
    undoing: list[float] = []
    with site.used():
        moderator, _ = Member.objects.get_or_create(
            handle="moderator", defaults={"name": "Moderator", "email": "moderator@example.com", "is_superuser": True}
        )
        duplicate = _idea("Text me the rota", moderator, options.supporters, first=0)
        target = _idea("Send the rota as a text message", moderator, options.supporters, first=people // 3)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
        rows: list[int] = []
        for number in range(-1, options.rounds):
            counted, found = _timed(partial(_count, duplicate, target))
            merged, edge = _timed(partial(merge_idea, duplicate=duplicate, into=target, by=moderator))
            supporters = Idea.objects.get(pk=target.pk).supporter_count
            undone, _ = _timed(partial(undo_idea_merge, edge=edge, by=moderator))
            if supporters != found:
                raise MeasuringError(f"The merged idea has {supporters} supporters, and not {found}.")
            if number >= 0:  # the round before the first warms the database up
                counting.append(counted)
                merging.append(merged)
                undoing.append(undone)
        with _written(rows):
            edge = merge_idea(duplicate=duplicate, into=target, by=moderator)
        with _written(rows):
            undo_idea_merge(edge=edge, by=moderator)
        if wrong := list(differences([duplicate.pk, target.pk])):
            raise MeasuringError(f"What is stored is not what the ledger says: {wrong[0]}")
    return [
        Figure(
            name=f"{act} of two ideas with {options.supporters:,} supporters each",
            unit="ms",
            measured=times,
            yardstick=counting,
            yardstick_name="COUNT(DISTINCT)",
            at_most=TARGET,
            note=f"{written} rows written",
        )
        for act, times, written in (("merge", merging, rows[0]), ("undoing the merge", undoing, rows[1]))
    ]


def _idea(title: str, by: Member, supporters: int, *, first: int) -> Idea:
    """An idea with so many supporters, the customers after the first ones."""
    board = IdeaBoardPage.objects.get()
    idea = post_idea(board=board, by=by, title=title, body="Half of my team never opens the app.", tags=[])
    with transaction.atomic(), connection.cursor() as cursor:
        cast_votes(
            cursor,
            "SELECT %s::bigint AS idea, id AS member, now() - interval '1 year' * (1 + mod(id, 1000)) / 1002 AS cast_at"
            " FROM (SELECT id FROM accounts_member WHERE handle LIKE 'customer-%%' ORDER BY id OFFSET %s LIMIT %s) one",
            [idea.pk, first, supporters - 1],
        )
        count_support(cursor, board, f"id = {idea.pk}")
    return idea


def _count(*ideas: Idea) -> int:
    votes = Vote.objects.standing().filter(idea__in=ideas)
    return int(votes.aggregate(people=Count("member", distinct=True))["people"])


def _timed(act: Callable[[], T]) -> tuple[float, T]:
    """How many milliseconds it took, and what it gave."""
    begun = time.perf_counter()
    result = act()
    return (time.perf_counter() - begun) * 1000, result


@contextmanager
def _written(rows: list[int]) -> Iterator[None]:
    """Note how many rows of the tables of ideas were added, changed or deleted in the block."""
    with transaction.atomic():
        before = _writes()
        yield
        rows.append(_writes() - before)


def _writes() -> int:
    """A count of rows written, which PostgreSQL begins anew between transactions only, and not after each."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname LIKE %s",
            ["ideas%"],
        )
        return int(cursor.fetchone()[0])
