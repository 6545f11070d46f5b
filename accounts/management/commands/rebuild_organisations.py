"""Derives plan and yearly value of organisations from their ledger, and shows or mends what differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.organisations import differences


class Command(BaseCommand):
    help = (
        "Derive plan and yearly value of organisations from their ledger, print what is stored otherwise, and mend it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = 0
        for difference in differences(repair=not check):
            found += 1
            self.stdout.write(str(difference))
        if not found:
            self.stdout.write("Everything stored about organisations is what the ledger says.")
        elif check:
            self.stdout.write(f"{found} differences. Run this without --check to put them right.")
            sys.exit(1)
        else:
            self.stdout.write(f"{found} differences, put right.")
