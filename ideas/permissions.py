"""Who may do what on the boards. Each check is quiet when allowed and raises ForbiddenError with a sentence if not."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import check_is_in_good_standing
from core.errors import ForbiddenError
from ideas.models import Idea, PrivateNote, VoteSentence
from ideas.querysets import MODERATE, TEAM

MERGE = "ideas.merge_idea"
CHANGE_STATUS = "ideas.change_idea_status"
PLAN = TEAM
CHANGE_POLICY = "ideas.change_policy"
# The reviews app grants it, for amounts show in reviews first of all.
AMOUNTS = "reviews.view_amounts"
VOTE_ON_BEHALF = "ideas.vote_on_behalf"


def check_can_take_part(user: Any) -> None:
    """Proposing, voting, commenting."""
    check_is_in_good_standing(user)


def check_can_merge(user: Any, *ideas: Idea) -> None:
    """Merging and undoing merges: moderators, of ideas that they may see themselves."""
    if not user.has_perm(MERGE):
        raise ForbiddenError(_("Only moderators can merge ideas."))
    wanted = {idea.pk for idea in ideas}
    if Idea.objects.visible_to(user).filter(pk__in=wanted).count() != len(wanted):
        raise ForbiddenError(_("You can merge only ideas that you may see."))


def check_can_change_status(user: Any) -> None:
    if not user.has_perm(CHANGE_STATUS):
        raise ForbiddenError(_("Only the product team and moderators can change an idea's status."))


def check_can_ship(user: Any, idea: Idea) -> None:
    """Marking as shipped from the changelog: whoever may change statuses, for ideas that they may see themselves."""
    check_can_change_status(user)
    if not Idea.objects.visible_to(user).filter(pk=idea.pk).exists():
        raise ForbiddenError(_("You can change the status only of ideas that you may see."))


def check_can_vote_for_others(user: Any, idea: Idea) -> None:
    """Adding and taking back votes for customers: moderators, on ideas that they may see themselves."""
    if not user.has_perm(VOTE_ON_BEHALF):
        raise ForbiddenError(_("Only moderators can add votes for customers."))
    if not Idea.objects.visible_to(user).filter(pk=idea.pk).exists():
        raise ForbiddenError(_("You can add votes only to ideas that you may see."))


def may_see_amounts(user: Any) -> bool:
    """What organisations are worth, and what follows from it."""
    return bool(user.has_perm(AMOUNTS))


def may_see_voters(user: Any) -> bool:
    return bool(user.has_perm(VOTE_ON_BEHALF) or user.has_perm(PLAN))


def check_can_see_voters(user: Any) -> None:
    """Who voted, through which channel and why; signs of manipulation: the product team and moderators."""
    if not may_see_voters(user):
        raise ForbiddenError(_("Only the product team and moderators see who voted."))


def check_can_plan(user: Any) -> None:
    """Owner, target quarter, links to the tracker, private notes: the product team and moderators."""
    if not user.has_perm(PLAN):
        raise ForbiddenError(_("Only the product team and moderators can plan ideas."))


def check_can_change_many(user: Any, ideas: Collection[int]) -> None:
    """Changing many ideas at once: whoever plans ideas, and may see all of these themselves."""
    check_can_plan(user)
    if Idea.objects.visible_to(user).filter(pk__in=ideas).count() != len(ideas):
        raise ForbiddenError(_("You can change only ideas that you may see."))


def check_can_edit_note(user: Any, note: PrivateNote) -> None:
    """Changing and removing a private note: whoever wrote it, while they plan ideas."""
    check_can_plan(user)
    if note.author_id != user.pk:
        raise ForbiddenError(_("Only its author can change this note."))


def check_can_change_policies(user: Any) -> None:
    if not user.has_perm(CHANGE_POLICY):
        raise ForbiddenError(_("Only the product team can change ranking policies."))


def check_can_moderate_sentence(user: Any, sentence: VoteSentence) -> None:
    """Hiding and showing what voters said: moderators, on ideas that they may see themselves."""
    if not user.has_perm(MODERATE):
        raise ForbiddenError(_("Only moderators can hide what voters said."))
    if not Idea.objects.visible_to(user).filter(pk=sentence.idea_id).exists():
        raise ForbiddenError(_("You can moderate only ideas that you may see."))


def check_can_relate(user: Any, idea: Idea) -> None:
    """Tying questions to ideas: the product team and moderators, on ideas that they may see themselves."""
    if not user.has_perm(PLAN):
        raise ForbiddenError(_("Only the product team and moderators can tie questions to ideas."))
    if not Idea.objects.visible_to(user).filter(pk=idea.pk).exists():
        raise ForbiddenError(_("You can tie questions only to ideas that you may see."))
