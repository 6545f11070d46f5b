from django.apps import AppConfig


class CommunityConfig(AppConfig):
    name = "community"

    def ready(self) -> None:
        from community import receivers  # noqa: F401
        from community.actions.languages import detect_languages
        from core import schedule

        schedule.register("community.detect_languages", detect_languages, schedule.daily(hour=1))
