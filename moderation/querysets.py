"""Reads of suspensions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from moderation.models import Suspension  # noqa: F401 -- named in strings


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def standing(self) -> SuspensionQuerySet:
        """Those that nobody has lifted."""
        return self.filter(lifted_at__isnull=True)

    def over(self, now: datetime) -> SuspensionQuerySet:
        """Those that stand although their end has come."""
        return self.standing().filter(ends_at__lte=now)
