"""Marking a question as a duplicate of the thread that answers it, and undoing that."""

from django.db import transaction

from accounts.models import Member
from community import families
from community.models import Question, QuestionMerge
from community.permissions import check_can_merge
from community.signals import question_merge_undone, questions_merged
from core.models import ImportRun


@transaction.atomic
def merge_question(
    *, duplicate: Question, target: Question, by: Member, reason: str = "", import_run: ImportRun | None = None
) -> QuestionMerge:
    """Let a question point at the one that answers it, with all that already points at it. Nothing is moved.

    Raises ForbiddenError, and what families.check_can_link raises.
    """
    rows = families.lock(Question, duplicate.pk, target.pk)
    check_can_merge(by)
    edge = families.link(QuestionMerge, rows, duplicate, target, by, reason, import_run)
    questions_merged.send(sender=QuestionMerge, edge=edge, by=by)
    return edge


@transaction.atomic
def undo_question_merge(*, edge: QuestionMerge, by: Member) -> QuestionMerge:
    """Take one edge away, whichever and whenever. Raises ForbiddenError and NotMergedError."""
    rows = families.lock(Question, edge.duplicate_id)
    check_can_merge(by)
    edge = families.unlink(QuestionMerge, rows, edge, by)
    question_merge_undone.send(sender=QuestionMerge, edge=edge, by=by)
    return edge
