"""A review is published while people vote and merge: its numbers are of its cut-off."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from accounts.models import Member
from ideas.actions import cast_vote, merge_idea, withdraw_vote
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import PublishedError, build_draft, create_draft, publish_review
from reviews.models import ReviewSnapshot
from reviews.verification import differences
from tests.people import make_member

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def together(*acts: Callable[[], object]) -> list[BaseException]:
    """Run the acts at the same moment, each in a thread and a connection of its own; what went wrong in them."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> BaseException | None:
        try:
            barrier.wait()
            act()
        except BaseException as error:
            return error
        finally:
            close_old_connections()
            connection.close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return [error for error in pool.map(run, acts) if error is not None]


def test_two_who_publish_at_once_publish_once(
    board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, administrator: Member
) -> None:
    pks = [idea.pk for idea in ideas]
    review = create_draft(board=board, by=product_manager, title="T", note="", ideas=pks)
    errors = together(*[lambda by=by: publish_review(review=review, by=by) for by in (product_manager, administrator)])
    assert [type(error) for error in errors] == [PublishedError]
    assert ReviewSnapshot.objects.count() == 1


def test_what_happens_meanwhile_does_not_count(
    board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, moderator: Member
) -> None:
    voters = [make_member(f"racer{number}") for number in range(8)]
    for voter in voters[:4]:
        cast_vote(idea=ideas[0], by=voter)
    wishes: dict[str, Any] = {"boards": [board], "policy": "supporters", "filters": {}, "size": 10, "note": ""}
    cut_off = timezone.now()
    reviews = [build_draft(by=product_manager, title="T", cut_off=cut_off, **wishes) for _number in range(3)]
    errors = together(
        *[lambda voter=voter: withdraw_vote(idea=ideas[0], by=voter) for voter in voters[:4]],
        *[lambda voter=voter: cast_vote(idea=ideas[0], by=voter) for voter in voters[4:]],
        lambda: merge_idea(duplicate=ideas[1], into=ideas[2], by=moderator),
        *[lambda review=review: publish_review(review=review, by=product_manager) for review in reviews],
    )
    assert errors == []
    for snapshot in ReviewSnapshot.objects.all():
        assert [idea["supporters"] for idea in snapshot.facts()] == [8, 3, 2]
        assert differences(snapshot) == []
