"""What the preview of a merge says besides the numbers."""

from collections.abc import Callable

import pytest
from wagtail.models import Page

from accounts.models import Member
from ideas.actions import cast_vote, change_status
from ideas.models import Idea, IdeaBoardPage, Status
from tests.ideas.conftest import Reader
from tests.people import make_member


@pytest.fixture
def pair(make_idea: Callable[..., Idea], member: Member) -> tuple[Idea, Idea]:
    """Two ideas of different people, and a member who supports both."""
    one, other = make_idea("One", by=make_member("first")), make_idea("Other", by=make_member("second"))
    for idea in (one, other):
        cast_vote(idea=idea, by=member)
    return one, other


def said(reader: Reader, moderator: Member, one: Idea, other: Idea) -> str:
    return reader(moderator).get(f"/i/{one.pk}/merge/{other.pk}/").content.decode()


def test_an_ordinary_merge_needs_no_warning(reader: Reader, pair: tuple[Idea, Idea], moderator: Member) -> None:
    assert "Besides" not in said(reader, moderator, *pair)


@pytest.mark.parametrize("slug", ["shipped", "declined"])
def test_what_happens_with_a_closed_idea_is_said_before(
    reader: Reader, pair: tuple[Idea, Idea], moderator: Member, status: Callable[[str], Status], slug: str
) -> None:
    change_status(idea=pair[1], status=status(slug), by=moderator)
    html = said(reader, moderator, *pair)
    assert f"has the status “{status(slug).name}”" in html
    assert "the votes of both are counted, and nobody can add one" in html


def test_votes_that_come_back_are_counted_before(
    reader: Reader,
    board: IdeaBoardPage,
    pair: tuple[Idea, Idea],
    moderator: Member,
    status: Callable[[str], Status],
) -> None:
    board.vote_budget = 5
    board.save()
    assert "1 person gets a vote back on “Ideas”" in said(reader, moderator, *pair)
    change_status(idea=pair[1], status=status("shipped"), by=moderator)
    assert "2 people get a vote back on “Ideas”" in said(reader, moderator, *pair)


def test_a_merge_across_boards_says_where_things_are_then(
    reader: Reader, home: Page, board: IdeaBoardPage, pair: tuple[Idea, Idea], moderator: Member
) -> None:
    wishes = home.add_child(instance=IdeaBoardPage(title="Wishes", slug="wishes", vote_budget=3))
    Idea.objects.filter(pk=pair[1].pk).update(board=wishes, status=wishes.first_status)
    html = said(reader, moderator, *pair)
    assert "The duplicate is not listed on “Ideas” any more" in html
    assert "1 person has one more vote in use on “Wishes”" in html
