"""A reading tells each reader what its query set would tell them, whoever else has been told what before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client

from accounts import roles
from accounts.models import Member
from community.actions import post_answer, set_visibility
from community.content import Visibility
from community.models import Answer, Question
from core.readings import GatedReading, Reading
from core.scope import RequestScope
from tests.people import restrict

pytestmark = pytest.mark.django_db


def _visible(reader: Any, questions: Any) -> Any:
    return Answer.objects.visible_to(reader).filter(question__in=questions).order_by("pk").values_list("pk", flat=True)


visible = GatedReading(_visible)
named = Reading(lambda members: Member.objects.filter(pk__in=members).order_by("pk").values_list("pk", flat=True))

one = Reading(lambda member: Member.objects.filter(pk=member))

Check = Callable[[], list[list[int]]]


@pytest.fixture
def told(question: Question, author: Member, member: Member, moderator: Member, administrator: Member) -> Check:
    """What each reader is told of the answers to the question, which is what the query set tells; asked twice."""

    def tell() -> list[list[int]]:
        found = []
        for reader in (AnonymousUser(), author, member, moderator, administrator):
            person = Member.objects.get(pk=reader.pk) if reader.pk else reader
            for _ in range(2):
                with RequestScope():
                    answer = visible.ask(person, questions=[question.pk])
                    assert answer == list(_visible(person, [question.pk]))
            found.append(answer)
        return found

    return tell


def test_each_reader_is_told_what_they_may_see(told: Check, question, author, member, moderator) -> None:
    shown = post_answer(question=question, by=author, body="For everybody").pk
    assert told() == [[shown]] * 5
    hidden = post_answer(question=question, by=member, body="Advertising")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    everything = [shown, hidden.pk]
    assert told() == [[shown], [shown], everything, everything, everything]
    set_visibility(content=hidden, by=moderator, visibility=Visibility.DELETED)
    assert told() == [[shown], [shown], [shown], everything, everything]


def test_a_page_that_closes_is_closed_at_once_but_to_whom_it_admits(told: Check, question, author, member) -> None:
    shown = post_answer(question=question, by=author, body="For everybody").pk
    assert told() == [[shown]] * 5
    restrict(question.forum, roles.MODERATORS)
    assert told() == [[], [], [], [shown], []]
    member.groups.add(Group.objects.get(name=roles.MODERATORS))
    assert told()[2] == [shown]


def test_who_is_no_moderator_any_more_is_told_so_at_once(told: Check, question, author, moderator) -> None:
    hidden = post_answer(question=question, by=author, body="Advertising")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.DELETED)
    assert told()[3] == [hidden.pk]
    moderator.groups.clear()
    assert told()[3] == []


@pytest.mark.parametrize("many", [0, 1, 2, 3, 5, 8])
def test_lists_may_have_any_length(many: int, db: None) -> None:
    members = [Member.objects.create_user(f"member-{n}", email=f"{n}@example.com").pk for n in range(many)]
    assert named.ask(members=members) == members
    assert named.ask(members=members[:1]) == members[:1]


def test_what_django_knows_to_be_nothing_is_nothing(member: Member) -> None:
    nothing = Reading(lambda member: Member.objects.filter(pk=member, pk__in=()))
    assert nothing.ask(member=member.pk) == []
    assert nothing.ask(member=member.pk) == []


def test_no_row_has_an_id_that_the_database_can_not_hold(client: Client, question: Question) -> None:
    for number in (2**63 - 1, 2**63, 10**30):
        assert one.ask(member=number) == []
        assert client.get(f"/q/{number}/x/").status_code == 404
        assert client.get(f"/i/{number}/x/").status_code == 404
