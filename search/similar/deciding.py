"""What moderators decide on pairs: that both are not the same; and what merging says of a pair."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.models import Member
from community.models import QuestionMerge
from community.permissions import check_can_merge as check_can_merge_questions
from community.signals import question_merge_undone, questions_merged
from core.errors import ConflictError
from ideas.models import IdeaMerge
from ideas.permissions import check_can_merge as check_can_merge_ideas
from ideas.signals import idea_merge_undone, ideas_merged
from search.models import Decision, IdeaPair, Pair, QuestionPair

TOLD_APART = "search.tell_apart"


class DecidedAlreadyError(ConflictError):
    sentence = _("Somebody has decided on these two in the meantime.")


def check_can_decide(user: Any, pairs: type[Pair]) -> None:
    """On pairs of this kind at all. Raises ForbiddenError."""
    if pairs is IdeaPair:
        check_can_merge_ideas(user)
    else:
        check_can_merge_questions(user)


@transaction.atomic
def tell_apart(*, pair: Pair, version: int, by: Member) -> Pair:
    """Remember that both are not the same, so that the pair is not shown again.

    The version is that of the pair which the person saw. Raises ForbiddenError and DecidedAlreadyError.
    """
    pairs: Any = type(pair)
    pair = pairs.objects.select_for_update().get(pk=pair.pk)
    check_can_decide(by, pairs)
    if not pairs.objects.visible_to(by).filter(pk=pair.pk).exists():
        raise pairs.DoesNotExist
    if pair.decision or pair.version != version:
        raise DecidedAlreadyError
    _decide(pair, Decision.DIFFERENT, by)
    log(instance=pair.newer, action=TOLD_APART, user=by, data={"other": pair.older_id})
    return pair


@receiver(questions_merged)
@receiver(ideas_merged)
def note_merge(edge: Any, by: Member, **kwargs: Any) -> None:
    """The pair that was merged, if it had been found, was one. What imports bring, no moderator decided."""
    if edge.import_run_id is None:
        _note(edge, Decision.MERGED, by)


@receiver(question_merge_undone)
@receiver(idea_merge_undone)
def note_undoing(edge: Any, by: Member, **kwargs: Any) -> None:
    _note(edge, Decision.DIFFERENT, by)


def _note(edge: QuestionMerge | IdeaMerge, decision: Decision, by: Member) -> None:
    pairs: Any = IdeaPair if isinstance(edge, IdeaMerge) else QuestionPair
    newer, older = sorted((edge.duplicate_id, edge.target_id), reverse=True)
    pair = pairs.objects.select_for_update().filter(newer=newer, older=older).first()
    if pair:
        _decide(pair, decision, by)


def _decide(pair: Pair, decision: Decision, by: Member) -> None:
    pair.decision, pair.decided_by, pair.decided_at = decision, by, timezone.now()
    pair.version += 1
    pair.save(update_fields=["decision", "decided_by", "decided_at", "version"])
