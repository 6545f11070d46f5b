"""Members and the organisations they belong to."""

import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.managers import MemberManager
from core.ledger import Ledger

# The name in the row of whom nobody knows any more. Pages say it in their reader's language.
FORMER_MEMBER = "Former member"


def default_language() -> str:
    return settings.LANGUAGE_CODE


def validate_time_zone(name: str) -> None:
    """Raises ValidationError unless the name is one of the IANA time zones."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("Choose a time zone from the list."))


class Organisation(models.Model):
    """A customer company. Plan and yearly value are the latest that OrganisationLine says."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    plan = models.CharField(_("plan"), max_length=40, blank=True)
    segment = models.CharField(_("segment"), max_length=40, blank=True)
    yearly_value = models.DecimalField(
        _("yearly value"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("What it is worth in a year, in the one currency that all values here are in. Empty: not known."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class OrganisationLine(Ledger):
    """One line of the ledger of organisations: from when on which plan and yearly value are known of one.

    The latest holds. Of the time before its first line, an organisation is known to have been what that line says.
    Where an organisation is deleted, which takes that nobody ever voted for it, its lines stay.
    """

    organisation = models.ForeignKey(
        Organisation, on_delete=models.DO_NOTHING, db_constraint=False, related_name="lines"
    )
    plan = models.CharField(max_length=40, blank=True)
    yearly_value = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    changed_by = models.ForeignKey("Member", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(occurred_at__lte=models.F("recorded_at")),
                name="organisation_line_occurred_before_recorded",
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.plan} {self.yearly_value}"


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with an account, or a placeholder for one: somebody whose posts were imported, or a customer for whom
    the team voted, and who never signed in. The account that claimed a placeholder's votes is `claimed_by`.

    Roles are groups (see accounts.roles). The handle is public and in the member's address. Of a person who was erased
    the row alone is left, with nothing of theirs in it: their posts and votes point at it. Whoever is suspended reads
    and does not take part; `moderation` says why, and is the only one to change it.
    """

    handle = models.CharField(
        _("handle"),
        max_length=40,
        unique=True,
        error_messages={"unique": _("This handle is taken.")},
        validators=[RegexValidator(r"^[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?$", _("Use small letters, digits, - and _."))],
        help_text=_("In your public address. Small letters, digits, - and _."),
    )
    name = models.CharField(_("name"), max_length=80, help_text=_("Shown beside what you write."))
    email = models.EmailField(_("email address"), null=True, blank=True)
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="members",
        verbose_name=_("organisation"),
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default=default_language)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC", validators=[validate_time_zone])
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    contact_email = models.EmailField(
        _("contact address"),
        blank=True,
        help_text=_("Of a customer without an account: whoever proves that it is theirs can claim the votes."),
    )
    claimed_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="claimed"
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    source = models.CharField(max_length=40, blank=True, editable=False)
    source_id = models.CharField(max_length=120, blank=True, editable=False)
    import_run = models.ForeignKey(
        "core.ImportRun", on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    is_suspended = models.BooleanField(_("suspended"), default=False, editable=False)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects: ClassVar[MemberManager] = MemberManager()

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "name"]

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        permissions = [("erase_member", "Can erase members")]
        constraints = [
            models.UniqueConstraint(
                Lower("email"), name="unique_email", violation_error_message=_("This email address is taken.")
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"], condition=~models.Q(source=""), name="unique_member_source"
            ),
            models.UniqueConstraint(
                Lower("contact_email"),
                condition=~models.Q(contact_email="") & models.Q(claimed_by__isnull=True),
                name="unique_unclaimed_contact",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower() if self.email else None

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email or None
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("pages:member-detail", args=[self.handle])

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def is_placeholder(self) -> bool:
        """Whether nobody has ever been able to sign in as this member."""
        return self.email is None and self.erased_at is None
