"""`manage.py verify_review ID`: whether a published review still is what was published."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.models import ReviewSnapshot
from reviews.verification import differences, erased_names, is_settled


class Command(BaseCommand):
    help = (
        "Check that a published review is what was published: that its content has its hash, that the names kept apart "
        "are those that were sealed, and that the ledgers tell the same supporters at its cut-off. Prints the hash, to "
        "be compared with the one on an export. Exits 1 if anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", type=int, help="the review's number")

    def handle(self, *args: Any, **options: Any) -> None:
        snapshot = ReviewSnapshot.objects.filter(review=options["id"]).first()
        if snapshot is None:
            raise CommandError(f"There is no published review {options['id']}.")
        if found := differences(snapshot):
            raise CommandError(f"Review {options['id']} is not what was published. {' '.join(found)}")
        self.stdout.write(f"Review {options['id']} is what was published. Its hash is {snapshot.content_hash}")
        if not is_settled(snapshot):
            self.stdout.write("It is less than a minute old: its supporters can be compared with the ledgers later.")
        if erased := erased_names(snapshot):
            self.stdout.write(f"Names erased since: {erased}.")
