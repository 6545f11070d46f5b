from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "search"

    def ready(self) -> None:
        from search import receivers  # noqa: F401
        from search.similar import receivers as similar_receivers  # noqa: F401
