"""The changelog: Wagtail pages whose entries say what is new, and name the ideas that came true with it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.compat import HTTPMethod
from wagtail.fields import RichTextField
from wagtail.models import Orderable, PageManager

from core.site_pages import SitePage
from ideas.admin_forms import ChangelogEntryForm
from ideas.models.ideas import Idea
from ideas.querysets import ChangelogEntryQuerySet

READING = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]


class ChangelogPage(SitePage):
    """What has changed in the product, the newest first."""

    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link"])

    content_panels: ClassVar[list[Any]] = [*SitePage.content_panels, FieldPanel("intro")]
    subpage_types: ClassVar[list[str]] = ["ideas.ChangelogEntryPage"]
    template = "ideas/changelog_page.html"
    allowed_http_methods: ClassVar[list[HTTPMethod]] = READING

    class Meta:
        verbose_name = _("changelog")
        verbose_name_plural = _("changelogs")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the page of entries that the address asks for. Raises BadCursorError."""
        from ideas.changelog import page_of_entries

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        return {**context, **page_of_entries(self, request.user, request.GET.get("after", ""))}


class ChangelogEntryPage(SitePage):
    """One change, or several that came together, with the ideas that it ships."""

    class Category(models.TextChoices):
        NEW = "new", _("New")
        IMPROVED = "improved", _("Improved")
        FIXED = "fixed", _("Fixed")

    date = models.DateField(_("date"), default=timezone.localdate)
    category = models.CharField(_("kind"), max_length=10, choices=Category.choices, blank=True)
    body = RichTextField(
        _("text"),
        features=["h3", "h4", "bold", "italic", "link", "ol", "ul", "image", "document-link", "code", "blockquote"],
    )

    content_panels: ClassVar[list[Any]] = [
        *SitePage.content_panels,
        FieldPanel("date"),
        FieldPanel("category"),
        FieldPanel("body"),
        InlinePanel("shipped_ideas", label=_("Idea"), heading=_("Ideas that this ships")),
    ]
    base_form_class = ChangelogEntryForm
    parent_page_types: ClassVar[list[str]] = ["ideas.ChangelogPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "ideas/changelog_entry_page.html"
    allowed_http_methods: ClassVar[list[HTTPMethod]] = READING

    objects = PageManager.from_queryset(ChangelogEntryQuerySet)()

    class Meta:
        verbose_name = _("changelog entry")
        verbose_name_plural = _("changelog entries")
        indexes = [models.Index(fields=["-date", "-page_ptr"], name="changelog_newest")]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the ideas that the entry names and the reader may see, and the changelog that it is in."""
        from ideas.changelog import named_ideas

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        named = [row.idea_id for row in self.shipped_ideas.all()]
        return {
            **context,
            "ideas": named_ideas({self.pk: named}, request.user)[self.pk],
            "changelog": self.get_parent(),
        }


class ChosenIdeaPanel(FieldPanel):
    """Left out where versions are compared: that would show titles to editors who may not see the ideas."""

    def get_comparison_class(self) -> None:
        return None


class ShippedIdea(Orderable):
    """An idea that an entry names."""

    entry = ParentalKey(ChangelogEntryPage, on_delete=models.CASCADE, related_name="shipped_ideas")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="+", verbose_name=_("idea"))
    marks_shipped = models.BooleanField(
        _("mark as shipped"),
        default=True,
        help_text=_("When the entry is published, the idea gets its board's status for what is shipped."),
    )

    panels: ClassVar[list[Any]] = [
        ChosenIdeaPanel("idea"),
        FieldPanel("marks_shipped"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = _("shipped idea")
        verbose_name_plural = _("shipped ideas")
        constraints = [models.UniqueConstraint(fields=["entry", "idea"], name="idea_named_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.idea_id}"


class Shipment(models.Model):
    """That an entry has had its say on an idea's status. It has it once, however often the entry is published."""

    entry = models.ForeignKey(ChangelogEntryPage, on_delete=models.CASCADE, related_name="+")
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="+")
    shipped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "idea"], name="idea_shipped_once")]

    def __str__(self) -> str:
        return f"{self.entry_id}: {self.idea_id}"
