"""Asking support to collect on a topic, collecting, answering, and taking the answer into a review."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.models import Member
from core.errors import ConflictError
from ideas.models import IdeaBoardPage
from reviews.actions import InReviewError, PublishedError
from reviews.models import ResearchItem, ResearchRequest, Review, ReviewResearch
from reviews.permissions import check_can_change, check_can_collect, check_can_request_research


class ResearchClosedError(ConflictError):
    sentence = _("This request is answered or withdrawn. Nothing can be changed about what it asks.")


class WithdrawnError(ConflictError):
    sentence = _("This request was withdrawn.")


class StaleResearchError(ConflictError):
    sentence = _("Somebody has changed this request since you opened the page. See what it says now before you save.")


class AttachedAlreadyError(ConflictError):
    sentence = _("This is among what was collected already.")


class NothingToAttachError(ConflictError):
    sentence = _("Give the address of a post, or write a note.")


class ItemGoneError(ConflictError):
    sentence = _("Somebody has taken this away already.")


class NotAnsweredError(ConflictError):
    sentence = _("This request has no answer yet that a review could include.")


class FrozenAnswerError(ConflictError):
    sentence = _("A published review includes this answer, so it can't be changed. Make another request.")


@transaction.atomic
def request_research(
    *, board: IdeaBoardPage, by: Member, title: str, brief: str, questions: str, due_on: date, is_public: bool
) -> ResearchRequest:
    """Ask support to collect on a topic; a public request is a call on the board. Raises ForbiddenError."""
    check_can_request_research(by, board.pk)
    request = ResearchRequest(board=board, due_on=due_on, is_public=is_public, requested_by=by)
    request.describe(title=title, brief=brief, questions=questions)
    request.save()
    log(instance=request, action="reviews.request_research", user=by)
    return request


@transaction.atomic
def change_research(
    *,
    request: ResearchRequest,
    by: Member,
    title: str,
    brief: str,
    questions: str,
    due_on: date,
    is_public: bool,
    seen: int | None = None,
) -> ResearchRequest:
    """Ask otherwise, while it is open. `seen` is the version that the person knew of; None does not ask.

    Raises ForbiddenError, StaleResearchError and ResearchClosedError.
    """
    request = _locked(request)
    check_can_request_research(by, request.board_id)
    _check_is_current(request, seen)
    if not request.is_open:
        raise ResearchClosedError
    request.describe(title=title, brief=brief, questions=questions)
    request.due_on, request.is_public = due_on, is_public
    _save(request)
    log(instance=request, action="reviews.change_research", user=by)
    return request


@transaction.atomic
def withdraw_research(*, request: ResearchRequest, by: Member) -> ResearchRequest:
    """Ask no longer. Raises ForbiddenError and ResearchClosedError."""
    request = _locked(request)
    check_can_request_research(by, request.board_id)
    if not request.is_open:
        raise ResearchClosedError
    request.state = ResearchRequest.State.WITHDRAWN
    _save(request)
    log(instance=request, action="reviews.withdraw_research", user=by)
    return request


@transaction.atomic
def attach(*, request: ResearchRequest, by: Member, note: str = "", **target: Any) -> ResearchItem:
    """Add something to what was collected: one of a question, a reply, an idea, a comment or a vote, or a note alone.

    Posts are to be found through the gate by whoever calls this. Raises ForbiddenError, WithdrawnError,
    FrozenAnswerError, NothingToAttachError and AttachedAlreadyError.
    """
    request = _locked(request)
    check_can_collect(by, request.board_id)
    _check_can_be_answered(request)
    if not (target or note.strip()):
        raise NothingToAttachError
    if target and request.items.filter(removed_at__isnull=True, **target).exists():
        raise AttachedAlreadyError
    item = ResearchItem.objects.create(request=request, added_by=by, note=note, **target)
    log(instance=request, action="reviews.attach_to_research", user=by)
    return item


@transaction.atomic
def detach(*, item: ResearchItem, by: Member) -> None:
    """Take something away from what was collected; the row stays.

    Raises ForbiddenError, WithdrawnError, FrozenAnswerError and ItemGoneError.
    """
    request = _locked(item.request)
    check_can_collect(by, request.board_id)
    _check_can_be_answered(request)
    if not request.items.filter(pk=item.pk, removed_at__isnull=True).update(removed_at=timezone.now()):
        raise ItemGoneError
    log(instance=request, action="reviews.detach_from_research", user=by)


@transaction.atomic
def answer_research(*, request: ResearchRequest, by: Member, answer: str, seen: int | None = None) -> ResearchRequest:
    """End the request with what came of it, or say better what did, until a published review includes it.

    `seen` is the version that the person knew of; None does not ask. Raises ForbiddenError, WithdrawnError,
    StaleResearchError and FrozenAnswerError.
    """
    request = _locked(request)
    check_can_collect(by, request.board_id)
    _check_is_current(request, seen)
    _check_can_be_answered(request)
    request.conclude(answer)
    request.state = ResearchRequest.State.ANSWERED
    request.answered_by, request.answered_at = by, timezone.now()
    _save(request)
    log(instance=request, action="reviews.answer_research", user=by)
    return request


@transaction.atomic
def include_research(*, review: Review, request: ResearchRequest, by: Member) -> None:
    """Have a draft include the answer to a request of one of its boards; doing it again is harmless.

    Raises ForbiddenError, PublishedError, InReviewError and NotAnsweredError.
    """
    review = _draft(review, by)
    request = _locked(request)
    if request.state != ResearchRequest.State.ANSWERED or request.board_id not in review.board_ids:
        raise NotAnsweredError
    ReviewResearch.objects.get_or_create(review=review, request=request)


@transaction.atomic
def leave_out_research(*, review: Review, request: ResearchRequest, by: Member) -> None:
    """Have a draft not include the answer; where it does not, nothing happens.

    Raises ForbiddenError, PublishedError and InReviewError.
    """
    review = _draft(review, by)
    ReviewResearch.objects.filter(review=review, request=request).delete()


def _draft(review: Review, by: Member) -> Review:
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_change(by, review)
    if review.is_published:
        raise PublishedError
    if review.is_in_review:
        raise InReviewError
    return review


def _locked(request: ResearchRequest) -> ResearchRequest:
    return ResearchRequest.objects.select_for_update(of=("self",), no_key=True).get(pk=request.pk)


def _save(request: ResearchRequest) -> None:
    request.version += 1
    request.save()


def _check_is_current(request: ResearchRequest, seen: int | None) -> None:
    if seen is not None and seen != request.version:
        raise StaleResearchError


def _check_can_be_answered(request: ResearchRequest) -> None:
    if request.state == ResearchRequest.State.WITHDRAWN:
        raise WithdrawnError
    if request.reviews.filter(state=Review.State.PUBLISHED).exists():
        raise FrozenAnswerError
