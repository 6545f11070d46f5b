"""What an item in a tracker says of an idea: as the published review says it, with what was decided on it since."""

from django.conf import settings

from reviews.deciding import read_decided
from reviews.first_format import quoted
from reviews.models import TrackerIssue
from reviews.trackers import Draft, mark_of

TITLE_LENGTH = 250
TEXT_LENGTH = 30_000


def draft_of(issue: TrackerIssue) -> Draft:
    """The same text for the same review and decisions, in no language but that of exports, and without names."""
    data = issue.review.snapshot.data
    [idea] = issue.review.snapshot.facts_of([issue.idea_id])
    address = settings.BASE_URL + idea["path"]
    decided = read_decided(issue.review).get(issue.idea_id)
    lines = [
        address,
        "",
        f"- Supporters: {idea['supporters']}, counted until {data['review']['cut_off']}",
        f"- Rank: {idea['rank']} of {data['totals']['ideas']} in the product review {issue.review_id}",
        f"- Content hash of the review (SHA-256): {issue.review.snapshot.content_hash}",
    ]
    if decided is not None:
        lines.append(f"- Decision: {decided.latest.kind}")
    lines += ["", *quoted(idea["text"])]
    if decided is not None and decided.said is not None:
        lines += ["", "Public answer:", "", *quoted(decided.said.answer)]
    return Draft(
        mark=mark_of(issue.idea_id),
        title=idea["title"][:TITLE_LENGTH],
        text="\n".join(lines)[:TEXT_LENGTH],
        idea=issue.idea_id,
        idea_url=address,
    )
