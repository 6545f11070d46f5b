"""What publishing an entry of the changelog does to the ideas that it names."""

import re

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Member
from core.audience import reaches_all_readers
from ideas.actions.statuses import change_status
from ideas.models import ChangelogEntryPage, Idea, Shipment, ShippedIdea, Status
from ideas.permissions import check_can_ship
from ideas.shipping import shipped_status, undecided

_SIGNS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&])")


@transaction.atomic
def ship_named_ideas(*, entry: ChangelogEntryPage, by: Member) -> list[Idea]:
    """Give the ideas that a published entry marks as shipped that status, with an answer that leads to the entry.

    An entry does so once for each idea, and leaves alone what is shipped already. All of them, or none: raises
    ForbiddenError and NoShippedStatusError.
    """
    ChangelogEntryPage.objects.select_for_update(of=("self",), no_key=True).get(pk=entry.pk)
    rows = ShippedIdea.objects.filter(entry=entry.pk, marks_shipped=True)
    ideas = undecided(entry.pk, rows.values_list("idea", flat=True))
    shipped = []
    for idea in ideas.select_for_update(of=("self",), no_key=True):
        Shipment.objects.create(entry=entry, idea=idea)
        if idea.status.kind != Status.Kind.SHIPPED:
            check_can_ship(by, idea)
            shipped.append(change_status(idea=idea, status=shipped_status(idea), by=by, answer=_answer(entry, idea)))
    return shipped


def _answer(entry: ChangelogEntryPage, idea: Idea) -> str:
    """In the entry's language; without its title and address where readers of the idea may not read the entry."""
    if not reaches_all_readers(entry, of=idea.board):
        return ""
    title = _SIGNS.sub(r"\\\1", entry.title)
    with translation.override(entry.locale.language_code):
        return _("It is here: %(entry)s.") % {"entry": f"[{title}]({entry.full_url})"}
