"""Every read of ideas, comments and votes. What people see comes through `visible_to`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from taggit.models import Tag
from wagtail.query import PageQuerySet

from community.content import Visibility
from community.gate import may_see
from core.access import closed_paths, readable_page_ids
from core.readings import Reading

if TYPE_CHECKING:
    from ideas.history import AsOf
    from ideas.models import (  # noqa: F401 -- named in strings
        Comment,
        Idea,
        IdeaBoardPage,
        Policy,
        PrivateNote,
        RelatedQuestion,
        Scoring,
        StatusChange,
        TrackerLink,
        Vote,
        VoteSentence,
    )

MODERATE = "ideas.moderate_idea"
TEAM = "ideas.plan_idea"
SAMPLE = 500


def readable_boards(user: Any) -> frozenset[int]:
    """The ids of the boards that the person may read now."""
    from ideas.models import IdeaBoardPage

    return readable_page_ids(user, IdeaBoardPage)


class IdeaQuerySet(models.QuerySet["Idea"]):
    def visible_to(self, user: Any) -> IdeaQuerySet:
        """The ideas that the person may see now."""
        return self.filter(may_see(user, moderate=MODERATE), board__in=readable_boards(user))

    def listed(self) -> IdeaQuerySet:
        """What lists show: not what is held, hidden or deleted, nor what was merged into another idea."""
        return self.filter(visibility=Visibility.VISIBLE, canonical__isnull=True)

    def openly_supported_first(self) -> IdeaQuerySet:
        """Those with most support first; those of boards that hide it come last, the newest first."""
        hidden = When(board__hides_counts=True, then=Value(None))
        known = Case(hidden, default=F("top_score"), output_field=IntegerField())
        return self.order_by(known.desc(nulls_last=True), "-pk")

    def tagged(self, slug: str) -> IdeaQuerySet:
        return self.filter(tags__slug=slug)

    def tags_used(self, most: int) -> QuerySet[Tag]:
        """The tags that most of these ideas carry, or on a long list most of the SAMPLE with the most support."""
        sample = self.order_by("-top_score", "-pk").values("pk")[:SAMPLE]
        used = Tag.objects.filter(tagged_ideas__content_object__in=sample)
        return used.annotate(count=Count("tagged_ideas")).order_by("-count", "name")[:most]

    def as_of(self, moment: datetime) -> AsOf:
        """These ideas as they stood at the moment: families, supporters, statuses; see ideas.history."""
        from ideas.history import AsOf

        return AsOf(self, moment)

    def for_list(self) -> IdeaQuerySet:
        """With what a row of a list shows, and without the texts that it doesn't."""
        return self.select_related("author", "status", "board").prefetch_related("tags").defer("body", "body_html")


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> CommentQuerySet:
        """The comments that the person may see, on ideas that they may see."""
        return self.filter(
            may_see(user, moderate=MODERATE),
            may_see(user, moderate=MODERATE, prefix="idea__"),
            idea__board__in=readable_boards(user),
        )


class ChangelogEntryQuerySet(PageQuerySet):
    def visible_to(self, user: Any) -> ChangelogEntryQuerySet:
        """The published entries that the person may read now."""
        closed = Q()
        for path in closed_paths(user):
            closed |= Q(path__startswith=path)
        return self.live().exclude(closed) if closed else self.live()


class VoteQuerySet(models.QuerySet["Vote"]):
    def standing(self) -> VoteQuerySet:
        """Votes that their owners have not withdrawn, here or through another idea of the family."""
        return self.filter(is_cast=True, silenced_through__isnull=True)

    def counted(self) -> VoteQuerySet:
        """Standing votes of people whose votes count at present."""
        return self.standing().filter(is_excluded=False)


class VoteSentenceQuerySet(models.QuerySet["VoteSentence"]):
    def public(self) -> VoteSentenceQuerySet:
        """What voters let everybody read who sees the idea, while their vote on it counts and no moderator minds."""
        return self.filter(is_public=True, hidden_at__isnull=True, member__is_active=True).spoken()

    def spoken(self) -> VoteSentenceQuerySet:
        """What goes with a vote that counts."""
        return self.exclude(text="").filter(
            idea__votes__member=F("member"),
            idea__votes__is_cast=True,
            idea__votes__silenced_through__isnull=True,
            idea__votes__is_excluded=False,
        )


class StatusChangeQuerySet(models.QuerySet["StatusChange"]):
    def moves(self) -> StatusChangeQuerySet:
        """The lines that gave an idea a status, without those that only correct an answer."""
        return self.filter(corrects__isnull=True)


class TrackerLinkQuerySet(models.QuerySet["TrackerLink"]):
    def visible_to(self, user: Any) -> TrackerLinkQuerySet:
        """For those who may plan ideas, on ideas that they may see."""
        return self.filter(**_planned_by(user))


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, user: Any) -> PrivateNoteQuerySet:
        """For those who may plan ideas, on ideas that they may see, but for those that were removed."""
        return self.filter(removed_at__isnull=True, **_planned_by(user))


def _planned_by(user: Any) -> dict[str, Any]:
    from ideas.models import Idea

    return {"idea__in": Idea.objects.visible_to(user) if user.has_perm(TEAM) else Idea.objects.none()}


class VotesApartQuerySet(models.QuerySet[Any]):
    def standing(self) -> VotesApartQuerySet:
        """Those in force: at an edge that stands, and not taken back."""
        return self.filter(ended_at__isnull=True, edge__undone_at__isnull=True)


class IdeaMergeQuerySet(models.QuerySet[Any]):
    def standing(self) -> IdeaMergeQuerySet:
        return self.filter(undone_at__isnull=True)

    def visible_to(self, user: Any) -> IdeaMergeQuerySet:
        """The edges of which the person may see both ends now."""
        from ideas.models import Idea

        seen = Idea.objects.visible_to(user)
        return self.filter(Exists(seen.filter(pk=OuterRef("duplicate"))), Exists(seen.filter(pk=OuterRef("target"))))

    def around(self, root: Idea) -> IdeaMergeQuerySet:
        """The edges, standing or undone, that end or ended at an idea of the canonical idea's family."""
        family = Q(pk=root.pk) | Q(canonical=root.pk)
        ideas = type(root).objects.filter(family).values("pk")
        return self.filter(Q(duplicate__in=ideas) | Q(target__in=ideas))


class RelatedQuestionQuerySet(models.QuerySet["RelatedQuestion"]):
    def standing(self) -> RelatedQuestionQuerySet:
        return self.filter(removed_at=None)

    def as_of(self, moment: datetime) -> RelatedQuestionQuerySet:
        """Those that stood at a moment."""
        return self.filter(added_at__lte=moment).exclude(removed_at__lte=moment)


class PolicyQuerySet(models.QuerySet["Policy"]):
    def published(self) -> PolicyQuerySet:
        return self.filter(state="published")

    def current(self) -> PolicyQuerySet:
        """The latest published version of each."""
        newer = self.model._default_manager.filter(state="published", slug=OuterRef("slug"))
        return self.published().filter(~Exists(newer.filter(version__gt=OuterRef("version"))))

    def of_board(self, board: Any) -> PolicyQuerySet:
        """Those that rank the board with this id. Who may see a board may see its published policies."""
        chosen = self.model.boards.through.objects.filter(ideaboardpage=board, policy=OuterRef("pk"))
        return self.filter(Q(is_for_all_boards=True) | Exists(chosen))


@Reading
def _ranking_policies(board: Any) -> models.QuerySet[Policy, str]:
    from ideas.models import Policy

    return Policy.objects.current().of_board(board).values_list("slug", flat=True)


class ScoringQuerySet(models.QuerySet["Scoring"]):
    def complete(self) -> ScoringQuerySet:
        return self.filter(is_complete=True)

    def of_board(self, board: IdeaBoardPage) -> list[Scoring]:
        """The latest complete scoring of each policy that ranks the board, in the order of the policies' names.

        Until a new version of a policy has ranked the board, the version before does.
        """
        policies = set(_ranking_policies.ask(board=board.pk))
        if not policies:
            return []
        rows = self.complete().filter(board=board.pk, policy__slug__in=policies).select_related("policy")
        latest = {scoring.policy.slug: scoring for scoring in rows.order_by("policy__version", "pk")}
        return sorted(latest.values(), key=lambda scoring: (scoring.policy.name, scoring.policy.slug))
