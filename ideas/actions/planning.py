"""Planning ideas: an owner, a target quarter, links to the team's tracker, private notes."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from ideas.errors import (
    LinkedAlreadyError,
    LinkGoneError,
    NoPlannerError,
    NoteGoneError,
    UnknownQuarterError,
    UnknownTrackerError,
)
from ideas.models import CostEstimate, Idea, IdeaBoardPage, PrivateNote, TrackerLink
from ideas.permissions import check_can_edit_note, check_can_plan
from ideas.planning import estimated_cost, possible_owners
from ideas.quarters import is_quarter
from ideas.signals import (
    cost_estimated,
    idea_planned,
    note_edited,
    note_removed,
    note_written,
    tracker_linked,
    tracker_unlinked,
)
from ideas.trackers import recognise, tidied


@transaction.atomic
def plan_idea(*, idea: Idea, by: Member, owner: Member | None, target_quarter: str) -> Idea:
    """Say who of the team looks after an idea, and for which quarter it is planned; None and "" take it back.

    What is so already changes nothing. Raises ForbiddenError, NoPlannerError and UnknownQuarterError.
    """
    idea = _locked(idea)
    check_can_plan(by)
    if owner is not None and owner.pk != idea.owner_id:
        check_can_own(owner, idea.board)
    check_is_quarter(target_quarter)
    put_plan(idea, by, owner=owner, target_quarter=target_quarter)
    return idea


def check_can_own(owner: Member, *boards: IdeaBoardPage) -> None:
    """Raises NoPlannerError where this member may not own ideas of these boards."""
    if owner not in possible_owners(*boards):
        raise NoPlannerError


def check_is_quarter(text: str) -> None:
    """Raises UnknownQuarterError for what is neither a quarter nor empty."""
    if text and not is_quarter(text):
        raise UnknownQuarterError


def put_plan(idea: Idea, by: Member, **values: Any) -> list[str]:
    """Give a locked idea an owner, a target quarter or both, and announce it; the names of what that changed."""
    changed = [name for name, value in values.items() if getattr(idea, name) != value]
    for name in changed:
        setattr(idea, name, values[name])
    if changed:
        idea.save(update_fields=changed)
        idea_planned.send(sender=Idea, idea=idea, by=by, changed=changed)
    return changed


@transaction.atomic
def estimate_cost(*, idea: Idea, by: Member, cost: int | None) -> Idea:
    """Say what an idea is estimated to cost, from now on; None takes the estimate back.

    What is so already changes nothing. Raises ForbiddenError.
    """
    idea = _locked(idea)
    check_can_plan(by)
    if estimated_cost(idea) != cost:
        CostEstimate.objects.create(idea=idea, cost=cost, estimated_by=by, recorded_at=timezone.now())
        cost_estimated.send(sender=Idea, idea=idea, by=by, cost=cost)
    return idea


@transaction.atomic
def add_tracker_link(*, idea: Idea, by: Member, url: str) -> TrackerLink:
    """Link an idea to an item of the team's tracker.

    Raises ForbiddenError, UnknownTrackerError and LinkedAlreadyError.
    """
    idea = _locked(idea)
    check_can_plan(by)
    if recognise(url) is None:
        raise UnknownTrackerError
    url = tidied(url)
    if idea.tracker_links.filter(url=url).exists():
        raise LinkedAlreadyError
    link = TrackerLink.objects.create(idea=idea, url=url, added_by=by)
    tracker_linked.send(sender=TrackerLink, link=link, by=by)
    return link


@transaction.atomic
def keep_tracker_link(*, idea: Idea, by: Member, url: str) -> TrackerLink:
    """Link an idea to an item that was made of it in a tracker, whatever its address is; an old link stays.

    Raises ForbiddenError.
    """
    idea = _locked(idea)
    check_can_plan(by)
    link, is_new = TrackerLink.objects.get_or_create(idea=idea, url=tidied(url), defaults={"added_by": by})
    if is_new:
        tracker_linked.send(sender=TrackerLink, link=link, by=by)
    return link


@transaction.atomic
def remove_tracker_link(*, link: TrackerLink, by: Member) -> None:
    """Take a link away; the site's log keeps it. Raises ForbiddenError and LinkGoneError."""
    _locked(link.idea)
    check_can_plan(by)
    if not TrackerLink.objects.filter(pk=link.pk).delete()[0]:
        raise LinkGoneError
    tracker_unlinked.send(sender=TrackerLink, link=link, by=by)


@transaction.atomic
def write_note(*, idea: Idea, by: Member, body: str) -> PrivateNote:
    """Note something about an idea that only the team reads. Raises ForbiddenError."""
    idea = _locked(idea)
    check_can_plan(by)
    note = PrivateNote(idea=idea, author=by)
    note.write(body)
    note.save()
    note_written.send(sender=PrivateNote, note=note, by=by)
    return note


@transaction.atomic
def edit_note(*, note: PrivateNote, by: Member, body: str) -> PrivateNote:
    """Change one's own note. The same text changes nothing. Raises ForbiddenError and NoteGoneError."""
    note = _note(note)
    check_can_edit_note(by, note)
    if note.body == body:
        return note
    note.write(body)
    note.edited_at = timezone.now()
    note.save(update_fields=["body", "body_html", "edited_at"])
    note_edited.send(sender=PrivateNote, note=note, by=by)
    return note


@transaction.atomic
def remove_note(*, note: PrivateNote, by: Member) -> None:
    """Take one's own note away from everybody's eyes. Raises ForbiddenError and NoteGoneError."""
    note = _note(note)
    check_can_edit_note(by, note)
    note.removed_at = timezone.now()
    note.save(update_fields=["removed_at"])
    note_removed.send(sender=PrivateNote, note=note, by=by)


def _locked(idea: Idea) -> Idea:
    ideas = Idea.objects.select_for_update(of=("self",), no_key=True).select_related("board")
    return ideas.get(pk=idea.pk)


def _note(note: PrivateNote) -> PrivateNote:
    """The note as it is now, locked. Raises NoteGoneError."""
    note = PrivateNote.objects.select_for_update(of=("self",), no_key=True).select_related("idea").get(pk=note.pk)
    if note.removed_at is not None:
        raise NoteGoneError
    return note
