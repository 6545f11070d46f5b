"""What the home page can be put together from. Each block shows only what its reader may see."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage

RICH_TEXT = ["bold", "italic", "link", "ol", "ul"]


def reader_of(parent_context: dict[str, Any] | None) -> Any:
    """Who reads the page that the block is on; a visitor where that isn't known."""
    request = (parent_context or {}).get("request")
    return getattr(request, "user", None) or AnonymousUser()


class ListBlock(blocks.StructBlock):  # type: ignore[misc]
    """A heading and the first rows of a list. Subclasses say which rows."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80, required=False)
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=20, default=5)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        reader = reader_of(parent_context)
        return {**context, "rows": self.rows(value, reader), "reader": reader}

    def rows(self, value: Any, reader: Any) -> list[Any]:
        raise NotImplementedError


class TopIdeasBlock(ListBlock):
    board = blocks.PageChooserBlock(
        label=_("board"), page_type=IdeaBoardPage, required=False, help_text=_("All boards if empty.")
    )

    class Meta:
        icon = "pick"
        label = _("Top ideas")
        template = "pages/blocks/top_ideas.html"

    def rows(self, value: Any, reader: Any) -> list[Any]:
        ideas = Idea.objects.visible_to(reader).listed().for_list().exclude(status__kind__in=("shipped", "declined"))
        if value["board"]:
            ideas = ideas.filter(board=value["board"].pk)
        return list(ideas.order_by("-top_score", "-pk")[: value["count"]])


class QuestionsBlock(ListBlock):
    forum = blocks.PageChooserBlock(
        label=_("forum"), page_type=ForumPage, required=False, help_text=_("All forums if empty.")
    )

    def questions(self, value: Any, reader: Any) -> Any:
        questions = Question.objects.visible_to(reader).listed().for_list()
        return questions.filter(forum=value["forum"].pk) if value["forum"] else questions


class NewestQuestionsBlock(QuestionsBlock):
    class Meta:
        icon = "help"
        label = _("Newest questions")
        template = "pages/blocks/newest_questions.html"

    def rows(self, value: Any, reader: Any) -> list[Any]:
        return list(self.questions(value, reader).order_by("-created_at", "-pk")[: value["count"]])


class UnansweredQuestionsBlock(QuestionsBlock):
    class Meta:
        icon = "help"
        label = _("Unanswered questions")
        template = "pages/blocks/unanswered_questions.html"

    def rows(self, value: Any, reader: Any) -> list[Any]:
        return list(self.questions(value, reader).unanswered().order_by("-created_at", "-pk")[: value["count"]])


class AnnouncementBlock(blocks.StructBlock):  # type: ignore[misc]
    heading = blocks.CharBlock(label=_("heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("text"), features=RICH_TEXT, required=False)
    link = blocks.URLBlock(label=_("link"), required=False)
    link_label = blocks.CharBlock(label=_("words of the link"), max_length=60, required=False)
    tone = blocks.ChoiceBlock(
        label=_("tone"),
        choices=[("info", _("News")), ("success", _("Good news")), ("warning", _("Careful"))],
        default="info",
    )

    class Meta:
        icon = "bullhorn"
        label = _("Announcement")
        template = "pages/blocks/announcement.html"


class TextBlock(blocks.RichTextBlock):  # type: ignore[misc]
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/text.html"


class HomeBlocks(blocks.StreamBlock):  # type: ignore[misc]
    announcement = AnnouncementBlock()
    top_ideas = TopIdeasBlock()
    newest_questions = NewestQuestionsBlock()
    unanswered_questions = UnansweredQuestionsBlock()
    text = TextBlock(features=["h2", "h3", *RICH_TEXT])
