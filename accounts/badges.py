"""The word beside a member's name that says what they are here."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from accounts.roles import ADMINISTRATORS, ADVOCATES, MODERATORS, PRODUCT_MANAGERS

# Whoever has several roles shows the first of these.
BADGES: dict[str, Promise] = {
    PRODUCT_MANAGERS: _("Product team"),
    MODERATORS: _("Moderator"),
    ADMINISTRATORS: _("Administrator"),
    ADVOCATES: _("Advocate"),
}


def badges_of(members: Iterable[int]) -> dict[int, Promise]:
    """The badges of those of these members who have one, by their ids, in one query."""
    roles = list(BADGES)
    held = Member.groups.through._default_manager.filter(member__in=set(members), group__name__in=roles)
    first: dict[int, str] = {}
    for member, role in held.values_list("member", "group__name"):
        first[member] = min(first.get(member, role), role, key=roles.index)
    return {member: BADGES[role] for member, role in first.items()}
