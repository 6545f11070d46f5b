"""What the product team does with reviews. Each act is a line of Wagtail's log."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.models import Member
from core.batches import in_batches
from core.errors import ConflictError
from ideas.models import Idea, IdeaBoardPage, Policy
from reviews.models import (
    DraftRanking,
    Interpretation,
    Review,
    ReviewItem,
    ReviewSnapshot,
    ReviewWork,
)
from reviews.permissions import (
    check_can_change,
    check_can_create,
    check_can_download,
    check_can_interpret,
    check_can_publish,
)
from reviews.ranking import ranked
from reviews.rules import BUILT_IN
from reviews.seals import Seals, keep_salts, read_salts
from reviews.selection import (
    Selection,
    Told,
    candidates,
    cut_off_of,
    is_too_much,
    latest_cut_off,
    rule_of,
    select,
)
from reviews.snapshot import Freezer, freeze
from reviews.works import is_under_way

# By hand. What is chosen by rank is limited by the review's size.
MOST_IDEAS = 200
ITEMS_AT_ONCE = 1_000
Choice = ReviewItem.Choice


class EmptySelectionError(ConflictError):
    sentence = _("Choose at least one idea.")


class NothingFoundError(EmptySelectionError):
    sentence = _("No idea meets these filters at the cut-off, so there is nothing to review. Change the draft.")


class TooManyIdeasError(ConflictError):
    sentence = _("A review holds at most 200 ideas.")


class TooManyRankedError(ConflictError):
    sentence = _("These boards have more than 1,000,000 ideas together. Choose fewer boards, or filter by tags.")


class NotOnBoardError(ConflictError):
    sentence = _("Some of the ideas that you chose are not on this board, or not any more. Check what is left of them.")


class SelectionChangedError(ConflictError):
    sentence = _(
        "Some ideas of this review were not on the board at its cut-off, or are not any more. Remove them, or wait a "
        "minute if they are new."
    )


class PublishedError(ConflictError):
    sentence = _("This review is published. It can't be changed any more.")


class InReviewError(ConflictError):
    sentence = _("This review is in review. Take it back to the drafts before you change it.")


class BeingPublishedError(ConflictError):
    sentence = _("This review is being published. Wait until it is, or stop it.")


class BeingSentError(ConflictError):
    sentence = _("This draft is being sent to review. Wait until it is, or stop it.")


class NotInReviewError(ConflictError):
    sentence = _("This review is a draft already.")


class UnsettledCutOffError(ConflictError):
    sentence = _("A cut-off lies at least one minute back: votes of the last minute may still be on their way.")


class WeightlessRankingError(ConflictError):
    sentence = _("By this policy every idea has the score 0. Choose another policy.")


class NoReasonError(ConflictError):
    sentence = _("Say why the idea is left out.")


@transaction.atomic
def create_draft(*, board: IdeaBoardPage, by: Member, title: str, note: str, ideas: Collection[int]) -> Review:
    """Start a review with some of a board's ideas, named by their ids.

    Raises ForbiddenError, EmptySelectionError, NotOnBoardError and TooManyIdeasError.
    """
    check_can_create(by, board)
    if not ideas:
        raise EmptySelectionError
    rule = BUILT_IN["supporters"]
    review = Review.objects.create(
        board=board, title=title, note=note, policy=rule.slug, policy_version=rule.version, created_by=by
    )
    _choose(review, by, ideas)
    log(instance=review, action="reviews.create", user=by)
    return review


@transaction.atomic
def build_draft(
    *,
    by: Member,
    title: str,
    note: str,
    boards: Collection[IdeaBoardPage],
    policy: Policy | str,
    cut_off: datetime | None,
    filters: dict[str, Any],
    size: int,
) -> Review:
    """Start a review that chooses its ideas by a policy, or by the built-in ranking of that name.

    Raises ForbiddenError, UnsettledCutOffError and WeightlessRankingError.
    """
    first, *others = sorted(boards, key=lambda board: board.pk)
    for board in boards:
        check_can_create(by, board)
    review = Review(board=first, title=title, note=note, cut_off=cut_off, filters=filters, size=size, created_by=by)
    _rank_by(review, policy)
    _check_cut_off(cut_off)
    review.save()
    review.more_boards.set(others)
    log(instance=review, action="reviews.create", user=by)
    return Review.objects.get(pk=review.pk)


@transaction.atomic
def rebuild_draft(
    *,
    review: Review,
    by: Member,
    title: str,
    note: str,
    boards: Collection[IdeaBoardPage],
    policy: Policy | str,
    cut_off: datetime | None,
    filters: dict[str, Any],
    size: int,
) -> Review:
    """Let a draft choose its ideas otherwise; what was pinned, left out and grouped stays so.

    Raises as build_draft does, InReviewError and PublishedError.
    """
    review = locked_draft(review, by)
    for board in boards:
        check_can_create(by, board)
    first, *others = sorted(boards, key=lambda board: board.pk)
    review.board, review.title, review.note = first, title, note
    review.cut_off, review.filters, review.size = cut_off, filters, size
    _rank_by(review, policy)
    _check_cut_off(cut_off)
    review.save()
    review.more_boards.set(others)
    log(instance=review, action="reviews.change", user=by)
    return Review.objects.get(pk=review.pk)


@transaction.atomic
def change_draft(*, review: Review, by: Member, title: str, note: str) -> Review:
    """Give a draft another title and note. Raises ForbiddenError, InReviewError and PublishedError."""
    review = locked_draft(review, by)
    review.title, review.note = title, note
    review.save(update_fields=["title", "note"])
    log(instance=review, action="reviews.change", user=by)
    return review


@transaction.atomic
def add_ideas(*, review: Review, by: Member, ideas: Collection[int]) -> int:
    """Choose more ideas of the board, named by their ids, and say how many were new; those chosen before stay once.

    Raises as create_draft does, InReviewError and PublishedError.
    """
    review = locked_draft(review, by)
    if not ideas:
        raise EmptySelectionError
    added = _choose(review, by, ideas)
    if added:
        log(instance=review, action="reviews.change", user=by)
    return added


@transaction.atomic
def remove_idea(*, review: Review, by: Member, idea: int) -> None:
    """Take back what was said of an idea in a draft: pinned, it is in it no more unless by its rank.

    Raises ForbiddenError, InReviewError and PublishedError.
    """
    review = locked_draft(review, by)
    removed, _details = review.items.filter(idea=idea).delete()
    if removed:
        log(instance=review, action="reviews.change", user=by)


@transaction.atomic
def pin_idea(*, review: Review, by: Member, idea: int) -> None:
    """Have an idea in the review wherever it ranks. Raises as add_ideas does."""
    add_ideas(review=review, by=by, ideas=[idea])


@transaction.atomic
def exclude_idea(*, review: Review, by: Member, idea: int, reason: str) -> None:
    """Leave an idea out of a review, and say why. Raises NoReasonError, NotOnBoardError and as change_draft does."""
    review = locked_draft(review, by)
    if not reason.strip():
        raise NoReasonError
    _check_on_boards(review, [idea])
    review.items.update_or_create(idea_id=idea, defaults={"choice": Choice.EXCLUDED, "reason": reason.strip()})
    log(instance=review, action="reviews.exclude", user=by, data={"idea": idea, "reason": reason.strip()})


@transaction.atomic
def group_idea(*, review: Review, by: Member, idea: int, theme: str) -> None:
    """Put an idea of a draft under a theme, or with an empty one under none. Raises as exclude_idea does."""
    review = locked_draft(review, by)
    _check_on_boards(review, [idea])
    theme = " ".join(theme.split())
    review.items.get_or_create(idea_id=idea, defaults={"choice": Choice.NONE})
    review.items.filter(idea=idea).update(theme=theme)
    review.items.filter(idea=idea, choice=Choice.NONE, theme="").delete()
    log(instance=review, action="reviews.change", user=by)


@transaction.atomic
def discard_draft(*, review: Review, by: Member) -> None:
    """Throw a draft away. Raises ForbiddenError, InReviewError and PublishedError."""
    review = locked_draft(review, by)
    log(instance=review, action="reviews.discard", user=by, deleted=True)
    review.delete()


@transaction.atomic
def send_to_review(*, review: Review, by: Member) -> Review:
    """Fix a draft's cut-off and selection, for others to look at.

    Raises ForbiddenError, PublishedError, InReviewError, EmptySelectionError, SelectionChangedError,
    TooManyRankedError, UnsettledCutOffError and WeightlessRankingError.
    """
    review = locked_draft(review, by)
    review.cut_off = cut_off_of(review)
    selection = checked_selection(review)
    freezer = Freezer(review, selection, review.cut_off, reader=by, seals=Seals(read_salts(review)))
    for _described in freezer.ideas():
        pass
    finish_sending(review, by, freezer)
    return review


def finish_sending(review: Review, by: Member, freezer: Freezer) -> None:
    """Make a locked draft one that is in review, its ideas having been gone through for the salts of their people."""
    ReviewWork.objects.filter(review=review).delete()
    keep_salts(review, freezer.gatherer.seals)
    _keep_items(review, freezer.selection.ideas)
    review.cut_off, review.state = freezer.cut_off, Review.State.IN_REVIEW
    review.save(update_fields=["state", "cut_off"])
    log(instance=review, action="reviews.send", user=by)


@transaction.atomic
def take_back(*, review: Review, by: Member) -> Review:
    """Make a review that is in review a draft again. Raises ForbiddenError, PublishedError and NotInReviewError."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_change(by, review)
    if review.is_published:
        raise PublishedError
    if not review.is_in_review:
        raise NotInReviewError
    _check_is_idle(review)
    review.items.filter(choice=Choice.NONE, theme="").delete()
    review.state = Review.State.DRAFT
    review.save(update_fields=["state"])
    log(instance=review, action="reviews.take_back", user=by)
    return review


@transaction.atomic
def publish_review(*, review: Review, by: Member) -> ReviewSnapshot:
    """Freeze a draft, or what is in review, as its boards stood at its cut-off: what the ledgers knew then counts.

    What is in no ledger is as it is now: titles, texts, tags, segments, voices. Raises as send_to_review does.
    """
    review = locked_for_publishing(review, by)
    review.cut_off = cut_off_of(review)
    selection = checked_selection(review)
    snapshot = freeze(Freezer(review, selection, review.cut_off, reader=by, seals=Seals(read_salts(review))))
    finish_publishing(review, by, snapshot)
    return snapshot


def _keep_items(review: Review, ideas: Iterable[int]) -> None:
    """From now on the review's items are its ideas: what is said of them, decided and so on refers to these."""
    known = set(review.items.values_list("idea", flat=True))
    items = (ReviewItem(review=review, idea_id=pk, choice=Choice.NONE) for pk in ideas if pk not in known)
    for batch in in_batches(items, ITEMS_AT_ONCE):
        ReviewItem.objects.bulk_create(batch)


def locked_for_publishing(review: Review, by: Member) -> Review:
    """The review, to be published. Raises ForbiddenError and what says why it can't be."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_publish(by, review)
    if review.is_published:
        raise PublishedError
    _check_is_idle(review)
    return review


def finish_publishing(review: Review, by: Member, snapshot: ReviewSnapshot) -> None:
    """Make a locked review a published one."""
    ReviewWork.objects.filter(review=review).delete()
    DraftRanking.objects.filter(review=review).delete()
    review.seals.all().delete()
    review.items.filter(choice=Choice.EXCLUDED).delete()
    _keep_items(review, review.frozen_ideas.order_by("rank").values_list("idea", flat=True).iterator())
    review.state, review.published_by, review.published_at = Review.State.PUBLISHED, by, timezone.now()
    review.save(update_fields=["state", "cut_off", "published_by", "published_at"])
    log(instance=review, action="reviews.publish", user=by, data={"content_hash": snapshot.content_hash})


def check_wishes(review: Review) -> None:
    """Raises what says why a draft's ideas can't be ranked as it asks."""
    _check_cut_off(cut_off_of(review))
    if not rule_of(review).counts_something:
        raise WeightlessRankingError
    if is_too_much(review):
        raise TooManyRankedError


def check_found(review: Review, selection: Selection) -> None:
    """Raises what says why these ideas can't be published."""
    if selection.lost:
        raise SelectionChangedError
    if not selection.places:
        raise NothingFoundError if review.size else EmptySelectionError


def checked_selection(review: Review, tell: Told | None = None) -> Selection:
    """The review's ideas. Raises what says why it can't be published as it is."""
    check_wishes(review)
    selection = select(review, cut_off_of(review), tell)
    check_found(review, selection)
    return selection


@transaction.atomic
def interpret_idea(*, idea: Idea, by: Member, text: str) -> Interpretation:
    """Say what support makes of an idea's support. It replaces what was said before. Raises ForbiddenError."""
    check_can_interpret(by, idea)
    return Interpretation.objects.create(idea=idea, text=text, written_by=by)


@transaction.atomic
def record_download(*, review: Review, by: Member, form: str) -> None:
    """Note who took a published review out of the site, and in which form. Raises ForbiddenError."""
    check_can_download(by, review)
    log(instance=review, action="reviews.download", user=by, data={"form": form})


def _rank_by(review: Review, policy: Policy | str) -> None:
    if isinstance(policy, Policy):
        if not policy.is_published:
            raise WeightlessRankingError
        review.ranking, review.policy, review.policy_version = policy, policy.slug, policy.version
    else:
        rule = BUILT_IN[policy]
        review.ranking, review.policy, review.policy_version = None, rule.slug, rule.version
    if not rule_of(review).counts_something:
        raise WeightlessRankingError


def _check_cut_off(cut_off: datetime | None) -> None:
    if cut_off is not None and cut_off > latest_cut_off():
        raise UnsettledCutOffError


def locked_draft(review: Review, by: Member) -> Review:
    """The draft, to be changed. Raises ForbiddenError and what says why it can't be."""
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_change(by, review)
    if review.is_published:
        raise PublishedError
    if review.is_in_review:
        raise InReviewError
    _check_is_idle(review)
    return review


def _check_is_idle(review: Review) -> None:
    if is_under_way(review, ReviewWork.Kind.PUBLISHING):
        raise BeingPublishedError
    if is_under_way(review, ReviewWork.Kind.SENDING):
        raise BeingSentError


def _check_on_boards(review: Review, ideas: Collection[int]) -> None:
    if candidates(review).listed().filter(pk__in=ideas).count() != len(set(ideas)):
        raise NotOnBoardError


def _choose(review: Review, by: Member, ideas: Collection[int]) -> int:
    wanted = set(ideas)
    if ranked(by, *review.boards()).filter(pk__in=wanted).count() != len(wanted):
        raise NotOnBoardError
    pinned: set[Any] = set(review.items.filter(choice=Choice.PINNED).values_list("idea", flat=True))
    new = sorted(wanted - pinned)
    if len(pinned) + len(new) > MOST_IDEAS:
        raise TooManyIdeasError
    known = set(review.items.filter(idea__in=new).values_list("idea", flat=True))
    review.items.filter(idea__in=known).update(choice=Choice.PINNED, reason="")
    ReviewItem.objects.bulk_create(ReviewItem(review=review, idea_id=pk) for pk in new if pk not in known)
    return len(new)
