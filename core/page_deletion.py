"""Pages that hold what members wrote are not deleted, nor are the pages above them."""

from collections.abc import Iterable, Iterator

from django.apps import apps
from django.db.models import PROTECT, Model
from wagtail.models import Page

from core.site_pages import SitePage


def pages_in_use(pages: Iterable[Page]) -> list[SitePage]:
    """Those of these pages, and of the pages below them, that hold content."""
    return [holder for page in pages for holder in _in_use_below(page)]


def _in_use_below(page: Page) -> Iterator[SitePage]:
    for model in apps.get_models():
        if issubclass(model, SitePage) and model.holds_content:
            for holder in model.objects.filter(path__startswith=page.path).order_by("path"):
                if _is_in_use(holder):
                    yield holder


def _is_in_use(page: SitePage) -> bool:
    """Whether rows of ours point at the page and forbid its deletion, as questions point at their forum."""
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: page.pk}).exists()
        for relation in type(page)._meta.related_objects
        if relation.on_delete is PROTECT and issubclass(relation.related_model, Model)
    )
