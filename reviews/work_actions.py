"""What takes longer than a request for a large review: ranking its draft, sending it to review, publishing it.

The worker does it, a step at a time. It can be stopped between any two, whatever it has done so far is of no effect
until the last, and where a worker dies on the way another begins anew.
"""

from collections.abc import Callable
from dataclasses import astuple
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override
from django_tasks import task
from wagtail.log_actions import log

from accounts.models import Member
from core.errors import ConflictError, ForbiddenError
from core.tasks import WORKER
from reviews.actions import (
    PublishedError,
    check_wishes,
    checked_selection,
    finish_publishing,
    finish_sending,
    locked_draft,
    locked_for_publishing,
    publish_review,
    send_to_review,
)
from reviews.models import DraftRanking, PreparedIdea, Review, ReviewSnapshot, ReviewWork, SnapshotIdea
from reviews.permissions import check_can_change, check_can_publish, check_can_talk
from reviews.seals import Seals, read_salts
from reviews.selection import Selection, Told, cut_off_of, select, takes_long, wishes_of
from reviews.snapshot import WRITTEN_AT_ONCE, Freezer, Freezing
from reviews.works import is_under_way, needs_ranking

# What is gone through for its evidence within a request.
LARGE = 500
Kind, Step = ReviewWork.Kind, ReviewWork.Step
STOPPED = {Kind.SENDING: "reviews.stop_sending", Kind.PUBLISHING: "reviews.stop"}


class StoppedError(Exception):
    """Somebody stopped the work, or began another in its place."""


class OutdatedError(Exception):
    """The draft asks for something else than when its ranking began."""


def is_large(review: Review) -> bool:
    """Whether sending it to review or publishing it takes longer than a request should."""
    return review.size > LARGE or takes_long(review)


@transaction.atomic
def keep_ranked(*, review: Review, by: Member) -> None:
    """Have the worker rank a large draft that somebody looks at, where it was not, or not lately, or otherwise.

    A ranking that was stopped or broke off begins again when the draft asks for something else. Raises ForbiddenError.
    """
    if needs_ranking(review):
        begin_ranking(review=review, by=by)


@transaction.atomic
def begin_ranking(*, review: Review, by: Member) -> None:
    """Have the worker rank a large draft now; what is under way goes on. Raises ForbiddenError and PublishedError."""
    check_can_talk(by, review)
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if review.is_published:
        raise PublishedError
    check_wishes(review)
    if not is_under_way(review, Kind.RANKING):
        ReviewWork.objects.filter(review=review, kind=Kind.RANKING).delete()
        _begin(review, by, Kind.RANKING, rank_in_background)


@transaction.atomic
def begin_sending(*, review: Review, by: Member) -> Review | ReviewWork:
    """Send a draft to review; the worker gathers what lies behind a large one. Raises as send_to_review does."""
    review = locked_draft(review, by)
    if not is_large(review):
        return send_to_review(review=review, by=by)
    check_wishes(review)
    ReviewWork.objects.filter(review=review).delete()
    return _begin(review, by, Kind.SENDING, send_in_background)


@transaction.atomic
def begin_publishing(*, review: Review, by: Member) -> ReviewSnapshot | ReviewWork:
    """Publish a review; a large one is put together by the worker, which publishes it when all is ready.

    Raises as publish_review does.
    """
    review = locked_for_publishing(review, by)
    if not is_large(review):
        return publish_review(review=review, by=by)
    check_wishes(review)
    ReviewWork.objects.filter(review=review).delete()
    return _begin(review, by, Kind.PUBLISHING, publish_in_background)


@transaction.atomic
def stop_work(*, review: Review, by: Member) -> None:
    """Stop what the worker has under way for a review; nothing of it stays. Raises ForbiddenError."""
    Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    for work in ReviewWork.objects.select_for_update().filter(review=review).order_by("pk"):
        if not is_under_way(review, Kind(work.kind)):
            continue
        if work.kind == Kind.PUBLISHING:
            check_can_publish(by, review)
        else:
            check_can_change(by, review)
        if work.kind == Kind.RANKING:
            ReviewWork.objects.filter(pk=work.pk).update(is_stopped=True)
        else:
            work.delete()
            log(instance=review, action=STOPPED[Kind(work.kind)], user=by)


@task(backend=WORKER)
def rank_in_background(pk: int) -> None:
    """Rank a large draft to be looked at. What it asks for meanwhile restarts it."""
    _do(pk, _rank)


@task(backend=WORKER)
def send_in_background(pk: int) -> None:
    """Go through all that a large draft would publish, and then put it in review."""
    _do(pk, _send)


@task(backend=WORKER)
def publish_in_background(pk: int) -> None:
    """Put a large review together, some ideas at a time, and publish it at the end."""
    _do(pk, _publish)


def _begin(review: Review, by: Member, kind: ReviewWork.Kind, what: Any) -> ReviewWork:
    work = ReviewWork.objects.create(
        review=review, by=by, kind=kind, cut_off=cut_off_of(review), wishes=wishes_of(review)
    )
    _queue(work, what)
    return work


def _queue(work: ReviewWork, what: Any) -> None:
    ReviewWork.objects.filter(pk=work.pk).update(run=what.enqueue(work.pk).id)


def _do(pk: int, act: Callable[[ReviewWork], None]) -> None:
    work = ReviewWork.objects.select_related("review", "by").filter(pk=pk, is_stopped=False, problem="").first()
    if work is None:
        return
    with override(work.by.language):
        try:
            act(work)
        except StoppedError:
            return
        except (ConflictError, ForbiddenError) as error:
            ReviewWork.objects.filter(pk=pk).update(problem=str(error))


def _rank(work: ReviewWork) -> None:
    review = work.review
    wishes, cut_off = wishes_of(review), cut_off_of(review)
    ReviewWork.objects.filter(pk=work.pk).update(wishes=wishes, cut_off=cut_off)
    tell = _teller(work, Step.RANKING)

    def tell_or_restart(done: int, total: int) -> None:
        tell(done, total)
        if wishes_of(Review.objects.get(pk=review.pk)) != wishes:
            raise OutdatedError

    try:
        check_can_talk(work.by, review)
        check_wishes(review)
        selection = select(review, cut_off, tell_or_restart)
        with transaction.atomic():
            review = _held(work)
            if wishes_of(review) != wishes:
                raise OutdatedError
            _keep_ranking(review, selection, cut_off)
            ReviewWork.objects.filter(pk=work.pk).delete()
    except OutdatedError:
        # Others may be waiting, so it is at the end of the queue again.
        _queue(work, rank_in_background)


def _send(work: ReviewWork) -> None:
    review, by = work.review, work.by
    check_can_change(by, review)
    freezer = _freezer(work)
    tell, total = _teller(work, Step.GATHERING), len(freezer.selection.places)
    for done, _described in enumerate(freezer.ideas(), start=1):
        if done % WRITTEN_AT_ONCE == 0:
            tell(done, total)
    with transaction.atomic():
        review = _held(work)
        finish_sending(review, by, freezer)
        if takes_long(review):
            _keep_ranking(review, freezer.selection, work.cut_off)


def _publish(work: ReviewWork) -> None:
    review, by = work.review, work.by
    work.prepared.all().delete()
    check_can_publish(by, review)
    freezer = _freezer(work)
    freezing, tell, done = Freezing(freezer), _teller(work, Step.GATHERING), 0
    for batch in freezing.batches():
        done += len(batch)
        with transaction.atomic():
            tell(done, len(freezer.selection.places))
            PreparedIdea.objects.bulk_create(
                PreparedIdea(work=work, rank=rank, idea_id=idea, content=content, evidence=evidence)
                for rank, idea, content, evidence in batch
            )
    with transaction.atomic():
        _held(work)
        _copy_prepared(work)
        finish_publishing(review, by, freezing.seal())


def _freezer(work: ReviewWork) -> Freezer:
    """What describes the review's ideas, once they are ranked."""
    review = work.review
    review.cut_off = work.cut_off
    selection = checked_selection(review, _teller(work, Step.RANKING))
    return Freezer(review, selection, work.cut_off, reader=work.by, seals=Seals(read_salts(review)))


def _teller(work: ReviewWork, step: ReviewWork.Step) -> Told:
    """Notes how far the work is. Raises StoppedError where it was stopped."""

    def tell(done: int, total: int) -> None:
        there = ReviewWork.objects.filter(pk=work.pk, is_stopped=False)
        if not there.update(step=step, done=done, total=total):
            raise StoppedError

    return tell


def _held(work: ReviewWork) -> Review:
    """The review, locked for the last step. Raises StoppedError where the work was stopped."""
    review = Review.objects.select_for_update(of=("self",)).filter(pk=work.review_id).first()
    if review is None or not ReviewWork.objects.select_for_update().filter(pk=work.pk, is_stopped=False).exists():
        raise StoppedError
    return review


def _keep_ranking(review: Review, selection: Selection, cut_off: Any) -> None:
    found = {
        "wishes": wishes_of(review),
        "cut_off": cut_off,
        "made_at": timezone.now(),
        "ranked": selection.ranked,
        "places": [astuple(place)[1:] for place in selection.places],
        "lost": selection.lost,
    }
    DraftRanking.objects.update_or_create(review=review, defaults=found)


def _copy_prepared(work: ReviewWork) -> None:
    """Inside the database, for there may be 100,000 of them."""
    columns = "rank, idea_id, content, evidence"
    source, target = PreparedIdea._meta.db_table, SnapshotIdea._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {target} (review_id, {columns}) "  # noqa: S608 -- names of our own tables
            f"SELECT %s, {columns} FROM {source} WHERE work_id = %s ORDER BY rank",
            [work.review_id, work.pk],
        )
