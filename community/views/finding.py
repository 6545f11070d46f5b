"""Finding the posts that addresses name, through the gate: what a person may not see is not there."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from community.models import Answer, Comment, Question
from core.readings import GatedReading


def find_question(request: HttpRequest, pk: int) -> Question:
    found = _questions.ask(request.user, question=pk)
    if not found:
        raise Http404
    return found[0]


_questions = GatedReading(
    lambda reader, question: (
        Question.objects.visible_to(reader).filter(pk=question).select_related("author", "forum", "visibility_by")
    )
)


def find_answer(request: HttpRequest, pk: int) -> Answer:
    answers = Answer.objects.visible_to(request.user)
    return get_object_or_404(answers.select_related("author", "question__forum", "visibility_by"), pk=pk)


def find_comment(request: HttpRequest, pk: int) -> Comment:
    comments = Comment.objects.visible_to(request.user)
    return get_object_or_404(comments.select_related("author", "answer", "question__forum", "visibility_by"), pk=pk)
