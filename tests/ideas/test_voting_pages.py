"""Voting and withdrawing from a page: with htmx, with plain posts, and refused."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from community.content import Visibility
from ideas.actions import cast_vote, change_status, set_votes_apart
from ideas.models import Idea, IdeaBoardPage, Vote, VoteEvent
from tests.ideas.conftest import Reader
from tests.people import PASSWORD, make_member

HTMX = {"HTTP_HX_REQUEST": "true"}


def count(idea: Idea) -> int:
    return Idea.objects.values_list("supporter_count", flat=True).get(pk=idea.pk)


def test_voting_withdrawing_and_voting_again_with_plain_posts(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    for verb, expected in (("vote", 2), ("unvote", 1), ("vote", 2)):
        response = client.post(f"/i/{idea.pk}/{verb}/")
        assert response.status_code == 302
        assert response["Location"] == idea.get_absolute_url()
        assert count(idea) == expected
    kinds = list(VoteEvent.objects.filter(member=member).values_list("kind", flat=True))
    assert kinds == ["cast", "withdrawn", "cast"]


def test_htmx_gets_the_button_alone_with_the_act_that_undoes_it(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    html = client.post(f"/i/{idea.pk}/vote/?next=/ideas/%3Fsort%3Dtop%23vote-{idea.pk}", **HTMX).content.decode()
    assert "<html" not in html
    assert f'id="vote-{idea.pk}"' in html
    assert 'aria-pressed="true"' in html
    assert f'hx-post="/i/{idea.pk}/unvote/?next=/ideas/%3Fsort%3Dtop%23vote-{idea.pk}"' in html
    assert "<span>2</span>" in html
    assert "is-large" not in html
    html = client.post(f"/i/{idea.pk}/unvote/", {"is_large": "1"}, **HTMX).content.decode()
    assert 'aria-pressed="false"' in html
    assert "<span>1</span>" in html
    assert "is-large" in html


@pytest.mark.parametrize(
    ("address", "back"),
    [
        ("/ideas/?sort=newest#vote-1", "/ideas/?sort=newest#vote-1"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_a_plain_post_leads_back_to_where_one_was_on_this_site(
    reader: Reader, idea: Idea, member: Member, address: str, back: str | None
) -> None:
    response = reader(member).post(f"/i/{idea.pk}/vote/", query_params={"next": address})
    assert response["Location"] == (back or idea.get_absolute_url())


def test_a_double_click_is_one_vote(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    assert [client.post(f"/i/{idea.pk}/vote/").status_code for _ in range(2)] == [302, 302]
    assert count(idea) == 2
    assert [client.post(f"/i/{idea.pk}/unvote/").status_code for _ in range(2)] == [302, 302]
    assert count(idea) == 1


def test_visitors_sign_in_and_come_back_to_the_page(idea: Idea) -> None:
    client = Client()
    response = client.post(f"/i/{idea.pk}/vote/?next=/ideas/%23vote-{idea.pk}")
    assert response.status_code == 302
    assert response["Location"] == f"/accounts/login/?next=/ideas/%23vote-{idea.pk}"
    response = client.post(f"/i/{idea.pk}/vote/?next=/ideas/", **HTMX)
    assert response.status_code == 200
    assert response["HX-Redirect"] == "/accounts/login/?next=/ideas/"
    assert not VoteEvent.objects.exclude(member=idea.author).exists()


@pytest.mark.parametrize("verb", ["vote", "unvote", "apart", "rejoin"])
@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_posts_vote(reader: Reader, idea: Idea, member: Member, verb: str, method: str) -> None:
    assert getattr(reader(member), method)(f"/i/{idea.pk}/{verb}/").status_code == 405


@pytest.mark.parametrize("verb", ["vote", "unvote", "apart", "rejoin"])
@pytest.mark.parametrize("pk", [0, 99_999, 10**30])
def test_forged_ids_are_not_found(reader: Reader, member: Member, verb: str, pk: int) -> None:
    assert reader(member).post(f"/i/{pk}/{verb}/").status_code == 404


def test_a_vote_without_the_token_is_refused(idea: Idea, member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.login(username="member@example.com", password=PASSWORD) or client.force_login(member) is None
    assert client.post(f"/i/{idea.pk}/vote/").status_code == 403
    assert count(idea) == 1


@pytest.mark.parametrize("slug", ["shipped", "declined"])
def test_a_closed_status_takes_no_votes_and_still_lets_them_go(
    reader: Reader,
    idea: Idea,
    member: Member,
    product_manager: Member,
    status: Callable[[str], Any],
    slug: str,
) -> None:
    supporter = make_member("supporter")
    cast_vote(idea=idea, by=supporter)
    change_status(idea=idea, status=status(slug), by=product_manager)
    response = reader(member).post(f"/i/{idea.pk}/vote/")
    assert response.status_code == 409
    assert "Voting on this idea is closed." in response.content.decode()
    assert reader(member).post(f"/i/{idea.pk}/vote/", **HTMX).status_code == 409
    html = reader(member).get(idea.get_absolute_url()).content.decode()
    assert "Voting on this idea is closed." in html
    assert "/vote/" not in html
    assert f'action="/i/{idea.pk}/unvote/' in reader(supporter).get(idea.get_absolute_url()).content.decode()
    assert reader(supporter).post(f"/i/{idea.pk}/unvote/").status_code == 302
    assert count(idea) == 1


@pytest.mark.parametrize(
    ("visibility", "for_others", "for_author"),
    [(Visibility.HELD, 404, 409), (Visibility.HIDDEN, 404, 409), (Visibility.DELETED, 404, 404)],
)
def test_what_is_not_visible_takes_no_votes(
    reader: Reader,
    idea: Idea,
    author: Member,
    member: Member,
    moderator: Member,
    make_invisible: Callable[..., None],
    visibility: Visibility,
    for_others: int,
    for_author: int,
) -> None:
    reader(author).post(f"/i/{idea.pk}/unvote/")
    make_invisible(idea, visibility)
    assert reader(member).post(f"/i/{idea.pk}/vote/").status_code == for_others
    assert reader(author).post(f"/i/{idea.pk}/vote/").status_code == for_author
    assert reader(moderator).post(f"/i/{idea.pk}/vote/").status_code == 409
    assert count(idea) == 0


def test_a_private_board_takes_votes_from_its_readers_alone(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    idea = make_idea("Plan", on=staff_board, by=moderator)
    assert reader(member).post(f"/i/{idea.pk}/vote/").status_code == 404
    assert reader(member).post(f"/i/{idea.pk}/unvote/").status_code == 404
    product = make_member("p2", "Product managers")
    assert reader(product).post(f"/i/{idea.pk}/vote/").status_code == 302
    assert count(idea) == 2


def test_a_vote_through_a_duplicate_is_remembered_there_and_counted_once(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    client = reader(member)
    address = f"{canonical.get_absolute_url()}?from={duplicate.pk}"
    found = re.search(r'action="(/i/\d+/vote/[^"]*)"', client.get(address).content.decode())
    assert found
    response = client.post(found[1].replace("&amp;", "&"))
    assert response["Location"] == f"{address}#vote-{duplicate.pk}"
    assert Vote.objects.get(member=member).idea_id == duplicate.pk
    assert count(canonical) == 2
    client.post(f"/i/{canonical.pk}/vote/")
    assert count(canonical) == 2


def test_htmx_offers_to_set_apart_the_vote_that_was_just_cast_through_a_duplicate(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    client = reader(member)
    html = client.post(f"/i/{duplicate.pk}/vote/", {"is_large": "1"}, **HTMX).content.decode()
    assert f'id="own-vote-{duplicate.pk}" hx-swap-oob="true"' in html
    assert "That is not what I meant" in html
    html = client.post(f"/i/{duplicate.pk}/unvote/", {"is_large": "1"}, **HTMX).content.decode()
    assert f'id="own-vote-{duplicate.pk}" hx-swap-oob="true"' in html
    assert "That is not what I meant" not in html
    assert "<span>1</span>" in html


def test_htmx_shows_the_duplicates_own_count_to_whoever_set_votes_apart(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    for number in range(4):
        cast_vote(idea=canonical, by=make_member(f"m{number}"))
    set_votes_apart(duplicate=duplicate, by=member)
    html = reader(member).post(f"/i/{duplicate.pk}/vote/", **HTMX).content.decode()
    assert "<span>1</span>" in html
    assert 'aria-pressed="true"' in html
    assert count(canonical) == 5


# That is not what I meant


def test_setting_votes_apart_and_rejoining_them(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    client = reader(member)
    cast_vote(idea=duplicate, by=member)
    response = client.post(f"/i/{duplicate.pk}/apart/")
    assert response["Location"] == f"{duplicate.get_absolute_url()}?stay=1"
    assert (count(canonical), count(duplicate)) == (1, 1)
    assert "Your vote counts for this idea alone." in client.get(response["Location"]).content.decode()
    response = client.post(f"/i/{duplicate.pk}/rejoin/")
    assert response["Location"] == canonical.get_absolute_url()
    assert (count(canonical), count(duplicate)) == (2, 0)


@pytest.mark.parametrize("verb", ["apart", "rejoin"])
def test_votes_stand_apart_only_at_a_merge(reader: Reader, idea: Idea, member: Member, verb: str) -> None:
    assert reader(member).post(f"/i/{idea.pk}/{verb}/").status_code == 409


@pytest.mark.parametrize("verb", ["apart", "rejoin"])
def test_visitors_and_strangers_set_nothing_apart(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    member: Member,
    make_invisible: Callable[..., None],
    verb: str,
) -> None:
    response = reader(None).post(f"/i/{duplicate.pk}/{verb}/")
    assert response["Location"].startswith("/accounts/login/")
    make_invisible(duplicate)
    assert reader(member).post(f"/i/{duplicate.pk}/{verb}/").status_code == 404
