"""Every read of reviews. What people see comes through `visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef

from ideas.querysets import readable_boards

if TYPE_CHECKING:
    from reviews.models import Review  # noqa: F401

VIEW = "reviews.view_review"


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Any) -> ReviewQuerySet:
        """The reviews that the person may see now: whoever has the permission, where they may read all the boards."""
        if not user.has_perm(VIEW):
            return self.none()
        readable = readable_boards(user)
        links = self.model.more_boards.through.objects.filter(review=OuterRef("pk"))
        return self.filter(~Exists(links.exclude(ideaboardpage__in=readable)), board__in=readable)
