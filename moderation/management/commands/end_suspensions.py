"""Lifts the suspensions whose end has come."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from core.errors import ConflictError
from moderation.actions import end_suspension
from moderation.models import Suspension


class Command(BaseCommand):
    help = "Lift the suspensions whose end has come, and count the votes of these members again. To be run every day."

    def handle(self, *args: Any, **options: Any) -> None:
        ended = 0
        for suspension in Suspension.objects.over(timezone.now()).select_related("member").order_by("ends_at", "pk"):
            try:
                end_suspension(suspension=suspension)
            except ConflictError:  # somebody has lifted it meanwhile
                continue
            ended += 1
        self.stdout.write(f"Suspensions lifted: {ended}.")
