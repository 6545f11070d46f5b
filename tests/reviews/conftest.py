"""Ideas with supporters, and reviews of them."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from ideas.actions import cast_vote
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import create_draft, publish_review
from reviews.models import Review, ReviewSnapshot
from tests.people import make_member


@pytest.fixture
def voters(db: None) -> list[Member]:
    return [make_member(f"voter{number}") for number in range(5)]


@pytest.fixture
def ideas(make_idea: Callable[..., Idea], voters: list[Member]) -> list[Idea]:
    """Three ideas of the author's with 4, 2 and 3 supporters; some of the voters support several."""
    found = []
    for title, supporters in (("Dark mode", voters[:3]), ("Export", voters[:1]), ("Offline use", voters[3:])):
        idea = make_idea(title)
        for voter in supporters:
            cast_vote(idea=idea, by=voter)
        found.append(Idea.objects.get(pk=idea.pk))
    return found


@pytest.fixture
def draft(board: IdeaBoardPage, ideas: list[Idea], product_manager: Member) -> Review:
    """A draft that holds the three ideas."""
    return create_draft(
        board=board,
        by=product_manager,
        title="What customers want",
        note="They want it *all*.",
        ideas=[idea.pk for idea in ideas],
    )


@pytest.fixture
def published(draft: Review, product_manager: Member) -> ReviewSnapshot:
    return publish_review(review=draft, by=product_manager)
