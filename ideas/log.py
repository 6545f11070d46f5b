"""What moderators and the product team decide is a line of Wagtail's log too, in the transaction of the act.

What an import brings is not: its run is the record of it.
"""

from typing import Any

from django.dispatch import receiver
from wagtail.log_actions import log

from accounts.models import Member
from ideas.models import Idea, IdeaMerge, PrivateNote, StatusChange, TrackerLink, VoteSentence
from ideas.signals import (
    answer_corrected,
    cost_estimated,
    idea_merge_undone,
    idea_placed,
    idea_planned,
    idea_tagged,
    ideas_merged,
    note_edited,
    note_removed,
    note_written,
    sentence_hidden,
    sentence_shown,
    status_changed,
    tracker_linked,
    tracker_unlinked,
)

MERGED = "ideas.merge"
MERGE_UNDONE = "ideas.undo_merge"
STATUS_CHANGED = "ideas.change_status"
ANSWER_CORRECTED = "ideas.correct_answer"
PLANNED = "ideas.plan"
COST_ESTIMATED = "ideas.estimate_cost"
PLACED = "ideas.place_on_roadmap"
TAGGED = "ideas.tag"
LINKED = "ideas.link_tracker"
UNLINKED = "ideas.unlink_tracker"
NOTE_WRITTEN = "ideas.write_note"
NOTE_EDITED = "ideas.edit_note"
NOTE_REMOVED = "ideas.remove_note"
SENTENCE_HIDDEN = "ideas.hide_sentence"
SENTENCE_SHOWN = "ideas.show_sentence"


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


@receiver(idea_planned)
def record_plan(idea: Idea, by: Member, changed: list[str], **kwargs: Any) -> None:
    values = {"owner": idea.owner_id, "target_quarter": idea.target_quarter}
    log(instance=idea, action=PLANNED, user=by, data={name: values[name] for name in changed})


@receiver(cost_estimated)
def record_cost(idea: Idea, by: Member, cost: int | None, **kwargs: Any) -> None:
    log(instance=idea, action=COST_ESTIMATED, user=by, data={"cost": cost})


@receiver(idea_placed)
def record_place(idea: Idea, by: Member, neighbour: Idea, is_before: bool, **kwargs: Any) -> None:
    log(instance=idea, action=PLACED, user=by, data={"neighbour": neighbour.pk, "is_before": is_before})


@receiver(tracker_linked)
def record_link(link: TrackerLink, by: Member, **kwargs: Any) -> None:
    log(instance=link.idea, action=LINKED, user=by, data={"url": link.url})


@receiver(tracker_unlinked)
def record_unlinking(link: TrackerLink, by: Member, **kwargs: Any) -> None:
    log(instance=link.idea, action=UNLINKED, user=by, data={"url": link.url})


@receiver(note_written)
def record_note(note: PrivateNote, by: Member, **kwargs: Any) -> None:
    log(instance=note.idea, action=NOTE_WRITTEN, user=by)


@receiver(note_edited)
def record_edited_note(note: PrivateNote, by: Member, **kwargs: Any) -> None:
    log(instance=note.idea, action=NOTE_EDITED, user=by)


@receiver(note_removed)
def record_removed_note(note: PrivateNote, by: Member, **kwargs: Any) -> None:
    log(instance=note.idea, action=NOTE_REMOVED, user=by)


@receiver(idea_tagged)
def record_tags(idea: Idea, by: Member, added: list[str], removed: list[str], **kwargs: Any) -> None:
    log(instance=idea, action=TAGGED, user=by, data={"added": added, "removed": removed})


@receiver(sentence_hidden)
def record_hidden_sentence(sentence: VoteSentence, by: Member, reason: str, **kwargs: Any) -> None:
    data = {"member": sentence.member_id, "reason": reason}
    log(instance=sentence.idea, action=SENTENCE_HIDDEN, user=by, data=data)


@receiver(sentence_shown)
def record_shown_sentence(sentence: VoteSentence, by: Member, reason: str, **kwargs: Any) -> None:
    data = {"member": sentence.member_id, "reason": reason}
    log(instance=sentence.idea, action=SENTENCE_SHOWN, user=by, data=data)
