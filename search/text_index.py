"""Wagtail's search index in the database, set up in settings.WAGTAILSEARCH_BACKENDS."""

from typing import Any

from wagtail.search.backends import database

POSTGRES_CONFIG = "simple"


def SearchBackend(params: dict[str, Any]) -> Any:  # noqa: N802
    """Wagtail's own for this database, in one language-neutral configuration whatever the server's default is."""
    backend = database.SearchBackend({"SEARCH_CONFIG": POSTGRES_CONFIG, **params})

    class Index(backend.index_class):  # type: ignore[name-defined]
        def _refresh_title_norms(self, full: bool = False) -> None:
            """Titles are not weighed by their length: that would mean to read the whole index at every save."""

    backend.index_class = Index
    return backend
