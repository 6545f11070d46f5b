"""What can't be done on a board: each refusal has its status and a sentence, and nothing changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page

from accounts.models import Member
from community.content import Visibility
from ideas.actions import change_status, post_idea
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Status, StatusChange, Vote, VoteEvent
from tests.ideas.conftest import Reader
from tests.people import restrict


def everything() -> tuple[Any, ...]:
    ideas = Idea.objects.order_by("pk").values_list("pk", "canonical", "supporter_count", "status", "board")
    return list(ideas), *(model.objects.count() for model in (VoteEvent, Vote, IdeaMerge, StatusChange))


def refused(client: Client, address: str, status: int, sentence: str, /, **posted: object) -> None:
    """Expects this refusal, and that nothing is different afterwards."""
    before = everything()
    response = client.post(address, posted)
    assert response.status_code == status, address
    assert sentence in response.content.decode()
    assert everything() == before


@pytest.mark.parametrize("slug", ["shipped", "declined"])
def test_voting_on_what_is_closed(
    reader: Reader, idea: Idea, member: Member, moderator: Member, status: Callable[[str], Status], slug: str
) -> None:
    change_status(idea=idea, status=status(slug), by=moderator)
    refused(reader(member), f"/i/{idea.pk}/vote/", 409, "Voting on this idea is closed.")


def test_voting_through_a_duplicate_of_what_is_closed(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    member: Member,
    moderator: Member,
    status: Callable[[str], Status],
) -> None:
    change_status(idea=canonical, status=status("shipped"), by=moderator)
    refused(reader(member), f"/i/{duplicate.pk}/vote/", 409, "Voting on this idea is closed.")


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_voting_on_what_is_not_visible(
    reader: Reader, idea: Idea, member: Member, make_invisible: Callable[..., None], visibility: Visibility
) -> None:
    make_invisible(idea, visibility)
    refused(reader(member), f"/i/{idea.pk}/vote/", 404, "")


def test_voting_on_a_private_board(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    plan = make_idea("Secret", on=staff_board, by=moderator)
    refused(reader(member), f"/i/{plan.pk}/vote/", 404, "")


def test_a_forged_board_is_not_listened_to(
    reader: Reader, board: IdeaBoardPage, staff_board: IdeaBoardPage, member: Member
) -> None:
    refused(reader(member), "/plans/new/", 404, "", title="Let me in", body="Please.")
    reader(member).post("/ideas/new/", {"title": "Let me in", "body": "Please.", "tags": "", "board": staff_board.pk})
    assert Idea.objects.get().board == board


def test_a_budget_that_is_spent(
    reader: Reader, board: IdeaBoardPage, idea: Idea, make_idea: Callable[..., Idea], member: Member
) -> None:
    IdeaBoardPage.objects.filter(pk=board.pk).update(vote_budget=1)
    post_idea(board=IdeaBoardPage.objects.get(pk=board.pk), by=member, title="Mine", body="Please.")
    refused(reader(member), f"/i/{idea.pk}/vote/", 409, "You have used all your votes on this board.")


def test_merging_into_itself_or_a_descendant(
    reader: Reader, canonical: Idea, duplicate: Idea, moderator: Member
) -> None:
    client = reader(moderator)
    for into in (canonical, duplicate):
        refused(client, f"/i/{canonical.pk}/merge/{into.pk}/", 409, "can&#x27;t be merged into itself", reason="")


def test_merging_what_is_merged(
    reader: Reader, duplicate: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    refused(
        reader(moderator), f"/i/{duplicate.pk}/merge/{make_idea('Third').pk}/", 409, "marked as a duplicate already"
    )


def test_merging_into_what_is_hidden(
    reader: Reader, idea: Idea, make_idea: Callable[..., Idea], make_invisible: Callable[..., None], moderator: Member
) -> None:
    other = make_idea("Other")
    make_invisible(other)
    refused(reader(moderator), f"/i/{idea.pk}/merge/{other.pk}/", 409, "Both have to be visible")


def test_merging_into_what_not_all_readers_may_see(
    reader: Reader, idea: Idea, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    plan = make_idea("Secret", on=staff_board, by=moderator)
    refused(reader(moderator), f"/i/{idea.pk}/merge/{plan.pk}/", 409, "Not everyone who may read this")


def test_merging_into_what_one_may_not_see_oneself(
    reader: Reader, home: Page, idea: Idea, make_idea: Callable[..., Idea], moderator: Member, product_manager: Member
) -> None:
    inner = home.add_child(instance=IdeaBoardPage(title="Inner", slug="inner"))
    plan = make_idea("Secret", on=inner, by=product_manager)
    restrict(inner, "Product managers")
    refused(reader(moderator), f"/i/{idea.pk}/merge/{plan.pk}/", 404, "")


def test_merging_without_being_a_moderator(
    reader: Reader, idea: Idea, make_idea: Callable[..., Idea], member: Member
) -> None:
    refused(reader(member), f"/i/{idea.pk}/merge/{make_idea('Other').pk}/", 403, "Only moderators can merge ideas.")


def test_undoing_twice(reader: Reader, duplicate: Idea, moderator: Member) -> None:
    client = reader(moderator)
    assert client.post(f"/i/{duplicate.pk}/unmerge/").status_code == 302
    refused(client, f"/i/{duplicate.pk}/unmerge/", 409, "somebody has undone it already")


def test_a_status_of_another_board(reader: Reader, idea: Idea, staff_board: IdeaBoardPage, moderator: Member) -> None:
    foreign = Status.objects.filter(board=staff_board).first()
    assert foreign is not None
    refused(reader(moderator), f"/i/{idea.pk}/status/", 422, "", status=foreign.pk, answer="Done.", seen=0)


def test_setting_votes_apart_where_nothing_was_merged(reader: Reader, idea: Idea, member: Member) -> None:
    refused(reader(member), f"/i/{idea.pk}/apart/", 409, "not marked as a duplicate")


def test_explaining_a_vote_that_one_does_not_have(reader: Reader, idea: Idea, member: Member) -> None:
    refused(
        reader(member),
        f"/i/{idea.pk}/explain/",
        409,
        "So that I can sleep.",
        sentence="So that I can sleep.",
        importance="",
    )


def test_twice_at_once_is_once(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    client.post(f"/i/{idea.pk}/vote/")
    before = everything()
    assert client.post(f"/i/{idea.pk}/vote/").status_code == 302
    assert everything() == before
