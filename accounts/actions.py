"""What members do to their own accounts, how the first of them gets one, and what is known of organisations."""

from datetime import datetime
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.erasure import end_sessions, erase_all, sessions_of
from accounts.managers import SYSTEM_HANDLE
from accounts.models import FORMER_MEMBER, Member, Organisation, default_language
from accounts.organisations import record
from accounts.permissions import check_can_add_organisations, check_can_change_organisations, check_can_erase
from accounts.roles import ADMINISTRATORS
from accounts.signals import member_erased
from core.errors import ConflictError


class AlreadyErasedError(ConflictError):
    sentence = _("This account is deleted already.")


class LastAdministratorError(ConflictError):
    sentence = _("This is the only administrator. Make somebody else one first.")


class SystemMemberError(ConflictError):
    sentence = _("This member is the site itself.")


class HasAccountError(ConflictError):
    sentence = _("A member has this email address. Choose them instead.")


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


@transaction.atomic
def add_customer(*, name: str, contact_email: str = "", organisation: Organisation | None = None) -> Member:
    """Somebody without an account, for whom the team acts; who is known by this address already is taken as they are.

    Whether the team may is the caller's to know. Raises HasAccountError.
    """
    contact_email = contact_email.lower()
    while True:
        if contact_email and Member.objects.with_address(contact_email):
            raise HasAccountError
        same = Member.objects.filter(contact_email__iexact=contact_email, claimed_by=None)
        if contact_email and (known := same.first()):
            return known
        try:
            with transaction.atomic():
                handle = Member.objects.free_handles([name])[0]
                return Member.objects.create_user(
                    handle, name=name, contact_email=contact_email, organisation=organisation
                )
        except IntegrityError:
            # Somebody else has just added them, or somebody with the same handle.
            continue


def erase_member(*, member: Member, by: Member) -> Member:
    """Forget who a member was, for good. Their posts and votes stay, under a number; no line of a ledger is touched.

    The placeholders whose votes they claimed were the same person and are erased too.

    Raises ForbiddenError, AlreadyErasedError, LastAdministratorError and SystemMemberError.
    """
    # Read before anything is locked, for it takes longer the more sessions there are. A later one can't be used.
    sessions = sessions_of(member)
    with transaction.atomic():
        administrators = Member.objects.administrators().values("pk")
        wanted = Q(pk=member.pk) | Q(claimed_by=member.pk) | Q(pk__in=administrators)
        rows = Member.objects.filter(wanted).order_by("pk").select_for_update(of=("self",), no_key=True)
        locked = {row.pk: row for row in rows}
        member = locked.pop(member.pk)
        check_can_erase(by, member)
        if member.handle == SYSTEM_HANDLE:
            raise SystemMemberError
        if member.erased_at is not None:
            raise AlreadyErasedError
        is_administrator = Member.objects.administrators().filter(pk=member.pk).exists()
        if is_administrator and not Member.objects.administrators().exclude(pk=member.pk).exists():
            raise LastAdministratorError
        claimed = [row for row in locked.values() if row.claimed_by_id == member.pk and row.erased_at is None]
        for row in (member, *claimed):
            _empty(row)
            erase_all(row)
        end_sessions(sessions)
        member_erased.send(sender=Member, member=member, by=by)
    return member


def _empty(member: Member) -> None:
    """Leave nothing in a member's row that says who it was, and let nobody sign in as them."""
    member.handle = Member.objects.free_handles([f"erased-{member.pk}"])[0]
    member.name, member.email, member.contact_email, member.organisation = FORMER_MEMBER, None, "", None
    member.language, member.time_zone = default_language(), "UTC"
    member.source = member.source_id = ""
    member.is_active = member.is_staff = member.is_superuser = False
    member.last_login, member.erased_at = None, timezone.now()
    member.set_unusable_password()
    member.save()
    member.groups.clear()
    member.user_permissions.clear()


@transaction.atomic
def add_organisation(
    *,
    by: Member,
    name: str,
    plan: str = "",
    segment: str = "",
    yearly_value: Decimal | None = None,
    since: datetime | None = None,
) -> Organisation:
    """A customer company, with its first line in the ledger. Raises ForbiddenError."""
    check_can_add_organisations(by)
    organisation = Organisation.objects.create(name=name, plan=plan, segment=segment, yearly_value=yearly_value)
    record(organisation, by=by, occurred_at=since)
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    by: Member,
    name: str,
    plan: str,
    segment: str,
    yearly_value: Decimal | None,
    since: datetime | None = None,
) -> Organisation:
    """Say what is known of an organisation now. Another plan or value is a line of the ledger, `since` when it is so.

    What was known before can still be told, and what was published with it stays. Raises ForbiddenError.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    check_can_change_organisations(by)
    if not organisation.lines.exists():
        record(organisation, by=None)
    organisation.name, organisation.segment = name, segment
    organisation.plan, organisation.yearly_value = plan, yearly_value
    organisation.save(update_fields=["name", "plan", "segment", "yearly_value"])
    record(organisation, by=by, occurred_at=since)
    return organisation
