"""The moderators' screens of what was probably posted twice: the list, and two posts side by side."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views import View
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton, ListingButton

from community.permissions import is_moderator
from community.views.requests import member_of
from core.refusals import RefusalMixin
from core.screens import PathMixin
from ideas.permissions import MERGE
from search.backends import Kind
from search.models import IdeaPair, Pair
from search.similar.deciding import check_can_decide, tell_apart
from search.similar.pairs import PAIRS, Precision, band_of, is_comparing, precisions

ICON = "copy"
PAGE_SIZE = 50
LABELS = {Kind.QUESTION: _("Questions"), Kind.IDEA: _("Ideas")}


def kinds_of(user: Any) -> list[Kind]:
    """The kinds of posts whose duplicates the person may merge."""
    allowed = {Kind.QUESTION: is_moderator(user), Kind.IDEA: user.has_perm(MERGE)}
    return [kind for kind, is_allowed in allowed.items() if is_allowed]


def merge_url(pair: Pair) -> str:
    """Where the newer post is merged into the older one, after a preview."""
    if isinstance(pair, IdeaPair):
        return reverse("ideas:merge-preview", args=[pair.newer_id, pair.older_id])
    return f"{reverse('community:question-merge', args=[pair.newer_id])}?{urlencode({'target': pair.older_id})}"


def compare_url(pair: Pair) -> str:
    kind = Kind.IDEA if isinstance(pair, IdeaPair) else Kind.QUESTION
    return reverse("duplicates_compare", args=[kind.value, pair.pk])


def said_of(precision: Precision | None) -> str:
    """How often pairs as alike as this were merged."""
    if not precision:
        return gettext("nobody has decided on any such pair yet")
    return ngettext(
        "%(merged)d of %(count)d such pair was merged",
        "%(merged)d of %(count)d such pairs were merged",
        precision.decided,
    ) % {"merged": precision.merged, "count": precision.decided}


class Screen(RefusalMixin):
    request: HttpRequest
    kwargs: dict[str, Any]
    header_icon = ICON

    @cached_property
    def kind(self) -> Kind:
        if self.kwargs["kind"] not in list(PAIRS):
            raise Http404
        return Kind(self.kwargs["kind"])

    @property
    def pairs(self) -> QuerySet[Any]:
        """Those of this kind that the person may read now."""
        seen: QuerySet[Any] = PAIRS[self.kind].objects.visible_to(self.request.user)
        return seen

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.kwargs = kwargs
        return super().dispatch(request, *args, **kwargs)

    def check_permission(self, request: HttpRequest) -> None:
        check_can_decide(request.user, PAIRS[self.kind])


class PairColumn(ButtonsColumnMixin, TitleColumn):
    """The titles of both, and what can be done."""

    cell_template_name = "search/admin/pair_cell.html"

    class Media:
        css = {"all": ["css/admin.css"]}

    def get_buttons(self, instance: Any, parent_context: Any) -> list[ListingButton]:
        return [
            ListingButton(gettext("Compare"), url=compare_url(instance), priority=1),
            ListingButton(gettext("Merge"), url=merge_url(instance), priority=2),
        ]


class DuplicatesView(Screen, BaseListingView):
    """What was probably posted twice and nobody has decided on, the most alike first."""

    page_title = _("Probable duplicates")
    index_url_name = "duplicates"
    index_results_url_name = "duplicates_results"
    results_template_name = "search/admin/duplicates_results.html"
    verbose_name_plural = _("pairs")
    table_classname = "listing c-wide-listing"
    paginate_by = PAGE_SIZE

    def get_base_queryset(self) -> QuerySet[Any]:
        pairs: Any = self.pairs
        found: QuerySet[Any] = pairs.open().select_related("newer", "older").order_by("-likeness", "-pk")
        return found

    def get_index_url(self) -> str:
        return reverse(self.index_url_name, args=[self.kind.value])

    def get_index_results_url(self) -> str:
        return reverse(self.index_results_url_name, args=[self.kind.value])

    def order_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        others = [kind for kind in kinds_of(self.request.user) if kind != self.kind]
        return [HeaderButton(LABELS[kind], url=reverse("duplicates", args=[kind.value])) for kind in others]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(*args, **kwargs)
        return {**context, "kind": self.kind, "is_waiting": is_comparing()}

    def get_page_subtitle(self) -> str:
        return str(LABELS[self.kind])

    @cached_property
    def known(self) -> dict[int, Precision]:
        return precisions(self.kind)

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PairColumn("pair", label=_("Both posts"), accessor="newer.title", get_url=compare_url),
            Column("likeness", label=_("How alike"), accessor=self.get_likeness),
            DateColumn("found_at", label=_("Found on")),
        ]

    def get_likeness(self, pair: Pair) -> str:
        share = gettext("%(share)d %%") % {"share": round(100 * pair.likeness)}
        return f"{share}; {said_of(self.known.get(band_of(pair.likeness)))}"


class CompareView(PathMixin, Screen, WagtailAdminTemplateMixin, View):
    """Two posts side by side; a post says that they are not the same."""

    template_name = "search/admin/compare.html"
    page_title = _("Compare")

    def get_path(self) -> list[tuple[str, str]]:
        return [(self.list_url, gettext("Probable duplicates")), ("", gettext("Compare"))]

    @property
    def list_url(self) -> str:
        return reverse("duplicates", args=[self.kind.value])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        pair = self.find()
        context = self.get_context_data(
            pair=pair,
            posts=[pair.newer, pair.older],
            merge_url="" if pair.decision else merge_url(pair),
            list_url=self.list_url,
            share=round(100 * pair.likeness),
            precision=said_of(precisions(self.kind).get(band_of(pair.likeness))),
        )
        response: HttpResponse = self.render_to_response(context)
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        version = request.POST.get("version", "")
        number = int(version) if version.isdecimal() and len(version) < 9 else -1
        tell_apart(pair=self.find(), version=number, by=member_of(request))
        messages.success(request, gettext("Remembered: these two are not the same."))
        return redirect(self.list_url)

    def find(self) -> Any:
        shown = self.pairs.select_related("newer__author", "older__author", "decided_by")
        return get_object_or_404(shown, pk=self.kwargs["pk"])
