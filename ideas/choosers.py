"""Choosing an idea in the Wagtail admin, among those that the editor may see."""

from typing import Any

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView, ChosenMultipleView, ChosenView
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from ideas.likeness import with_words
from ideas.models import Idea


class IdeaFilterForm(BaseFilterForm):
    q = forms.CharField(
        label=_("Words of the title"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Search")})
    )

    def filter(self, objects: QuerySet[Idea]) -> QuerySet[Idea]:
        self.search_query = self.cleaned_data["q"].strip()
        self.is_searching = bool(self.search_query)
        return with_words(objects, self.search_query.split()).order_by("-created_at", "-pk")


class SeenIdeasMixin:
    """A list of the ideas that the editor may see, the newest first."""

    request: Any
    filter_form_class = IdeaFilterForm

    def get_object_list(self) -> QuerySet[Idea]:
        return Idea.objects.visible_to(self.request.user).listed().for_list()

    @property
    def columns(self) -> list[Column]:
        own: list[Column] = super().columns  # type: ignore[misc]
        return [*own, Column("board", label=_("Board")), Column("status", label=_("Status"))]


class ChooseIdeaView(SeenIdeasMixin, ChooseView):
    pass


class ChooseIdeaResultsView(SeenIdeasMixin, ChooseResultsView):
    pass


class ChosenIdeaView(ChosenView):
    def get_object(self, pk: str) -> Idea:
        return self.get_objects([pk]).get()

    def get_objects(self, pks: list[str]) -> QuerySet[Idea]:
        numbers = [int(pk) for pk in pks if pk.isdecimal() and len(pk) < 19]
        return Idea.objects.visible_to(self.request.user).filter(pk__in=numbers)


class ChosenIdeasView(ChosenMultipleView):
    get_objects = ChosenIdeaView.get_objects


class IdeaChooser(BaseChooser):
    """Names the chosen idea only to a reader who may see it; the form sets who that is."""

    reader: Any = AnonymousUser()

    def get_display_title(self, instance: Idea) -> str:
        is_seen = Idea.objects.visible_to(self.reader).filter(pk=instance.pk).exists()
        return instance.title if is_seen else gettext("An idea that you may not see")


class IdeaChooserViewSet(ChooserViewSet):
    model = Idea
    icon = "pick"
    choose_one_text = _("Choose an idea")
    choose_another_text = _("Choose another idea")
    choose_view_class = ChooseIdeaView
    choose_results_view_class = ChooseIdeaResultsView
    chosen_view_class = ChosenIdeaView
    chosen_multiple_view_class = ChosenIdeasView
    base_widget_class = IdeaChooser

    def get_urlpatterns(self) -> list[Any]:
        """Ideas are proposed on their boards, not here."""
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


idea_chooser = IdeaChooserViewSet("idea_chooser", url_prefix="ideas/choose")
