"""Taking a voter's public sentence out of sight, and bringing it back."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from ideas.errors import SentenceHiddenError, SentenceShownError
from ideas.models import VoteSentence
from ideas.permissions import check_can_moderate_sentence
from ideas.signals import sentence_hidden, sentence_shown


@transaction.atomic
def hide_sentence(*, sentence: VoteSentence, by: Member, reason: str) -> VoteSentence:
    """Let only its author and the team read a sentence. Raises ForbiddenError and SentenceHiddenError."""
    sentence = _locked(sentence)
    check_can_moderate_sentence(by, sentence)
    if sentence.hidden_at is not None:
        raise SentenceHiddenError
    sentence.hidden_at, sentence.hidden_by = timezone.now(), by
    sentence.save(update_fields=["hidden_at", "hidden_by"])
    sentence_hidden.send(sender=VoteSentence, sentence=sentence, by=by, reason=reason)
    return sentence


@transaction.atomic
def show_sentence(*, sentence: VoteSentence, by: Member, reason: str) -> VoteSentence:
    """Bring a hidden sentence back. Raises ForbiddenError and SentenceShownError."""
    sentence = _locked(sentence)
    check_can_moderate_sentence(by, sentence)
    if sentence.hidden_at is None:
        raise SentenceShownError
    sentence.hidden_at, sentence.hidden_by = None, None
    sentence.save(update_fields=["hidden_at", "hidden_by"])
    sentence_shown.send(sender=VoteSentence, sentence=sentence, by=by, reason=reason)
    return sentence


def _locked(sentence: VoteSentence) -> VoteSentence:
    rows = VoteSentence.objects.select_for_update(of=("self",), no_key=True).select_related("idea")
    return rows.get(pk=sentence.pk)
