"""Looks whether posts are compared by what they say, and shows or mends what differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from search.similar.finding import KINDS
from search.similar.keeping import differences


class Command(BaseCommand):
    help = (
        "Compare what similar posts are found by with what questions and ideas say now, print where it differs, "
        "and put it right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = 0
        for kind in sorted(KINDS):
            for difference in differences(kind, repair=not check):
                found += 1
                self.stdout.write(str(difference))
        if not found:
            self.stdout.write("All posts are compared by what they say.")
        elif check:
            self.stdout.write(f"{found} differences. Run this without --check to put them right.")
            sys.exit(1)
        else:
            self.stdout.write(f"{found} differences, put right.")
