"""Answering questions, and choosing the answer that solved one."""

from django.db import transaction

from accounts.models import Member
from community.actions.content import NotVisibleError, check_not_posted_twice
from community.actions.questions import QuestionLockedError
from community.models import Answer, Question
from community.permissions import check_can_accept, check_can_post
from community.signals import answer_accepted, answer_unaccepted, question_answered


@transaction.atomic
def post_answer(*, question: Question, by: Member, body: str) -> Answer:
    """Answer a question. Raises ForbiddenError, QuestionLockedError, NotVisibleError and AlreadyPostedError."""
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=question.pk)
    check_can_post(by)
    check_is_open(question)
    check_not_posted_twice(question.answers.filter(author=by), body)
    answer = Answer(question=question, author=by)
    answer.write(body)
    answer.save()
    question.last_activity_at = answer.created_at
    question.save(update_fields=["last_activity_at"])
    question.recount()
    question_answered.send(sender=Answer, answer=answer, by=by)
    return answer


@transaction.atomic
def accept_answer(*, answer: Answer, by: Member) -> Answer:
    """Mark the answer that solved the question; choosing again replaces it."""
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=answer.question_id)
    check_can_accept(by, question)
    answer = question.answers.get(pk=answer.pk)
    if not answer.is_visible:
        raise NotVisibleError
    if question.accepted_answer_id == answer.pk:
        return answer
    question.accepted_answer = answer
    question.save(update_fields=["accepted_answer"])
    question.recount()
    answer_accepted.send(sender=Answer, answer=answer, by=by)
    return answer


@transaction.atomic
def unaccept_answer(*, answer: Answer, by: Member) -> Answer:
    """Take the mark away again; where the answer doesn't carry it, nothing happens."""
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=answer.question_id)
    check_can_accept(by, question)
    if question.accepted_answer_id != answer.pk:
        return answer
    question.accepted_answer = None
    question.save(update_fields=["accepted_answer"])
    question.recount()
    answer_unaccepted.send(sender=Answer, answer=answer, by=by)
    return answer


def check_is_open(question: Question) -> None:
    """Raises NotVisibleError or QuestionLockedError where nothing may be added."""
    if not question.is_visible:
        raise NotVisibleError
    if question.is_locked:
        raise QuestionLockedError
