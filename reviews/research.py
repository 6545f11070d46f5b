"""The answers of research that a review includes."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts.models import Member
from reviews.models import ResearchRequest, Review


@dataclass(frozen=True)
class Finding:
    """What support found out about a topic, as it can be frozen in a review. Texts are Markdown.

    `collected` counts the posts, votes and notes that it rests on.
    """

    request: int
    title: str
    brief: str
    questions: list[str]
    due_on: date
    answer: str
    answer_html: str
    answered_by: Member
    answered_at: datetime
    collected: int


def for_review(review: Review) -> list[Finding]:
    """The answers that the review includes, in the order of their requests' ids. Once it is published they can't be
    changed any more."""
    requests = ResearchRequest.objects.filter(reviews=review, state=ResearchRequest.State.ANSWERED)
    return [
        Finding(
            request=request.pk,
            title=request.title,
            brief=request.brief,
            questions=request.question_list,
            due_on=request.due_on,
            answer=request.answer,
            answer_html=request.answer_html,
            answered_by=request.answered_by,
            answered_at=request.answered_at,
            collected=request.items.filter(removed_at__isnull=True).count(),
        )
        for request in requests.select_related("answered_by").order_by("pk")
        if request.answered_by is not None and request.answered_at is not None
    ]
