from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def protect_ledgers(using: str, **kwargs: Any) -> None:
    """After migrations, for SQLite drops the triggers of a table that it remakes."""
    from core.ledger import protect

    protect(using)


def set_up_schedule(**kwargs: Any) -> None:
    from core import schedule

    schedule.set_up()


class CoreConfig(AppConfig):
    name = "core"

    def ready(self) -> None:
        from core import schedule
        from core.tasks import tidy_up

        schedule.register("core.tidy_up", tidy_up, schedule.daily(hour=3))
        post_migrate.connect(protect_ledgers, sender=self)
        post_migrate.connect(set_up_schedule, sender=self)
