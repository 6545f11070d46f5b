"""The log of what moderators do to posts: Wagtail's own, with the gate of the posts before it."""

from __future__ import annotations

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry, Page
from wagtail.models.audit_log import BaseLogEntryManager

from community.content import Content
from moderation.kinds import moderated_by


class PostLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance: Content, action: str, **kwargs: Any) -> PostLogEntry:
        """Add a line about a post, and note which page holds it."""
        kwargs.update(object_id=instance.pk, page_id=instance.topic.page.pk)
        entry: PostLogEntry = super().log_action(instance, action, **kwargs)
        return entry

    def viewable_by_user(self, user: Any) -> models.QuerySet[PostLogEntry]:
        """The lines about posts that the person moderates, on pages that they may read now."""
        condition = Q(pk__in=[])
        for kind in moderated_by(user):
            content_type = ContentType.objects.get_for_model(kind.model)
            condition |= Q(content_type=content_type, page__in=kind.readable_pages(user))
        return self.filter(condition)

    def for_instance(self, instance: Content) -> models.QuerySet[PostLogEntry]:
        return self.filter(content_type=ContentType.objects.get_for_model(instance), object_id=instance.pk)


class PostLogEntry(BaseLogEntry):
    """One line of the log about a post. Lines of one decision share their uuid."""

    object_id = models.PositiveBigIntegerField(db_index=True)
    page = models.ForeignKey(Page, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    objects = PostLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = _("log entry of a post")
        verbose_name_plural = _("log entries of posts")
