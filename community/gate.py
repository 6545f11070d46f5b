"""The gate: which posts a person may see. Every path to members' content passes through it (see querysets)."""

from typing import Any

from django.db.models import Q

from community.content import Visibility


def may_see(user: Any, *, moderate: str, prefix: str = "") -> Q:
    """The condition on a post's own visibility columns, reached through `prefix`.

    Everyone sees what is visible. Authors also see what of theirs is held or hidden; whoever has the permission
    `moderate` sees all. Whether the page that holds the post may be read is the other half, and the query sets' to add.
    """
    visible = Q(**{f"{prefix}visibility": Visibility.VISIBLE})
    if not user.is_authenticated:
        return visible
    if user.has_perm(moderate):
        return Q()
    own = Q(**{f"{prefix}author": user.pk, f"{prefix}visibility__in": (Visibility.HELD, Visibility.HIDDEN)})
    return visible | own
