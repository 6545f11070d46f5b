"""Questions that the team tied to ideas, each as far as the reader may see it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from community.content import Visibility
from community.models import Question
from core.readings import GatedReading
from ideas.models import Idea, RelatedQuestion


def questions_for(ideas: Any, user: Any) -> QuerySet[Question]:
    """The visible questions that any of these ideas would help with, those with most answers first."""
    tied = RelatedQuestion.objects.standing().filter(idea__in=ideas).values("question")
    visible = Question.objects.visible_to(user).filter(visibility=Visibility.VISIBLE, pk__in=tied)
    return visible.select_related("forum").defer("body", "body_html").order_by("-answer_count", "-pk")


_first_questions = GatedReading(lambda reader, most, ideas: questions_for(ideas, reader)[:most])


def first_questions_for(ideas: Collection[int], user: Any, most: int) -> list[Question]:
    """The first of these questions; see above."""
    return _first_questions.ask(user, most, ideas=ideas)


def ideas_for(question: Question, user: Any) -> QuerySet[Idea]:
    """The listed ideas that would help with a question, also where the team tied it to a duplicate of theirs.

    A duplicate that the person may not see leads nowhere.
    """
    tied = RelatedQuestion.objects.standing().filter(question=question.pk).values("idea")
    roots = Idea.objects.visible_to(user).filter(pk__in=tied).values_list(Coalesce("canonical_id", "pk"))
    return Idea.objects.visible_to(user).listed().filter(pk__in=roots).for_list().openly_supported_first()
