"""What the Wagtail admin refuses, with a sentence, and what operators see there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.models import Page

from core.background_report import BackgroundReport, OperatorsItem
from core.page_deletion import pages_in_use


@hooks.register("before_delete_page")
def keep_page_in_use(request: HttpRequest, page: Page) -> HttpResponse | None:
    return _refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_pages_in_use(request: HttpRequest, action_type: str, objects: list[Any], action: Any) -> HttpResponse | None:
    pages = [item for item in objects if isinstance(item, Page)] if action_type == "delete" else []
    return _refuse_deletion(request, pages)


def _refuse_deletion(request: HttpRequest, pages: list[Page]) -> HttpResponse | None:
    """Go back to where the pages are listed and say why they stay; None where they may go."""
    in_use = pages_in_use(pages)
    if not in_use:
        return None
    titles = ", ".join(_("“%(title)s”") % {"title": page.title} for page in in_use)
    messages.error(
        request,
        _("Not deleted: %(pages)s holds what members wrote. Unpublish or restrict it instead.") % {"pages": titles},
    )
    return redirect("wagtailadmin_explore", pages[0].get_parent().pk)


@hooks.register("register_admin_urls")
def background_urls() -> list[URLPattern]:
    return [path("reports/background/", BackgroundReport.as_view(), name="background_report")]


@hooks.register("register_reports_menu_item")
def background_item() -> MenuItem:
    return OperatorsItem(_("Background work"), reverse("background_report"), icon_name="cogs", order=1200)
