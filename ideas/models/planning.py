"""What the team keeps about an idea for itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import markdown
from core.ledger import Ledger
from ideas.models.ideas import Idea
from ideas.querysets import PrivateNoteQuerySet, TrackerLinkQuerySet
from ideas.trackers import Reference, recognise


class TrackerLink(models.Model):
    """An item of the team's tracker that an idea is worked on in."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="tracker_links")
    url = models.URLField(_("address"), max_length=500)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = TrackerLinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["idea", "url"], name="tracker_linked_once")]

    def __str__(self) -> str:
        return self.url

    @property
    def reference(self) -> Reference | None:
        return recognise(self.url)


class CostEstimate(Ledger):
    """What the team estimates that an idea costs, in whole units of its own choice. The latest line holds; one without
    a cost takes it back."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="cost_estimates")
    cost = models.PositiveIntegerField(null=True)
    estimated_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.cost}"


class PrivateNote(models.Model):
    """What somebody of the team wrote about an idea for the others. One that is removed stays as a row."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="private_notes")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.author_id}"

    def write(self, body: str) -> None:
        """Set the Markdown, and the HTML made from it."""
        self.body = body
        self.body_html = markdown.render(body)
