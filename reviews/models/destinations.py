"""Trackers and webhooks that ideas of reviews are sent to, and what became of each."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.secrets import seal, unseal


class Destination(models.Model):
    """A project of a tracker, or a webhook. Its key is encrypted, and is never shown.

    `url` is where the tracker's API begins, or the webhook itself; `account` is whose key it is, where Jira asks.
    """

    class Kind(models.TextChoices):
        JIRA = "jira", "Jira"
        GITHUB = "github", "GitHub"
        GITLAB = "gitlab", "GitLab"
        WEBHOOK = "webhook", _("webhook")

    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    url = models.URLField(_("address"), max_length=500)
    project = models.CharField(_("project"), max_length=200, blank=True)
    account = models.CharField(_("account"), max_length=200, blank=True)
    issue_type = models.CharField(_("type of issue"), max_length=80, blank=True)
    sealed_key = models.TextField(editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("destination")
        verbose_name_plural = _("destinations")
        ordering = ["name"]
        default_permissions = ()
        permissions = [
            ("manage_destinations", "Can say which trackers and webhooks ideas of reviews are sent to"),
            ("send_to_destination", "Can send ideas of reviews to trackers and webhooks"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reviews:destination-edit", args=[self.pk])

    @property
    def key(self) -> str:
        """The key as it is sent to the tracker. Raises SealBrokenError."""
        return unseal(self.sealed_key)

    @key.setter
    def key(self, key: str) -> None:
        self.sealed_key = seal(key)


class TrackerIssue(models.Model):
    """An idea at a destination: wanted there, and since it was sent, the item that it is there.

    `review` is the one from which it was sent last. While it waits, `trouble` says why the last attempt was none, and
    `claimed_until` that somebody is at it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="issues")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, related_name="tracker_issues")
    review = models.ForeignKey("reviews.Review", on_delete=models.PROTECT, related_name="tracker_issues")
    key = models.CharField(max_length=200, blank=True)
    url = models.URLField(max_length=500, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    trouble = models.CharField(max_length=500, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["destination", "idea"], name="idea_once_at_destination"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="issue_sent_whole"),
        ]

    def __str__(self) -> str:
        return f"{self.destination_id}: {self.idea_id}"
