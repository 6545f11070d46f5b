"""Who erases what about a person: each app says here how it forgets what it keeps, and `erase_member` asks them all.

An app calls `register` in a module that its AppConfig imports when it is ready.
"""

from collections.abc import Callable
from functools import partial
from importlib import import_module

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from wagtail.admin.models import EditingSession, FormState
from wagtail.models import APIToken, ModelLogEntry, PageSubscription
from wagtail.users.models import UserProfile

from accounts.models import Member

Eraser = Callable[[Member], None]

_erasers: list[Eraser] = []


def register(eraser: Eraser) -> Eraser:
    """Have this called with every member who is erased, in the transaction that empties their row, which is locked.

    It touches no line of a ledger: those name the member by number alone.
    """
    _erasers.append(eraser)
    return eraser


def erase_all(member: Member) -> None:
    """Have every app forget what it keeps about a member."""
    for eraser in _erasers:
        eraser(member)


@register
def forget_sign_in(member: Member) -> None:
    """Addresses, connected accounts and second factors."""
    for model in (EmailAddress, SocialAccount, Authenticator):
        model.objects.filter(user=member).delete()


@register
def forget_in_admin(member: Member) -> None:
    """What Wagtail keeps for a person, and their name in its log of what was done to their account."""
    for profile in UserProfile.objects.filter(user=member):
        if profile.avatar:
            transaction.on_commit(partial(profile.avatar.storage.delete, profile.avatar.name))
        profile.delete()
    for model in (APIToken, EditingSession, FormState, PageSubscription):
        model.objects.filter(user=member).delete()
    ModelLogEntry.objects.for_instance(member).update(label=str(member))


def sessions_of(member: Member) -> list[str]:
    """The keys of the sessions in which the member is signed in. All sessions are read: they say whose they are only
    inside."""
    sessions = Session.objects.order_by().iterator()
    return [row.session_key for row in sessions if row.get_decoded().get(SESSION_KEY) == str(member.pk)]


def end_sessions(keys: list[str]) -> None:
    """Delete these sessions, from the cache too where they are in one."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in keys:
        store(key).delete()
