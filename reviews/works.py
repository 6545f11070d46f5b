"""What the worker has under way for a review, as far as one can see from outside of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from core.worker import is_somebody_at_work
from reviews.models import DraftRanking, Review, ReviewWork
from reviews.selection import Place, Selection, cut_off_of, latest_cut_off, select, wishes_of

# What is in no ledger may have changed: the ideas that are on the boards, their tags, organisations' segments.
FRESH_FOR = timedelta(minutes=10)


class State(StrEnum):
    """How it stands: nobody has begun, somebody is at it, somebody stopped it, or it broke off."""

    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    BROKEN = "broken"


@dataclass(frozen=True)
class Progress:
    """A work, and how it stands. `has_worker` says whether there is anybody to do it."""

    work: ReviewWork
    state: State
    has_worker: bool

    @property
    def is_under_way(self) -> bool:
        return self.state in (State.WAITING, State.RUNNING)


def progress_of(review: Review, *kinds: ReviewWork.Kind) -> Progress | None:
    """The latest of the review's works of these kinds."""
    work = ReviewWork.objects.filter(review=review, kind__in=kinds).order_by("-pk").first()
    return None if work is None else Progress(work, _state(work), is_somebody_at_work())


def is_under_way(review: Review, kind: ReviewWork.Kind) -> bool:
    work = ReviewWork.objects.filter(review=review, kind=kind).first()
    return work is not None and _state(work) in (State.WAITING, State.RUNNING)


def _state(work: ReviewWork) -> State:
    if work.is_stopped:
        return State.STOPPED
    runs = DBTaskResult.objects.filter(pk=work.run) if work.run else DBTaskResult.objects.none()
    status = runs.values_list("status", flat=True).first()
    if work.problem or status not in (TaskResultStatus.READY, TaskResultStatus.RUNNING):
        # Without a problem it ended with an error that nobody foresaw, or with its third worker.
        return State.BROKEN
    return State.WAITING if status == TaskResultStatus.READY else State.RUNNING


@dataclass(frozen=True)
class Looked:
    """A draft's ideas to be looked at, as of when, and whether they are by what the draft asks for now."""

    selection: Selection
    cut_off: datetime
    is_current: bool = True


def look_at(review: Review, *, at_once: bool) -> Looked | None:
    """A draft's ideas, ranked now, or else as the worker ranked them last; None where it has not."""
    if at_once:
        cut_off = min(cut_off_of(review), latest_cut_off())
        return Looked(select(review, cut_off), cut_off)
    kept = DraftRanking.objects.filter(review=review).first()
    if kept is None:
        return None
    places = [Place(rank, *place) for rank, place in enumerate(kept.places, start=1)]
    return Looked(Selection(places, kept.ranked, kept.lost), kept.cut_off, kept.wishes == wishes_of(review))


def needs_ranking(review: Review) -> bool:
    """Whether a large draft that somebody looks at has to be ranked anew."""
    wishes = wishes_of(review)
    progress = progress_of(review, ReviewWork.Kind.RANKING)
    if progress:
        return not progress.is_under_way and progress.work.wishes != wishes
    fresh = timezone.now() - FRESH_FOR
    return not DraftRanking.objects.filter(review=review, wishes=wishes, made_at__gte=fresh).exists()
