"""A review is published while people vote, merge and edit: its numbers are of one moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import close_old_connections, connection

from accounts.models import Member
from ideas.actions import cast_vote, merge_idea, withdraw_vote
from ideas.models import Idea, IdeaBoardPage, VoteEvent
from reviews.actions import PublishedError, SelectionChangedError, create_draft, publish_review
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


def test_what_is_counted_is_what_was_recorded_until_the_cut_off(
    board: IdeaBoardPage, ideas: list[Idea], product_manager: Member
) -> None:
    pks = [idea.pk for idea in ideas]
    voters = [make_member(f"racer{number}") for number in range(12)]
    for voter in voters[:6]:
        cast_vote(idea=ideas[0], by=voter)
    reviews = [
        create_draft(board=board, by=product_manager, title=f"T{number}", note="", ideas=pks) for number in range(4)
    ]
    errors = together(
        *[lambda voter=voter: withdraw_vote(idea=ideas[0], by=voter) for voter in voters[:6]],
        *[lambda voter=voter: cast_vote(idea=ideas[0], by=voter) for voter in voters[6:]],
        *[lambda review=review: publish_review(review=review, by=product_manager) for review in reviews],
    )
    assert errors == []
    for review in reviews:
        review.refresh_from_db()
        lines = VoteEvent.objects.filter(idea=ideas[0], recorded_at__lte=review.cut_off).order_by("pk")
        standing = {line.member_id: line.kind == VoteEvent.Kind.CAST for line in lines}
        first = next(idea for idea in review.snapshot.data["ideas"] if idea["id"] == ideas[0].pk)
        assert first["supporters"] == sum(standing.values())
        assert differences(review.snapshot) == []


def test_a_merge_comes_before_or_after(
    board: IdeaBoardPage, ideas: list[Idea], product_manager: Member, moderator: Member
) -> None:
    pks = [idea.pk for idea in ideas]
    review = create_draft(board=board, by=product_manager, title="T", note="", ideas=pks)
    errors = together(
        lambda: publish_review(review=review, by=product_manager),
        lambda: merge_idea(duplicate=ideas[1], into=ideas[0], by=moderator),
    )
    if errors:
        assert [type(error) for error in errors] == [SelectionChangedError]
        assert not ReviewSnapshot.objects.exists()
    else:
        assert all(not idea["merged"] for idea in ReviewSnapshot.objects.get().data["ideas"])
