"""Rows and comments that are drawn once for many readers: nobody gets what was drawn for somebody else."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import edit_content, set_visibility
from community.content import Visibility
from ideas.actions import cast_vote, edit_idea, post_comment
from ideas.models import Idea, IdeaBoardPage, Status
from tests.ideas.conftest import CANARY, Reader


@pytest.fixture
def shown(reader: Reader) -> Callable[..., str]:
    """What a person, or nobody for None, is shown at the address of something."""

    def read(thing: Any, by: Member | None = None) -> str:
        address = thing.url if isinstance(thing, IdeaBoardPage) else thing.get_absolute_url()
        response = reader(by).get(address)
        assert response.status_code == 200
        return str(response.content.decode())

    return read


def test_a_moderators_tools_and_a_hidden_comment_stay_with_moderators(shown, idea, member, moderator) -> None:
    comment = post_comment(idea=idea, by=member, body=f"{CANARY} for everybody")
    hide = reverse("moderation:hide", args=["idea-comment", comment.pk])
    for _ in range(2):
        assert hide in shown(idea, moderator)
        assert CANARY in shown(idea)
        assert hide not in shown(idea)
    set_visibility(content=comment, by=moderator, visibility=Visibility.HIDDEN, reason="Advertising")
    for _ in range(2):
        html = shown(idea, moderator)
        assert CANARY in html
        assert "Advertising" in html
        assert CANARY not in shown(idea)
        assert "Advertising" not in shown(idea)


def test_a_hidden_idea_leaves_its_board_at_once(shown, idea, board, member, moderator) -> None:
    assert idea.title in shown(board)
    assert idea.title in shown(board, member)
    set_visibility(content=idea, by=moderator, visibility=Visibility.HIDDEN)
    assert idea.title not in shown(board)
    assert idea.title not in shown(board, member)


def test_a_closed_board_tells_nobody_what_its_readers_were_shown(reader, make_idea, staff_board, moderator) -> None:
    make_idea(CANARY, on=staff_board, by=moderator)
    assert CANARY in reader(moderator).get(staff_board.url).content.decode()
    assert reader(None).get(staff_board.url).status_code == 404


def test_an_edit_shows_at_once(shown, idea, board, author, member) -> None:
    comment = post_comment(idea=idea, by=member, body=f"Old {CANARY}")
    assert idea.title in shown(board)
    assert CANARY in shown(idea)
    edit_idea(idea=idea, by=author, title="Night theme", body="Dark.", tags=["screens"])
    edit_content(content=comment, by=member, body="Better words")
    assert "Dark mode" not in shown(board)
    assert "screens" in shown(board)
    assert CANARY not in shown(Idea.objects.get())
    assert "edited" in shown(Idea.objects.get())


def test_a_status_that_is_renamed_shows_at_once(shown, idea, board) -> None:
    assert idea.status.name in shown(board)
    Status.objects.filter(pk=idea.status_id).update(name="Under the magnifying glass", colour="violet")
    assert "Under the magnifying glass" in shown(board)


def test_an_erased_members_name_goes_at_once(shown, board, administrator, make_idea, member) -> None:
    Member.objects.filter(pk=member.pk).update(name=CANARY)
    idea = make_idea("Dark mode", by=Member.objects.get(pk=member.pk))
    post_comment(idea=idea, by=Member.objects.get(pk=member.pk), body="Please")
    assert CANARY in shown(board)
    assert CANARY in shown(idea)
    erase_member(member=Member.objects.get(pk=member.pk), by=administrator)
    assert CANARY not in shown(board)
    assert CANARY not in shown(idea)
    assert "Former member" in shown(idea)


def test_own_votes_and_counts_that_a_board_hides_stay_with_the_voter(shown, idea, board, member, advocate) -> None:
    IdeaBoardPage.objects.filter(pk=board.pk).update(hides_counts=True)
    cast_vote(idea=idea, by=member)
    withdraw = reverse("ideas:vote-withdraw", args=[idea.pk])
    for _ in range(2):
        assert withdraw in shown(board, member)
        assert "supporters" in shown(board, member)
        assert withdraw not in shown(board, advocate)
        assert "supporters" not in shown(board, advocate)
        assert "supporters" not in shown(board)


def test_each_reader_gets_the_token_of_their_own_forms(reader, idea, board, member, advocate) -> None:
    for person in (member, advocate):
        client = reader(person)
        token = client.get(board.url).context["csrf_token"]
        response = client.get(board.url)
        assert str(response.context["csrf_token"]) in response.content.decode()
        assert str(token) not in reader(advocate).get(board.url).content.decode()
