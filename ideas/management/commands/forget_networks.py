"""Deletes what is known of the networks that votes came from, once it has been kept long enough."""

from typing import Any

from django.core.management.base import BaseCommand

from ideas import networks


class Command(BaseCommand):
    help = f"Delete the hashes of networks that votes came from when they are older than {networks.KEPT_FOR.days} days."

    def handle(self, *args: Any, **options: Any) -> None:
        deleted = networks.forget.call()
        self.stdout.write(f"{deleted} hashes of networks deleted.")
