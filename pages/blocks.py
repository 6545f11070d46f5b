"""What the home page can be put together from. Each block shows only what its reader may see."""

from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.models import Page

from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage
from pages.places import Frame, Link, frame_for

RICH_TEXT = ["bold", "italic", "link", "ol", "ul"]


def reader_of(parent_context: dict[str, Any] | None) -> Any:
    """Who reads the page that the block is on; a visitor where that isn't known."""
    request = (parent_context or {}).get("request")
    return getattr(request, "user", None) or AnonymousUser()


class ListBlock(blocks.StructBlock):
    """A heading and the first rows of a list, of one place or of all that the reader may enter."""

    heading = blocks.CharBlock(label=_("heading"), max_length=80, required=False)
    count = blocks.IntegerBlock(label=_("how many"), min_value=1, max_value=20, default=5)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the reader, the places that the rows come from, and the rows with the place of each."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        reader = reader_of(parent_context)
        places = self.places(frame_for(reader))
        chosen = self.chosen(value)
        if chosen is not None:
            places = [place for place in places if place.pk == chosen.pk]
        by_key = {place.pk: place for place in places}
        rows = self.rows(value, reader).filter(**{f"{self.place_field}__in": by_key})[: value["count"]]
        found = [(row, by_key[getattr(row, f"{self.place_field}_id")]) for row in rows] if places else []
        return {**context, "reader": reader, "places": places, "rows": found}

    place_field: ClassVar[str]

    def chosen(self, value: Any) -> Page | None:
        """The page that the editor narrowed the list to."""
        return value.get(self.place_field)

    def places(self, frame: Frame) -> list[Link]:
        raise NotImplementedError

    def rows(self, value: Any, reader: Any) -> QuerySet[Any]:
        raise NotImplementedError


class TopIdeasBlock(ListBlock):
    board = blocks.PageChooserBlock(
        label=_("board"), page_type=IdeaBoardPage, required=False, help_text=_("All boards if empty.")
    )
    place_field = "board"

    class Meta:
        icon = "pick"
        label = _("Top ideas")
        template = "pages/blocks/top_ideas.html"

    def places(self, frame: Frame) -> list[Link]:
        return frame.boards

    def rows(self, value: Any, reader: Any) -> QuerySet[Any]:
        """What may still be voted for, the most supported first."""
        ideas = Idea.objects.visible_to(reader).listed().for_list().filter(status__accepts_votes=True)
        return ideas.order_by("-top_score", "-pk")


class QuestionsBlock(ListBlock):
    forum = blocks.PageChooserBlock(
        label=_("forum"), page_type=ForumPage, required=False, help_text=_("All forums if empty.")
    )
    place_field = "forum"

    def places(self, frame: Frame) -> list[Link]:
        return frame.forums

    def rows(self, value: Any, reader: Any) -> QuerySet[Any]:
        questions = Question.objects.visible_to(reader).listed().for_list().prefetch_related(None)
        return questions.order_by("-created_at", "-pk")


class NewestQuestionsBlock(QuestionsBlock):
    class Meta:
        icon = "help"
        label = _("Newest questions")
        template = "pages/blocks/newest_questions.html"


class UnansweredQuestionsBlock(QuestionsBlock):
    class Meta:
        icon = "help"
        label = _("Unanswered questions")
        template = "pages/blocks/unanswered_questions.html"

    def rows(self, value: Any, reader: Any) -> QuerySet[Any]:
        return super().rows(value, reader).filter(answer_count=0)


class AnnouncementBlock(blocks.StructBlock):
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


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/text.html"


class HomeBlocks(blocks.StreamBlock):
    announcement = AnnouncementBlock()
    top_ideas = TopIdeasBlock()
    newest_questions = NewestQuestionsBlock()
    unanswered_questions = UnansweredQuestionsBlock()
    text = TextBlock(features=["h2", "h3", *RICH_TEXT])
