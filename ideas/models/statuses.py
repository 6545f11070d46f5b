"""The ledger of ideas' statuses, with what the public was told."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.ledger import Ledger
from ideas.models.boards import Status
from ideas.models.ideas import Idea
from ideas.querysets import StatusChangeQuerySet


class StatusChange(Ledger):
    """One line of an idea's path through its board's statuses, with the public answer that was given.

    `translations` are the answer for those who read the site in these languages: {language: {"answer": Markdown,
    "answer_html": HTML}}; everybody else reads `answer`. `corrects` is the earlier line whose answer this one replaces;
    such a line leaves the status as it is.
    """

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="status_changes")
    old_status = models.ForeignKey(Status, on_delete=models.PROTECT, null=True, related_name="+")
    new_status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answer_html = models.TextField(blank=True)
    translations = models.JSONField(default=dict, blank=True)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    import_run = models.ForeignKey("core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = StatusChangeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["new_status", "-occurred_at", "-id"], name="status_change_newest")]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.new_status_id}"
