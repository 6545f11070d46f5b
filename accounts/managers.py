"""Finding and making members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.roles import ADMINISTRATORS

if TYPE_CHECKING:
    from accounts.models import Member

SYSTEM_HANDLE = "chorus"


class MemberManager(BaseUserManager["Member"]):
    def create_user(self, handle: str, email: str | None = None, password: str | None = None, **fields: Any) -> Member:
        """A member with a role in nothing yet; without a password nobody can sign in."""
        member = self.model(handle=handle, email=email.lower() if email else None, **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member

    def create_superuser(self, handle: str, email: str, password: str | None = None, **fields: Any) -> Member:
        return self.create_user(handle, email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def system(self) -> Member:
        """The named member that acts where no person does."""
        member, _ = self.get_or_create(handle=SYSTEM_HANDLE, defaults={"name": "Chorus", "password": "!"})
        return member

    def administrators(self) -> QuerySet[Member]:
        """The active members who may do everything, by their role or as superusers."""
        in_role = self.filter(groups__name=ADMINISTRATORS).values("pk")
        return self.filter(Q(is_superuser=True) | Q(pk__in=in_role), is_active=True)

    def unclaimed(self) -> QuerySet[Member]:
        """Customers without an account for whom the team acted, and whose votes nobody has claimed yet."""
        return self.filter(email=None, claimed_by=None, is_active=True, source="").exclude(handle=SYSTEM_HANDLE)

    def with_words(self, text: str) -> QuerySet[Member]:
        """Members and customers with these words in their name, handle or address, by name."""
        found: QuerySet[Member] = self.filter(claimed_by=None, is_active=True).exclude(handle=SYSTEM_HANDLE)
        for word in text.split():
            places = Q(name__icontains=word) | Q(handle__icontains=word)
            found = found.filter(places | Q(email__icontains=word) | Q(contact_email__icontains=word))
        return found.order_by("name", "pk")

    def with_address(self, email: str) -> Member | None:
        """The member whose address this is: proved, or given by whoever made the account."""
        proved = Q(emailaddress__email__iexact=email, emailaddress__verified=True)
        return self.filter(proved | Q(email__iexact=email, emailaddress=None)).order_by("pk").first()

    def customers_of(self, member: Member) -> QuerySet[Member]:
        """The unclaimed customers whose contact address the member has proved to be theirs."""
        own = self.filter(pk=member.pk, emailaddress__verified=True)
        proved = own.annotate(proved=Lower("emailaddress__email")).values("proved")
        return self.unclaimed().filter(contact_email__in=proved).order_by("pk")

    def free_handles(self, names: Iterable[str]) -> list[str]:
        """A handle for each name, made from it, taken by nobody and each different; short names become `member`."""
        wanted = [slugify(name)[:32].strip("-_") or "member" for name in names]
        taken: set[str] = set()
        for start in range(0, len(wanted), 100):
            bases = set(wanted[start : start + 100])
            pattern = "|".join(sorted(bases))
            taken.update(
                handle.lower()
                for handle in self.filter(handle__iregex=rf"^({pattern})(-[0-9]+)?$").values_list("handle", flat=True)
            )
        handles = []
        counters: dict[str, int] = {}
        for base in wanted:
            handle = base
            while handle in taken:
                counters[base] = counters.get(base, 1) + 1
                handle = f"{base}-{counters[base]}"
            taken.add(handle)
            handles.append(handle)
        return handles
