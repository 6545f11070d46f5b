"""What the public was told with the changes of an idea's status, as it reads now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from accounts.models import Member
from core.statements import Given, Statement
from ideas.models import Idea, StatusChange


@dataclass(frozen=True)
class Told:
    """An answer as one reader reads it. `language` is empty where nobody said which language it is in."""

    answer: str
    answer_html: str
    language: str


def told_in(line: StatusChange, language: str) -> Told:
    """What the line says to a reader of this language: the text in it, or in the language that it is a kind of, such as
    German for Swiss German; the line's own where there is neither."""
    for name in (language, language.partition("-")[0]):
        if name in line.translations:
            return Told(**line.translations[name], language=name)
    return Told(line.answer, line.answer_html, "")


def translations_of(line: StatusChange) -> dict[str, str]:
    """The texts of the line in other languages, {language: Markdown}."""
    return {language: text["answer"] for language, text in line.translations.items()}


@dataclass(frozen=True)
class Answered:
    """A change of an idea's status, and the versions of its answer: as it was first given, then each correction."""

    change: StatusChange
    versions: list[StatusChange]

    @property
    def latest(self) -> StatusChange:
        return self.versions[-1]

    @property
    def answer(self) -> str:
        return self.latest.answer

    @property
    def translations(self) -> dict[str, str]:
        return translations_of(self.latest)

    @property
    def told(self) -> Told:
        """The answer to whoever reads this page, in the language in which it is shown."""
        return told_in(self.latest, get_language() or "")

    @property
    def written_by(self) -> Member:
        return self.latest.changed_by

    @property
    def corrected_at(self) -> datetime | None:
        return self.latest.occurred_at if len(self.versions) > 1 else None


_status_changes = Statement(
    lambda: (
        StatusChange.objects.filter(idea=Given("idea"))
        .select_related("old_status", "new_status", "changed_by")
        .order_by("pk")
    )
)


def read_answers(idea: Idea) -> list[Answered]:
    """The changes of the idea's status, the newest first."""
    found: dict[int, Answered] = {}
    for line in _status_changes.ask(idea=idea.pk):
        if line.corrects_id is None:
            found[line.pk] = Answered(line, [line])
        else:
            found[line.corrects_id].versions.append(line)
    return list(found.values())[::-1]
