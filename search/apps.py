from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from core import schedule
        from search import erasure, receivers  # noqa: F401
        from search.elastic import is_configured
        from search.elastic import receivers as elastic_receivers  # noqa: F401
        from search.insight import forget
        from search.similar import deciding, tasks  # noqa: F401
        from search.similar import receivers as similar_receivers  # noqa: F401

        schedule.register("search.take_in", tasks.take_in, schedule.daily(hour=3))
        if is_configured():
            from search.elastic.rebuild import build_missing, reconcile
            from search.elastic.sync import refresh_supporters, sync

            schedule.register("search.sync", sync, schedule.every(minutes=1))
            schedule.register("search.refresh_supporters", refresh_supporters, schedule.every(minutes=10))
            schedule.register("search.build_missing", build_missing, schedule.every(minutes=5))
            schedule.register("search.reconcile", reconcile, schedule.daily(hour=1))
        schedule.register("search.forget_insight", forget, schedule.daily(hour=1))
