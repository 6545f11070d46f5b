"""What stands beside the ideas on the page of a review: what is decided on them, and what people say."""

from typing import Any

from reviews.deciding import is_decided, read_draft, read_ideas
from reviews.models import Review
from reviews.permissions import DECIDE
from reviews.research import for_review
from reviews.talk import talk_context


def beside(user: Any, review: Review) -> dict[str, Any]:
    """The context of it, for whoever may see the review."""
    findings = for_review(review)
    if not review.is_published:
        return {"rows": read_draft(review, user), "findings": findings, **talk_context(user, review)}
    rows = read_ideas(review)
    return {
        "decision_rows": rows,
        "has_proposals": any(row.proposal for row in rows),
        "is_decided": is_decided(review),
        "may_decide": user.has_perm(DECIDE),
        "findings": findings,
        **talk_context(user, review),
    }
