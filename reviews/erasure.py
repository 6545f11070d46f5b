"""What reviews forget about a person who is erased. The hash of a snapshot holds without the names."""

from django.utils import timezone

from accounts.erasure import register
from accounts.models import Member
from reviews.models import (
    DraftNotice,
    RecurringReview,
    ResearchItem,
    ReviewComment,
    ReviewLook,
    Seal,
    SealedName,
    SealedText,
)


@register
def unseal(member: Member) -> None:
    """Names and words stand in snapshots as salted digests alone; without text and salt they say nothing."""
    for model in (Seal, SealedName, SealedText):
        model._default_manager.filter(member=member).delete()


@register
def forget_what_was_said(member: Member) -> None:
    """Remarks between colleagues are nobody else's: they go, also what was removed before."""
    comments = ReviewComment.objects.filter(author=member)
    comments.filter(removed_at__isnull=True).update(removed_at=timezone.now())
    comments.update(body="", body_html="")


@register
def forget_notes_on_votes(member: Member) -> None:
    """What was noted for research about a vote of theirs; that it was collected stays."""
    ResearchItem.objects.filter(vote__member=member).update(note="")


@register
def forget_what_was_looked_at(member: Member) -> None:
    """Which reviews somebody opened, and which are drafted for them."""
    ReviewLook.objects.filter(member=member).delete()
    DraftNotice.objects.filter(member=member).delete()
    RecurringReview.owners.through.objects.filter(member=member.pk).delete()
