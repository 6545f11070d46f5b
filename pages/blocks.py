"""What the home page can be put together from. Each block shows only what its reader may see."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from community.models import ForumPage, Question
from ideas.ballots import may_see_order
from ideas.models import Idea, IdeaBoardPage
from pages.listings import idea_rows
from pages.places import Frame, Link, frame_for

RICH_TEXT = ["bold", "italic", "link", "ol", "ul"]


class ListBlock(blocks.StructBlock):
    """A heading and the first rows of a list, of one place or of all that the reader may enter.

    Subclasses name the field that holds the place, which is also that of the posts.
    """

    place_field: ClassVar[str]

    heading = blocks.CharBlock(label=_("Heading"), max_length=80, required=False)
    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=20, default=5)

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        """Adds the places that the rows come from, and the rows, each with its place."""
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        request = (parent_context or {}).get("request")
        reader = getattr(request, "user", None) or AnonymousUser()
        chosen = value.get(self.place_field)
        places = {
            place.pk: place for place in self.places(frame_for(reader)) if chosen is None or place.pk == chosen.pk
        }
        posts = self.first(self.posts(reader).filter(**{f"{self.place_field}__in": places}), value["count"], reader)
        rows = self.rows(posts, reader, request.get_full_path() if request else "/")
        homes = [places[getattr(post, f"{self.place_field}_id")] for post in posts]
        return {**context, "places": list(places.values()), "rows": list(zip(rows, homes, strict=True))}

    def places(self, frame: Frame) -> list[Link]:
        raise NotImplementedError

    def posts(self, reader: Any) -> QuerySet[Any]:
        raise NotImplementedError

    def first(self, posts: QuerySet[Any], most: int, reader: Any) -> list[Any]:
        """The first of these posts."""
        return list(posts[:most])

    def rows(self, posts: list[Any], reader: Any, back: str) -> Sequence[Any]:
        """What the template shows of the posts to somebody who reads them at the path `back`."""
        return posts


class TopIdeasBlock(ListBlock):
    board = blocks.PageChooserBlock(
        label=_("Board"), page_type=IdeaBoardPage, required=False, help_text=_("All boards if empty.")
    )
    place_field = "board"

    class Meta:
        icon = "pick"
        label = _("Top ideas")
        template = "pages/blocks/top_ideas.html"

    def places(self, frame: Frame) -> list[Link]:
        return frame.boards

    def posts(self, reader: Any) -> QuerySet[Any]:
        """What may still be voted for, the most supported first."""
        ideas = Idea.objects.visible_to(reader).listed().for_list().filter(status__accepts_votes=True)
        return ideas.order_by("-top_score", "-pk")

    def first(self, posts: QuerySet[Any], most: int, reader: Any) -> list[Any]:
        """Of boards that hide how much support an idea has, the order tells it to nobody who may not know."""
        ideas = super().first(posts, most, reader)
        if all(may_see_order(reader, idea.board) for idea in ideas):
            return ideas
        return list(posts.openly_supported_first()[:most])  # type: ignore[attr-defined]

    def rows(self, posts: list[Any], reader: Any, back: str) -> Sequence[Any]:
        return idea_rows(posts, reader, back)


class QuestionsBlock(ListBlock):
    forum = blocks.PageChooserBlock(
        label=_("Forum"), page_type=ForumPage, required=False, help_text=_("All forums if empty.")
    )
    place_field = "forum"

    def places(self, frame: Frame) -> list[Link]:
        return frame.forums

    def posts(self, reader: Any) -> QuerySet[Any]:
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

    def posts(self, reader: Any) -> QuerySet[Any]:
        return super().posts(reader).filter(answer_count=0)


class AnnouncementBlock(blocks.StructBlock):
    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT, required=False)
    link = blocks.URLBlock(label=_("Link"), required=False)
    link_label = blocks.CharBlock(label=_("Words of the link"), max_length=60, required=False)
    tone = blocks.ChoiceBlock(
        label=_("Tone"),
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
