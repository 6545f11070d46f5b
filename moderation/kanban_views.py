"""The Kanban boards in the Wagtail admin."""

import hashlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from accounts.models import Member
from community.models import ForumPage, Question
from community.views.requests import member_of
from core.access import readable_page_ids
from core.errors import ConflictError, ForbiddenError
from core.refusals import RefusalMixin
from core.screens import PathMixin
from ideas.models import Idea, IdeaBoardPage
from moderation import cards, permissions
from moderation.actions import move_idea, move_question
from moderation.cards import LANES, Card, Column, Place
from moderation.forms import CardForm, IdeaCardForm, QuestionCardForm

ICON = "grid"
POLL_SECONDS = 10
# The script of the boards says with this header that it wants columns rather than a page.
SCRIPT_HEADER = "X-Kanban"


class Screen(PathMixin, RefusalMixin, WagtailAdminTemplateMixin, View):
    request: HttpRequest
    kwargs: dict[str, Any]
    header_icon = ICON

    @property
    def member(self) -> Member:
        return member_of(self.request)


class IndexView(Screen):
    """The boards and forums that the person may read, and whose cards they may move."""

    page_title = _("Kanban")
    template_name = "moderation/kanban_index.html"

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_open_kanban(request.user)

    def get_path(self) -> list[tuple[str, str]]:
        return [("", gettext("Kanban"))]

    def get(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        boards = OfIdeas.pages(user) if permissions.can_open_ideas_kanban(user) else ()
        forums = OfQuestions.pages(user) if permissions.can_open_questions_kanban(user) else ()
        context = {
            "boards": counted(boards, Idea.objects.visible_to(user).listed(), "board"),
            "forums": counted(forums, cards.waiting_questions(user), "forum"),
        }
        return self.render_to_response(self.get_context_data(**context))


class Board(Screen):
    """The columns of a page as the address asks for them: in lanes, and one of them longer than usual."""

    board_url_name: str
    columns_url_name: str
    lanes: tuple[str, ...]
    page: Any
    subject: Any

    def get_columns(self, extended: str) -> list[Column]:
        raise NotImplementedError

    def get_card(self) -> Card:
        raise NotImplementedError

    def get_form(self, data: Any = None, card: Card | None = None) -> CardForm:
        raise NotImplementedError

    def move(self, *, version: str, column: Any, assignee: Member | None, **planned: Any) -> tuple[str, Member | None]:
        """Move and assign the subject's card; the name of its column and who has it then."""
        raise NotImplementedError

    def get_answer_url(self) -> str:
        """Where a public answer to the subject is written, empty where there is none."""
        return ""

    @cached_property
    def chosen_lanes(self) -> str:
        chosen = self.request.GET.get("lanes", "")
        return chosen if chosen in self.lanes else cards.NO_LANES

    @cached_property
    def query(self) -> str:
        """What of the address keeps the board as it is shown now."""
        return self.query_with(lanes=self.chosen_lanes, more=self.request.GET.get("more", ""))

    def query_with(self, **chosen: str) -> str:
        query = urlencode({name: value for name, value in chosen.items() if value})
        return f"?{query}" if query else ""

    def get_board_url(self) -> str:
        return reverse(self.board_url_name, args=[self.page.pk])

    def render_columns(self) -> str:
        columns = self.get_columns(self.request.GET.get("more", ""))
        context = {
            "columns": [
                (column, self.get_board_url() + self.query_with(lanes=self.chosen_lanes, more=column.key))
                for column in columns
            ],
            "lanes": cards.in_lanes(columns, self.chosen_lanes),
            "lane_field": self.chosen_lanes,
            "query": self.query,
            "is_of_ideas": isinstance(self, OfIdeas),
            "has_cards": any(column.cards for column in columns),
        }
        return render_to_string("moderation/kanban_columns.html", context, self.request)


class OfIdeas(Board):
    """What the screens of a board of ideas have in common."""

    board_url_name, columns_url_name = "kanban_ideas", "kanban_ideas_columns"
    lanes = ("assignee", "quarter")

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_open_ideas_kanban(request.user)

    @staticmethod
    def pages(user: Any) -> Any:
        return IdeaBoardPage.objects.filter(pk__in=readable_page_ids(user, IdeaBoardPage)).order_by("title", "pk")

    @cached_property
    def page(self) -> IdeaBoardPage:
        return get_object_or_404(self.pages(self.request.user), pk=self.kwargs["page"])

    @cached_property
    def subject(self) -> Idea:
        return get_object_or_404(
            Idea.objects.visible_to(self.request.user).filter(board=self.page), pk=self.kwargs["pk"]
        )

    def get_columns(self, extended: str) -> list[Column]:
        return cards.idea_columns(self.request.user, self.page, extended=extended)

    def get_card(self) -> Card:
        return cards.idea_card(self.subject)

    def get_form(self, data: Any = None, card: Card | None = None) -> CardForm:
        return IdeaCardForm(data, page=self.page, card=card, user=self.request.user)

    def move(self, *, version: str, column: Any, assignee: Member | None, **planned: Any) -> tuple[str, Member | None]:
        idea = move_idea(
            idea=self.subject,
            by=self.member,
            version=version,
            status=column,
            owner=assignee,
            target_quarter=planned["quarter"],
            place=planned["place"],
        )
        return idea.status.name, idea.owner

    def get_answer_url(self) -> str:
        return reverse("ideas:idea-status", args=[self.subject.pk])


class OfQuestions(Board):
    """What the screens of a forum's questions have in common."""

    board_url_name, columns_url_name = "kanban_questions", "kanban_questions_columns"
    lanes = ("assignee",)

    def check_permission(self, request: HttpRequest) -> None:
        permissions.check_can_open_questions_kanban(request.user)

    @staticmethod
    def pages(user: Any) -> Any:
        return ForumPage.objects.filter(pk__in=readable_page_ids(user, ForumPage)).order_by("title", "pk")

    @cached_property
    def page(self) -> ForumPage:
        return get_object_or_404(self.pages(self.request.user), pk=self.kwargs["page"])

    @cached_property
    def subject(self) -> Question:
        return get_object_or_404(
            Question.objects.visible_to(self.request.user).filter(forum=self.page), pk=self.kwargs["pk"]
        )

    def get_columns(self, extended: str) -> list[Column]:
        return cards.question_columns(self.request.user, self.page, extended=extended)

    def get_card(self) -> Card:
        return cards.question_card(self.subject)

    def get_form(self, data: Any = None, card: Card | None = None) -> CardForm:
        return QuestionCardForm(data, page=self.page, card=card)

    def move(self, *, version: str, column: Any, assignee: Member | None, **planned: Any) -> tuple[str, Member | None]:
        card = move_question(question=self.subject, by=self.member, version=version, stage=column, assignee=assignee)
        return str(card.get_stage_display()), card.assignee


class BoardView(Board):
    """A board with all its columns."""

    template_name = "moderation/kanban.html"

    def get_path(self) -> list[tuple[str, str]]:
        return [(reverse("kanban"), gettext("Kanban")), ("", self.get_page_title())]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        columns = self.render_columns()
        context = {
            "columns": columns,
            "columns_tag": tag_of(columns),
            "columns_url": reverse(self.columns_url_name, args=[self.page.pk]) + self.query,
            "poll_seconds": POLL_SECONDS,
            "lane_choices": self.get_lane_choices(),
            "form": self.get_form(),
            "is_of_ideas": isinstance(self, OfIdeas),
        }
        response: HttpResponse = self.render_to_response(self.get_context_data(**context))
        return response

    def get_lane_choices(self) -> list[tuple[str, Any, bool]]:
        """The ways to divide the board, as (address, label, whether it is so now)."""
        labels = {cards.NO_LANES: _("No lanes")} | {name: LANES[name][0] for name in self.lanes}
        return [
            (self.get_board_url() + self.query_with(lanes=name), label, name == self.chosen_lanes)
            for name, label in labels.items()
        ]


class ColumnsView(Board):
    """The columns alone, for the board's script, which asks again and again: 304 while they are the same."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        columns = self.render_columns()
        tag = tag_of(columns)
        response = HttpResponse(columns, headers={"ETag": tag})
        return get_conditional_response(request, etag=tag, response=response) or response


class CardView(Board):
    """One card: the form that moves and assigns it, which works by itself and below the board's script."""

    template_name = "moderation/kanban_card.html"

    def get_path(self) -> list[tuple[str, str]]:
        board = (self.get_board_url() + self.query, self.page.title)
        return [(reverse("kanban"), gettext("Kanban")), board, ("", self.get_page_title())]

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.get_form(request.POST, self.get_card())
        if not form.is_valid():
            sentence = gettext("Not moved: the board has changed. Look at it once more.")
            return self.refuse(sentence, 422)
        try:
            column, assignee = self.move(**form.cleaned_data)
        except ConflictError as error:
            return self.refuse(str(error), 409)
        except ForbiddenError as error:
            return self.refuse(str(error), 403)
        return self.accept(column, assignee, form.cleaned_data.get("place"))

    def accept(self, column: str, assignee: Member | None, place: Place | None) -> HttpResponse:
        known = {"title": self.subject.title, "column": column, "name": assignee.name if assignee else ""}
        if assignee is None:
            said = gettext("“%(title)s” is in “%(column)s”, assigned to nobody.") % known
        else:
            said = gettext("“%(title)s” is in “%(column)s”, assigned to %(name)s.") % known
        if place is not None:
            beside = (
                gettext("It stands before “%(title)s”.") if place.is_before else gettext("It stands after “%(title)s”.")
            )
            said = f"{said} {beside % {'title': place.neighbour.title}}"
        answer_url = self.get_answer_url()
        if self.is_scripted:
            return self.answer_script(said, 200, answer_url)
        buttons = [messages.button(answer_url, gettext("Write the public answer"))] if answer_url else []
        messages.success(self.request, said, buttons=buttons)
        return redirect(self.get_board_url() + self.query)

    def refuse(self, sentence: str, status: int) -> HttpResponse:
        """Say why not, and show the card as it is now: whoever moves it from there knows what they move."""
        if self.is_scripted:
            return self.answer_script(sentence, status)
        return self.show(sentence, status)

    def show(self, sentence: str = "", status: int = 200) -> HttpResponse:
        card = self.get_card()
        context = {
            "card": card,
            "form": self.get_form(card=card),
            "sentence": sentence,
            "board_url": self.get_board_url() + self.query,
            "answer_url": self.get_answer_url(),
        }
        return TemplateResponse(
            self.request,
            self.template_name,
            self.get_context_data(**context),
            status=status,
        )

    @property
    def is_scripted(self) -> bool:
        return SCRIPT_HEADER in self.request.headers

    def answer_script(self, said: str, status: int, answer_url: str = "") -> JsonResponse:
        columns = self.render_columns()
        answer = {"said": said, "columns": columns, "tag": tag_of(columns), "answer_url": answer_url}
        return JsonResponse(answer, status=status)


def counted(pages: Iterable[Any], posts: QuerySet[Any], field: str) -> list[Any]:
    """The pages, each with its `card_count`: how many of the posts it holds."""
    counts = dict(posts.order_by().values_list(field).annotate(Count("pk")))
    pages = list(pages)
    for page in pages:
        page.card_count = counts.get(page.pk, 0)
    return pages


def tag_of(columns: str) -> str:
    digest = hashlib.sha256(columns.encode()).hexdigest()
    return f'"{digest[:32]}"'


class IdeasView(OfIdeas, BoardView):
    @property
    def page_title(self) -> str:
        return gettext("Ideas: %(board)s") % {"board": self.page.title}


class IdeaColumnsView(OfIdeas, ColumnsView):
    pass


class IdeaCardView(OfIdeas, CardView):
    page_title = _("Move an idea")


class QuestionsView(OfQuestions, BoardView):
    @property
    def page_title(self) -> str:
        return gettext("Questions that need an answer: %(forum)s") % {"forum": self.page.title}


class QuestionColumnsView(OfQuestions, ColumnsView):
    pass


class QuestionCardView(OfQuestions, CardView):
    page_title = _("Move a question")
