"""Drafting reviews every month, and noting who looks at reviews."""

from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django_tasks import task

from accounts.models import Member
from core import schedule
from core.errors import ConflictError, ForbiddenError
from core.tasks import WORKER, is_waiting
from ideas.models import IdeaBoardPage, Policy, Status
from reviews.actions import NothingFoundError, build_draft
from reviews.models import DraftNotice, RecurringReview, RecurringRun, Review, ReviewLook
from reviews.permissions import check_can_create, check_can_talk
from reviews.selection import cut_off_of, select

# UTC, like all of the schedule.
HOUR = 5
LOOKS_APART = timedelta(hours=1)
SUPPORTERS = "supporters"
FINISHED = (Status.Kind.SHIPPED, Status.Kind.DECLINED)


class NoPolicyError(ConflictError):
    sentence = gettext_lazy("The policy does not rank this board any more. Choose another.")


@transaction.atomic
def set_up_recurring(
    *,
    recurring: RecurringReview | None = None,
    board: IdeaBoardPage,
    by: Member,
    title: str,
    policy: str,
    count: int,
    day: int,
    is_active: bool,
    owners: Collection[Member],
) -> RecurringReview:
    """Have a review of a board drafted every month, or change how: a row of the schedule, from the next such day on.

    Raises ForbiddenError.
    """
    if recurring is None:
        recurring = RecurringReview()
    else:
        recurring = RecurringReview.objects.select_for_update(of=("self",)).get(pk=recurring.pk)
        check_can_create(by, recurring.board)
    check_can_create(by, board)
    recurring.board, recurring.title, recurring.policy = board, title, policy
    recurring.count, recurring.day, recurring.is_active = count, day, is_active
    recurring.trouble, recurring.changed_by, recurring.changed_at = "", by, timezone.now()
    recurring.save()
    recurring.owners.set(owners)
    name = f"reviews.recurring-{recurring.pk}"
    if is_active:
        schedule.add(name, draft_review_of_month, recurring.pk, rhythm=schedule.monthly(day=day, hour=HOUR))
    else:
        schedule.remove(name)
    return recurring


@task(backend=WORKER)
def draft_review_of_month(recurring: int) -> None:
    """Draft the review of this month; where that is not possible, try again tomorrow."""
    if not RecurringReview.objects.filter(pk=recurring).exists():
        return
    draft_recurring(recurring=recurring, month=timezone.localdate().replace(day=1))
    has_trouble = RecurringReview.objects.filter(pk=recurring, is_active=True).exclude(trouble="").exists()
    if has_trouble and not is_waiting(draft_review_of_month, recurring):
        draft_review_of_month.using(run_after=timezone.now() + timedelta(days=1)).enqueue(recurring)


@transaction.atomic
def draft_recurring(*, recurring: int, month: date) -> Review | None:
    """Draft the review of a month and tell its owners; None where that was done, or is not possible now.

    It is drafted in the name of the first owner who may, or else of whoever set it up. Why it is not possible stands
    in `trouble`.
    """
    row = (
        RecurringReview.objects.select_for_update(of=("self",)).select_related("board", "changed_by").get(pk=recurring)
    )
    if not row.is_active or row.runs.filter(month=month).exists():
        return None
    owners = list(row.owners.order_by("pk"))
    by = next((member for member in [*owners, row.changed_by] if _may_draft(member, row.board)), None)
    review, trouble = None, ""
    with override(row.changed_by.language):
        if by is None:
            trouble = _("Nobody of its owners may prepare reviews of this board.")
        else:
            try:
                review = _build(row, by, f"{row.title} {month:%Y-%m}")
            except ConflictError as error:
                trouble = str(error)
    if row.trouble != trouble:
        RecurringReview.objects.filter(pk=row.pk).update(trouble=trouble)
    if review is not None:
        RecurringRun.objects.create(recurring=row, month=month, review=review)
        DraftNotice.objects.bulk_create(DraftNotice(review=review, member=owner) for owner in owners)
    return review


def _may_draft(member: Member, board: IdeaBoardPage) -> bool:
    try:
        check_can_create(member, board)
    except ForbiddenError:
        return False
    return member.is_active


@transaction.atomic
def _build(row: RecurringReview, by: Member, title: str) -> Review:
    """A draft of the ideas that rank first and are neither shipped nor declined.

    Raises NoPolicyError, NothingFoundError and WeightlessRankingError.
    """
    policy: Policy | str = SUPPORTERS
    if row.policy:
        found = Policy.objects.current().of_board(row.board_id).filter(slug=row.policy).first()
        if found is None:
            raise NoPolicyError
        policy = found
    unfinished = Status.objects.filter(board=row.board).exclude(kind__in=FINISHED)
    review = build_draft(
        by=by,
        title=title,
        note="",
        boards=[row.board],
        policy=policy,
        cut_off=None,
        filters={"statuses": list(unfinished.order_by("pk").values_list("pk", flat=True))},
        size=row.count,
    )
    if not select(review, cut_off_of(review)).places:
        raise NothingFoundError
    return review


@transaction.atomic
def record_look(*, review: Review, by: Member) -> None:
    """Note that somebody looked at a review, at most once an hour, and that they have seen a draft made for them.

    Raises ForbiddenError.
    """
    check_can_talk(by, review)
    now = timezone.now()
    look, is_first = ReviewLook.objects.get_or_create(
        review=review, member=by, defaults={"first_at": now, "last_at": now}
    )
    if not is_first and look.last_at <= now - LOOKS_APART:
        ReviewLook.objects.filter(pk=look.pk).update(last_at=now)
    DraftNotice.objects.filter(review=review, member=by, seen_at=None).update(seen_at=now)
