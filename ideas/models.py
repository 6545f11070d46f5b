"""Boards (Wagtail pages), ideas and their statuses, votes and the ledger that they are read from, merges."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from taggit.managers import TaggableManager
from taggit.models import ItemBase, Tag
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Orderable
from wagtail.search import index

from community.content import (
    AbstractComment,
    AbstractMergeEdge,
    AbstractRevision,
    Content,
    Topic,
    Visibility,
    edge_constraints,
    source_constraint,
)
from core.ledger import Ledger
from core.site_pages import SitePage
from core.words import WordsField
from ideas.admin_forms import BoardForm
from ideas.querysets import CommentQuerySet, IdeaMergeQuerySet, IdeaQuerySet, VoteQuerySet


class IdeaBoardPage(RoutablePageMixin, SitePage):
    """A place for ideas. Its Wagtail privacy is the privacy of all that is proposed on it."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ol", "ul"])
    half_life_days = models.PositiveSmallIntegerField(
        _("half-life of trending"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("In days: a vote counts half as much in Trending as one cast this much later."),
    )

    content_panels: ClassVar[list[Any]] = [
        *SitePage.content_panels,
        FieldPanel("intro"),
        InlinePanel("statuses", label=_("Status"), heading=_("Statuses")),
        FieldPanel("half_life_days"),
    ]
    base_form_class = BoardForm
    holds_content: ClassVar[bool] = True
    subpage_types: ClassVar[list[str]] = []
    template = "ideas/idea_board_page.html"

    class Meta:
        verbose_name = _("idea board")
        verbose_name_plural = _("idea boards")

    @path("", name="ideas")
    def ideas_list(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.board_page(request, self)

    @path("new/", name="new")
    def new(self, request: HttpRequest) -> HttpResponse:
        from ideas import views

        return views.idea_create(request, self)

    @property
    def first_status(self) -> Status:
        """What a new idea starts with: the first open status, or the first of all."""
        statuses = list(Status.objects.filter(board=self))
        return next((status for status in statuses if status.kind == Status.Kind.OPEN), statuses[0])

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A board without statuses gets the usual five, and with another half-life its Trending is counted anew."""
        from ideas import tally

        stored = type(self).objects.filter(pk=self.pk).values_list("half_life_days", flat=True).first()
        if not self.statuses.count():
            self.statuses.add(*Status.defaults(self))
        super().save(*args, **kwargs)
        if stored not in (None, self.half_life_days):
            tally.recount_board(self)


class Status(Orderable):
    """How far an idea has come, in a board's own words; the kind says what it means everywhere."""

    class Kind(models.TextChoices):
        OPEN = "open", _("open")
        PLANNED = "planned", _("planned")
        STARTED = "started", _("started")
        SHIPPED = "shipped", _("shipped")
        DECLINED = "declined", _("declined")

    board = ParentalKey(IdeaBoardPage, on_delete=models.CASCADE, related_name="statuses")
    name = models.CharField(_("name"), max_length=40)
    slug = models.SlugField(_("short name"), max_length=40, help_text=_("Used in the board's addresses."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OPEN)
    accepts_votes = models.BooleanField(_("voting is open"), default=True)

    panels: ClassVar[list[Any]] = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldPanel("kind"),
        FieldPanel("accepts_votes"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        constraints = [models.UniqueConstraint(fields=["board", "slug"], name="unique_status_slug")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def defaults(cls, board: IdeaBoardPage) -> list[Status]:
        """The statuses of a new board, not yet saved."""
        rows = [
            (_("Open"), "open", cls.Kind.OPEN, True),
            (_("Planned"), "planned", cls.Kind.PLANNED, True),
            (_("In progress"), "in-progress", cls.Kind.STARTED, True),
            (_("Shipped"), "shipped", cls.Kind.SHIPPED, False),
            (_("Declined"), "declined", cls.Kind.DECLINED, False),
        ]
        return [
            cls(board=board, sort_order=order, name=str(name), slug=slug, kind=kind, accepts_votes=accepts)
            for order, (name, slug, kind, accepts) in enumerate(rows)
        ]

    def is_in_history(self) -> bool:
        """Whether a line of an idea's history names this status."""
        return StatusChange.objects.filter(Q(old_status=self.pk) | Q(new_status=self.pk)).exists()


class TaggedIdea(ItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_ideas")
    content_object = models.ForeignKey("Idea", on_delete=models.CASCADE, related_name="tagged_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="idea_tagged_once")]


class Idea(index.Indexed, Topic):
    """What a customer proposes.

    `canonical` is the root of the tree of merges that this duplicate belongs to; it repeats what IdeaMerge says.
    `supporter_count` is the number of people who count here: on a canonical idea its family's supporters, on a
    duplicate those who set their votes apart. `family_base_votes` adds up the family's imported votes, and `trending`
    is explained in ideas.tally, which is the only writer of these three.
    """

    board = models.ForeignKey(IdeaBoardPage, on_delete=models.PROTECT, related_name="ideas")
    status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="ideas")
    canonical = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        db_index=False,  # idea_duplicates serves it
    )
    supporter_count = models.PositiveIntegerField(default=0, editable=False)
    family_base_votes = models.IntegerField(default=0, editable=False)
    top_score = models.GeneratedField(
        expression=F("supporter_count") + F("family_base_votes"), output_field=models.IntegerField(), db_persist=True
    )
    trending = models.FloatField(default=0.0, editable=False)
    tags = TaggableManager(through=TaggedIdea, blank=True)

    objects = IdeaQuerySet.as_manager()

    # The search app indexes when it hears of a change, not whenever a row is saved.
    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [
        WordsField("title", boost=3),
        WordsField("body"),
        index.FilterField("board_id"),
        index.FilterField("visibility"),
        index.FilterField("canonical_id"),
    ]

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        permissions = [
            ("moderate_idea", "Can moderate ideas and their comments"),
            ("merge_idea", "Can merge ideas and undo merges"),
            ("change_idea_status", "Can change the status of ideas"),
        ]
        constraints = [source_constraint("unique_idea_source")]
        indexes = [
            models.Index(
                fields=["board", "-top_score", "-id"],
                condition=Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="idea_top",
            ),
            models.Index(
                fields=["board", "-trending", "-id"],
                condition=Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="idea_trending",
            ),
            models.Index(
                fields=["board", "-created_at", "-id"],
                condition=Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="idea_newest",
            ),
            models.Index(fields=["author", "-created_at", "-id"], name="idea_author"),
            # Few ideas are duplicates. SQLite would rather read a whole board than use an index full of nulls.
            models.Index(fields=["canonical", "board"], condition=Q(canonical__isnull=False), name="idea_duplicates"),
        ]

    def get_absolute_url(self) -> str:
        return reverse("ideas:idea-detail", args=[self.pk, self.slug])

    def recount(self) -> None:
        """Count the visible comments anew and save what was found; the caller holds the row's lock."""
        self.comment_count = self.comments.filter(visibility=Visibility.VISIBLE).count()
        self.save(update_fields=["comment_count"])

    @property
    def topic(self) -> Idea:
        return self

    @property
    def page(self) -> IdeaBoardPage:
        """The page that holds this idea and whose privacy is its own."""
        return self.board

    @property
    def accepts_votes(self) -> bool:
        return self.is_visible and self.status.accepts_votes


class Comment(AbstractComment):
    """A remark on an idea."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="comments")

    objects = CommentQuerySet.as_manager()

    class Meta(AbstractComment.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [source_constraint("unique_idea_comment_source")]

    def get_absolute_url(self) -> str:
        """The address that leads to the comment on whichever page it stands."""
        return reverse("ideas:comment-detail", args=[self.pk])

    @property
    def parent(self) -> Content:
        return self.idea

    @property
    def topic(self) -> Idea:
        return self.idea


class IdeaRevision(AbstractRevision):
    content = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="revisions")


class CommentRevision(AbstractRevision):
    content = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")


class IdeaMerge(AbstractMergeEdge):
    """An edge from a duplicate idea to the one that it was merged into."""

    duplicate = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="merges_into")

    objects = IdeaMergeQuerySet.as_manager()

    class Meta:
        constraints = edge_constraints("idea")

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.target_id}"


class VotesApart(models.Model):
    """A member's «That is not what I meant»: while the edge stands, their votes on and under the duplicate stay."""

    edge = models.ForeignKey(IdeaMerge, on_delete=models.PROTECT, related_name="votes_apart")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edge", "member"], name="votes_apart_once")]

    def __str__(self) -> str:
        return f"{self.edge_id}: {self.member_id}"


class VoteEvent(Ledger):
    """One line of the ledger: what a person did on the idea where they did it, with the organisation they then had.

    `clicked` is `idea`, except in lines that a withdrawal or its end wrote for the person's other votes in the family.
    """

    class Kind(models.TextChoices):
        CAST = "cast", _("voted")
        WITHDRAWN = "withdrawn", _("withdrew")
        SILENCED = "silenced", _("withdrew on a merged idea")
        REINSTATED = "reinstated", _("counts again since the merge was undone")

    class Channel(models.TextChoices):
        WEB = "web", _("web")
        IMPORT = "import", _("import")

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="vote_events")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    clicked = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.WEB)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    plan = models.CharField(max_length=40, blank=True)
    import_run = models.ForeignKey("core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["idea", "member", "id"], name="vote_event_of_vote")]
        constraints = [
            models.CheckConstraint(
                condition=Q(occurred_at__lte=F("recorded_at")), name="vote_event_occurred_before_recorded"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.kind} {self.idea_id}"


class Vote(models.Model):
    """The latest state of a member's vote on one idea, as the ledger tells it.

    It stands while it is cast and not silenced; `cast_at` is when it was last cast.
    """

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    is_cast = models.BooleanField()
    silenced_through = models.ForeignKey(Idea, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    cast_at = models.DateTimeField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="one_vote_per_member")]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.idea_id}"

    @property
    def stands(self) -> bool:
        return self.is_cast and self.silenced_through_id is None


class StatusChange(Ledger):
    """One line of an idea's path through its board's statuses, with the public answer that was given."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="status_changes")
    old_status = models.ForeignKey(Status, on_delete=models.PROTECT, null=True, related_name="+")
    new_status = models.ForeignKey(Status, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    answer_html = models.TextField(blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    import_run = models.ForeignKey("core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.new_status_id}"
