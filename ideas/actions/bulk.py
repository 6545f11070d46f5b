"""Changing many ideas at once: all of it or nothing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.utils import timezone
from taggit.models import Tag

from accounts.models import Member
from community import families
from ideas.actions.planning import check_can_own, check_is_quarter, put_plan
from ideas.actions.statuses import give_status
from ideas.errors import (
    AnswerWithoutStatusError,
    DifferentBoardsError,
    NothingChosenError,
    OtherBoardsStatusError,
)
from ideas.models import Idea, IdeaBoardPage, Status, TaggedIdea
from ideas.permissions import check_can_change_many, check_can_change_status
from ideas.signals import idea_tagged


class Leave(Enum):
    """Where None means something else: to leave all as it is."""

    AS_IS = "as it is"


@dataclass(frozen=True)
class Outcome:
    """How many ideas were changed in one respect, and how many were so already and left alone."""

    changed: int
    left_alone: int


@transaction.atomic
def change_ideas(
    *,
    ideas: Collection[Idea],
    by: Member,
    add_tags: Collection[str] = (),
    remove_tags: Collection[str] = (),
    status: Status | None = None,
    answer: str = "",
    owner: Member | Leave | None = Leave.AS_IS,
    target_quarter: str | None = None,
) -> dict[str, Outcome]:
    """Change ideas in every respect that is named: {respect: outcome}. An idea that has the status keeps its answer.

    Raises ForbiddenError, NothingChosenError, AnswerWithoutStatusError, DifferentBoardsError, OtherBoardsStatusError,
    NoPlannerError and UnknownQuarterError.
    """
    wanted = sorted({idea.pk for idea in ideas})
    rows = families.lock(Idea, *wanted)
    now = timezone.now()
    check_can_change_many(by, wanted)
    chosen = [rows[pk] for pk in wanted]
    boards = IdeaBoardPage.objects.in_bulk({idea.board_id for idea in chosen})
    outcomes: dict[str, Outcome] = {}
    if add_tags or remove_tags:
        outcomes |= _tag(chosen, by, add_tags, remove_tags)
    if status is not None:
        check_can_change_status(by)
        if len(boards) > 1:
            raise DifferentBoardsError
        if status.board_id not in boards:
            raise OtherBoardsStatusError
        moving = [idea for idea in chosen if idea.status_id != status.pk]
        for idea in moving:
            give_status(idea, status, by, answer, now)
        outcomes["status"] = _outcome(moving, chosen)
    elif answer:
        raise AnswerWithoutStatusError
    if owner is not Leave.AS_IS:
        if owner is not None:
            check_can_own(owner, *boards.values())
        planned = [idea for idea in chosen if put_plan(idea, by, owner=owner)]
        outcomes["owner"] = _outcome(planned, chosen)
    if target_quarter is not None:
        check_is_quarter(target_quarter)
        planned = [idea for idea in chosen if put_plan(idea, by, target_quarter=target_quarter)]
        outcomes["target_quarter"] = _outcome(planned, chosen)
    if not outcomes:
        raise NothingChosenError
    return outcomes


def _tag(
    ideas: Collection[Idea], by: Member, add_tags: Iterable[str], remove_tags: Iterable[str]
) -> dict[str, Outcome]:
    """A name that is both added and removed is added."""
    adding = {tag.pk: tag.name for tag in map(_tag_named, sorted(set(add_tags), key=str.casefold))}
    removing = {
        tag.pk: tag.name
        for name in remove_tags
        for tag in Tag.objects.filter(name__iexact=name)
        if tag.pk not in adding
    }
    had = set(TaggedIdea.objects.filter(content_object__in=ideas).values_list("content_object", "tag"))
    added = [(idea.pk, tag) for idea in ideas for tag in adding if (idea.pk, tag) not in had]
    removed = [(idea.pk, tag) for idea in ideas for tag in removing if (idea.pk, tag) in had]
    TaggedIdea.objects.bulk_create(TaggedIdea(content_object_id=idea, tag_id=tag) for idea, tag in added)
    if removed:
        TaggedIdea.objects.filter(content_object__in=ideas, tag__in=removing).delete()
    outcomes = {}
    for respect, tags, pairs in (("add_tags", adding, added), ("remove_tags", removing, removed)):
        if tags:
            outcomes[respect] = _outcome({idea for idea, _tag in pairs}, ideas)
    for idea in ideas:
        gained = [adding[tag] for pk, tag in added if pk == idea.pk]
        lost = [removing[tag] for pk, tag in removed if pk == idea.pk]
        if gained or lost:
            idea_tagged.send(sender=Idea, idea=idea, by=by, added=gained, removed=lost)
    return outcomes


def _tag_named(name: str) -> Tag:
    return Tag.objects.get_or_create(name__iexact=name, defaults={"name": name})[0]


def _outcome(changed: Collection[object], chosen: Collection[Idea]) -> Outcome:
    return Outcome(changed=len(changed), left_alone=len(chosen) - len(changed))
