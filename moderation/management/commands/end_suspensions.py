"""Lifts the suspensions whose end has come."""

from typing import Any

from django.core.management.base import BaseCommand

from moderation.actions.suspensions import end_suspensions


class Command(BaseCommand):
    help = "Lift the suspensions whose end has come, and count the votes of these members again, as the worker does."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Suspensions lifted: {end_suspensions.call()}.")
