"""The team's screen of all ideas in the Wagtail admin, and changing many of them at once."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, NumberColumn, StatusTagColumn, Table, TitleColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from community.views.requests import member_of
from core.forms import submit
from core.refusals import RefusalMixin
from core.screens import PathMixin
from ideas.actions import Outcome, change_ideas
from ideas.bulk_forms import ChangeForm, IdeaFilterSet, ticked
from ideas.models import Idea
from ideas.permissions import check_can_plan
from ideas.quarters import quarter_label

PAGE_SIZE = 50
MOST_IDEAS = 100
MOST_WORDS = 10
ICON = "list-ul"

RESPECTS = {
    "add_tags": _("Tags added"),
    "remove_tags": _("Tags removed"),
    "status": _("Status"),
    "owner": _("Owner"),
    "target_quarter": _("Target quarter"),
}


class IdeaTable(Table):
    classname = "listing c-wide-listing"

    class Media:
        css = {"all": ["css/admin.css"]}


class TickColumn(BaseColumn):
    """A box to tick for each idea, and one in the header for all of the page."""

    header_template_name = "ideas/tick_header.html"
    cell_template_name = "ideas/tick_cell.html"

    def __init__(self, *, is_ticked: bool) -> None:
        super().__init__("tick", label=_("Choose"), width="1%")
        self.is_ticked = is_ticked

    def get_header_context_data(self, parent_context: Any) -> dict[str, Any]:
        return {**super().get_header_context_data(parent_context), "is_ticked": self.is_ticked}

    def get_cell_context_data(self, instance: Idea, parent_context: Any) -> dict[str, Any]:
        return {**super().get_cell_context_data(instance, parent_context), "is_ticked": self.is_ticked}


class IdeaColumn(TitleColumn):
    """An idea's title, leading to the idea, with its tags and what keeps it from the board."""

    cell_template_name = "ideas/title_cell.html"


def columns(*, is_ticked: bool, can_sort: bool) -> list[BaseColumn]:
    """What both tables show of an idea."""

    def sorted_by(name: str) -> dict[str, str]:
        return {"sort_key": name} if can_sort else {}

    return [
        TickColumn(is_ticked=is_ticked),
        IdeaColumn("title", label=_("Idea"), get_url=_address, get_title_id=_title_id, **sorted_by("title")),
        Column("board", label=_("Board"), accessor="board.title"),
        StatusTagColumn("status", label=_("Status"), accessor="status.name", classname="w-whitespace-nowrap"),
        Column("owner", label=_("Owner"), accessor=lambda idea: idea.owner.name if idea.owner else ""),
        Column(
            "target_quarter",
            label=_("Target"),
            accessor=lambda idea: quarter_label(idea.target_quarter) if idea.target_quarter else "",
            classname="w-whitespace-nowrap",
            **sorted_by("target_quarter"),
        ),
        NumberColumn("supporters", label=_("Supporters"), accessor="supporter_count", **sorted_by("supporter_count")),
        DateColumn("created_at", label=_("Proposed"), **sorted_by("created_at")),
    ]


def _address(idea: Idea) -> str:
    """Of the idea's own page: that of a duplicate leads on to another idea otherwise."""
    return f"{idea.get_absolute_url()}?stay=1" if idea.canonical_id else idea.get_absolute_url()


def _title_id(idea: Idea) -> str:
    return f"idea_{idea.pk}_title"


def for_table(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """With what a row of the table shows, and without the texts that it doesn't."""
    with_tags = ideas.prefetch_related("tags")  # type: ignore[misc]  # taggit
    return with_tags.select_related("board", "status", "owner").defer("body", "body_html", "excerpt")


class Screen(RefusalMixin):
    request: HttpRequest
    header_icon = ICON

    def check_permission(self, request: HttpRequest) -> None:
        check_can_plan(request.user)


class IdeasView(Screen, BaseListingView):
    """The ideas that the person may see, on all boards, the newest first."""

    page_title = _("Ideas")
    index_url_name = "ideas_screen"
    index_results_url_name = "ideas_screen_results"
    results_template_name = "ideas/screen_results.html"
    verbose_name_plural = _("ideas")
    filterset_class = IdeaFilterSet
    is_searchable = True
    default_ordering = "-pk"
    paginate_by = PAGE_SIZE
    columns = columns(is_ticked=False, can_sort=True)
    table_class = IdeaTable
    table_classname = IdeaTable.classname
    model: type[Model] = Idea

    def get_base_queryset(self) -> QuerySet[Idea]:
        return for_table(Idea.objects.visible_to(self.request.user))

    def order_queryset(self, queryset: QuerySet[Idea]) -> QuerySet[Idea]:
        return queryset.order_by(self.ordering, "-pk")

    def search_queryset(self, queryset: QuerySet[Idea]) -> QuerySet[Idea]:
        """The ideas whose titles hold all of the words."""
        for word in self.search_query.split()[:MOST_WORDS]:
            queryset = queryset.filter(title__icontains=word)
        return queryset

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [{"url": reverse("wagtailadmin_home"), "label": gettext("Home")}, {"url": "", "label": gettext("Ideas")}]


class ChangeView(PathMixin, Screen, WagtailAdminTemplateMixin, View):
    """What to change of the ticked ideas, with the list of them once more; a post changes them."""

    template_name = "ideas/change_many.html"
    page_title = _("Change ideas")

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("ideas_screen"), gettext("Ideas")), ("", gettext("Change ideas"))]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ideas, sentence = self.find(request.GET.getlist("idea"))
        if not ideas:
            messages.error(request, sentence)
            return redirect("ideas_screen")
        if sentence:
            messages.warning(request, sentence)
        return self.show(ChangeForm(ideas=ideas), ideas)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        ideas, sentence = self.find(request.POST.getlist("idea"))
        if not ideas:
            messages.error(request, sentence)
            return redirect("ideas_screen")
        form = ChangeForm(request.POST, ideas=ideas)
        if sentence:
            form.add_error(None, sentence)
        outcomes, status = submit(form, change_ideas, ideas=ideas, by=member_of(request))
        if outcomes is None:
            return self.show(form, ideas, status)
        messages.success(request, " ".join(said(outcomes)))
        return redirect("ideas_screen")

    def find(self, numbers: list[str]) -> tuple[list[Idea], str]:
        """The ideas that were ticked, as far as they can be changed together, and what is wrong with the choice."""
        ideas, are_all = ticked(self.request.user, numbers)
        found = list(for_table(ideas).order_by("-pk")[:MOST_IDEAS])
        if not numbers:
            return [], gettext("Tick the ideas that you want to change.")
        if not are_all:
            return found, gettext("Some of the ideas that you ticked are not there any more. See what is left.")
        if len(numbers) > MOST_IDEAS:
            return found, gettext("At most %(most)d ideas can be changed at once.") % {"most": MOST_IDEAS}
        return found, ""

    def show(self, form: ChangeForm, ideas: list[Idea], status: int = 200) -> HttpResponse:
        table = IdeaTable(columns(is_ticked=True, can_sort=False), ideas, caption=gettext("Chosen ideas"))
        context = self.get_context_data(form=form, table=table, media=form.media + table.media)
        response: HttpResponse = self.render_to_response(context, status=status)
        return response


def said(outcomes: dict[str, Outcome]) -> Iterable[str]:
    """What became of each respect, in sentences."""
    for respect, outcome in outcomes.items():
        changed = ngettext(
            "%(respect)s: %(count)d idea changed.", "%(respect)s: %(count)d ideas changed.", outcome.changed
        )
        yield changed % {"respect": RESPECTS[respect], "count": outcome.changed}
        if outcome.left_alone:
            left_alone = ngettext(
                "%(count)d was so already and was left alone.",
                "%(count)d were so already and were left alone.",
                outcome.left_alone,
            )
            yield left_alone % {"count": outcome.left_alone}
