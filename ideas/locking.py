"""Locks for acts on all votes of a person at once.

Families of ideas are locked before members, everywhere: whoever holds a member's row never waits for a family.
"""

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Member
from community import families
from core.statements import Given, Statement
from ideas.models import Idea, Vote


def lock_voters(*members: Member) -> tuple[dict[int, Idea], dict[int, Member]]:
    """The families of all ideas that these members ever voted for, then the members' rows, as {id: row}.

    Until the transaction ends nobody votes there, and these members vote nowhere.
    """
    while True:
        try:
            with transaction.atomic():
                rows = families.lock_once(Idea, _voted_for(*members))
                people = {member.pk: member for member in _held(*members)}
                if not _voted_for(*members) <= rows.keys():
                    raise families.MovedError
                return rows, people
        except families.MovedError:
            continue


def lock_voter(member: Member) -> Member:
    """The member's row as it is now, locked; the families that the act is about are locked already."""
    return _voter.ask(member=member.pk)[0]


def _held(*members: Member) -> QuerySet[Member]:
    return _locking().filter(pk__in=[member.pk for member in members]).order_by("pk")


def _locking() -> QuerySet[Member]:
    return Member.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")


_voter = Statement(lambda: _locking().filter(pk=Given("member")))


def _voted_for(*members: Member) -> set[int]:
    return set(Vote.objects.filter(member__in=[member.pk for member in members]).values_list("idea", flat=True))
