"""Moments as numbers inside the database are what Python makes of them."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from core.epoch import Epoch


@pytest.mark.parametrize("microsecond", [0, 5, 123_456, 999_999])
def test_a_moment_keeps_its_microseconds(member: Member, microsecond: int) -> None:
    moment = datetime(2031, 7, 9, 23, 59, 58, microsecond, tzinfo=UTC)
    Member.objects.filter(pk=member.pk).update(date_joined=moment)
    members = Member.objects.filter(pk=member.pk, date_joined__lte=moment)
    with CaptureQueriesContext(connection):
        found = members.annotate(epoch=Epoch("date_joined")).values_list("epoch", flat=True).get()
    assert found == pytest.approx(moment.timestamp(), abs=1e-6)
