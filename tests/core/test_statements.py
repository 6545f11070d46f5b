"""A statement answers as its query set does, whatever is asked after what."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models import DateTimeField, Q, TextField
from django.utils import timezone

from accounts.models import Member, Organisation
from core.statements import Among, Change, Given, Insertion, Statement

pytestmark = pytest.mark.django_db

by_pk = Statement(lambda: Member.objects.filter(pk=Given("member")).select_related("organisation"))
among = Statement(lambda: Member.objects.filter(Among("pk", "members")).order_by("pk"))
handles = Statement(lambda: Member.objects.filter(Q(pk=Given("one")) | Q(pk=Given("other"))).values_list("handle"))
joined_before = Statement(
    lambda: Member.objects.filter(date_joined__lt=Given("moment", DateTimeField())).order_by("pk").defer("password")
)

renaming = Change(lambda: Member.objects.filter(pk=Given("member")), name=Given("name", TextField()))
organisations = Insertion(Organisation)


def test_each_question_gets_its_own_answer(member: Member, advocate: Member) -> None:
    assert by_pk.ask(member=member.pk) == [member]
    assert by_pk.ask(member=advocate.pk) == [advocate]
    assert by_pk.ask(member=0) == []
    assert sorted(handles.ask(other=member.pk, one=advocate.pk)) == sorted([(member.handle,), (advocate.handle,)])


def test_any_number_of_numbers_may_be_given(member: Member, advocate: Member) -> None:
    for asked in ([member.pk, advocate.pk, 0], [member.pk], []):
        assert [found.pk for found in among.ask(members=asked)] == sorted({*asked} - {0})
    assert [found.pk for found in among.ask(members=frozenset(range(member.pk, member.pk + 40_000)))][:1] == [member.pk]


def test_rows_are_as_a_query_set_would_have_them(member: Member) -> None:
    acme = Organisation.objects.create(name="Acme", plan="Basic")
    Member.objects.filter(pk=member.pk).update(organisation=acme)
    [found] = by_pk.ask(member=member.pk)
    assert vars(found).keys() == vars(Member.objects.select_related("organisation").get(pk=member.pk)).keys()
    assert (found.organisation, found.date_joined, found.is_active) == (acme, member.date_joined, True)


def test_moments_are_compared_as_such(member: Member) -> None:
    assert member in joined_before.ask(moment=timezone.now() + timedelta(days=1))
    assert member not in joined_before.ask(moment=member.date_joined)
    assert joined_before.ask(moment=timezone.now())[0].get_deferred_fields() == {"password"}


def test_it_reads_what_is_there_now(member: Member) -> None:
    by_pk.ask(member=member.pk)
    Member.objects.filter(pk=member.pk).update(name="Another name")
    assert by_pk.ask(member=member.pk)[0].name == "Another name"


def test_a_change_reaches_the_rows_that_it_names_and_no_other(member: Member, advocate: Member) -> None:
    for name in ("First", "Second"):
        renaming.apply(member=member.pk, name=name)
        assert Member.objects.get(pk=member.pk).name == name
    assert Member.objects.get(pk=advocate.pk).name == advocate.name


def test_a_row_is_added_as_save_would_add_it() -> None:
    rows = [Organisation(name="Acme", plan="Basic"), Organisation(name="Globex")]
    for row in rows:
        organisations.add(row)
    for row in rows:
        assert vars(Organisation.objects.get(pk=row.pk)).keys() == vars(row).keys()
        assert Organisation.objects.values().get(pk=row.pk) == {
            field.attname: getattr(row, field.attname) for field in Organisation._meta.concrete_fields
        }
    rows[0].plan = "Enterprise"
    rows[0].save()
    assert Organisation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_locks_need_a_transaction_each_time(member: Member) -> None:
    locking = Statement(lambda: Member.objects.filter(pk=Given("member")).select_for_update())
    for _ in range(2):
        with transaction.atomic():
            assert locking.ask(member=member.pk) == [member]
        with pytest.raises(transaction.TransactionManagementError):
            locking.ask(member=member.pk)


@pytest.mark.django_db(transaction=True)
def test_every_thread_asks_through_its_own_connection(member: Member) -> None:
    found: list[list[Member]] = []

    def ask() -> None:
        try:
            found.append(by_pk.ask(member=member.pk))
        finally:
            connection.close()

    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(name="Not committed")
        assert by_pk.ask(member=member.pk)[0].name == "Not committed"
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    assert [each.name for each in found[0]] == [member.name]
