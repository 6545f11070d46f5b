"""Every read of reviews. What people see comes through `visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from ideas.querysets import readable_boards

if TYPE_CHECKING:
    from reviews.models import Review  # noqa: F401

VIEW = "reviews.view_review"


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Any) -> ReviewQuerySet:
        """The reviews that the person may see now: whoever has the permission, of boards that they may read."""
        if not user.has_perm(VIEW):
            return self.none()
        return self.filter(board__in=readable_boards(user))
