"""Suspensions, cards of questions that need an answer, and the log of what moderators do to posts.

The log is Wagtail's own, with the gate of the posts before it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry, Page
from wagtail.models.audit_log import BaseLogEntryManager

from community.content import Content
from community.models import Question
from moderation.kinds import moderated_by
from moderation.querysets import SuspensionQuerySet

REASON_LENGTH = 500


class Suspension(models.Model):
    """From when to when a member read and did not take part, and why. It stands until it is lifted.

    `ends_at` is when it is to be lifted by itself. Erasing the member empties the reason.
    """

    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="suspensions", verbose_name=_("member")
    )
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ["-pk"]
        default_permissions = ()
        permissions = [("suspend_member", "Can suspend members and lift suspensions")]
        constraints = [
            models.UniqueConstraint(fields=["member"], condition=Q(lifted_at__isnull=True), name="suspended_once"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="suspension_lifted_whole",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("suspended_at")), name="suspension_ends_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.suspended_at:%Y-%m-%d %H:%M}"


class PostLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance: Content, action: str, **kwargs: Any) -> PostLogEntry:
        """Add a line about a post, and note which page holds it."""
        kwargs.update(object_id=instance.pk, page_id=instance.topic.page_id)
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

    def full_clean(self, exclude: Any = None, **kwargs: Any) -> None:
        """Wagtail's check of a line, without looking up again what the act has just had in its hands."""
        super().full_clean({*(exclude or ()), "content_type", "user", "page"}, **kwargs)


class QuestionCard(models.Model):
    """How far the team has come with a question that needs an answer. One without a row is still to do.

    `version` grows whenever somebody moves or assigns the card. That the question is solved is not a stage: the
    question itself knows, and `solved_at` is when an answer was last accepted.
    """

    class Stage(models.TextChoices):
        TODO = "todo", _("To do")
        DOING = "doing", _("In progress")
        WAITING = "waiting", _("Waiting for the customer")
        DONE = "done", _("Done")

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="card")
    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.TODO)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=0)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(null=True, blank=True)
    solved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("card of a question")
        verbose_name_plural = _("cards of questions")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.question_id}: {self.stage}"

    @classmethod
    def of(cls, question: Question) -> QuestionCard:
        """The question's card, not yet saved where nobody has moved or assigned it."""
        cards = cls.objects.select_related("assignee", "changed_by")
        return cards.filter(question=question).first() or cls(question=question)
