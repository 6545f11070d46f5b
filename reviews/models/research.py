"""What a product manager asks support to find out, what was collected for it, and what came of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import BaseLogEntry
from wagtail.models.audit_log import BaseLogEntryManager

from community.models import Answer, Question
from core import markdown
from ideas.models import Comment, Idea
from ideas.permissions import may_see_voters
from ideas.querysets import readable_boards
from reviews.models.reviews import Review

COLLECT = "reviews.collect_research"
BRIEF_LENGTH = 5_000


class ResearchRequestQuerySet(models.QuerySet["ResearchRequest"]):
    def visible_to(self, user: Any) -> ResearchRequestQuerySet:
        """For those who collect, on boards that they may read."""
        if not user.has_perm(COLLECT):
            return self.none()
        return self.filter(board__in=readable_boards(user))

    def calls_to(self, user: Any) -> ResearchRequestQuerySet:
        """The calls that everybody reads who may read their boards, also those that are closed."""
        return self.filter(is_public=True, board__in=readable_boards(user)).exclude(state="withdrawn")

    def open(self) -> ResearchRequestQuerySet:
        return self.filter(state="open")


class ResearchRequest(models.Model):
    """A topic that support collects on, until it ends in an answer or is withdrawn.

    `questions` holds one a line. A public one is a call on its board. `version` grows with every change of what is
    asked or answered.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    board = models.ForeignKey(
        "ideas.IdeaBoardPage", on_delete=models.PROTECT, related_name="research", verbose_name=_("board")
    )
    title = models.CharField(_("topic"), max_length=200)
    brief = models.TextField(_("brief"), max_length=BRIEF_LENGTH)
    brief_html = models.TextField(editable=False)
    questions = models.TextField(_("questions"), blank=True, max_length=BRIEF_LENGTH)
    due_on = models.DateField(_("due on"))
    is_public = models.BooleanField(_("a public call"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN, editable=False)
    answer = models.TextField(blank=True, editable=False)
    answer_html = models.TextField(blank=True, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    reviews = models.ManyToManyField(Review, through="ReviewResearch", related_name="research")

    objects = ResearchRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("research request")
        verbose_name_plural = _("research requests")
        ordering = ["-pk"]
        default_permissions = ()
        permissions = [
            ("request_research", "Can ask support to collect on a topic"),
            ("collect_research", "Can collect for research requests and answer them"),
        ]
        indexes = [
            models.Index(fields=["board", "due_on"], condition=Q(state="open", is_public=True), name="research_calls"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", answered_at__isnull=False, answered_by__isnull=False)
                | (~Q(state="answered") & Q(answered_at__isnull=True, answered_by__isnull=True)),
                name="research_answered_whole",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Where the team works on it."""
        return reverse("reviews:research-detail", args=[self.pk])

    def get_call_url(self) -> str:
        """Where everybody reads it who may."""
        return reverse("research:call", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_on < timezone.localdate()

    @property
    def question_list(self) -> list[str]:
        return [line.strip() for line in self.questions.splitlines() if line.strip()]

    def describe(self, *, title: str, brief: str, questions: str) -> None:
        """Set what is asked, and the HTML made from it."""
        self.title, self.questions = title, questions
        self.brief, self.brief_html = brief, markdown.render(brief)

    def conclude(self, answer: str) -> None:
        """Set what came of it, and the HTML made from it."""
        self.answer, self.answer_html = answer, markdown.render(answer)


class ResearchItemQuerySet(models.QuerySet["ResearchItem"]):
    def visible_to(self, user: Any) -> ResearchItemQuerySet:
        """What was collected, for those who collect, as far as they may see the posts and the voters."""
        seen = _post_seen_by(user) | Q(question=None, reply=None, idea=None, comment=None, vote=None)
        if may_see_voters(user):
            seen |= Q(vote__idea__in=Idea.objects.visible_to(user))
        requests = ResearchRequest.objects.visible_to(user)
        return self.filter(seen, removed_at__isnull=True, request__in=requests)

    def posts_on_call(self, user: Any) -> ResearchItemQuerySet:
        """Of what was collected for a public call, the posts that the reader may see."""
        calls = ResearchRequest.objects.calls_to(user)
        return self.filter(_post_seen_by(user), removed_at__isnull=True, vote=None, request__in=calls)


def _post_seen_by(user: Any) -> Q:
    return (
        Q(question__in=Question.objects.visible_to(user))
        | Q(reply__in=Answer.objects.visible_to(user))
        | Q(idea__in=Idea.objects.visible_to(user))
        | Q(comment__in=Comment.objects.visible_to(user))
    )


class ResearchItem(models.Model):
    """Something that was collected: a post, a vote, or a note alone; with a post or a vote, the note says why.

    `reply` is an answer to a question. One that is taken away stays as a row.
    """

    request = models.ForeignKey(ResearchRequest, on_delete=models.PROTECT, related_name="items")
    question = models.ForeignKey("community.Question", on_delete=models.PROTECT, null=True, related_name="+")
    reply = models.ForeignKey("community.Answer", on_delete=models.PROTECT, null=True, related_name="+")
    idea = models.ForeignKey("ideas.Idea", on_delete=models.PROTECT, null=True, related_name="+")
    comment = models.ForeignKey("ideas.Comment", on_delete=models.PROTECT, null=True, related_name="+")
    vote = models.ForeignKey("ideas.Vote", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(_("note"), max_length=1_000, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)

    objects = ResearchItemQuerySet.as_manager()

    TARGETS = ("question", "reply", "idea", "comment", "vote")

    class Meta:
        ordering = ["pk"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=(Q(question=None, reply=None, idea=None, comment=None, vote=None) & ~Q(note=""))
                | Q(question__isnull=False, reply=None, idea=None, comment=None, vote=None)
                | Q(question=None, reply__isnull=False, idea=None, comment=None, vote=None)
                | Q(question=None, reply=None, idea__isnull=False, comment=None, vote=None)
                | Q(question=None, reply=None, idea=None, comment__isnull=False, vote=None)
                | Q(question=None, reply=None, idea=None, comment=None, vote__isnull=False),
                name="research_item_is_one_thing",
            ),
            *[
                models.UniqueConstraint(
                    fields=["request", name],
                    condition=Q(removed_at__isnull=True, **{f"{name}__isnull": False}),
                    name=f"research_{name}_once",
                )
                for name in ("question", "reply", "idea", "comment", "vote")
            ],
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.pk}"

    @property
    def post(self) -> Any:
        """The post that was collected, None for a vote or a note."""
        return self.question or self.reply or self.idea or self.comment


class ReviewResearch(models.Model):
    """That a review includes the answer to a request."""

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="included_research")
    request = models.ForeignKey(ResearchRequest, on_delete=models.PROTECT, related_name="inclusions")

    class Meta:
        ordering = ["request"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["review", "request"], name="research_included_once")]

    def __str__(self) -> str:
        return f"{self.review_id}: {self.request_id}"


class ResearchLogEntryManager(BaseLogEntryManager):
    def log_action(self, instance: ResearchRequest, action: str, **kwargs: Any) -> ResearchLogEntry:
        entry: ResearchLogEntry = super().log_action(instance, action, request_id=instance.pk, **kwargs)
        return entry

    def viewable_by_user(self, user: Any) -> models.QuerySet[ResearchLogEntry]:
        """The lines about requests that the person may see now."""
        return self.filter(request__in=ResearchRequest.objects.visible_to(user))

    def for_instance(self, instance: ResearchRequest) -> models.QuerySet[ResearchLogEntry]:
        return self.filter(request=instance)


class ResearchLogEntry(BaseLogEntry):
    """One line of Wagtail's log about a research request."""

    request = models.ForeignKey(ResearchRequest, on_delete=models.PROTECT, related_name="+")

    objects = ResearchLogEntryManager()

    class Meta(BaseLogEntry.Meta):
        ordering = ["-timestamp", "-id"]
        verbose_name = _("log entry of a research request")
        verbose_name_plural = _("log entries of research requests")

    @property
    def object_id(self) -> int:
        return self.request_id
