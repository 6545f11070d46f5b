"""An idea with all that stands below it, as one person may see it, in a number of queries that does not grow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Value

from accounts.badges import badges_of
from core.pagination import KeysetPage, cursor_to, first_page, keyset_page, keyset_rows
from core.readings import GatedReading
from ideas import tally
from ideas.answers import Answered, read_answers
from ideas.links import Links, links_for
from ideas.models import Comment, Idea, IdeaMerge, Vote, VotesApart

COMMENTS_ON_A_PAGE = 50
COMMENT_ORDER = ("created_at", "id")


@dataclass(frozen=True)
class Entry:
    """A post as the page shows it: what the person may do to it, and the badge of its author."""

    post: Any
    links: Links
    role: Any


@dataclass(frozen=True)
class Voice:
    """Where one person's votes in a family count: those that stand, and those that would be cast."""

    parents: dict[int, int]
    apart: frozenset[int]
    voted: frozenset[int]

    def crown(self, idea: int) -> int:
        """The idea where the person's vote for this one counts, or would count."""
        return tally.crown(self.parents, self.apart, idea)

    def supports(self, idea: int) -> bool:
        """Whether the person counts as a supporter of this idea."""
        return any(self.crown(voted) == idea for voted in self.voted)


@dataclass(frozen=True)
class Family:
    """A canonical idea, the edges below it, and the person's votes there. Not all of it is for the person to see."""

    root: Idea
    edges: list[IdeaMerge]
    voice: Voice

    def crown_of(self, idea: Idea) -> Idea:
        """The idea where the person's vote for this one of the family counts, or would count."""
        wanted = self.voice.crown(idea.pk)
        if wanted in (idea.pk, self.root.pk):
            return idea if wanted == idea.pk else self.root
        return next(edge.duplicate for edge in self.edges if edge.duplicate_id == wanted)

    @property
    def merged(self) -> list[IdeaMerge]:
        """The edges of the duplicates that the person may see."""
        return [edge for edge in self.edges if edge.is_seen]  # type: ignore[attr-defined]

    def seen(self) -> list[int]:
        """The ideas of the family that the person may see."""
        return [self.root.pk, *(edge.duplicate_id for edge in self.merged)]


@dataclass(frozen=True)
class IdeaThread:
    """What an idea's page shows. `merged` are the edges of the duplicates in its family that the person may see.

    `crown` is the idea where a vote for this one counts, or would: itself, or the canonical one of a duplicate.
    """

    idea: Entry
    crown: Idea
    voice: Voice
    merged: list[IdeaMerge]
    comments: list[Entry]
    comment_count: int
    next_cursor: str | None
    previous_cursor: str | None
    changes: list[Answered]

    @property
    def ideas(self) -> list[int]:
        """The idea and the duplicates whose posts are read in place with it."""
        below = () if self.idea.post.canonical_id else self.merged
        return [self.idea.post.pk, *(edge.duplicate_id for edge in below)]

    def merge_of(self, pk: int) -> IdeaMerge | None:
        """The edge of a duplicate that is shown here."""
        return next((edge for edge in self.merged if edge.duplicate_id == pk), None)

    def counts_through(self, pk: int) -> bool:
        """Whether the person's vote for the idea with this id, itself or a duplicate, counts here."""
        return pk in self.voice.voted and self.voice.crown(pk) == self.crown.pk

    @cached_property
    def through_duplicates(self) -> list[IdeaMerge]:
        """The duplicates through which the person supports this idea."""
        return [edge for edge in self.merged if self.counts_through(edge.duplicate_id)]

    @cached_property
    def set_apart(self) -> list[IdeaMerge]:
        """The duplicates with which the person's votes stay."""
        return [edge for edge in self.merged if edge.duplicate_id in self.voice.apart]


def with_own_vote(ideas: QuerySet[Idea], user: Any) -> QuerySet[Idea]:
    """The ideas, each knowing as `is_voted_for` whether the person's vote on that very idea stands."""
    return ideas.annotate(is_voted_for=_has_vote(user, OuterRef("pk")))


def read_family(root: Idea, user: Any) -> Family:
    """The family of a canonical idea, which comes from `with_own_vote`."""
    edges = _standing_edges.ask(user, root=root.pk)
    voted = {edge.duplicate_id for edge in edges if edge.has_vote}  # type: ignore[attr-defined]
    voice = Voice(
        parents={edge.duplicate_id: edge.target_id for edge in edges},
        apart=frozenset(edge.duplicate_id for edge in edges if edge.is_apart),  # type: ignore[attr-defined]
        voted=frozenset(voted | {root.pk} if root.is_voted_for else voted),
    )
    return Family(root, edges, voice)


def read_thread(idea: Idea, family: Family, user: Any, cursor: str = "") -> IdeaThread:
    """The page of an idea of the family with the page of its comments that the cursor points to.

    Raises BadCursorError.
    """
    merged = family.merged
    below = [] if idea.canonical_id else [edge.duplicate for edge in merged]
    page = _page_of_comments([idea, *below], user, cursor)
    badges = badges_of([idea.author_id, *(comment.author_id for comment in page.items)])
    return IdeaThread(
        idea=_entry(idea, user, badges),
        crown=family.crown_of(idea),
        voice=family.voice,
        merged=merged,
        comments=[_entry(comment, user, badges) for comment in page.items],
        comment_count=idea.comment_count + sum(duplicate.comment_count for duplicate in below),
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
        changes=read_answers(idea),
    )


def cursor_to_comment(comment: Comment, on: Idea, user: Any) -> str:
    """The cursor of the page of comments on which this one stands; empty for the first."""
    ideas = [on.pk, *Idea.objects.filter(canonical=on.pk).values_list("pk", flat=True)]
    return cursor_to(_comments_on(ideas, user), order=COMMENT_ORDER, row=comment, size=COMMENTS_ON_A_PAGE)


def _comments_on(ideas: list[int], user: Any) -> QuerySet[Comment]:
    return Comment.objects.visible_to(user).filter(idea__in=ideas)


def _shown_comments(user: Any, ideas: list[Any]) -> QuerySet[Comment]:
    return _comments_on(ideas, user).select_related("author", "visibility_by").defer("body", "excerpt")


_first_comments = GatedReading(
    lambda reader, ideas: keyset_rows(_shown_comments(reader, ideas), order=COMMENT_ORDER, size=COMMENTS_ON_A_PAGE)
)


def _page_of_comments(ideas: list[Idea], user: Any, cursor: str) -> KeysetPage[Comment]:
    by_pk = {idea.pk: idea for idea in ideas}
    if cursor:
        comments = _shown_comments(user, list(by_pk))
        page = keyset_page(comments, order=COMMENT_ORDER, cursor=cursor, size=COMMENTS_ON_A_PAGE)
    else:
        page = first_page(_first_comments.ask(user, ideas=by_pk), order=COMMENT_ORDER, size=COMMENTS_ON_A_PAGE)
    for comment in page.items:
        comment.idea = by_pk[comment.idea_id]
    return page


def _edges(user: Any, root: Any) -> QuerySet[IdeaMerge]:
    """The edges of the family, each with whether the person sees its duplicate, voted for it, and set votes apart."""
    own_apart = VotesApart.objects.standing().filter(edge=OuterRef("pk"), member=user.pk)
    return (
        IdeaMerge.objects.standing()
        .filter(duplicate__canonical=root)
        .select_related("duplicate__author", "duplicate__board", "duplicate__status", "merged_by")
        .defer("duplicate__body", "duplicate__body_html")
        .annotate(
            is_seen=Exists(Idea.objects.visible_to(user).filter(pk=OuterRef("duplicate"))),
            has_vote=_has_vote(user, OuterRef("duplicate")),
            is_apart=Exists(own_apart) if user.is_authenticated else Value(False),
        )
        .order_by("merged_at", "pk")
    )


_standing_edges = GatedReading(_edges)


def _has_vote(user: Any, idea: OuterRef) -> Any:
    return Exists(Vote.objects.filter(idea=idea, member=user.pk).standing()) if user.is_authenticated else Value(False)


def _entry(post: Any, user: Any, badges: dict[int, Any]) -> Entry:
    return Entry(post, links_for(user, post), badges.get(post.author_id, ""))
