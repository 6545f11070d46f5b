"""What is stored about questions and ideas and follows from other rows: brought up to date for many at once."""

from collections.abc import Collection
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from community.content import Visibility
from community.models import Answer, Comment, Question
from ideas import discussion
from ideas.models import Comment as IdeaComment
from ideas.models import Idea


def recount_questions(pks: Collection[int]) -> None:
    """Bring the counts of these questions, and when something last happened there, up to their visible rows."""
    answers, comments = _visible(Answer, "question"), _visible(Comment, "question")
    Question.objects.filter(pk__in=pks).update(
        answer_count=_count(answers, "question"),
        comment_count=_count(comments, "question"),
        is_solved=Exists(answers.filter(pk=OuterRef("accepted_answer_id"))),
        last_activity_at=Greatest("created_at", _latest(answers, "question"), _latest(comments, "question")),
    )


def recount_ideas(pks: Collection[int]) -> None:
    """The same for ideas; what is stored about their votes is not touched by an import."""
    comments = _visible(IdeaComment, "idea")
    Idea.objects.filter(pk__in=pks).update(
        comment_count=_count(comments, "idea"),
        last_activity_at=Greatest("created_at", _latest(comments, "idea")),
    )
    discussion.recount_families_of(pks)


def brought_by(runs: Collection[int]) -> tuple[QuerySet[Question], QuerySet[Idea]]:
    """The questions and ideas of which an import with these runs has changed what the search knows."""
    answers = Answer.objects.filter(question=OuterRef("pk"), import_run__in=runs)
    return Question.objects.filter(Q(import_run__in=runs) | Exists(answers)), Idea.objects.filter(import_run__in=runs)


def _visible(model: Any, topic: str) -> QuerySet[Any]:
    """The visible rows below the topic of the outer query, without an order."""
    rows = model._default_manager.filter(**{topic: OuterRef("pk")}, visibility=Visibility.VISIBLE)
    cleared: QuerySet[Any] = rows.order_by()
    return cleared


def _count(rows: QuerySet[Any], topic: str) -> Any:
    return Coalesce(Subquery(rows.values(topic).annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _latest(rows: QuerySet[Any], topic: str) -> Any:
    return Coalesce(Subquery(rows.values(topic).annotate(at=Max("created_at")).values("at")), F("created_at"))
