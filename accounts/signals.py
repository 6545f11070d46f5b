"""What others may listen to, sent inside the transaction.

And what follows from a saved member: a place among the customers, and the same language and time in Wagtail's admin.
"""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models.signals import post_save
from django.dispatch import Signal, receiver
from wagtail.users.models import UserProfile

from accounts.models import Member
from accounts.roles import CUSTOMERS

LOCALE = {"language", "time_zone"}

member_erased = Signal()  # member, by


@receiver(post_save, sender=Member)
def join_customers(instance: Member, created: bool, raw: bool, **kwargs: Any) -> None:
    """Customers are the group that pages may be opened to."""
    if created and not raw and not instance.is_placeholder:
        group = Group.objects.filter(name=CUSTOMERS).first()
        if group is not None:
            instance.groups.add(group)


@receiver(post_save, sender=Member)
def follow_locale(instance: Member, created: bool, update_fields: Any, raw: bool, **kwargs: Any) -> None:
    if not (created or raw) and (update_fields is None or LOCALE & set(update_fields)):
        UserProfile.objects.filter(user=instance).update(**_locale_of(instance))


@receiver(post_save, sender=UserProfile)
def begin_with_locale(instance: UserProfile, created: bool, raw: bool, **kwargs: Any) -> None:
    """Wagtail makes a profile when somebody first comes to its admin."""
    if created and not raw:
        for name, value in _locale_of(instance.user).items():
            setattr(instance, name, value)
        instance.save(update_fields=["preferred_language", "current_time_zone"])


def _locale_of(member: Member) -> dict[str, str]:
    return {"preferred_language": member.language, "current_time_zone": member.time_zone}
