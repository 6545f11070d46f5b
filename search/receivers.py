"""What the index hears of: in the transaction of the act, so that it never says more or less than the posts do."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from modelsearch import index

from community.models import Answer, Question
from community.signals import content_edited, question_answered, question_asked, visibility_changed
from ideas.models import Idea
from ideas.signals import idea_posted
from search.indexing import index_ideas, index_questions


@receiver(question_asked)
def index_question(question: Question, **kwargs: Any) -> None:
    index_questions([question.pk])


@receiver(idea_posted)
def index_idea(idea: Idea, **kwargs: Any) -> None:
    index_ideas([idea.pk])


@receiver(question_answered)
def index_answer(answer: Answer, **kwargs: Any) -> None:
    index_questions([answer.question_id])


@receiver(visibility_changed, sender=Answer)
@receiver(content_edited)
def index_changed(content: Any, **kwargs: Any) -> None:
    """Comments are not searched. A question's or idea's own visibility is read from its row."""
    if isinstance(content, Answer):
        index_questions([content.question_id])
    elif isinstance(content, Question):
        index_questions([content.pk])
    elif isinstance(content, Idea):
        index_ideas([content.pk])


@receiver(post_delete, sender=Question)
@receiver(post_delete, sender=Idea)
def forget(instance: Any, **kwargs: Any) -> None:
    index.remove_object(instance)
