"""Signs of manipulation in a review, from the numbers that it keeps; what is remarkable is as in ideas.manipulation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ideas.manipulation import ADDED_BY_TEAM, FEWEST, NEW_ACCOUNTS, ONE_ORGANISATION

JOINED_IN_A_DAY = 50


@dataclass(frozen=True)
class Sign:
    sentence: str
    is_remarkable: bool


def signs(signals: Mapping[str, int], supporters: int) -> list[Sign]:
    own = signals["by_themselves"]
    found = [
        (
            _("%(count)s of %(all)s who voted by themselves had an account for less than a week by then."),
            signals["new_accounts"],
            own,
            NEW_ACCOUNTS,
        ),
        (
            _("%(count)s of %(all)s made their accounts within one day."),
            signals["joined_in_a_day"],
            own,
            JOINED_IN_A_DAY,
        ),
        (
            _("%(count)s of %(all)s belong to one organisation."),
            signals["largest_organisation"],
            supporters,
            ONE_ORGANISATION,
        ),
        (_("The team added the votes of %(count)s of %(all)s."), signals["by_team"], supporters, ADDED_BY_TEAM),
    ]
    return [
        Sign(sentence % {"count": count, "all": total}, count >= FEWEST and 100 * count >= least * total)
        for sentence, count, total, least in found
    ]
