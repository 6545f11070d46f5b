"""Tying questions to the ideas that would help with them."""

from django.db import transaction

from accounts.models import Member
from community.models import Question
from ideas.errors import QuestionNotVisibleError
from ideas.models import Idea, RelatedQuestion
from ideas.permissions import check_can_relate


@transaction.atomic
def relate_question(*, idea: Idea, question: Question, by: Member) -> RelatedQuestion:
    """Say that an idea would help with a question; doing it again is harmless.

    Raises ForbiddenError and QuestionNotVisibleError.
    """
    check_can_relate(by, idea)
    if not question.is_visible or not Question.objects.visible_to(by).filter(pk=question.pk).exists():
        raise QuestionNotVisibleError
    return RelatedQuestion.objects.get_or_create(idea=idea, question=question, defaults={"added_by": by})[0]


@transaction.atomic
def unrelate_question(*, idea: Idea, question: Question, by: Member) -> None:
    """Take that back. Harmless where it was never said. Raises ForbiddenError."""
    check_can_relate(by, idea)
    RelatedQuestion.objects.filter(idea=idea, question=question).delete()
