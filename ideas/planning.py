"""What the team keeps about an idea for itself, for those who may plan ideas, and who may own one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.models import Member
from core.audience import readers_of
from ideas.models import CostEstimate, Idea, IdeaBoardPage, PrivateNote, Status, TrackerLink
from ideas.permissions import PLAN
from ideas.quarters import quarter_label

LATEST_NOTES = 3
UNFINISHED = (Status.Kind.OPEN, Status.Kind.PLANNED, Status.Kind.STARTED)


@dataclass(frozen=True)
class Plan:
    """An idea's owner, target quarter and estimated cost; links and notes on it and on what was merged into it, the
    newest notes first."""

    idea: Idea
    owner: Member | None
    target_quarter: str
    estimate: CostEstimate | None
    links: list[TrackerLink]
    notes: list[PrivateNote]

    @property
    def latest_notes(self) -> list[PrivateNote]:
        """As many as stand beside the idea."""
        return self.notes[:LATEST_NOTES]

    @property
    def older_note_count(self) -> int:
        return len(self.notes[LATEST_NOTES:])

    @property
    def own_links(self) -> list[TrackerLink]:
        return [link for link in self.links if link.idea_id == self.idea.pk]

    @property
    def other_links(self) -> list[TrackerLink]:
        """Those on what was merged into the idea."""
        return [link for link in self.links if link.idea_id != self.idea.pk]


def read_plan(idea: Idea, merged: Iterable[Idea], user: Any) -> Plan | None:
    """The plan of an idea, with what stands on these that were merged into it; None for whoever may not plan."""
    if not user.has_perm(PLAN):
        return None
    family = [idea.pk, *(duplicate.pk for duplicate in merged)]
    texts = ("idea__body", "idea__body_html", "idea__excerpt")
    links = TrackerLink.objects.visible_to(user).filter(idea__in=family).select_related("idea", "added_by")
    notes = PrivateNote.objects.visible_to(user).filter(idea__in=family).select_related("idea", "author")
    return Plan(
        idea=idea,
        owner=idea.owner,
        target_quarter=quarter_label(idea.target_quarter) if idea.target_quarter else "",
        estimate=latest_estimate(idea),
        links=list(links.defer(*texts)),
        notes=list(notes.defer(*texts)),
    )


def latest_estimate(idea: Idea) -> CostEstimate | None:
    """What the team estimates that an idea costs now; None where nobody said, or it was taken back."""
    line = idea.cost_estimates.select_related("estimated_by").order_by("pk").last()
    return line if line is not None and line.cost is not None else None


def estimated_cost(idea: Idea) -> int | None:
    line = latest_estimate(idea)
    return None if line is None else line.cost


def public_target(idea: Idea) -> str:
    """The quarter that an idea is planned for, as everybody reads it; empty once it is decided otherwise or done."""
    is_ahead = idea.target_quarter and idea.status.kind in UNFINISHED
    return quarter_label(idea.target_quarter) if is_ahead else ""


def planners() -> QuerySet[Member]:
    """The members who may plan ideas, by name."""
    app_label, _dot, codename = PLAN.partition(".")
    granted = Permission.objects.filter(content_type__app_label=app_label, codename=codename)
    may = Q(is_superuser=True) | Q(groups__permissions__in=granted) | Q(user_permissions__in=granted)
    return Member.objects.filter(may, is_active=True).order_by("name", "pk").distinct()


def possible_owners(*boards: IdeaBoardPage) -> list[Member]:
    """The members who may plan ideas and may read all of these boards, by name."""
    members = planners()
    for board in boards:
        members = members.filter(readers_of(board))
    return list(members)
