"""What a person has to do with the ideas of a page: their votes and words there, whether they wrote or commented.

All of it is read in one query, however many ideas were merged into one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from community.content import Visibility
from core.readings import Reading
from ideas.models import Comment, Idea


@dataclass(frozen=True)
class Stake:
    """One person's part in one idea. `voted_at` is empty unless their vote stands.

    `wants` is what they last said about following it and `said_at` when; `seen_at` is the moment until which they know
    of its edits.
    """

    idea: int
    is_author: bool
    has_comment: bool
    voted_at: datetime | None
    importance: str
    sentence: str
    is_public: bool
    hidden_at: datetime | None
    seen_at: datetime | None
    edited_at: datetime | None
    wants: bool | None
    said_at: datetime | None

    @property
    def takes_part(self) -> bool:
        """Whether they follow it as long as they don't say otherwise."""
        return self.is_author or self.has_comment or self.voted_at is not None or self.wants is True


def stakes_of(user: Any, ideas: Iterable[int]) -> dict[int, Stake]:
    """The person's part in each of these ideas, which they may see; nothing for visitors."""
    if not user.is_authenticated:
        return {}
    return {
        pk: Stake(pk, author == user.pk, commented, voted_at, level or "", text or "", bool(public), hidden_at, *rest)
        for pk, author, commented, voted_at, level, text, public, hidden_at, *rest in _stakes.ask(
            member=user.pk, ideas=ideas
        )
    }


@Reading
def _stakes(member: Any, ideas: Any) -> QuerySet[Idea, tuple[Any, ...]]:
    own_comment = Comment.objects.filter(idea=OuterRef("pk"), author=member, visibility=Visibility.VISIBLE)
    return (
        Idea.objects.filter(pk__in=ideas)
        .annotate(
            vote=FilteredRelation(
                "votes",
                condition=Q(votes__member=member, votes__is_cast=True, votes__silenced_through__isnull=True),
            ),
            sentence=FilteredRelation("sentences", condition=Q(sentences__member=member)),
            seen=FilteredRelation("seen_edits", condition=Q(seen_edits__member=member)),
            word=FilteredRelation("subscriptions", condition=Q(subscriptions__member=member)),
            has_comment=Exists(own_comment),
        )
        .values_list(
            *("pk", "author", "has_comment", "vote__cast_at", "vote__importance"),
            *("sentence__text", "sentence__is_public", "sentence__hidden_at"),
            *("seen__seen_at", "edited_at", "word__is_following", "word__changed_at"),
        )
    )


def vote_to_explain(stakes: dict[int, Stake], counting: Collection[int], *preferred: int) -> Stake | None:
    """The person's vote that speaks for them where these count: on one of the preferred ideas, else the newest."""
    standing = {pk: stakes[pk] for pk in counting if pk in stakes and stakes[pk].voted_at}
    for pk in preferred:
        if pk in standing:
            return standing[pk]
    return max(standing.values(), key=lambda stake: (stake.voted_at, stake.idea), default=None)


def follows(stakes: dict[int, Stake], root: int) -> bool:
    """Whether the person follows the idea `root`, itself or through one that was merged into it.

    They do where they take part, unless the newest that they said, there or about the root, was no.
    """
    return any(stake.takes_part and _newest_word(stake, stakes.get(root)) is not False for stake in stakes.values())


def _newest_word(*stakes: Stake | None) -> bool | None:
    words = [(stake.said_at, not stake.wants) for stake in stakes if stake is not None and stake.said_at is not None]
    return not max(words)[1] if words else None
