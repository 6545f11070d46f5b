"""Derives everything that is stored about votes from the ledger and the merges, and shows or mends what differs."""

import sys
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ideas.models import Idea, IdeaBoardPage
from ideas.rebuild import differences


class Command(BaseCommand):
    help = (
        "Derive votes, pointers to canonical ideas, supporters, base votes and trending from the ledger and the "
        "merges, print what is stored otherwise, and put it right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something differs")
        parser.add_argument(
            "--board", metavar="SLUG", help="only the ideas of this board, and what is merged with them"
        )

    def handle(self, *args: Any, check: bool, board: str | None, **options: Any) -> None:
        ideas = Idea.objects.order_by("pk")
        if board is not None:
            pages = list(IdeaBoardPage.objects.filter(slug=board))
            if not pages:
                raise CommandError(f"There is no board with the slug “{board}”.")
            ideas = ideas.filter(board__in=pages)
        found = 0
        for difference in differences(_in_steps(ideas), repair=not check):
            found += 1
            self.stdout.write(str(difference))
        if not found:
            self.stdout.write("Everything stored about votes is what the ledger says.")
        elif check:
            self.stdout.write(f"{found} differences. Run this without --check to put them right.")
            sys.exit(1)
        else:
            self.stdout.write(f"{found} differences, put right.")


def _in_steps(ideas: Any, size: int = 10_000) -> Iterator[int]:
    """The ids, read some at a time, so that no query stays open while others write."""
    last = 0
    while pks := list(ideas.filter(pk__gt=last).values_list("pk", flat=True)[:size]):
        yield from pks
        last = pks[-1]
