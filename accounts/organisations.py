"""What organisations are worth and which plan they have: the ledger of it, and how it stood at any moment.

What was known then decides, so lines count from when they were recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Member, Organisation, OrganisationLine


class Worth(NamedTuple):
    """An organisation's plan, and what it is worth in a year, in cents; None where that is not known."""

    plan: str
    cents: int | None


def worths_as_of(moment: datetime) -> dict[int, Worth]:
    """Every organisation by its number, as it was known at a moment."""
    rows = Organisation.objects.values_list("pk", "plan", "yearly_value")
    found = {pk: Worth(plan, _cents(value)) for pk, plan, value in rows.iterator()}
    lines = OrganisationLine.objects.order_by("organisation", "pk")
    told = lines.values_list("organisation", "recorded_at", "plan", "yearly_value").iterator(chunk_size=5_000)
    for pk, own in groupby(told, key=itemgetter(0)):
        first, *rest = own
        latest = next((line for line in reversed(rest) if line[1] <= moment), first)
        if pk in found:
            found[pk] = Worth(latest[2], _cents(latest[3]))
    return found


def _cents(value: Decimal | None) -> int | None:
    return None if value is None else int(value * 100)


@dataclass(frozen=True)
class Change:
    """A line of the ledger, with the one before it; without one it is the first."""

    line: OrganisationLine
    before: OrganisationLine | None

    @property
    def is_about_plan(self) -> bool:
        return self.before is not None and self.before.plan != self.line.plan

    @property
    def is_about_value(self) -> bool:
        return self.before is not None and self.before.yearly_value != self.line.yearly_value


def history_of(organisation: Organisation) -> list[Change]:
    """What is known of an organisation, the newest line first."""
    lines = list(organisation.lines.select_related("changed_by").order_by("-pk"))
    return [Change(line, before) for line, before in zip_longest(lines, lines[1:])]


def record(organisation: Organisation, *, by: Member | None, occurred_at: datetime | None = None) -> None:
    """Add a line where the organisation's row says something else than its latest line. The caller holds the row."""
    now = timezone.now()
    latest = organisation.lines.order_by("pk").last()
    if latest is None or not _says_the_same(latest, organisation):
        OrganisationLine.objects.create(
            organisation=organisation,
            plan=organisation.plan,
            yearly_value=organisation.yearly_value,
            occurred_at=occurred_at or now,
            recorded_at=now,
            changed_by=by,
        )


class Difference(NamedTuple):
    """An organisation whose row is not what its latest line says, or that has no line."""

    organisation: Organisation
    line: OrganisationLine | None

    def __str__(self) -> str:
        row, line = self.organisation, self.line
        if line is None:
            return f"organisation {row.pk}: no line says what is known of it"
        is_, should = f"{row.plan!r}, {row.yearly_value}", f"{line.plan!r}, {line.yearly_value}"
        return f"organisation {row.pk}: plan and yearly value are {is_} and should be {should}"


def differences(*, repair: bool = False) -> Iterator[Difference]:
    """What is stored of organisations and is not what the ledger says; with `repair`, it is put right.

    An organisation without a line gets its first, which says what its row does.
    """
    for pk in list(Organisation.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            organisation = Organisation.objects.select_for_update().filter(pk=pk).first()
            if organisation is None:
                continue
            line = organisation.lines.order_by("pk").last()
            if line is not None and _says_the_same(line, organisation):
                continue
            difference = Difference(Organisation.objects.get(pk=pk), line)
            if repair and line is None:
                record(organisation, by=None)
            elif repair and line is not None:
                organisation.plan, organisation.yearly_value = line.plan, line.yearly_value
                organisation.save(update_fields=["plan", "yearly_value"])
        yield difference


def _says_the_same(line: OrganisationLine, organisation: Organisation) -> bool:
    return (line.plan, line.yearly_value) == (organisation.plan, organisation.yearly_value)
