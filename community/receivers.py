"""What follows from what happened in the forums, and from edits of any post."""

from typing import Any

from django.dispatch import receiver

from community.actions.languages import detect_later
from community.content import Topic
from community.models import Question
from community.signals import content_edited, question_asked


@receiver(question_asked)
def detect_language_of_question(question: Question, **kwargs: Any) -> None:
    detect_later(question)


@receiver(content_edited)
def detect_language_again(content: Any, **kwargs: Any) -> None:
    if isinstance(content, Topic):
        detect_later(content)
