"""What cards keep of what happens to their questions."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from community.models import Answer
from community.signals import answer_accepted
from moderation.models import QuestionCard


@receiver(answer_accepted)
def note_when_solved(answer: Answer, **kwargs: Any) -> None:
    """From when on the question counts among those that are done. The action holds the question's lock."""
    QuestionCard.objects.update_or_create(question_id=answer.question_id, defaults={"solved_at": timezone.now()})
