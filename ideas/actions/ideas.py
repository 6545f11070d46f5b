"""Proposing and editing ideas."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from django.db import transaction

from accounts.models import Member
from community import families
from community.actions import choose_language, delete_content, edit_content
from community.actions.content import check_not_posted_twice
from ideas.actions.voting import cast_vote
from ideas.errors import BudgetSpentError, OthersMergedIntoError
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import check_can_take_part
from ideas.querysets import MODERATE
from ideas.signals import idea_posted


@transaction.atomic
def post_idea(
    *,
    board: IdeaBoardPage,
    by: Member,
    title: str,
    body: str,
    tags: Iterable[str] = (),
    occurred_at: datetime | None = None,
) -> Idea:
    """Propose an idea on a board that the person may read, and so cast its first vote, if they have one left.

    `occurred_at` is when the person did it, if not now. Raises ForbiddenError and AlreadyPostedError.
    """
    check_can_take_part(Member.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk))
    check_not_posted_twice(Idea.objects.filter(author=by, board=board, title=title), body)
    idea = Idea(board=board, author=by, status=board.first_status)
    idea.name(title)
    idea.write(body)
    idea.created_at = occurred_at or idea.created_at
    idea.last_activity_at = idea.created_at
    idea.save()
    idea.tags.set(list(tags))
    if idea.accepts_votes:
        with suppress(BudgetSpentError):
            cast_vote(idea=idea, by=by, occurred_at=occurred_at)
        idea.refresh_from_db()
    idea_posted.send(sender=Idea, idea=idea, by=by)
    return idea


@transaction.atomic
def edit_idea(*, idea: Idea, by: Member, title: str, body: str, tags: Iterable[str], language: str = "") -> Idea:
    """Change an idea's title, text and tags, and its language if one is given.

    See edit_content and choose_language of community.actions.
    """
    idea = edit_content(content=idea, by=by, title=title, body=body, moderate=MODERATE)
    idea.tags.set(list(tags))
    return choose_language(content=idea, by=by, language=language, moderate=MODERATE) if language else idea


@transaction.atomic
def delete_idea(*, idea: Idea, by: Member) -> Idea:
    """Take an idea off the board; see community.actions.delete_content.

    Raises OthersMergedIntoError where that would take other people's ideas along.
    """
    rows = families.lock(Idea, idea.pk)
    if any(row.canonical_id == idea.pk for row in rows.values()):
        raise OthersMergedIntoError
    return delete_content(content=idea, by=by, moderate=MODERATE)
