"""«Your votes»: what a member supports and what became of it, budgets, and votes from before they had an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.core import mail, signing
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import roles
from accounts.actions import add_customer
from accounts.models import Member
from ideas import claims
from ideas.actions import (
    cast_vote,
    cast_vote_for,
    change_status,
    claim_votes,
    exclude_votes,
    explain_vote,
    merge_idea,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, IdeaBoardPage, Importance, Vote, VoteEvent
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member

PAGE = "/accounts/votes/"
HTMX = {"HTTP_HX_REQUEST": "true"}
PHONE = VoteEvent.Channel.PHONE


def show(reader: Reader, person: Member, address: str = PAGE) -> str:
    response = reader(person).get(address)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


def prove(member: Member, email: str = "") -> None:
    email = email or str(member.email)
    EmailAddress.objects.create(user=member, email=email, verified=True, primary=email == member.email)


@pytest.fixture
def customer(db: None) -> Member:
    """Somebody without an account, whose address is the one that `member` has."""
    return add_customer(name="Ida Before", contact_email="member@example.com")


# What one supports


def test_visitors_sign_in_first(reader: Reader, db: None) -> None:
    response = reader(None).get(PAGE)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={PAGE}")


def test_it_lists_each_family_once_with_where_one_voted(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    cast_vote(idea=canonical, by=member)
    cast_vote(idea=duplicate, by=member)
    explain_vote(idea=duplicate, by=member, importance=Importance.CRITICAL)
    html = show(reader, member)
    assert html.count(f'href="{canonical.get_absolute_url()}"') == 1
    assert "Voted through “Night theme”" in html
    assert "critical" in html
    assert "was merged into" not in html
    assert 'href="/accounts/votes/" aria-current="page"' in html


def test_votes_that_the_team_added_say_so(reader: Reader, idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote_for(idea=idea, member=member, by=moderator, channel=PHONE)
    assert "Added by the team after your call" in show(reader, member)


def test_votes_taken_apart_are_at_the_duplicate(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    cast_vote(idea=duplicate, by=member)
    set_votes_apart(duplicate=duplicate, by=member)
    html = show(reader, member)
    assert "You took your vote apart from “Dark mode”." in html
    assert f"/i/{duplicate.pk}/unvote/" in html
    assert f"/i/{canonical.pk}/unvote/" not in html


def test_one_notice_tells_what_happened_since(
    reader: Reader, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    one, other = make_idea("One"), make_idea("Other")
    cast_vote(idea=one, by=member)
    assert "was merged into" not in show(reader, member)
    edge = merge_idea(duplicate=one, into=other, by=moderator)
    assert "“One” was merged into “Other”, your vote counts there." in show(reader, member)
    withdraw_vote(idea=other, by=member)
    assert "You support no idea yet" in show(reader, member)
    undo_idea_merge(edge=edge, by=moderator)
    html = show(reader, member)
    assert "a merge was undone: your vote counts again." in html
    assert html.count("c-own-vote-notice") == 1


def test_withdrawing_leads_back_to_the_page(reader: Reader, canonical: Idea, duplicate: Idea, member: Member) -> None:
    cast_vote(idea=duplicate, by=member)
    client = reader(member)
    action = re.search(r'action="(/i/\d+/unvote/[^"]*)"', client.get(PAGE).content.decode())
    assert action
    assert client.post(action[1])["Location"] == PAGE
    assert VoteEvent.objects.get(member=member, kind="withdrawn").idea_id == duplicate.pk
    assert "You support no idea yet" in show(reader, member)


def test_excluded_votes_are_told(reader: Reader, idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    exclude_votes(member=member, by=moderator)
    assert "does not count at present" in show(reader, member)


def test_what_one_may_not_see_any_more_is_a_number(
    reader: Reader,
    make_idea: Callable[..., Idea],
    staff_board: IdeaBoardPage,
    make_invisible: Callable[..., None],
    moderator: Member,
) -> None:
    person = make_member("formerly", roles.MODERATORS)
    plan, hidden, seen = make_idea(CANARY, on=staff_board), make_idea(f"Hidden {CANARY}"), make_idea("Seen")
    duplicate = make_idea(f"Duplicate {CANARY}")
    merge_idea(duplicate=duplicate, into=seen, by=moderator)
    for idea in (plan, hidden, duplicate):
        cast_vote(idea=idea, by=person)
    make_invisible(hidden)
    make_invisible(duplicate)
    person.groups.clear()
    html = show(reader, person)
    assert CANARY not in html
    assert "You also support 2 ideas that you may not see at present." in html
    assert "Voted through an idea that was merged into it" in html


@pytest.mark.parametrize("number", [1, 10, 45])
def test_it_costs_the_same_however_much_one_supports(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    member: Member,
    moderator: Member,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    board.vote_budget = 100
    board.save()
    for index in range(number):
        idea = make_idea(f"Idea {index}")
        cast_vote(idea=idea, by=member)
        if index % 3 == 2:
            merge_idea(duplicate=idea, into=make_idea(f"Target {index}"), by=moderator)
            if index % 2:
                set_votes_apart(duplicate=idea, by=member)
    client = reader(member)
    with django_assert_max_num_queries(30):
        html = client.get(PAGE).content.decode()
    assert html.count("/unvote/") == min(number, 20)
    following = re.search(r'href="(\?after=[^"]+)" rel="next"', html)
    assert bool(following) == (number > 20)


# Budgets


@pytest.fixture
def frugal(board: IdeaBoardPage) -> IdeaBoardPage:
    """Two votes for each member."""
    board.vote_budget = 2
    board.save()
    return board


def test_a_board_with_a_budget_says_which_ideas_hold_the_votes(
    reader: Reader,
    frugal: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    member: Member,
    moderator: Member,
    status: Any,
) -> None:
    one, done = make_idea("One", by=make_member("a1")), make_idea("Done", by=make_member("a2"))
    for idea in (one, done):
        cast_vote(idea=idea, by=member)
    assert "2 of 2 votes in use" in show(reader, member)
    change_status(idea=done, status=status("shipped"), by=moderator)
    html = show(reader, member)
    assert "1 of 2 votes in use" in html
    held = html[html.index("votes in use") : html.index("c-rows")]
    assert "One" in held
    assert "Done" not in held


def test_pages_of_such_a_board_say_how_many_votes_are_left(
    reader: Reader, frugal: IdeaBoardPage, idea: Idea, member: Member
) -> None:
    for address in (frugal.url, idea.get_absolute_url()):
        assert "2 of 2 votes left on this board" in show(reader, member, str(address))
        assert "votes left" not in reader(None).get(address).content.decode()
    html = reader(member).post(f"/i/{idea.pk}/vote/", **HTMX).content.decode()
    assert "1 of 2 votes left on this board" in html
    assert 'id="votes-left" hx-swap-oob="true"' in html


@pytest.mark.parametrize("number", [1, 25])
def test_saying_so_costs_the_same_however_many_votes_are_in_use(
    reader: Reader,
    frugal: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    member: Member,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    IdeaBoardPage.objects.update(vote_budget=50)
    for index in range(number):
        idea = make_idea(f"Idea {index}", by=member)
    client = reader(member)
    for address, most in ((str(frugal.url), 14), (idea.get_absolute_url(), 17)):
        with django_assert_max_num_queries(most):
            assert f"{50 - number} of 50 votes left" in client.get(address).content.decode()


def test_boards_without_a_budget_say_nothing(reader: Reader, board: IdeaBoardPage, idea: Idea, member: Member) -> None:
    for address in (board.url, idea.get_absolute_url(), PAGE):
        html = show(reader, member, str(address))
        assert "votes left" not in html
        assert "in use" not in html


def test_a_spent_budget_is_a_sentence_with_the_way_to_ones_votes(
    reader: Reader, frugal: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member
) -> None:
    ideas = [make_idea(f"Idea {index}", by=make_member(f"p{index}")) for index in range(3)]
    for idea in ideas[:2]:
        cast_vote(idea=idea, by=member)
    for extra in ({}, HTMX):
        response = reader(member).post(f"/i/{ideas[2].pk}/vote/", **extra)
        assert response.status_code == 409
        html = response.content.decode()
        assert re.search(r"<p data-sentence>You have used all your votes on this board\.", html)
        assert 'href="/accounts/votes/">See your votes</a>' in html


def test_an_author_without_a_vote_left_is_told_so(reader: Reader, frugal: IdeaBoardPage, member: Member) -> None:
    client, told = reader(member), []
    for index in range(3):
        typed = {"title": f"My idea {index}", "body": "Please."}
        html = client.post(f"{frugal.url}new/", typed, follow=True).content.decode()
        told.append("and your vote is its first" in html)
    assert told == [True, True, False]
    assert "without your vote: all your votes are in use" in html


def test_an_author_on_a_board_that_takes_no_votes_at_first_is_told_no_story(
    reader: Reader, board: IdeaBoardPage, member: Member
) -> None:
    board.statuses.update(accepts_votes=False)
    html = reader(member).post(f"{board.url}new/", {"title": "Mine", "body": "B"}, follow=True).content.decode()
    assert "Your idea is on the board." in html


# Votes from before one had an account


def test_a_proved_address_finds_votes_and_claims_them(
    reader: Reader, idea: Idea, customer: Member, member: Member, moderator: Member
) -> None:
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    assert "These are mine" not in show(reader, member)
    prove(member)
    html = show(reader, member)
    assert "They came from member@example.com." in html
    assert "Dark mode" in html
    client = reader(member)
    for _ in range(2):
        response = client.post(f"/accounts/votes/{customer.pk}/claim/", follow=True)
        assert response.status_code == 200
    html = response.content.decode()
    assert "These votes are yours now." in html
    assert "Added by the team after your call" in html
    assert "These are mine" not in html
    assert Vote.objects.get(member=member).stands


@pytest.mark.parametrize("verified", [False, True])
def test_only_proved_addresses_of_ones_own_claim(
    reader: Reader, idea: Idea, customer: Member, member: Member, moderator: Member, verified: bool
) -> None:
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    other = make_member("other")
    EmailAddress.objects.create(user=other, email="member@example.com", verified=verified)
    response = reader(other).post(f"/accounts/votes/{customer.pk}/claim/")
    assert response.status_code == (302 if verified else 404)
    assert reader(member).post(f"/accounts/votes/{customer.pk}/claim/").status_code == 404
    assert reader(None).post(f"/accounts/votes/{customer.pk}/claim/").status_code == 302
    assert reader(other).get(f"/accounts/votes/{customer.pk}/claim/").status_code == 405


def test_ideas_that_one_may_not_see_are_offered_as_a_number(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], customer: Member, moderator: Member
) -> None:
    member = make_member("member")
    prove(member)
    plan = make_idea(CANARY, on=staff_board, by=moderator)
    cast_vote_for(idea=plan, member=customer, by=moderator, channel=PHONE)
    for address in (PAGE, f"/accounts/votes/claim/{claims.token_for(customer)}/"):
        html = show(reader, member, address)
        assert "1 idea that you may not see" in html
        assert CANARY not in html


def test_signing_up_with_that_address_leads_there(
    board: IdeaBoardPage, idea: Idea, customer: Member, moderator: Member
) -> None:
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE)
    client = Client()
    typed = {"name": "Ida", "email": "member@example.com", "password1": "correct horse battery"}
    client.post("/accounts/signup/", typed)
    link = re.search(r"/accounts/confirm-email/[^\s]+", mail.outbox[0].body)
    assert link
    assert "We keep votes" not in client.get("/ideas/").content.decode()
    client.post(link[0])
    html = client.get("/ideas/").content.decode()
    assert "We keep votes that you gave us before you had an account." in html
    assert "href='/accounts/votes/'" in html


# Links


def test_a_link_of_the_team_claims_after_asking(reader: Reader, idea: Idea, member: Member, moderator: Member) -> None:
    ida = add_customer(name="Ida Nomail")
    cast_vote_for(idea=idea, member=ida, by=moderator, channel=PHONE)
    html = reader(moderator).get(f"/i/{idea.pk}/votes/").content.decode()
    found = re.search(r'data-copy-link="http://testserver(/accounts/votes/claim/[^"]+)"', html)
    assert found
    address = found[1]
    assert reader(None).get(address)["Location"].startswith("/accounts/login/")
    client = reader(member)
    html = client.get(address).content.decode()
    assert "Ida Nomail" in html
    assert "Dark mode" in html
    assert not Vote.objects.filter(member=member).exists()
    assert "These votes are yours now." in client.post(address, follow=True).content.decode()
    assert Vote.objects.get(member=member).stands
    response = reader(make_member("later")).get(address)
    assert response.status_code == 409
    assert "These votes belong to an account already." in response.content.decode()


def test_expired_forged_and_foreign_links_are_a_sentence(
    reader: Reader, idea: Idea, member: Member, author: Member, moderator: Member
) -> None:
    ida = add_customer(name="Ida")
    cast_vote_for(idea=idea, member=ida, by=moderator, channel=PHONE)
    token = claims.token_for(ida)
    with patch("django.core.signing.time.time", return_value=(timezone.now() - timedelta(days=31)).timestamp()):
        expired = claims.token_for(ida)
    foreign = signing.dumps(ida.pk, salt="something else")
    for wrong in (
        expired,
        foreign,
        f"{token}x",
        "x",
        claims.token_for(author),
        signing.dumps(10**30, salt=claims.SALT),
    ):
        for method in ("get", "post"):
            response = getattr(reader(member), method)(f"/accounts/votes/claim/{wrong}/")
            assert response.status_code == 409
            assert "This link is not valid any more." in response.content.decode()
    assert Vote.objects.get(member=ida).stands


def test_suspended_customers_votes_are_not_claimed_by_link(
    reader: Reader, idea: Idea, member: Member, moderator: Member
) -> None:
    ida = add_customer(name="Ida")
    cast_vote_for(idea=idea, member=ida, by=moderator, channel=PHONE)
    claim_votes(customer=ida, by=make_member("first"))
    assert reader(member).post(f"/accounts/votes/claim/{claims.token_for(ida)}/").status_code == 409
