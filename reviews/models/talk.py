"""What the people of a review say to each other about it. None of it is in the review or its hash."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import markdown
from reviews.models.reviews import Review


class ReviewCommentQuerySet(models.QuerySet["ReviewComment"]):
    def visible_to(self, user: Any) -> ReviewCommentQuerySet:
        """The comments on reviews that the person may see, but for those that were removed."""
        return self.filter(removed_at__isnull=True, review__in=Review.objects.visible_to(user))


class ReviewComment(models.Model):
    """A remark on a review, or on one idea in it. One that is removed stays as a row."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="comments")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, null=True, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ReviewCommentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        indexes = [
            models.Index(fields=["review", "idea"], condition=Q(removed_at__isnull=True), name="review_comments")
        ]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.author_id}"

    def get_absolute_url(self) -> str:
        """The place where the comment stands."""
        page = reverse("reviews:idea", args=[self.review_id, self.idea_id]) if self.idea_id else None
        return f"{page or self.review.get_absolute_url()}#comment-{self.pk}"

    def write(self, body: str) -> None:
        """Set the Markdown, and the HTML made from it."""
        self.body = body
        self.body_html = markdown.render(body)
