"""What questions' rows say about their answers, compared with the rows that they count."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from community.content import Visibility
from community.models import Answer, Question


def wrong_questions() -> Iterator[tuple[int, dict[str, object], dict[str, object]]]:
    """The questions whose stored counts differ from their rows: id, stored, counted."""
    solved = Answer.objects.filter(accepted_for=OuterRef("pk"), visibility=Visibility.VISIBLE)
    questions = Question.objects.annotate(
        answers_now=Count("answers", filter=Q(answers__visibility=Visibility.VISIBLE), distinct=True),
        comments_now=Count("comments", filter=Q(comments__visibility=Visibility.VISIBLE), distinct=True),
        solved_now=Exists(solved),
    ).exclude(answer_count=F("answers_now"), comment_count=F("comments_now"), is_solved=F("solved_now"))
    names = ("answer_count", "comment_count", "is_solved")
    for pk, *values in questions.values_list("pk", *names, "answers_now", "comments_now", "solved_now").iterator():
        yield pk, dict(zip(names, values[:3], strict=True)), dict(zip(names, values[3:], strict=True))
