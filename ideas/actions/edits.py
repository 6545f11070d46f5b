"""What a voter says to an edit."""

from django.db import transaction

from accounts.models import Member
from ideas.models import Idea, IdeaRevision, SeenEdit
from ideas.permissions import check_can_take_part


@transaction.atomic
def acknowledge_edit(*, idea: Idea, by: Member, revision: IdeaRevision) -> SeenEdit:
    """Say that one's vote stands although the idea was edited, as far as the edit that left this revision behind.

    Later edits are shown anew, and a word that was given about a later one already holds. Raises ForbiddenError.
    """
    check_can_take_part(by)
    seen, _is_new = SeenEdit.objects.get_or_create(idea=idea, member=by, defaults={"seen_at": revision.replaced_at})
    if seen.seen_at < revision.replaced_at:
        SeenEdit.objects.filter(pk=seen.pk, seen_at__lt=revision.replaced_at).update(seen_at=revision.replaced_at)
        seen.refresh_from_db()
    return seen
