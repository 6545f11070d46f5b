"""Moving and assigning cards of the Kanban boards, each time from the state that the person saw."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from accounts.models import Member
from community.models import Question
from core.errors import ConflictError
from ideas.actions import change_status, plan_idea
from ideas.actions.roadmap import lock_board, lock_column, put_in_place
from ideas.models import Idea, Status
from moderation.cards import Place, answerers, idea_version, last_act_on
from moderation.log import MOVE_QUESTION
from moderation.models import QuestionCard
from moderation.permissions import check_can_move_idea, check_can_move_question


class StaleCardError(ConflictError):
    """Somebody changed the card after the person saw it; the sentence says who, when, and where it is now."""

    sentence = _("Not moved: this card has changed since you saw it. Look at it once more.")


class NotOnBoardError(ConflictError):
    sentence = _("Not moved: this is not on the board any more. It was hidden, deleted or merged.")


class StaleNeighbourError(ConflictError):
    sentence = _("Not moved: the card beside which it was to go has changed since you saw it. Look at them once more.")


class CantAnswerError(ConflictError):
    sentence = _("This member can't be assigned: it takes a moderator who may read the forum.")


class SolvedError(ConflictError):
    sentence = _("Not moved: an answer to this question was accepted.")


@transaction.atomic
def move_idea(
    *,
    idea: Idea,
    by: Member,
    version: str,
    status: Status,
    owner: Member | None,
    target_quarter: str,
    place: Place | None = None,
) -> Idea:
    """Put an idea into a column, and say who looks after it and by when. `version` is that of the card that was seen.

    With a `place` it goes beside another idea of that column, without one it stands where the roadmap has it. What
    stays as it is writes nothing. Raises ForbiddenError, NotOnBoardError, StaleCardError, StaleNeighbourError,
    and what change_status, plan_idea and place_on_roadmap raise.
    """
    column = {}
    if place is not None:
        lock_board(idea)
        column = lock_column(idea, status.kind)
    idea = Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    is_moved = status.pk != idea.status_id
    is_planned = (owner.pk if owner else None, target_quarter) != (idea.owner_id, idea.target_quarter)
    check_can_move_idea(by, idea)
    if not idea.is_visible or idea.canonical_id is not None:
        raise NotOnBoardError
    if version != idea_version(idea):
        raise StaleCardError(_idea_changed(idea))
    if is_moved:
        idea = change_status(idea=idea, status=status, by=by)
    if is_planned:
        idea = plan_idea(idea=idea, by=by, owner=owner, target_quarter=target_quarter)
    if place is not None:
        _place(idea, by, column, place)
    return idea


@transaction.atomic
def move_question(*, question: Question, by: Member, version: str, stage: str, assignee: Member | None) -> QuestionCard:
    """Put a question that needs an answer into a column, and say who answers it. `version` is that of the card seen.

    What stays as it is writes nothing. Raises ForbiddenError, NotOnBoardError, SolvedError, StaleCardError
    and CantAnswerError.
    """
    question = Question.objects.select_for_update(of=("self",), no_key=True).get(pk=question.pk)
    check_can_move_question(by, question)
    if not question.is_visible or question.canonical_id is not None:
        raise NotOnBoardError
    if question.is_solved:
        raise SolvedError
    card = QuestionCard.of(question)
    if version != str(card.version):
        raise StaleCardError(_question_changed(card))
    if assignee not in (None, card.assignee) and not answerers(question.forum).filter(pk=assignee.pk).exists():
        raise CantAnswerError
    if (stage, assignee) == (card.stage, card.assignee):
        return card
    card.stage, card.assignee = stage, assignee
    card.version += 1
    card.changed_by, card.changed_at = by, timezone.now()
    card.save()
    data = {"stage": stage, "assignee": assignee.name if assignee else ""}
    log(instance=question, action=MOVE_QUESTION, user=by, data=data)
    return card


def _place(idea: Idea, by: Member, column: dict[int, Idea], place: Place) -> None:
    """Put an idea beside another of its locked column, if that one is still as it was seen."""
    neighbour = column.get(place.neighbour.pk)
    if neighbour is not None and place.version != idea_version(neighbour):
        raise StaleNeighbourError
    put_in_place(idea, by, column, place.neighbour, is_before=place.is_before)


def _idea_changed(idea: Idea) -> str:
    act = last_act_on(idea)
    if act is None:
        return str(StaleCardError.sentence)
    return _changed(*act, column=idea.status.name, assignee=idea.owner)


def _question_changed(card: QuestionCard) -> str:
    if card.changed_by is None or card.changed_at is None:
        return str(StaleCardError.sentence)
    return _changed(card.changed_by, card.changed_at, column=card.get_stage_display(), assignee=card.assignee)


def _changed(by: Member, at: datetime, *, column: str, assignee: Member | None) -> str:
    known = {
        "name": by.name,
        "at": date_format(timezone.localtime(at), "DATETIME_FORMAT"),
        "column": column,
        "assignee": assignee.name if assignee else "",
    }
    if assignee is None:
        return (
            gettext("Not moved: on %(at)s %(name)s changed this card. It is in “%(column)s” now, assigned to nobody.")
            % known
        )
    return (
        gettext("Not moved: on %(at)s %(name)s changed this card. It is in “%(column)s” now, assigned to %(assignee)s.")
        % known
    )
