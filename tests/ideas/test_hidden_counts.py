"""Boards that hide how many support an idea until one does oneself: on every surface."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member
from ideas.actions import cast_vote, merge_idea, post_idea
from ideas.models import Idea, IdeaBoardPage
from pages.models import HomePage
from tests.ideas.conftest import Reader
from tests.people import make_member

# Shown nowhere else: where it appears, a count was told.
SUPPORTERS, BASE = 4711, 8153


@pytest.fixture
def secretive(board: IdeaBoardPage) -> IdeaBoardPage:
    board.hides_counts = True
    board.save()
    return board


@pytest.fixture
def popular(secretive: IdeaBoardPage, author: Member) -> Idea:
    idea = post_idea(board=secretive, by=author, title="Popular zebra", body="Many want it.", tags=["zebra"])
    Idea.objects.filter(pk=idea.pk).update(supporter_count=SUPPORTERS, family_base_votes=BASE)
    idea.refresh_from_db()
    return idea


@pytest.fixture
def others(secretive: IdeaBoardPage, author: Member) -> list[Idea]:
    """Enough newer ideas for a second page."""
    return [post_idea(board=secretive, by=author, title=f"Zebra {n}", body="?", tags=["zebra"]) for n in range(25)]


def surfaces(idea: Idea, home: HomePage) -> list[str]:
    board = "/ideas/"
    return [
        "/",
        board,
        *(f"{board}?sort={sort}" for sort in ("top", "trending", "newest", "discussed")),
        f"{board}?tag=zebra",
        idea.get_absolute_url(),
        f"/i/{idea.pk}/history/",
        "/tags/zebra/?show=ideas",
        f"/u/{idea.author.handle}/?show=ideas",
        "/search/?q=zebra",
    ]


def says(text: str) -> bool:
    """Whether the text holds one of the numbers, however it is written."""
    digits = re.sub(r"[\s,.'’\u00a0\u202f]", "", text)
    return any(str(number) in digits for number in (SUPPORTERS, SUPPORTERS + 1, BASE, SUPPORTERS + BASE))


def tells(client: Client, path: str) -> bool:
    response = client.get(path, follow=True)
    assert response.status_code == 200, path
    return says(response.content.decode())


@pytest.mark.parametrize("is_member", [False, True], ids=["visitor", "member"])
def test_no_page_tells_who_has_not_voted(
    reader: Reader, popular: Idea, others: list[Idea], member: Member, home: HomePage, is_member: bool
) -> None:
    client = reader(member if is_member else None)
    for path in surfaces(popular, home):
        assert not tells(client, path), path


def test_it_is_told_to_who_votes_and_to_the_team(
    reader: Reader, popular: Idea, member: Member, product_manager: Member
) -> None:
    assert tells(reader(product_manager), popular.get_absolute_url())
    client = reader(member)
    client.post(f"/i/{popular.pk}/vote/")
    for path in ("/ideas/?sort=newest", popular.get_absolute_url(), "/search/?q=zebra"):
        assert tells(client, path), path


def test_the_answer_to_a_vote_tells_and_that_to_its_withdrawal_does_not(
    reader: Reader, popular: Idea, member: Member
) -> None:
    client = reader(member)
    voted = client.post(f"/i/{popular.pk}/vote/", headers={"HX-Request": "true"})
    assert says(voted.content.decode())
    withdrawn = client.post(f"/i/{popular.pk}/unvote/", headers={"HX-Request": "true"})
    Idea.objects.filter(pk=popular.pk).update(supporter_count=SUPPORTERS)
    assert withdrawn.status_code == 200
    assert "the number shows once you have voted" in withdrawn.content.decode()


def test_no_order_tells_either(
    reader: Reader, popular: Idea, others: list[Idea], member: Member, product_manager: Member
) -> None:
    def first(client: Client, path: str) -> str:
        found = re.search(r"(Popular zebra|Zebra \d+)", client.get(path).content.decode())
        assert found
        return found[0]

    for person in (None, member):
        for path in ("/ideas/", "/ideas/?sort=top", "/ideas/?sort=trending"):
            assert first(reader(person), path) == "Zebra 24"
    assert first(reader(product_manager), "/ideas/?sort=top") == "Popular zebra"


def test_a_duplicate_elsewhere_does_not_tell(
    reader: Reader, popular: Idea, home: HomePage, author: Member, moderator: Member
) -> None:
    other = home.add_child(instance=IdeaBoardPage(title="Wishes", slug="wishes"))
    duplicate = post_idea(board=other, by=author, title="Popular horse", body="Many want it.")
    merge_idea(duplicate=duplicate, into=popular, by=moderator)
    Idea.objects.filter(pk=popular.pk).update(supporter_count=SUPPORTERS, family_base_votes=BASE)
    for path in (f"/u/{author.handle}/?show=ideas", f"/i/{duplicate.pk}/", f"{duplicate.get_absolute_url()}?stay=1"):
        assert not tells(reader(None), path), path


def test_what_other_boards_show_is_not_touched(
    reader: Reader, secretive: IdeaBoardPage, home: HomePage, make_idea: Callable[..., Idea]
) -> None:
    open_board = home.add_child(instance=IdeaBoardPage(title="Wishes", slug="wishes"))
    idea = make_idea("Horse", on=open_board)
    Idea.objects.filter(pk=idea.pk).update(supporter_count=SUPPORTERS)
    assert tells(reader(None), "/wishes/")


def test_a_voter_sees_the_count_through_whichever_duplicate(
    reader: Reader, secretive: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    one, other = make_idea("One"), make_idea("Other", by=make_member("second"))
    merge_idea(duplicate=one, into=other, by=moderator)
    Idea.objects.filter(pk=other.pk).update(supporter_count=SUPPORTERS)
    assert not tells(reader(member), other.get_absolute_url())
    cast_vote(idea=one, by=member)
    Idea.objects.filter(pk=other.pk).update(supporter_count=SUPPORTERS)
    assert tells(reader(member), other.get_absolute_url())
