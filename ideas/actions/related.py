"""Tying questions to the ideas that would help with them."""

from django.db import transaction
from django.utils import timezone

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
    ties = RelatedQuestion.objects.standing()
    return ties.get_or_create(idea=idea, question=question, removed_at=None, defaults={"added_by": by})[0]


@transaction.atomic
def unrelate_question(*, idea: Idea, question: Question, by: Member) -> None:
    """Take that back from now on. Harmless where it was never said. Raises ForbiddenError."""
    check_can_relate(by, idea)
    ties = RelatedQuestion.objects.standing().filter(idea=idea, question=question)
    ties.update(removed_at=timezone.now(), removed_by=by)
