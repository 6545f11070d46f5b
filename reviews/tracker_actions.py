"""Saying where ideas of reviews can be sent, sending them, and what the worker does about it."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django_tasks import task
from wagtail.log_actions import log

from accounts.models import Member
from core.errors import ConflictError
from core.outbound import OutboundError
from core.tasks import WORKER
from ideas.actions import keep_tracker_link
from ideas.permissions import PLAN
from reviews.contents import holds
from reviews.decision_errors import NotInReviewError, NotPublishedError
from reviews.issue_text import draft_of
from reviews.models import Destination, Review, TrackerIssue
from reviews.permissions import check_can_manage_destinations, check_can_send
from reviews.trackers import Item, ItemGoneError, put

MOST_ATTEMPTS = 6
FIRST_PAUSE = timedelta(minutes=1)
# Longer than all requests of an attempt may take together.
CLAIMED_FOR = timedelta(minutes=3)


class KeyNeededError(ConflictError):
    sentence = gettext_lazy("Enter the key: it is kept for the address that it was entered for.")


class InactiveDestinationError(ConflictError):
    sentence = gettext_lazy("Nothing is sent to this destination any more.")


class NothingToSendError(ConflictError):
    sentence = gettext_lazy("Choose at least one idea.")


@transaction.atomic
def save_destination(
    *,
    destination: Destination | None = None,
    by: Member,
    name: str,
    kind: str,
    url: str,
    project: str,
    account: str,
    issue_type: str,
    is_active: bool,
    key: str,
) -> Destination:
    """Say where ideas can be sent. An empty key leaves the one that is kept, as long as it goes to the same address.

    Raises ForbiddenError and KeyNeededError.
    """
    check_can_manage_destinations(by)
    is_new = destination is None
    if destination is None:
        destination = Destination()
    else:
        destination = Destination.objects.select_for_update().get(pk=destination.pk)
    if not key and (is_new or (destination.kind, destination.url, destination.account) != (kind, url, account)):
        raise KeyNeededError
    destination.name, destination.kind, destination.url, destination.project = name, kind, url, project
    destination.account, destination.issue_type, destination.is_active = account, issue_type, is_active
    if key:
        destination.key = key
    destination.save()
    log(instance=destination, action="wagtail.create" if is_new else "wagtail.edit", user=by)
    return destination


@transaction.atomic
def send_to_tracker(
    *, review: Review, destination: Destination, ideas: Collection[int], by: Member
) -> list[TrackerIssue]:
    """Have ideas of a published review created or updated at a destination, as the worker gets to it.

    Raises ForbiddenError, NotPublishedError, NotInReviewError, NothingToSendError and InactiveDestinationError.
    """
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_send(by, review)
    if not review.is_published:
        raise NotPublishedError
    if not ideas:
        raise NothingToSendError
    if not holds(review, ideas):
        raise NotInReviewError
    if not Destination.objects.filter(pk=destination.pk, is_active=True).exists():
        raise InactiveDestinationError
    wanted = {
        "review": review,
        "state": TrackerIssue.State.WAITING,
        "attempts": 0,
        "trouble": "",
        "requested_by": by,
        "requested_at": timezone.now(),
    }
    issues = []
    for idea in sorted(set(ideas)):
        issue, _is_new = TrackerIssue.objects.update_or_create(destination=destination, idea_id=idea, defaults=wanted)
        issues.append(issue)
        send_issue.enqueue(issue.pk)
    data = {"form": destination.name, "ideas": [issue.idea_id for issue in issues]}
    log(instance=review, action="reviews.send_to_tracker", user=by, data=data)
    return issues


@task(backend=WORKER)
def send_issue(pk: int) -> None:
    """Make one attempt to have an idea created or updated; where it is none, the next comes later, up to a number.

    The tracker is asked outside of any transaction. Whatever breaks off on the way, the next attempt finds by its mark
    what was created.
    """
    issue = _claim(pk)
    if issue is None:
        return
    with override(issue.requested_by.language):
        try:
            item = put(issue.destination, issue.key, draft_of(issue))
        except OutboundError as error:
            _note_trouble(issue, error.sentence, is_final=error.is_final)
        except ItemGoneError:
            sentence = _("The tracker knows no such project, or shows it to nobody with this key.")
            _note_trouble(issue, sentence, is_final=True)
        else:
            _note_sent(issue, item)


@transaction.atomic
def _claim(pk: int) -> TrackerIssue | None:
    """The issue, for one attempt; None where nothing is to be done, or somebody else is at it."""
    rows = TrackerIssue.objects.select_for_update(of=("self",))
    issue = rows.select_related("destination", "review__snapshot", "requested_by", "idea").filter(pk=pk).first()
    if issue is None or issue.state != TrackerIssue.State.WAITING:
        return None
    now = timezone.now()
    if issue.claimed_until is not None and issue.claimed_until > now:
        # Whoever is at it may have died.
        send_issue.using(run_after=issue.claimed_until).enqueue(pk)
        return None
    issue.claimed_until, issue.attempts = now + CLAIMED_FOR, issue.attempts + 1
    issue.save(update_fields=["claimed_until", "attempts"])
    return issue


@transaction.atomic
def _note_trouble(issue: TrackerIssue, sentence: str, *, is_final: bool) -> None:
    now_there = TrackerIssue.objects.select_for_update().get(pk=issue.pk)
    is_over = is_final or issue.attempts >= MOST_ATTEMPTS
    now_there.trouble, now_there.claimed_until = sentence[:500], None
    if now_there.requested_at != issue.requested_at:
        is_over = False
        send_issue.enqueue(issue.pk)
    elif not is_over:
        pause = FIRST_PAUSE * 2 ** (issue.attempts - 1)
        send_issue.using(run_after=timezone.now() + pause).enqueue(issue.pk)
    now_there.state = TrackerIssue.State.FAILED if is_over else TrackerIssue.State.WAITING
    now_there.save(update_fields=["trouble", "claimed_until", "state"])


@transaction.atomic
def _note_sent(issue: TrackerIssue, item: Item) -> None:
    """Keep what the idea is called there, and the way from the idea to it.

    It is sent once more where that was asked for meanwhile.
    """
    now_there = TrackerIssue.objects.select_for_update().get(pk=issue.pk)
    now_there.key, now_there.url, now_there.sent_at = item.key, item.url, timezone.now()
    now_there.trouble, now_there.claimed_until = "", None
    if now_there.requested_at == issue.requested_at:
        now_there.state = TrackerIssue.State.SENT
    else:
        send_issue.enqueue(issue.pk)
    now_there.save(update_fields=["key", "url", "sent_at", "trouble", "claimed_until", "state"])
    if item.url and issue.requested_by.has_perm(PLAN):
        keep_tracker_link(idea=issue.idea, by=issue.requested_by, url=item.url)
