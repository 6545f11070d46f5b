"""Forums (Wagtail pages), and the questions, answers and comments in them (plain models)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from taggit.models import ItemBase, Tag
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
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
    undetected_index,
)
from community.querysets import (
    AnswerQuerySet,
    QuestionCommentQuerySet,
    QuestionMergeQuerySet,
    QuestionQuerySet,
)
from core.addresses import address
from core.site_pages import SitePage
from core.words import WordsField


class ForumPage(RoutablePageMixin, SitePage):
    """A place for questions. Its Wagtail privacy is the privacy of all that is asked in it."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ol", "ul"])

    content_panels: ClassVar[list[Any]] = [*SitePage.content_panels, FieldPanel("intro")]
    holds_content: ClassVar[bool] = True
    subpage_types: ClassVar[list[str]] = []
    template = "community/forum_page.html"

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")

    @path("", name="listing")
    def listing(self, request: HttpRequest) -> HttpResponse:
        from community import views

        return views.forum_page(request, self)

    @path("ask/", name="ask")
    def ask(self, request: HttpRequest) -> HttpResponse:
        from community import views

        return views.question_create(request, self)


class TaggedQuestion(ItemBase):
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="tagged_questions")
    content_object = models.ForeignKey("Question", on_delete=models.CASCADE, related_name="tagged_items")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="question_tagged_once")]


class Question(index.Indexed, Topic):
    """What a customer asks. The counts are of visible answers, and whether the accepted one is visible.

    `canonical` is the question that answers this duplicate, at the root of its tree of merges; see QuestionMerge.
    """

    forum = models.ForeignKey(ForumPage, on_delete=models.PROTECT, related_name="questions")
    accepted_answer = models.OneToOneField(
        "Answer", on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="accepted_for"
    )
    canonical = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="duplicates"
    )
    is_locked = models.BooleanField(default=False, editable=False)
    is_solved = models.BooleanField(default=False, editable=False)
    answer_count = models.PositiveIntegerField(default=0, editable=False)
    tags = TaggableManager(through=TaggedQuestion, blank=True)

    objects = QuestionQuerySet.as_manager()

    # The search app indexes when it hears of a change, not whenever a row is saved.
    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [
        WordsField("title", boost=3),
        WordsField("body"),
        WordsField("answers_text"),
        index.FilterField("forum_id"),
        index.FilterField("visibility"),
        index.FilterField("canonical_id"),
    ]

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        permissions = [("moderate_question", "Can moderate questions, answers and comments")]
        constraints = [source_constraint("unique_question_source")]
        indexes = [
            models.Index(
                fields=["forum", "-created_at", "-id"],
                condition=models.Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="question_newest",
            ),
            models.Index(
                fields=["forum", "-last_activity_at", "-id"],
                condition=models.Q(visibility=Visibility.VISIBLE, canonical__isnull=True),
                name="question_active",
            ),
            models.Index(
                fields=["forum", "-created_at", "-id"],
                condition=models.Q(visibility=Visibility.VISIBLE, canonical__isnull=True, answer_count=0),
                name="question_unanswered",
            ),
            models.Index(fields=["author", "-created_at", "-id"], name="question_author"),
            undetected_index("question_undetected"),
        ]

    def get_absolute_url(self) -> str:
        return address("community:question-detail", self.pk, self.slug)

    @classmethod
    def get_indexed_objects(cls) -> models.QuerySet[Question]:
        """All questions with their answers, for the search index."""
        answers = Answer.objects.only("question_id", "body", "visibility").order_by("pk")
        return cls.objects.prefetch_related(models.Prefetch("answers", queryset=answers))

    def answers_text(self) -> str:
        """The visible answers, for the search index."""
        return "\n".join(answer.body for answer in self.answers.all() if answer.is_visible)

    def recount(self) -> None:
        """Count the visible answers and comments anew and save what was found; the caller holds the row's lock."""
        answers = self.answers.filter(visibility=Visibility.VISIBLE)
        self.answer_count = answers.count()
        self.comment_count = self.comments.filter(visibility=Visibility.VISIBLE).count()
        self.is_solved = answers.filter(accepted_for=self.pk).exists()
        self.save(update_fields=["answer_count", "comment_count", "is_solved"])

    @property
    def topic(self) -> Question:
        return self

    @property
    def page(self) -> ForumPage:
        """The page that holds this question and whose privacy is its own."""
        return self.forum

    @property
    def page_id(self) -> int:
        return self.forum_id


class Answer(Content):
    """What somebody replies to a question."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="answers")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [source_constraint("unique_answer_source")]
        indexes = [models.Index(fields=["author", "-created_at", "-id"], name="answer_author")]

    def __str__(self) -> str:
        return self.excerpt

    def get_absolute_url(self) -> str:
        """The address that leads to the answer on whichever page of its question it stands."""
        return address("community:answer-detail", self.pk)

    @property
    def parent(self) -> Content:
        return self.question

    @property
    def topic(self) -> Question:
        return self.question

    @property
    def is_accepted(self) -> bool:
        return self.question.accepted_answer_id == self.pk


class Comment(AbstractComment):
    """A remark on a question, or on one of its answers."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="comments")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="comments")

    objects = QuestionCommentQuerySet.as_manager()

    class Meta(AbstractComment.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [source_constraint("unique_question_comment_source")]

    def get_absolute_url(self) -> str:
        """The address that leads to the comment on whichever page it stands."""
        return address("community:comment-detail", self.pk)

    @property
    def parent(self) -> Content:
        return self.answer or self.question

    @property
    def topic(self) -> Question:
        return self.question


class QuestionRevision(AbstractRevision):
    content = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="revisions")


class AnswerRevision(AbstractRevision):
    content = models.ForeignKey(Answer, on_delete=models.CASCADE, related_name="revisions")


class CommentRevision(AbstractRevision):
    content = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="revisions")


class QuestionMerge(AbstractMergeEdge):
    """A question that was asked before points at the thread that answers it. Both keep their answers and addresses."""

    duplicate = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="merges")
    target = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="merges_into")

    objects = QuestionMergeQuerySet.as_manager()

    class Meta:
        constraints = edge_constraints("question")

    def __str__(self) -> str:
        return f"{self.duplicate_id} → {self.target_id}"
