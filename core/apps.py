from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def protect_ledgers(using: str, **kwargs: Any) -> None:
    """After migrations, for SQLite drops the triggers of a table that it remakes."""
    from core.ledger import protect

    protect(using)


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        post_migrate.connect(protect_ledgers, sender=self)
