"""Commenting on questions and answers."""

from django.db import transaction

from accounts.models import Member
from community.actions.answers import check_is_open
from community.actions.content import NotVisibleError, check_not_posted_twice
from community.models import Answer, Comment, Question
from community.permissions import check_can_post
from community.signals import comment_posted


@transaction.atomic
def post_comment(*, question: Question, by: Member, body: str, answer: Answer | None = None) -> Comment:
    """Remark on a question, or on one of its answers. Raises as post_answer does."""
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=question.pk)
    check_can_post(by)
    check_is_open(question)
    if answer is not None and not question.answers.get(pk=answer.pk).is_visible:
        raise NotVisibleError
    check_not_posted_twice(question.comments.filter(author=by, answer=answer), body)
    comment = Comment(question=question, answer=answer, author=by)
    comment.write(body)
    comment.save()
    question.last_activity_at = comment.created_at
    question.save(update_fields=["last_activity_at"])
    question.recount()
    comment_posted.send(sender=Comment, comment=comment, by=by)
    return comment
