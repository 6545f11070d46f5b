"""Counts anew what questions say about their answers and comments, and shows or mends what differs."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from community.counts import wrong_questions
from community.models import Question


class Command(BaseCommand):
    help = (
        "Count the visible answers and comments of every question and look whether the accepted answer is visible, "
        "print what is stored otherwise, and put it right."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 where something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        wrong = list(wrong_questions())
        for pk, stored, counted in wrong:
            for name, value in stored.items():
                if value != counted[name]:
                    self.stdout.write(f"question {pk}: {name} is {value} and should be {counted[name]}")
            if not check:
                recount(pk)
        if not wrong:
            self.stdout.write("What questions say about their answers and comments is right.")
        elif check:
            self.stdout.write(f"{len(wrong)} questions are wrong. Run this without --check to put them right.")
            sys.exit(1)
        else:
            self.stdout.write(f"{len(wrong)} questions were wrong and are right now.")


@transaction.atomic
def recount(pk: int) -> None:
    Question.objects.select_for_update(of=("self",), no_key=True).get(pk=pk).recount()
