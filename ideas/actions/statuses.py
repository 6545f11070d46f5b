"""Moving an idea through its board's statuses, and putting right what was answered."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from core import markdown
from core.models import ImportRun
from ideas.answers import translations_of
from ideas.errors import (
    EmptyAnswerError,
    NothingAnsweredError,
    OtherBoardsStatusError,
    SameAnswerError,
    StaleAnswerError,
    StaleStatusError,
    UntranslatedAnswerError,
)
from ideas.models import Idea, Status, StatusChange
from ideas.permissions import check_can_change_status
from ideas.signals import answer_corrected, status_changed


@transaction.atomic
def change_status(
    *,
    idea: Idea,
    status: Status,
    by: Member,
    answer: str = "",
    translations: Mapping[str, str] | None = None,
    seen: int | None = None,
    occurred_at: datetime | None = None,
    import_run: ImportRun | None = None,
) -> Idea:
    """Give an idea another status of its board, with a public answer in Markdown if there is something to say.

    `translations` say the answer in other languages, {language: Markdown}; whoever reads another reads `answer`. The
    status that it has already changes nothing without an answer. In another column of the roadmap it has no place
    yet. `seen` is the id of the last change that the person knew of, 0 for none; None does not ask. Raises
    ForbiddenError, OtherBoardsStatusError, StaleStatusError and UntranslatedAnswerError.
    """
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    now = timezone.now()
    check_can_change_status(by)
    if status.board_id != idea.board_id:
        raise OtherBoardsStatusError
    last = idea.status_changes.moves().last()
    if seen is not None and seen != (last.pk if last else 0):
        raise StaleStatusError
    check_answer_is_whole(answer, translations)
    if status.pk == idea.status_id and not answer:
        return idea
    give_status(idea, status, by, answer, now, occurred_at, import_run, translations)
    return idea


def check_answer_is_whole(answer: str, translations: Mapping[str, str] | None) -> None:
    """Raises UntranslatedAnswerError where an answer is said in other languages alone."""
    if translations and not answer.strip():
        raise UntranslatedAnswerError


def give_status(
    idea: Idea,
    status: Status,
    by: Member,
    answer: str,
    now: datetime,
    occurred_at: datetime | None = None,
    import_run: ImportRun | None = None,
    translations: Mapping[str, str] | None = None,
) -> StatusChange:
    """Write the line and the idea's status, and announce it; the caller has locked the idea and checked all else."""
    change = StatusChange.objects.create(
        idea=idea,
        old_status_id=idea.status_id,
        new_status=status,
        answer=answer,
        answer_html=markdown.render(answer) if answer else "",
        translations=_rendered(translations or {}),
        changed_by=by,
        occurred_at=occurred_at or now,
        recorded_at=now,
        import_run=import_run,
    )
    if status.kind != idea.status.kind:
        idea.roadmap_position = None
    idea.status = status
    idea.save(update_fields=["status", "roadmap_position"])
    status_changed.send(sender=StatusChange, change=change, by=by)
    return change


def _rendered(translations: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {
        language: {"answer": text, "answer_html": markdown.render(text)}
        for language, text in translations.items()
        if text.strip()
    }


@transaction.atomic
def correct_answer(
    *,
    change: StatusChange,
    by: Member,
    answer: str,
    translations: Mapping[str, str] | None = None,
    seen: int | None = None,
) -> StatusChange:
    """Say better what was answered with a change of status, in a new line; what it said before stays readable.

    The idea keeps its status. Where no `translations` are given, those of before stay. `seen` is the id of the version
    that the person knew of; None does not ask. Raises ForbiddenError, NothingAnsweredError, EmptyAnswerError,
    SameAnswerError and StaleAnswerError.
    """
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=change.idea_id)
    now = timezone.now()
    check_can_change_status(by)
    first = idea.status_changes.select_related("new_status").get(pk=change.corrects_id or change.pk)
    latest = first.corrections.last() or first
    if not first.answer:
        raise NothingAnsweredError
    if seen is not None and seen != latest.pk:
        raise StaleAnswerError
    if not answer.strip():
        raise EmptyAnswerError
    said_before = translations_of(latest)
    translations = said_before if translations is None else {key: text for key, text in translations.items() if text}
    if answer == latest.answer and translations == said_before:
        raise SameAnswerError
    correction = StatusChange.objects.create(
        idea=idea,
        old_status=first.new_status,
        new_status=first.new_status,
        answer=answer,
        answer_html=markdown.render(answer),
        translations=_rendered(translations),
        corrects=first,
        changed_by=by,
        occurred_at=now,
        recorded_at=now,
    )
    answer_corrected.send(sender=StatusChange, change=correction, by=by)
    return correction
