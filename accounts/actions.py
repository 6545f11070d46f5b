"""What members do to their own accounts."""

from django.db import transaction

from accounts.models import Member


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
