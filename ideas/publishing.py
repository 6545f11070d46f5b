"""Hears when Wagtail publishes an entry of the changelog, whoever or whatever does it."""

import logging
from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import get_active_log_context
from wagtail.signals import page_published

from core.errors import ConflictError, ForbiddenError
from ideas.actions import ship_named_ideas
from ideas.models import ChangelogEntryPage

logger = logging.getLogger(__name__)


@receiver(page_published, sender=ChangelogEntryPage)
def ship(instance: ChangelogEntryPage, revision: Any, **kwargs: Any) -> None:
    """By whoever publishes, or for a date that has come by whoever wrote it.

    The form has said beforehand what will not do; what changed since is left undone, and noted in the server's log.
    """
    by = get_active_log_context().user or revision.user
    if by is None or not instance.live:
        return
    try:
        ship_named_ideas(entry=instance, by=by)
    except (ForbiddenError, ConflictError) as error:
        logger.warning("Changelog entry %s marks no idea as shipped: %s", instance.pk, error)
