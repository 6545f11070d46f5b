"""What was and is to be decided on the ideas of reviews, as pages read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.functional import cached_property

from community.content import Visibility
from ideas.answers import translations_of
from ideas.models import Idea, StatusChange
from reviews.models import Decision, ProposedDecision, Review, ReviewItem


@dataclass(frozen=True)
class Decided:
    """What was decided on an idea in a review: the lines of it, the first and then each correction."""

    lines: list[Decision]

    @property
    def first(self) -> Decision:
        return self.lines[0]

    @property
    def latest(self) -> Decision:
        return self.lines[-1]

    @property
    def is_corrected(self) -> bool:
        return len(self.lines) > 1

    @cached_property
    def said(self) -> StatusChange | None:
        """What the public reads of it now, also where the answer was corrected on the idea's own page."""
        change = self.latest.change
        if change is None or not change.answer:
            return None
        return (change.corrects or change).corrections.last() or change


@dataclass(frozen=True)
class ReviewedIdea:
    """An idea as a published review says it, with what was or is to be decided on it; in a draft it has no rank yet."""

    pk: int
    rank: int
    title: str
    path: str
    decided: Decided | None = None
    proposal: ProposedDecision | None = None
    comment_count: int = 0

    @property
    def is_open(self) -> bool:
        return self.decided is None and self.proposal is None


def read_decided(review: Review) -> dict[int, Decided]:
    """What was decided on the ideas of the review, {idea: …}."""
    found: dict[int, Decided] = {}
    lines = review.decisions.select_related("decided_by", "merge_into", "edge", "change__corrects")
    for line in lines.order_by("pk"):
        found.setdefault(line.idea_id, Decided([])).lines.append(line)
    return found


def read_ideas(review: Review, ideas: Collection[int]) -> list[ReviewedIdea]:
    """These ideas of a published review in the order of their ranks."""
    counts = comment_counts(review)
    decided = read_decided(review)
    proposals = {one.idea_id: one for one in review.proposals.select_related("merge_into", "proposed_by")}
    return [
        ReviewedIdea(
            pk=idea["id"],
            rank=idea["rank"],
            title=idea["title"],
            path=idea["path"],
            decided=decided.get(idea["id"]),
            proposal=proposals.get(idea["id"]),
            comment_count=counts.get(idea["id"], 0),
        )
        for idea in review.snapshot.facts_of(ideas)
    ]


def comment_counts(review: Review) -> dict[int, int]:
    """How many comments stand on each idea of the review, {idea: number}."""
    comments = review.comments.filter(removed_at__isnull=True, idea__isnull=False).order_by()
    return dict(comments.values_list("idea").annotate(Count("pk")))


def read_draft(review: Review, user: Any, ideas: Collection[int]) -> list[ReviewedIdea]:
    """These ideas of a draft, as far as they may be in it and the person may see them now."""
    if not ideas:
        return []
    counts = comment_counts(review)
    left_out = review.items.filter(choice=ReviewItem.Choice.EXCLUDED).values("idea")
    seen = Idea.objects.visible_to(user).filter(pk__in=ideas, board__in=review.board_ids).exclude(pk__in=left_out)
    return [
        ReviewedIdea(idea.pk, 0, idea.title, idea.get_absolute_url(), comment_count=counts.get(idea.pk, 0))
        for idea in seen.only("pk", "title", "slug").order_by("title", "pk")
    ]


def show_targets(user: Any, said: Iterable[Decision | ProposedDecision]) -> None:
    """Give each that merges the idea that it is merged into as `target`, where the person may see that idea."""
    said = list(said)
    seen = Idea.objects.visible_to(user).in_bulk({one.merge_into_id for one in said if one.merge_into_id})
    for one in said:
        one.target = seen.get(one.merge_into_id)  # type: ignore[union-attr]


def said_of(rows: Iterable[ReviewedIdea]) -> Iterator[Decision | ProposedDecision]:
    """What was decided and is proposed on these ideas now."""
    for row in rows:
        if row.decided is not None:
            yield from row.decided.lines
        elif row.proposal is not None:
            yield row.proposal


def with_decided(reviews: QuerySet[Review]) -> QuerySet[Any]:
    """With `is_decided`: published, something was decided, and so was every idea that is on the site now."""
    own = Decision.objects.filter(review=OuterRef("pk"))
    line = Decision.objects.filter(review=OuterRef("review"), idea=OuterRef("idea"))
    left = ReviewItem.objects.filter(review=OuterRef("pk"), idea__visibility=Visibility.VISIBLE).exclude(Exists(line))
    whole = When(Q(state=Review.State.PUBLISHED) & Q(Exists(own)) & ~Q(Exists(left)), then=Value(True))
    return reviews.annotate(is_decided=Case(whole, default=Value(False)))


def is_decided(review: Review) -> bool:
    return with_decided(Review.objects.filter(pk=review.pk)).filter(is_decided=True).exists()


def last_change(idea: int) -> int:
    """The id of the last change of the idea's status, 0 for none: what a form about it was made from."""
    line = StatusChange.objects.moves().filter(idea=idea).order_by("pk").last()
    return line.pk if line else 0


def begun_with(proposal: ProposedDecision | None, decided: Decided | None) -> dict[str, Any]:
    """What a form about a decision begins with."""
    if decided is not None:
        said = decided.said
        return {
            "kind": decided.latest.kind,
            "merge_into": decided.latest.merge_into_id,
            "answer": said.answer if said else "",
            "translations": translations_of(said) if said else {},
        }
    if proposal is not None:
        return {
            "kind": proposal.kind,
            "merge_into": proposal.merge_into_id,
            "answer": proposal.answer,
            "translations": proposal.translations,
        }
    return {}


def seen_idea(user: Any, pk: int) -> Idea | None:
    """The idea as it is now, where the person may see it."""
    return Idea.objects.visible_to(user).select_related("board", "status").filter(pk=pk).first()
