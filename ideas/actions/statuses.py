"""Moving an idea through its board's statuses, and putting right what was answered."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from core import markdown
from core.models import ImportRun
from ideas.errors import (
    EmptyAnswerError,
    NothingAnsweredError,
    OtherBoardsStatusError,
    SameAnswerError,
    StaleAnswerError,
    StaleStatusError,
)
from ideas.models import Idea, Status, StatusChange
from ideas.permissions import check_can_change_status
from ideas.signals import answer_corrected, status_changed


@transaction.atomic
def change_status(
    *,
    idea: Idea,
    status: Status,
    by: Member,
    answer: str = "",
    seen: int | None = None,
    occurred_at: datetime | None = None,
    import_run: ImportRun | None = None,
) -> Idea:
    """Give an idea another status of its board, with a public answer in Markdown if there is something to say.

    The status that it has already changes nothing without an answer. In another column of the roadmap it has no place
    yet. `seen` is the id of the last change that the person knew of, 0 for none; None does not ask. Raises
    ForbiddenError, OtherBoardsStatusError, StaleStatusError.
    """
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    now = timezone.now()
    check_can_change_status(by)
    if status.board_id != idea.board_id:
        raise OtherBoardsStatusError
    last = idea.status_changes.moves().last()
    if seen is not None and seen != (last.pk if last else 0):
        raise StaleStatusError
    if status.pk == idea.status_id and not answer:
        return idea
    give_status(idea, status, by, answer, now, occurred_at, import_run)
    return idea


def give_status(
    idea: Idea,
    status: Status,
    by: Member,
    answer: str,
    now: datetime,
    occurred_at: datetime | None = None,
    import_run: ImportRun | None = None,
) -> None:
    """Write the line and the idea's status, and announce it; the caller has locked the idea and checked all else."""
    change = StatusChange.objects.create(
        idea=idea,
        old_status_id=idea.status_id,
        new_status=status,
        answer=answer,
        answer_html=markdown.render(answer) if answer else "",
        changed_by=by,
        occurred_at=occurred_at or now,
        recorded_at=now,
        import_run=import_run,
    )
    if status.kind != idea.status.kind:
        idea.roadmap_position = None
    idea.status = status
    idea.save(update_fields=["status", "roadmap_position"])
    status_changed.send(sender=StatusChange, change=change, by=by)


@transaction.atomic
def correct_answer(*, change: StatusChange, by: Member, answer: str, seen: int | None = None) -> StatusChange:
    """Say better what was answered with a change of status, in a new line; what it said before stays readable.

    The idea keeps its status. `seen` is the id of the version that the person knew of; None does not ask. Raises
    ForbiddenError, NothingAnsweredError, EmptyAnswerError, SameAnswerError and StaleAnswerError.
    """
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=change.idea_id)
    now = timezone.now()
    check_can_change_status(by)
    first = idea.status_changes.select_related("new_status").get(pk=change.corrects_id or change.pk)
    latest = first.corrections.last() or first
    if not first.answer:
        raise NothingAnsweredError
    if seen is not None and seen != latest.pk:
        raise StaleAnswerError
    if not answer.strip():
        raise EmptyAnswerError
    if answer == latest.answer:
        raise SameAnswerError
    correction = StatusChange.objects.create(
        idea=idea,
        old_status=first.new_status,
        new_status=first.new_status,
        answer=answer,
        answer_html=markdown.render(answer),
        corrects=first,
        changed_by=by,
        occurred_at=now,
        recorded_at=now,
    )
    answer_corrected.send(sender=StatusChange, change=correction, by=by)
    return correction
