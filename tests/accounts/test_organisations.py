"""What organisations are worth: a ledger that is never changed, told as of any moment, and edited in the admin."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.actions import add_organisation, change_organisation, erase_member
from accounts.models import FORMER_MEMBER, Member, Organisation, OrganisationLine
from accounts.organisations import Worth, history_of, worths_as_of
from core.errors import ForbiddenError
from tests.people import make_member

ADDRESS = "/admin/snippets/accounts/organisation/"


@pytest.fixture
def larkspur(administrator: Member) -> Organisation:
    return add_organisation(by=administrator, name="Larkspur", plan="Team", yearly_value=Decimal("1200.50"))


@pytest.fixture
def change(larkspur: Organisation, administrator: Member) -> Callable[..., Organisation]:
    """Changes what is known of the organisation, as the administrator."""

    def change(**known: object) -> Organisation:
        row = Organisation.objects.get(pk=larkspur.pk)
        same = {name: getattr(row, name) for name in ("name", "plan", "segment", "yearly_value")}
        return change_organisation(organisation=row, **{"by": administrator, **same, **known})

    return change


def test_what_was_known_at_a_moment_stays_known(larkspur: Organisation, change: Callable[..., Organisation]) -> None:
    began = timezone.now()
    change(yearly_value=Decimal(5000))
    grew = timezone.now()
    change(plan="Business", yearly_value=None)
    moments = (began - timedelta(days=900), began, grew, timezone.now())
    assert [worths_as_of(moment)[larkspur.pk] for moment in moments] == [
        Worth("Team", 120_050),
        Worth("Team", 120_050),
        Worth("Team", 500_000),
        Worth("Business", None),
    ]


def test_saying_the_same_again_is_no_line(change: Callable[..., Organisation]) -> None:
    change()
    change(name="Larkspur Ltd", segment="Retail")
    assert OrganisationLine.objects.count() == 1
    assert Organisation.objects.get().name == "Larkspur Ltd"


def test_an_organisation_from_before_the_ledger_keeps_what_it_was(
    administrator: Member, change: Callable[..., Organisation]
) -> None:
    old = Organisation.objects.create(name="Old", plan="Basic", yearly_value=7)
    before = timezone.now()
    assert worths_as_of(before)[old.pk] == Worth("Basic", 700)
    change_organisation(
        organisation=old, by=administrator, name="Old", plan="Team", segment="", yearly_value=Decimal(8)
    )
    assert worths_as_of(before)[old.pk] == Worth("Basic", 700)
    assert worths_as_of(timezone.now())[old.pk] == Worth("Team", 800)


def test_the_history_says_who_changed_what(
    larkspur: Organisation, administrator: Member, change: Callable[..., Organisation]
) -> None:
    change(yearly_value=Decimal(5000), since=timezone.now() - timedelta(days=30))
    latest, first = history_of(larkspur)
    assert (latest.is_about_value, latest.is_about_plan, first.is_about_value) == (True, False, False)
    assert latest.before == first.line
    assert latest.line.changed_by == administrator
    assert latest.line.recorded_at - latest.line.occurred_at >= timedelta(days=30)


@pytest.mark.parametrize("statement", ["UPDATE {} SET plan = 'x'", "DELETE FROM {}"])
def test_lines_are_never_changed(larkspur: Organisation, statement: str) -> None:
    table = OrganisationLine._meta.db_table
    with pytest.raises(DatabaseError, match="ledger is never changed"), transaction.atomic(), connection.cursor() as c:
        c.execute(statement.format(table))
    assert OrganisationLine.objects.get().plan == "Team"


def test_erasing_a_person_touches_no_line(
    larkspur: Organisation, change: Callable[..., Organisation], administrator: Member
) -> None:
    other = make_member("other", "Administrators")
    change(by=other, yearly_value=Decimal(1))
    lines = list(OrganisationLine.objects.values())
    erase_member(member=other, by=administrator)
    assert list(OrganisationLine.objects.values()) == lines
    assert history_of(larkspur)[0].line.changed_by.name == FORMER_MEMBER  # type: ignore[union-attr]


def test_only_administrators_say_what_organisations_are_worth(
    larkspur: Organisation, change: Callable[..., Organisation], moderator: Member, product_manager: Member
) -> None:
    for person in (moderator, product_manager):
        with pytest.raises(ForbiddenError):
            change(by=person, yearly_value=Decimal(9))
        with pytest.raises(ForbiddenError):
            add_organisation(by=person, name="Other")
    assert OrganisationLine.objects.count() == 1


def test_rows_are_rebuilt_from_the_ledger(larkspur: Organisation) -> None:
    call_command("rebuild_organisations", "--check", stdout=StringIO())
    Organisation.objects.filter(pk=larkspur.pk).update(yearly_value=1)
    Organisation.objects.create(name="Without a line")
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("rebuild_organisations", "--check", stdout=out)
    assert "1.00 and should be 'Team', 1200.50" in out.getvalue()
    assert "no line says" in out.getvalue()
    call_command("rebuild_organisations", stdout=StringIO())
    call_command("rebuild_organisations", "--check", stdout=StringIO())
    larkspur.refresh_from_db()
    assert larkspur.yearly_value == Decimal("1200.50")


# The screen


def test_the_screen_shows_what_was_known_when(client: Client, larkspur: Organisation, administrator: Member) -> None:
    client.force_login(administrator)
    edit = f"{ADDRESS}edit/{larkspur.pk}/"
    values = {"name": "Larkspur", "plan": "Business", "segment": "", "yearly_value": "5000", "since": "2026-01-15"}
    assert client.post(edit, values).status_code == 302
    html = client.get(edit).text
    assert "Team →" in html and "1,200.50 →" in html and "5,000.00" in html
    assert administrator.name in html
    assert OrganisationLine.objects.last().occurred_at.year == 2026  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("yearly_value", "-1", "greater than or equal to 0"),
        ("yearly_value", "NaN", "Enter a number"),
        ("yearly_value", "Infinity", "Enter a number"),
        ("yearly_value", "9999999999999", "Ensure that there are no more than"),
        ("since", "2999-01-01", "on its day"),
        ("since", "yesterday", "Enter a valid date"),
    ],
)
def test_what_can_not_be_is_refused(
    client: Client, larkspur: Organisation, administrator: Member, field: str, typed: str, sentence: str
) -> None:
    client.force_login(administrator)
    values = {"name": "Larkspur", "plan": "Team", "segment": "", "yearly_value": "1", "since": "", field: typed}
    response = client.post(f"{ADDRESS}edit/{larkspur.pk}/", values)
    assert response.status_code == 200
    assert sentence in response.text
    assert OrganisationLine.objects.count() == 1


def test_an_organisation_that_nobody_voted_for_can_be_deleted(
    client: Client, larkspur: Organisation, administrator: Member
) -> None:
    client.force_login(administrator)
    assert client.post(f"{ADDRESS}delete/{larkspur.pk}/").status_code == 302
    assert not Organisation.objects.exists()
    assert OrganisationLine.objects.count() == 1
    assert worths_as_of(timezone.now()) == {}
