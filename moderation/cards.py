"""The Kanban boards: columns of cards, over the ideas of a board and over the questions of a forum that need an answer.

Every card carries a version, and whoever moves it sends the version back. Of an idea it is not stored: it is made from
the last line of the status ledger that changed the status, the last line of the log that placed it on the roadmap, the
owner and the target quarter. So it is right whichever way these changed (the idea's own page, many ideas at once, an
import, the shipping of a release), and nobody who writes such a way has to remember to count it up. The number of its
place is not in it: placing one idea gives numbers to those above, which stay where they are. Of a question it is the
number in its QuestionCard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, F, IntegerField, Model, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from accounts.backends import MemberBackend
from accounts.models import Member
from community.models import ForumPage, Question
from community.querysets import MODERATE as MODERATE_QUESTIONS
from core.audience import readers_of
from ideas.log import PLACED, PLANNED
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange
from ideas.quarters import quarter_label
from ideas.roadmap import ARRANGED_KINDS, in_places
from moderation.models import PostLogEntry, QuestionCard

USUAL_MOST = 50
GREATEST_MOST = 500
COUNTED = 1_000
DONE_FOR = timedelta(days=7)

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Card:
    """One idea or question on the board. `merged` says how many ideas that the viewer may see were merged into it."""

    post: Any
    version: str
    column: str
    assignee: Member | None
    move_url: str
    quarter: str = ""
    merged: int = 0

    @property
    def target(self) -> str:
        """The quarter as people read it."""
        return quarter_label(self.quarter) if self.quarter else ""

    @property
    def age(self) -> str:
        """How long ago it was posted, in one unit."""
        return timesince(self.post.created_at, depth=1)


@dataclass(frozen=True)
class Place:
    """Right before or right after another idea of a column, in the version in which the person saw that one."""

    neighbour: Idea
    is_before: bool
    version: str


@dataclass(frozen=True)
class Column:
    """A column with its first cards. `rest` is how many more there are, at most COUNTED; `is_more` says: even more.

    Where it is arranged, cards can be placed beside others.
    """

    key: str
    name: str
    kind: str = ""
    colour: str = ""
    cards: Sequence[Card] = ()
    rest: int = 0
    is_more: bool = False
    is_extended: bool = False
    is_arranged: bool = False

    @property
    def count(self) -> int:
        return len(self.cards) + self.rest


@dataclass(frozen=True)
class Lane:
    """A row across all columns: the cards that share an assignee or a quarter; the only one has no name."""

    key: str
    name: str
    columns: Sequence[Column] = field(default_factory=list)


# Ideas


def idea_columns(user: Any, board: IdeaBoardPage, *, extended: str = "") -> list[Column]:
    """The board's statuses, kind by kind, each with the ideas that the person may see.

    Columns that the roadmap arranges are in its order, the others have the most support first. The column named by
    `extended` shows up to GREATEST_MOST of them.
    """
    kinds = list(Status.Kind.values)
    statuses = sorted(Status.objects.filter(board=board), key=lambda status: kinds.index(status.kind))
    columns = []
    for status in statuses:
        is_arranged = status.kind in ARRANGED_KINDS
        ideas = _of_status(user, status)
        column = Column(str(status.pk), status.name, status.get_kind_display(), status.colour, is_arranged=is_arranged)
        columns.append(_filled(column, ideas, extended, _idea_card))
    ideas_shown = [card.post for column in columns for card in column.cards]
    prefetch_related_objects(ideas_shown, "tags")
    merged = dict(
        Idea.objects.visible_to(user)
        .filter(canonical__in=ideas_shown)
        .order_by()
        .values_list("canonical")
        .annotate(Count("pk"))
    )
    return [
        replace(column, cards=[replace(card, merged=merged.get(card.post.pk, 0)) for card in column.cards])
        for column in columns
    ]


def neighbours(user: Any, idea: Idea) -> list[Card]:
    """The first cards of the idea's column without itself, beside which it can be placed; none where it can't be."""
    if idea.status.kind not in ARRANGED_KINDS:
        return []
    others = _of_status(user, idea.status).exclude(pk=idea.pk)
    return [_idea_card(other) for other in others[:USUAL_MOST]]


def idea_version(idea: Idea) -> str:
    """What the idea's card would carry now; the caller holds the idea's lock, and the row is as fresh as the lock."""
    change = _changes().filter(idea=idea).values_list("pk", flat=True).first()
    placing = _placings().filter(object_id=idea.pk).values_list("pk", flat=True).first()
    return _version(change or 0, placing or 0, idea)


def idea_card(idea: Idea) -> Card:
    return _idea_card(_with_change(Idea.objects.select_related("owner")).get(pk=idea.pk))


def last_act_on(idea: Idea) -> tuple[Member, datetime] | None:
    """Who changed the idea's status, plan or place last, and when; None where nobody did."""
    acts: list[tuple[Member, datetime]] = []
    if (change := _changes().filter(idea=idea).select_related("changed_by").first()) is not None:
        acts.append((change.changed_by, change.recorded_at))
    plans = PostLogEntry.objects.for_instance(idea).filter(action__in=(PLANNED, PLACED)).select_related("user")
    if (plan := plans.first()) is not None and plan.user is not None:
        acts.append((plan.user, plan.timestamp))
    return max(acts, key=lambda act: act[1], default=None)


def _changes() -> QuerySet[StatusChange]:
    """The lines that changed a status, the newest first: not those that only answered or corrected an answer."""
    return StatusChange.objects.exclude(old_status=F("new_status")).order_by("-pk")


def _placings() -> QuerySet[PostLogEntry]:
    """The lines of the log that placed an idea on the roadmap, the newest first."""
    ideas = ContentType.objects.get_for_model(Idea)
    return PostLogEntry.objects.filter(content_type=ideas, action=PLACED).order_by("-pk")


def _with_change(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    change = _changes().filter(idea=OuterRef("pk")).values("pk")[:1]
    placing = _placings().filter(object_id=OuterRef("pk")).values("pk")[:1]
    return ideas.annotate(
        last_change=Coalesce(Subquery(change), 0, output_field=IntegerField()),
        last_placing=Coalesce(Subquery(placing), 0, output_field=IntegerField()),
    )


def _of_status(user: Any, status: Status) -> QuerySet[Idea]:
    """The ideas of a column that the person may see, in the column's order."""
    ideas = Idea.objects.visible_to(user).filter(board=status.board_id, status=status).listed()
    ordered = in_places(ideas) if status.kind in ARRANGED_KINDS else ideas.order_by("-top_score", "-pk")
    return _with_change(ordered).select_related("owner").defer("body", "body_html")


def _version(change: int, placing: int, idea: Idea) -> str:
    return f"{change}.{placing}.{idea.owner_id or 0}.{idea.target_quarter}"


def _idea_card(idea: Any) -> Card:
    return Card(
        post=idea,
        version=_version(idea.last_change, idea.last_placing, idea),
        column=str(idea.status_id),
        assignee=idea.owner,
        move_url=reverse("kanban_idea", args=[idea.board_id, idea.pk]),
        quarter=idea.target_quarter,
    )


# Questions


def answerers(forum: ForumPage) -> QuerySet[Any]:
    """The members whom questions of the forum can be assigned to: moderators who may read it, none who is suspended."""
    able = MemberBackend().with_perm(MODERATE_QUESTIONS).filter(is_suspended=False)
    return able.filter(readers_of(forum)).order_by("name", "pk")


def waiting_questions(user: Any) -> QuerySet[Question]:
    """The questions that the person may see and that need an answer: listed, and not solved."""
    return Question.objects.visible_to(user).listed().filter(is_solved=False)


def question_columns(user: Any, forum: ForumPage, *, extended: str = "") -> list[Column]:
    """The stages, with the questions of each that the person may see, the oldest first; what is done, for DONE_FOR.

    A question that is solved is done, whatever its card says; when it is solved no longer, it is back where it was.
    """
    since = timezone.now() - DONE_FOR
    visible = Question.objects.visible_to(user).filter(forum=forum).listed()
    stage = QuestionCard.Stage
    wanted = {
        stage.TODO: Q(is_solved=False) & (Q(card__isnull=True) | Q(card__stage=stage.TODO)),
        stage.DOING: Q(is_solved=False, card__stage=stage.DOING),
        stage.WAITING: Q(is_solved=False, card__stage=stage.WAITING),
        stage.DONE: Q(is_solved=True, card__solved_at__gte=since)
        | Q(is_solved=False, card__stage=stage.DONE, card__changed_at__gte=since),
    }
    columns = []
    for one, condition in wanted.items():
        questions = visible.filter(condition).select_related("card__assignee").defer("body", "body_html")
        columns.append(
            _filled(Column(one.value, str(one.label)), questions.order_by("created_at", "pk"), extended, _question_card)
        )
    prefetch_related_objects([card.post for column in columns for card in column.cards], "tags")
    return columns


def question_card(question: Question) -> Card:
    return _question_card(Question.objects.select_related("card__assignee").get(pk=question.pk))


def _question_card(question: Question) -> Card:
    card = getattr(question, "card", None) or QuestionCard(question=question)
    return Card(
        post=question,
        version=str(card.version),
        column=QuestionCard.Stage.DONE.value if question.is_solved else card.stage,
        assignee=card.assignee,
        move_url=reverse("kanban_question", args=[question.forum_id, question.pk]),
    )


# Both


def _filled(column: Column, posts: QuerySet[M], extended: str, as_card: Callable[[M], Card]) -> Column:
    """The column with its first cards; what goes beyond is counted up to a bound, so that a poll stays cheap."""
    is_extended = column.key == extended
    most = GREATEST_MOST if is_extended else USUAL_MOST
    first = list(posts[: most + 1])
    rest = posts.order_by()[: most + COUNTED + 1].count() - most if len(first) > most else 0
    return replace(
        column,
        cards=[as_card(post) for post in first[:most]],
        rest=min(rest, COUNTED),
        is_more=rest > COUNTED,
        is_extended=is_extended,
    )


NO_LANES = ""
LANES: dict[str, tuple[Promise, Promise]] = {
    "assignee": (_("By assignee"), _("Assigned to nobody")),
    "quarter": (_("By target quarter"), _("Without a target quarter")),
}


def in_lanes(columns: Sequence[Column], by: str) -> list[Lane]:
    """The cards in rows across the columns, those without in the last row; in a single row where `by` is empty."""
    if by not in LANES:
        return [Lane("", "", columns)]
    found = {_lane_of(card, by) for column in columns for card in column.cards} | {("", str(LANES[by][1]))}
    is_by_key = by == "quarter"  # as stored they sort by time, as read they may not
    ordered = sorted(found, key=lambda lane: (not lane[0], lane[0] if is_by_key else lane[1].casefold(), lane[0]))
    return [Lane(key, name, _only(columns, key, by)) for key, name in ordered]


def _only(columns: Iterable[Column], lane: str, by: str) -> list[Column]:
    return [
        replace(column, cards=[card for card in column.cards if _lane_of(card, by)[0] == lane]) for column in columns
    ]


def _lane_of(card: Card, by: str) -> tuple[str, str]:
    if by == "quarter":
        return card.quarter, quarter_label(card.quarter) if card.quarter else str(LANES[by][1])
    if card.assignee is None:
        return "", str(LANES[by][1])
    return str(card.assignee.pk), card.assignee.name
