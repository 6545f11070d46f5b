"""Votes that wait for their owner: those of customers without an account, until they have one and say so.

Whose address is known finds them under «Your votes». For others the team hands out a link.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db.models import QuerySet

from accounts.models import Member
from ideas.errors import AlreadyClaimedError, UnknownClaimLinkError
from ideas.models import Idea, Vote

SALT = "ideas.claims"
LINKS_LAST = timedelta(days=30)


@dataclass(frozen=True)
class Offer:
    """A customer's votes as somebody may see them who may be that customer: ideas by name, others as a number."""

    customer: Member
    ideas: list[Idea]
    others: int


def token_for(customer: Member) -> str:
    """What the address of a claim link ends with."""
    return signing.dumps(customer.pk, salt=SALT)


def customer_named_by(token: str) -> Member:
    """The unclaimed customer whom a link is about. Raises UnknownClaimLinkError and AlreadyClaimedError."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=LINKS_LAST)
    except signing.BadSignature as error:
        raise UnknownClaimLinkError from error
    customer = Member.objects.unclaimed().filter(pk=pk).first()
    if customer is not None:
        return customer
    if Member.objects.filter(pk=pk, claimed_by__isnull=False).exists():
        raise AlreadyClaimedError
    raise UnknownClaimLinkError


def waiting_for(member: Any) -> QuerySet[Member]:
    """The customers with votes whose contact address the member has proved to be theirs."""
    return Member.objects.customers_of(member).filter(pk__in=Vote.objects.filter(is_cast=True).values("member"))


def offers(customers: list[Member], to: Any) -> list[Offer]:
    """What of the votes of these customers is shown to a person who may claim them."""
    if not customers:
        return []
    votes = Vote.objects.filter(member__in=customers, is_cast=True).values_list("member", "idea")
    held: dict[int, set[int]] = {customer.pk: set() for customer in customers}
    for member, idea in votes:
        held[member].add(idea)
    visible = Idea.objects.visible_to(to).filter(pk__in=set().union(*held.values())).only("title", "slug")
    named = {idea.pk: idea for idea in visible.order_by("title", "pk")}
    return [
        Offer(
            customer,
            [idea for pk, idea in named.items() if pk in held[customer.pk]],
            len(held[customer.pk] - named.keys()),
        )
        for customer in customers
    ]
