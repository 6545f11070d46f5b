"""The word beside a member's name that says what they are here."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.models import Member
from accounts.roles import ADMINISTRATORS, ADVOCATES, MODERATORS, PRODUCT_MANAGERS
from core.readings import Reading

# Whoever has several roles shows the first of these.
BADGES: dict[str, Promise] = {
    PRODUCT_MANAGERS: pgettext_lazy("badge", "Product team"),
    MODERATORS: pgettext_lazy("badge", "Moderator"),
    ADMINISTRATORS: pgettext_lazy("badge", "Administrator"),
    ADVOCATES: pgettext_lazy("badge", "Advocate"),
}


_roles = Reading(
    lambda members: Member.groups.through._default_manager.filter(
        member__in=members, group__name__in=list(BADGES)
    ).values_list("member", "group__name")
)


def badges_of(members: Iterable[int]) -> dict[int, Promise]:
    """The badges of those of these members who have one, by their ids, in one query."""
    roles = list(BADGES)
    first: dict[int, str] = {}
    for member, role in _roles.ask(members=set(members)):
        first[member] = min(first.get(member, role), role, key=roles.index)
    return {member: BADGES[role] for member, role in first.items()}
