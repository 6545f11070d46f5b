"""What comparing hears of besides the search index: what is gone, and what is new."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from community.models import Question
from community.signals import content_edited, question_asked
from ideas.models import Idea
from ideas.signals import idea_posted
from search.backends import Kind
from search.similar import keeping, tasks


@receiver(post_delete, sender=Question)
def forget_question(instance: Question, **kwargs: Any) -> None:
    keeping.keep(Kind.QUESTION, [instance.pk])


@receiver(post_delete, sender=Idea)
def forget_idea(instance: Idea, **kwargs: Any) -> None:
    keeping.keep(Kind.IDEA, [instance.pk])


@receiver(question_asked)
@receiver(idea_posted)
@receiver(content_edited, sender=Question)
@receiver(content_edited, sender=Idea)
def take_in(**kwargs: Any) -> None:
    tasks.queue()
