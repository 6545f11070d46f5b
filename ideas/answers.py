"""What the public was told with the changes of an idea's status, as it reads now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Member
from ideas.models import Idea, StatusChange


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
    def answer_html(self) -> str:
        return self.latest.answer_html

    @property
    def written_by(self) -> Member:
        return self.latest.changed_by

    @property
    def corrected_at(self) -> datetime | None:
        return self.latest.occurred_at if len(self.versions) > 1 else None


def read_answers(idea: Idea) -> list[Answered]:
    """The changes of the idea's status, the newest first."""
    found: dict[int, Answered] = {}
    for line in idea.status_changes.select_related("old_status", "new_status", "changed_by").order_by("pk"):
        if line.corrects_id is None:
            found[line.pk] = Answered(line, [line])
        else:
            found[line.corrects_id].versions.append(line)
    return list(found.values())[::-1]
