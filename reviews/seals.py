"""Names and words of people as a snapshot holds them: salted digests, so that erasing the person redacts them."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from accounts.models import Member
from reviews.models import Review, ReviewSnapshot, Seal, SealedName, SealedText, digest


class Seals:
    """The people named in a snapshot that is being made, each with a salt, and what is to be kept apart."""

    def __init__(self, salts: Mapping[int, str] | None = None) -> None:
        self.salts = dict(salts or {})
        self.names: dict[int, SealedName] = {}
        self.texts: dict[str, SealedText] = {}

    def of(self, member: Member) -> str:
        if member.pk not in self.names:
            salt = self._salt(member)
            self.names[member.pk] = SealedName(
                member=member, name=member.name, salt=salt, digest=digest(salt, member.name)
            )
        return self.names[member.pk].digest

    def said(self, member: Member, text: str) -> str:
        salt = self._salt(member)
        sealed = SealedText(member=member, text=text, salt=salt, digest=digest(salt, text))
        return self.texts.setdefault(sealed.digest, sealed).digest

    def _salt(self, member: Member) -> str:
        return self.salts.setdefault(member.pk, secrets.token_hex(32))

    def keep(self, snapshot: ReviewSnapshot) -> None:
        """Write down what the digests stand for."""
        for name in self.names.values():
            name.snapshot = snapshot
        for text in self.texts.values():
            text.snapshot = snapshot
        SealedName.objects.bulk_create(self.names.values(), batch_size=1_000)
        SealedText.objects.bulk_create(self.texts.values(), batch_size=1_000)


def read_salts(review: Review) -> dict[int, str]:
    return dict(review.seals.values_list("member", "salt"))


def keep_salts(review: Review, seals: Seals) -> None:
    """Write down the salts that were made, for the review to be published with."""
    known = read_salts(review)
    Seal.objects.bulk_create(
        [Seal(review=review, member_id=pk, salt=salt) for pk, salt in seals.salts.items() if pk not in known],
        batch_size=1_000,
    )


def moment(at: datetime) -> str:
    """A moment as it stands in snapshots: ISO 8601, in UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
