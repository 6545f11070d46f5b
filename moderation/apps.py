from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from core import schedule
        from moderation import erasure, log, receivers  # noqa: F401
        from moderation.actions.suspensions import end_suspensions

        schedule.register("moderation.end_suspensions", end_suspensions, schedule.every(minutes=5))
