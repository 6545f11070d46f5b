"""Every read of questions, answers and comments. What people see comes through `visible_to`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Q
from taggit.models import Tag

from community.content import Visibility
from community.gate import may_see
from core.access import readable_page_ids

if TYPE_CHECKING:
    from community.models import Answer, Comment, Question  # noqa: F401 -- named in strings

MODERATE = "community.moderate_question"
SAMPLE = 2_000


def _readable_forums(user: Any) -> frozenset[int]:
    from community.models import ForumPage

    return readable_page_ids(user, ForumPage)


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, user: Any) -> QuestionQuerySet:
        """The questions that the person may see now."""
        return self.filter(may_see(user, moderate=MODERATE), forum__in=_readable_forums(user))

    def listed(self) -> QuestionQuerySet:
        """What lists show: not what is held, hidden or deleted, nor duplicates of other questions."""
        return self.filter(visibility=Visibility.VISIBLE, canonical__isnull=True)

    def unanswered(self) -> QuestionQuerySet:
        return self.filter(answer_count=0)

    def tagged(self, slug: str) -> QuestionQuerySet:
        return self.filter(tags__slug=slug)

    def tags_used(self, most: int) -> list[Tag]:
        """The tags that most of these questions carry, each with their `count`.

        Of a long list they are those of its newest SAMPLE, and the count is None: counting all would take too long.
        """
        newest = list(self.order_by("-created_at", "-pk").values_list("pk", flat=True)[: SAMPLE + 1])
        used = Tag.objects.filter(tagged_questions__content_object__in=newest[:SAMPLE])
        tags = list(used.annotate(count=Count("tagged_questions")).order_by("-count", "name")[:most])
        if len(newest) > SAMPLE:
            for tag in tags:
                tag.count = None
        return tags

    def for_list(self) -> QuestionQuerySet:
        """With what a row of a list shows, and without the texts that it doesn't."""
        return (
            self.select_related("author", "forum")
            .prefetch_related("tags")
            .defer("body", "body_html", "forum__search_description")
        )


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, user: Any) -> AnswerQuerySet:
        """The answers that the person may see, of questions that they may see."""
        return self.filter(
            may_see(user, moderate=MODERATE),
            may_see(user, moderate=MODERATE, prefix="question__"),
            question__forum__in=_readable_forums(user),
        )


class QuestionCommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> QuestionCommentQuerySet:
        """The comments that the person may see, below posts that they may see."""
        may_see_answer = may_see(user, moderate=MODERATE, prefix="answer__")
        if may_see_answer:  # an empty condition admits all, but beside | it would count for nothing
            may_see_answer |= Q(answer__isnull=True)
        return self.filter(
            may_see(user, moderate=MODERATE),
            may_see(user, moderate=MODERATE, prefix="question__"),
            may_see_answer,
            question__forum__in=_readable_forums(user),
        )


class QuestionMergeQuerySet(models.QuerySet[Any]):
    def standing(self) -> QuestionMergeQuerySet:
        return self.filter(undone_at__isnull=True)
