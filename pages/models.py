"""The editorial pages: the home page and plain pages. Everything else that readers see is in forums and on boards."""

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.compat import HTTPMethod
from wagtail.fields import RichTextField, StreamField
from wagtail.rich_text import get_text_for_indexing

from core.site_pages import SitePage
from core.words import WordsField
from pages.blocks import HomeBlocks
from pages.places import cards_for

READING = [HTTPMethod.GET, HTTPMethod.HEAD, HTTPMethod.OPTIONS]


class HomePage(SitePage):
    """The front door: what this community is, where to ask, propose and search, and what is going on."""

    intro = models.TextField(
        _("introduction"),
        max_length=500,
        blank=True,
        help_text=_("One or two sentences: who meets here, and what for."),
    )
    body = StreamField(HomeBlocks(), verbose_name=_("blocks"), blank=True)

    content_panels: ClassVar[list[Any]] = [*SitePage.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = [
        "community.ForumPage",
        "ideas.IdeaBoardPage",
        "ideas.ChangelogPage",
        "pages.StandardPage",
    ]
    max_count = 1
    allowed_http_methods: ClassVar[list[HTTPMethod]] = READING

    class Meta:
        verbose_name = _("home page")
        verbose_name_plural = _("home pages")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds what every home page shows: where this reader may ask and propose."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        forums, boards = cards_for(request.user)
        return {**context, "forums": forums, "boards": boards}


class StandardPage(SitePage):
    """A page of text, such as the rules of the community."""

    body = RichTextField(
        _("text"),
        blank=True,
        features=["h2", "h3", "bold", "italic", "link", "ol", "ul", "hr", "image", "document-link", "blockquote"],
    )

    content_panels: ClassVar[list[Any]] = [*SitePage.content_panels, FieldPanel("body")]
    parent_page_types: ClassVar[list[str]] = ["pages.HomePage", "pages.StandardPage"]
    subpage_types: ClassVar[list[str]] = [
        "community.ForumPage",
        "ideas.IdeaBoardPage",
        "ideas.ChangelogPage",
        "pages.StandardPage",
    ]
    allowed_http_methods: ClassVar[list[HTTPMethod]] = READING
    is_article: ClassVar[bool] = True

    # The search app indexes articles in the transaction in which they are saved.
    search_auto_update = False
    search_fields: ClassVar[list[Any]] = [*SitePage.search_fields, WordsField("title"), WordsField("article_text")]

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")

    def article_text(self) -> str:
        return str(get_text_for_indexing(self.body))
