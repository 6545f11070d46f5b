"""Wanting to hear of an idea, or not."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from ideas.models import Idea, IdeaSubscription
from ideas.permissions import check_can_take_part
from ideas.signals import idea_followed, idea_unfollowed


@transaction.atomic
def follow_idea(*, idea: Idea, by: Member) -> IdeaSubscription:
    """Want to hear of an idea without voting for it. Raises ForbiddenError."""
    check_can_take_part(by)
    subscription = _say(idea, by, is_following=True)
    idea_followed.send(sender=IdeaSubscription, subscription=subscription, by=by)
    return subscription


@transaction.atomic
def unfollow_idea(*, idea: Idea, by: Member) -> IdeaSubscription:
    """Not want to hear of an idea, whatever one does there, until one says otherwise. Always allowed."""
    subscription = _say(idea, by, is_following=False)
    idea_unfollowed.send(sender=IdeaSubscription, subscription=subscription, by=by)
    return subscription


def _say(idea: Idea, by: Member, *, is_following: bool) -> IdeaSubscription:
    values = {"is_following": is_following, "changed_at": timezone.now()}
    return IdeaSubscription.objects.update_or_create(idea=idea, member=by, defaults=values)[0]
