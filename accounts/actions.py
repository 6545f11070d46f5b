"""What members do to their own accounts, and how the first of them gets one."""

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction

from accounts.models import Member
from accounts.roles import ADMINISTRATORS


@transaction.atomic
def change_settings(*, member: Member, name: str, handle: str, language: str, time_zone: str) -> Member:
    """Change what a member shows of themselves and how they read the site."""
    member.name, member.handle, member.language, member.time_zone = name, handle, language, time_zone
    member.save(update_fields=["name", "handle", "language", "time_zone"])
    return member


def choose_language(*, member: Member, language: str) -> Member:
    """Change the language that a member reads the site in, and is written to in."""
    member.language = language
    member.save(update_fields=["language"])
    return member


@transaction.atomic
def follow_email(*, member: Member) -> None:
    """Let allauth's addresses follow the one that an administrator gave a member, who has to verify it."""
    addresses = EmailAddress.objects.filter(user=member)
    addresses.exclude(email=member.email or "").delete()
    if member.email and not addresses.exists():
        EmailAddress.objects.create(user=member, email=member.email, primary=True)


@transaction.atomic
def create_administrator(*, name: str, email: str, password: str) -> Member:
    """A member who may do everything, and whose address needs no proof: whoever makes one holds the server."""
    handle = Member.objects.free_handles([name])[0]
    member = Member.objects.create_superuser(handle, email, password, name=name)
    member.groups.add(Group.objects.get(name=ADMINISTRATORS))
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    return member
