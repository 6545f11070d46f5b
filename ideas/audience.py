"""Who is to hear of an idea: everybody who takes part in its family, each once.

Its author, those whose votes stand, those who commented and those who said that they follow it, on the idea itself or
on any that was merged into it. Whoever said no hears nothing: of two words, about the idea through which they came and
about the canonical one, the newer counts. Only people who may read the idea, and who can be told, are among them.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Member
from community import families
from community.content import Visibility
from core.audience import readers_of
from ideas.models import Comment, Idea, IdeaMerge, IdeaSubscription, Vote
from ideas.querysets import MODERATE


def followers_of(idea: Idea) -> QuerySet[Member]:
    """Those who follow an idea, or the canonical one of a duplicate."""
    root = _root_of(idea)
    family = Idea.objects.filter(Q(pk=root.pk) | Q(canonical=root.pk)).values_list("pk", flat=True)
    return _hearing(list(family), root)


def affected_by(edge: IdeaMerge) -> QuerySet[Member]:
    """Those who take part in the duplicate of a merge, or in what was merged into it before."""
    root = _root_of(edge.duplicate)
    parents = dict(IdeaMerge.objects.standing().filter(duplicate__canonical=root.pk).values_list("duplicate", "target"))
    return _hearing(families.subtree(parents, edge.duplicate_id), root)


def _root_of(idea: Idea) -> Idea:
    root = Idea.objects.filter(pk=idea.pk).values(root=Coalesce("canonical_id", "pk"))
    return Idea.objects.select_related("board").get(pk=Subquery(root))


def _hearing(ideas: Collection[int], root: Idea) -> QuerySet[Member]:
    """The people who take part in some of these ideas of the family and want to hear of it."""
    taking_part = [
        Idea.objects.filter(pk__in=ideas).annotate(here=F("pk"), who=F("author")),
        Vote.objects.filter(idea__in=ideas).standing().annotate(here=F("idea"), who=F("member")),
        Comment.objects.filter(idea__in=ideas, visibility=Visibility.VISIBLE).annotate(here=F("idea"), who=F("author")),
        IdeaSubscription.objects.filter(idea__in=ideas, is_following=True).annotate(here=F("idea"), who=F("member")),
    ]
    comes = Q()
    for rows in taking_part:
        comes |= Q(pk__in=_not_declined(rows, root).values("who"))
    in_good_standing = Q(is_active=True, is_suspended=False, erased_at__isnull=True, claimed_by__isnull=True)
    can_be_told = Q(email__isnull=False) | ~Q(contact_email="")
    return Member.objects.filter(comes, in_good_standing, can_be_told, _may_see(root), readers_of(root.board))


def _not_declined(rows: Any, root: Idea) -> Any:
    """Without those whose newest word, about the idea `here` or about the root, is no."""
    words = IdeaSubscription.objects.filter(Q(idea=OuterRef("here")) | Q(idea=root.pk), member=OuterRef("who"))
    newest = words.order_by("-changed_at", "is_following").values("is_following")[:1]
    return rows.annotate(is_welcome=Coalesce(Subquery(newest), True)).filter(is_welcome=True)


def _may_see(idea: Idea) -> Q:
    """The condition on members that the gate puts on the idea's own visibility; see community.gate."""
    if idea.is_visible:
        return Q()
    app_label, codename = MODERATE.split(".")
    of_group = {"groups__permissions__content_type__app_label": app_label, "groups__permissions__codename": codename}
    own = {"user_permissions__content_type__app_label": app_label, "user_permissions__codename": codename}
    moderators = Member.objects.filter(Q(**of_group) | Q(**own)).values("pk")
    admitted = Q(is_superuser=True) | Q(pk__in=moderators)
    return admitted if idea.visibility == Visibility.DELETED else admitted | Q(pk=idea.author_id)
