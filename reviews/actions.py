"""What the product team does with reviews. Each act is a line of Wagtail's log."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.models import Member
from community import families
from core.errors import ConflictError
from ideas.models import Idea, IdeaBoardPage
from reviews.models import Review, ReviewItem, ReviewSnapshot, SealedName
from reviews.permissions import check_can_change, check_can_create, check_can_download, check_can_publish
from reviews.ranking import SUPPORTERS, ranked
from reviews.snapshot import Seals, canonical, content_hash, describe

MOST_IDEAS = 200


class EmptySelectionError(ConflictError):
    sentence = _("Choose at least one idea.")


class TooManyIdeasError(ConflictError):
    sentence = _("A review holds at most 200 ideas.")


class NotOnBoardError(ConflictError):
    sentence = _("Some of the ideas that you chose are not on this board, or not any more. Check what is left of them.")


class SelectionChangedError(ConflictError):
    sentence = _("Some ideas of this review are not on the board any more. Remove them, then publish.")


class PublishedError(ConflictError):
    sentence = _("This review is published. It can't be changed any more.")


@transaction.atomic
def create_draft(*, board: IdeaBoardPage, by: Member, title: str, note: str, ideas: Collection[int]) -> Review:
    """Start a review with some of a board's ideas, named by their ids.

    Raises ForbiddenError, EmptySelectionError, NotOnBoardError and TooManyIdeasError.
    """
    check_can_create(by, board)
    if not ideas:
        raise EmptySelectionError
    review = Review.objects.create(
        board=board,
        title=title,
        note=note,
        policy=SUPPORTERS.name,
        policy_version=SUPPORTERS.version,
        created_by=by,
    )
    _choose(review, by, ideas)
    log(instance=review, action="reviews.create", user=by)
    return review


@transaction.atomic
def change_draft(*, review: Review, by: Member, title: str, note: str) -> Review:
    """Give a draft another title and note. Raises ForbiddenError and PublishedError."""
    review = _locked_draft(review, by)
    review.title, review.note = title, note
    review.save(update_fields=["title", "note"])
    log(instance=review, action="reviews.change", user=by)
    return review


@transaction.atomic
def add_ideas(*, review: Review, by: Member, ideas: Collection[int]) -> int:
    """Choose more ideas of the board, named by their ids, and say how many were new; those chosen before stay once.

    Raises as create_draft does, and PublishedError.
    """
    review = _locked_draft(review, by)
    if not ideas:
        raise EmptySelectionError
    added = _choose(review, by, ideas)
    if added:
        log(instance=review, action="reviews.change", user=by)
    return added


@transaction.atomic
def remove_idea(*, review: Review, by: Member, idea: int) -> None:
    """Take an idea out of a draft; where it is not in it, nothing happens. Raises ForbiddenError and PublishedError."""
    review = _locked_draft(review, by)
    removed, _details = review.items.filter(idea=idea).delete()
    if removed:
        log(instance=review, action="reviews.change", user=by)


@transaction.atomic
def discard_draft(*, review: Review, by: Member) -> None:
    """Throw a draft away. Raises ForbiddenError and PublishedError."""
    review = _locked_draft(review, by)
    log(instance=review, action="reviews.discard", user=by, deleted=True)
    review.delete()


@transaction.atomic
def publish_review(*, review: Review, by: Member) -> ReviewSnapshot:
    """Freeze a draft as it stands now.

    The families of its ideas are locked while they are read, so that all numbers are of one moment, the cut-off: every
    vote in them that was recorded before is counted, none after. Raises ForbiddenError, PublishedError,
    EmptySelectionError and SelectionChangedError.
    """
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_publish(by, review)
    if review.is_published:
        raise PublishedError
    chosen = list(review.items.values_list("idea", flat=True))
    if not chosen:
        raise EmptySelectionError
    rows = families.lock(Idea, *chosen)
    if ranked(by, review.board).filter(pk__in=chosen).count() != len(chosen):
        raise SelectionChangedError
    now = timezone.now()
    seals = Seals()
    content = canonical(describe(review, rows, seals, by=by, at=now))
    snapshot = ReviewSnapshot.objects.create(review=review, content=content, content_hash=content_hash(content))
    for name in seals.names.values():
        name.snapshot = snapshot
    SealedName.objects.bulk_create(seals.names.values())
    review.state, review.cut_off, review.published_by, review.published_at = Review.State.PUBLISHED, now, by, now
    review.save(update_fields=["state", "cut_off", "published_by", "published_at"])
    log(instance=review, action="reviews.publish", user=by, data={"content_hash": snapshot.content_hash})
    return snapshot


@transaction.atomic
def record_download(*, review: Review, by: Member, form: str) -> None:
    """Note who took a published review out of the site, and in which form. Raises ForbiddenError."""
    check_can_download(by, review)
    log(instance=review, action="reviews.download", user=by, data={"form": form})


def _locked_draft(review: Review, by: Member) -> Review:
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_change(by, review)
    if review.is_published:
        raise PublishedError
    return review


def _choose(review: Review, by: Member, ideas: Collection[int]) -> int:
    wanted = set(ideas)
    if ranked(by, review.board).filter(pk__in=wanted).count() != len(wanted):
        raise NotOnBoardError
    present: set[Any] = set(review.items.values_list("idea", flat=True))
    new = wanted - present
    if len(present) + len(new) > MOST_IDEAS:
        raise TooManyIdeasError
    ReviewItem.objects.bulk_create(ReviewItem(review=review, idea_id=pk) for pk in sorted(new))
    return len(new)
