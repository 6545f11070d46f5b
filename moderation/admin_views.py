"""The moderators' screens in the Wagtail admin."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.paginator import WagtailPaginator
from wagtail.admin.ui.tables import ButtonsColumnMixin, Column, DateColumn, StatusTagColumn, TitleColumn, UserColumn
from wagtail.admin.views.generic import BaseListingView
from wagtail.admin.widgets.button import ListingButton

from community.content import Visibility
from core.refusals import RefusalMixin
from moderation.kinds import moderated_by
from moderation.models import PostLogEntry, Suspension
from moderation.offsite import OFFSITE, OffsitePost, load, offsite_rows
from moderation.permissions import check_is_moderator, check_suspends


class OffsiteFilterSet(WagtailFilterSet):
    kind = django_filters.MultipleChoiceFilter(label=_("Kind"), widget=forms.CheckboxSelectMultiple)
    state = django_filters.MultipleChoiceFilter(
        label=_("State"),
        choices=[(state.value, state.label) for state in OFFSITE],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = PostLogEntry
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["kind"].extra["choices"] = [
            (kind.name, capfirst(str(kind.label))) for kind in moderated_by(self.request.user)
        ]


class PostPaginator(WagtailPaginator):
    """Counts posts, whatever their kinds."""

    verbose_name, verbose_name_plural = _("post"), _("posts")


class PostColumn(ButtonsColumnMixin, TitleColumn):
    """The title that the post stands under, its first words, who wrote it, and what can be done."""

    cell_template_name = "moderation/post_cell.html"

    class Media:
        css = {"all": ["css/admin.css"]}

    def __init__(self, *args: Any, back_to: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.back_to = back_to

    def get_buttons(self, instance: OffsitePost, parent_context: Any) -> list[ListingButton]:
        query = urlencode({"next": self.back_to})
        args = [instance.kind.name, instance.post.pk]
        restore, hide = reverse("moderation:restore", args=args), reverse("moderation:hide", args=args)
        if instance.post.visibility != Visibility.HELD:
            return [ListingButton(gettext("Restore"), url=f"{restore}?{query}")]
        return [
            ListingButton(gettext("Approve"), url=f"{restore}?{query}", priority=1),
            ListingButton(gettext("Hide"), url=f"{hide}?{query}", priority=2),
        ]


class OffsiteView(RefusalMixin, BaseListingView):
    """Posts that are held, hidden or deleted: who decided, why and when, the newest decisions first."""

    page_title = _("Moderation")
    header_icon = "no-view"
    index_url_name = "moderation_offsite"
    index_results_url_name = "moderation_offsite_results"
    results_template_name = "moderation/offsite_results.html"
    filterset_class = OffsiteFilterSet
    verbose_name_plural = _("posts")
    table_classname = "listing c-wide-listing"
    paginator_class = PostPaginator
    paginate_by = 50

    def check_permission(self, request: HttpRequest) -> None:
        check_is_moderator(request.user)

    def get_queryset(self) -> QuerySet[Any, dict[str, Any]]:
        chosen = self.filters.form.cleaned_data if self.filters.is_valid() else {}
        return offsite_rows(self.request.user, kinds=chosen.get("kind", ()), states=chosen.get("state", ()))

    def get_table(self, object_list: Any) -> Any:
        return super().get_table(load(object_list))

    @cached_property
    def columns(self) -> list[Column]:
        return [
            PostColumn(
                "post",
                label=_("Post"),
                accessor="post.topic.title",
                get_url=lambda row: row.post.get_absolute_url(),
                back_to=self.get_address(),
            ),
            StatusTagColumn("state", label=_("State"), accessor="post.get_visibility_display"),
            UserColumn("by", label=_("By"), accessor="post.visibility_by"),
            Column("reason", label=_("Reason"), accessor="post.visibility_reason"),
            DateColumn("at", label=_("When")),
        ]

    def get_address(self) -> str:
        """Of this list as it is filtered now, for coming back to it."""
        query = self.request.GET.urlencode()
        return f"{self.index_url}?{query}" if query else str(self.index_url)


class MemberColumn(ButtonsColumnMixin, TitleColumn):
    """Who is suspended, and the way to lift it."""

    def get_buttons(self, instance: Suspension, parent_context: Any) -> list[ListingButton]:
        query = urlencode({"next": reverse("moderation_suspensions")})
        return [ListingButton(gettext("Lift"), url=f"{reverse('moderation:lift', args=[instance.pk])}?{query}")]


class SuspensionsView(RefusalMixin, BaseListingView):
    """Who is suspended now, the newest first."""

    page_title = _("Suspensions")
    header_icon = "user"
    index_url_name = "moderation_suspensions"
    index_results_url_name = "moderation_suspensions_results"
    results_template_name = "moderation/suspensions_results.html"
    verbose_name_plural = _("suspensions")
    default_ordering = "-suspended_at"
    paginate_by = 50

    def check_permission(self, request: HttpRequest) -> None:
        check_suspends(request.user)

    def get_base_queryset(self) -> QuerySet[Suspension]:
        return Suspension.objects.standing().select_related("member", "suspended_by__wagtail_userprofile")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            MemberColumn(
                "member", label=_("Member"), accessor="member.name", get_url=lambda row: row.member.get_absolute_url()
            ),
            Column("reason", label=_("Reason"), accessor="reason"),
            UserColumn("by", label=_("By"), accessor="suspended_by"),
            DateColumn("suspended_at", label=_("Since")),
            Column("ends_at", label=_("Until"), accessor=self.get_end),
        ]

    def get_end(self, suspension: Suspension) -> str:
        """In the moderator's own time, in which days are chosen; Wagtail's may be another."""
        if suspension.ends_at is None:
            return ""
        ends_at = timezone.localtime(suspension.ends_at, ZoneInfo(self.request.user.time_zone))
        return date_format(ends_at, "DATE_FORMAT")
