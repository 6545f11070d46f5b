"""Ideas and the comments on them, how both read before, and who follows an idea."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, Tag
from wagtail.search import index

from community import families
from community.content import (
    AbstractComment,
    AbstractRevision,
    AbstractSubscription,
    Content,
    Topic,
    Visibility,
    source_constraint,
    undetected_index,
)
from community.models import Question
from core.addresses import address
from core.words import WordsField
from ideas.models.boards import IdeaBoardPage, Status
from ideas.querysets import CommentQuerySet, IdeaQuerySet, RelatedQuestionQuerySet


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
    is explained in ideas.tally, which is the only writer of these three. `discussion_count` is explained in
    ideas.discussion. `recorded_at` is when the idea came to be on this site, whenever it was written.
    `roadmap_position` orders what somebody has placed in a column of the roadmap; see ideas.roadmap.
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
    discussion_count = models.PositiveIntegerField(default=0, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("owner"),
    )
    target_quarter = models.CharField(
        _("target quarter"),
        max_length=7,
        blank=True,
        validators=[RegexValidator(r"^\d{4}-Q[1-4]$", _("Write it like 2027-Q1."))],
    )
    roadmap_position = models.BigIntegerField(null=True, blank=True, editable=False)
    tags = TaggableManager(through=TaggedIdea, blank=True)

    objects = IdeaQuerySet.as_manager()

    # The search app indexes when it hears of a change, not whenever a row is saved.
    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [
        WordsField("title", boost=3),
        WordsField("body"),
        WordsField("family_text"),
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
            ("plan_idea", "Can plan ideas, and read what voters told the team"),
            ("vote_on_behalf", "Can add votes for customers who called or wrote"),
        ]
        constraints = [source_constraint("unique_idea_source")]
        indexes = [
            undetected_index("idea_undetected"),
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
            models.Index(
                fields=["board", "-discussion_count", "-id"],
                condition=Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="idea_discussed",
            ),
            models.Index(
                fields=["board", "status", "-top_score", "-id"],
                condition=Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="idea_status_top",
            ),
            models.Index(
                fields=["status", "roadmap_position"],
                condition=Q(roadmap_position__isnull=False),
                name="idea_roadmap",
            ),
            models.Index(fields=["author", "-created_at", "-id"], name="idea_author"),
            # Few ideas are duplicates. SQLite would rather read a whole board than use an index full of nulls.
            models.Index(fields=["canonical", "board"], condition=Q(canonical__isnull=False), name="idea_duplicates"),
        ]

    def get_absolute_url(self) -> str:
        return address("ideas:idea-detail", self.pk, self.slug)

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet[Idea]:
        """All ideas with their families, for the search index."""
        family = cls.objects.only("board_id", "canonical_id", "visibility", "title", "body").order_by("pk")
        prefetched = (models.Prefetch(path, queryset=family) for path in ("duplicates", "canonical__duplicates"))
        return cls.objects.select_related("canonical").prefetch_related(*prefetched)

    def family_text(self) -> str:
        """What the search index knows of the rest of the family.

        A canonical idea is found by its duplicates on the same board. By a duplicate on another board it is found
        through that one's own entry, which holds the words of both boards, because fewer people may read them.
        """
        root = self.canonical
        if root is not None and root.board_id == self.board_id:
            return ""
        family = [*self.duplicates.all()] if root is None else [root, *root.duplicates.all()]
        boards = {self.board_id} if root is None else {self.board_id, root.board_id}
        others = (idea for idea in family if idea.is_visible and idea.board_id in boards and idea.pk != self.pk)
        return "\n".join(f"{idea.title}\n{idea.body}" for idea in others)

    def lock(self) -> None:
        """Lock the whole family: what becomes of one idea of it may change what is stored about another."""
        families.lock(type(self), self.pk)

    def recount(self) -> None:
        """Count the visible comments anew and save what was found; the caller holds the family's lock."""
        from ideas import discussion

        self.comment_count = self.comments.filter(visibility=Visibility.VISIBLE).count()
        self.save(update_fields=["comment_count"])
        discussion.recount(families.lock(type(self), self.pk))

    @property
    def topic(self) -> Idea:
        return self

    @property
    def page(self) -> IdeaBoardPage:
        """The page that holds this idea and whose privacy is its own."""
        return self.board

    @property
    def page_id(self) -> int:
        return self.board_id

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
        return address("ideas:comment-detail", self.pk)

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


class IdeaSubscription(AbstractSubscription):
    """Whether a member wants to hear of an idea, where they said so themselves."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="subscriptions")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="idea_subscribed_once")]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.idea_id}"


class SeenEdit(models.Model):
    """A voter's word that their vote stands although the idea was edited; it holds for edits until `seen_at`."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="seen_edits")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["idea", "member"], name="one_seen_edit_per_member")]

    def __str__(self) -> str:
        return f"{self.member_id} on {self.idea_id}"


class RelatedQuestion(models.Model):
    """A question that the team says this idea would help with. What was taken back stays, with when and by whom."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="related_questions")
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = RelatedQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "question"], condition=Q(removed_at__isnull=True), name="question_related_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.idea_id}: {self.question_id}"
