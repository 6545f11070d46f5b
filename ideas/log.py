"""Merges, statuses, answers and plans are lines of Wagtail's log too, in the transaction of the act.

What an import brings is not: its run is the record of it.
"""

from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import log

from accounts.models import Member
from ideas.models import IdeaMerge, StatusChange
from ideas.signals import answer_corrected, idea_merge_undone, ideas_merged, status_changed

MERGED = "ideas.merge"
MERGE_UNDONE = "ideas.undo_merge"
STATUS_CHANGED = "ideas.change_status"
ANSWER_CORRECTED = "ideas.correct_answer"


@receiver(ideas_merged)
def record_merge(edge: IdeaMerge, by: Member, **kwargs: Any) -> None:
    if edge.import_run_id is None:
        log(instance=edge.duplicate, action=MERGED, user=by, data={"target": edge.target_id, "reason": edge.reason})


@receiver(idea_merge_undone)
def record_undoing(edge: IdeaMerge, by: Member, **kwargs: Any) -> None:
    log(instance=edge.duplicate, action=MERGE_UNDONE, user=by, data={"target": edge.target_id})


@receiver(status_changed)
def record_status(change: StatusChange, by: Member, **kwargs: Any) -> None:
    if change.import_run_id is None:
        names = {"old": getattr(change.old_status, "name", ""), "new": change.new_status.name}
        log(instance=change.idea, action=STATUS_CHANGED, user=by, data=names)


@receiver(answer_corrected)
def record_correction(change: StatusChange, by: Member, **kwargs: Any) -> None:
    log(instance=change.idea, action=ANSWER_CORRECTED, user=by, data={"status": change.new_status.name})
