"""What comparing hears of besides the search index."""

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver

from community.models import Question
from ideas.models import Idea
from search.backends import Kind
from search.similar import keeping


@receiver(post_delete, sender=Question)
def forget_question(instance: Question, **kwargs: Any) -> None:
    keeping.keep(Kind.QUESTION, [instance.pk])


@receiver(post_delete, sender=Idea)
def forget_idea(instance: Idea, **kwargs: Any) -> None:
    keeping.keep(Kind.IDEA, [instance.pk])
