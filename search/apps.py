from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from core import schedule
        from search import receivers  # noqa: F401
        from search.similar import deciding, tasks  # noqa: F401
        from search.similar import receivers as similar_receivers  # noqa: F401

        schedule.register("search.take_in", tasks.take_in, schedule.daily(hour=3))
