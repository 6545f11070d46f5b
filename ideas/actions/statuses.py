"""Moving an idea through its board's statuses."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from core import markdown
from core.models import ImportRun
from ideas.errors import OtherBoardsStatusError
from ideas.models import Idea, Status, StatusChange
from ideas.permissions import check_can_change_status
from ideas.signals import status_changed


@transaction.atomic
def change_status(
    *,
    idea: Idea,
    status: Status,
    by: Member,
    answer: str = "",
    occurred_at: datetime | None = None,
    import_run: ImportRun | None = None,
) -> Idea:
    """Give an idea another status of its board, with a public answer in Markdown if there is something to say.

    The status that it has already changes nothing without an answer. In another column of the roadmap it has no place
    yet. Raises ForbiddenError, OtherBoardsStatusError.
    """
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    now = timezone.now()
    check_can_change_status(by)
    if status.board_id != idea.board_id:
        raise OtherBoardsStatusError
    if status.pk == idea.status_id and not answer:
        return idea
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
    return idea
