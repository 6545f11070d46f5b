"""Asking and editing questions."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from community.actions.content import check_not_posted_twice, edit_content
from community.actions.languages import choose_language
from community.models import ForumPage, Question
from community.permissions import check_can_post
from community.signals import question_asked
from core.errors import ConflictError


class QuestionLockedError(ConflictError):
    sentence = _("This question is closed: it takes no more answers or comments.")


@transaction.atomic
def ask_question(*, forum: ForumPage, by: Member, title: str, body: str, tags: Iterable[str] = ()) -> Question:
    """Post a question in a forum that the person may read. Raises ForbiddenError and AlreadyPostedError."""
    check_can_post(Member.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk))
    check_not_posted_twice(Question.objects.filter(author=by, forum=forum, title=title), body)
    question = Question(forum=forum, author=by)
    question.name(title)
    question.write(body)
    question.last_activity_at = question.created_at
    question.save()
    question.tags.set(list(tags))
    question_asked.send(sender=Question, question=question, by=by)
    return question


@transaction.atomic
def edit_question(
    *, question: Question, by: Member, title: str, body: str, tags: Iterable[str], language: str = ""
) -> Question:
    """Change a question's title, text and tags, and its language if one is given.

    See edit_content and choose_language.
    """
    question = edit_content(content=question, by=by, title=title, body=body)
    question.tags.set(list(tags))
    return choose_language(content=question, by=by, language=language) if language else question
