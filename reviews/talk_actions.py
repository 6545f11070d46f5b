"""What the people of a review do with their remarks on it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from core.errors import ConflictError
from reviews.contents import holds
from reviews.decision_errors import NotInReviewError
from reviews.models import Review, ReviewComment
from reviews.permissions import check_can_change_comment, check_can_talk


class CommentGoneError(ConflictError):
    sentence = _("This comment was removed.")


@transaction.atomic
def comment_on_review(*, review: Review, by: Member, body: str, idea: int | None = None) -> ReviewComment:
    """Say something about a review, or about one idea in it, that those read who may see the review.

    Raises ForbiddenError and NotInReviewError.
    """
    review = Review.objects.select_for_update(of=("self",), no_key=True).get(pk=review.pk)
    check_can_talk(by, review)
    if idea is not None and not holds(review, [idea]):
        raise NotInReviewError
    comment = ReviewComment(review=review, idea_id=idea, author=by)
    comment.write(body)
    comment.save()
    return comment


@transaction.atomic
def edit_comment(*, comment: ReviewComment, by: Member, body: str) -> ReviewComment:
    """Change one's own comment. The same text changes nothing. Raises ForbiddenError and CommentGoneError."""
    comment = _locked(comment)
    check_can_change_comment(by, comment)
    if comment.body == body:
        return comment
    comment.write(body)
    comment.edited_at = timezone.now()
    comment.save(update_fields=["body", "body_html", "edited_at"])
    return comment


@transaction.atomic
def remove_comment(*, comment: ReviewComment, by: Member) -> None:
    """Take one's own comment away from everybody's eyes. Raises ForbiddenError and CommentGoneError."""
    comment = _locked(comment)
    check_can_change_comment(by, comment)
    comment.removed_at = timezone.now()
    comment.save(update_fields=["removed_at"])


def _locked(comment: ReviewComment) -> ReviewComment:
    """The comment as it is now. Raises CommentGoneError."""
    rows = ReviewComment.objects.select_for_update(of=("self",), no_key=True).select_related("review")
    comment = rows.get(pk=comment.pk)
    if comment.removed_at is not None:
        raise CommentGoneError
    return comment
