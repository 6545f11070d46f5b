"""What stands beside the ideas on the page of a review: what is decided on them, and what people say."""

from collections.abc import Collection
from typing import Any

from reviews.deciding import comment_counts, is_decided, read_draft, read_ideas
from reviews.models import Review
from reviews.permissions import DECIDE
from reviews.research import for_review
from reviews.talk import talk_context


def beside(user: Any, review: Review, ideas: Collection[int] = ()) -> dict[str, Any]:
    """The context of it, for whoever may see the review; of a published one, with the decisions on these ideas."""
    findings = for_review(review)
    if not review.is_published:
        commented = read_draft(review, user, comment_counts(review))
        return {"commented": commented, "findings": findings, **talk_context(user, review)}
    rows = read_ideas(review, ideas)
    return {
        "decision_rows": rows,
        "has_proposals": review.proposals.exists(),
        "is_decided": is_decided(review),
        "may_decide": user.has_perm(DECIDE),
        "findings": findings,
        **talk_context(user, review),
    }
