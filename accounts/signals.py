"""Whoever is made a member is a customer too: the group that pages may be opened to."""

from typing import Any

from django.contrib.auth.models import Group
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import Member
from accounts.roles import CUSTOMERS


@receiver(post_save, sender=Member)
def join_customers(instance: Member, created: bool, raw: bool, **kwargs: Any) -> None:
    if created and not raw and not instance.is_placeholder:
        group = Group.objects.filter(name=CUSTOMERS).first()
        if group is not None:
            instance.groups.add(group)
