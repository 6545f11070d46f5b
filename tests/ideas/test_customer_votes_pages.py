"""The team's screens for votes of customers: adding them, the list of voters, and taking them back."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import roles
from accounts.actions import HasAccountError, add_customer
from accounts.models import Member, Organisation
from core.errors import ForbiddenError
from ideas.actions import (
    add_vote,
    cast_vote,
    cast_vote_for,
    change_status,
    claim_votes,
    exclude_votes,
    explain_vote,
    merge_idea,
    set_votes_apart,
)
from ideas.errors import VotingClosedError
from ideas.models import Idea, IdeaBoardPage, Vote, VoteEvent, VoteSentence
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict
from tests.races import together

PHONE = VoteEvent.Channel.PHONE
NEW = {"voter": "new", "name": "Ida Grün", "channel": "phone"}


def count(idea: Idea) -> int:
    return Idea.objects.values_list("supporter_count", flat=True).get(pk=idea.pk)


# Adding


def test_a_customer_without_an_account_is_made_and_votes(reader: Reader, idea: Idea, moderator: Member) -> None:
    acme = Organisation.objects.create(name="Acme")
    called = (timezone.now() - timedelta(days=1)).replace(second=0, microsecond=0)
    typed = {
        **NEW,
        "contact_email": "Ida@Example.com",
        "organisation": acme.pk,
        "occurred_at": called.strftime("%Y-%m-%dT%H:%M"),
        "importance": "critical",
        "sentence": "We could close our old tool.",
        "evidence_url": "https://tickets.example.com/4711",
        "note": "Asked twice.",
    }
    response = reader(moderator).post(f"/i/{idea.pk}/votes/add/", typed, follow=True)
    assert response.redirect_chain == [(f"/i/{idea.pk}/votes/", 302)]
    html = response.content.decode()
    assert "The vote of Ida Grün counts for this idea now." in html
    for shown in ("Acme", "no account", "critical", "phone, added by Moderator", "We could close", "Asked twice."):
        assert shown in html
    assert 'href="https://tickets.example.com/4711"' in html
    customer = Member.objects.get(name="Ida Grün")
    assert (customer.contact_email, customer.organisation, customer.email) == ("ida@example.com", acme, None)
    assert not customer.has_usable_password()
    assert VoteEvent.objects.get(member=customer).occurred_at == called
    assert count(idea) == 2


def test_a_customer_who_is_known_by_address_is_not_doubled(
    reader: Reader, idea: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    client, other = reader(moderator), make_idea("Other")
    client.post(f"/i/{idea.pk}/votes/add/", {**NEW, "contact_email": "ida@example.com"})
    response = client.post(
        f"/i/{other.pk}/votes/add/", {**NEW, "name": "Ida", "contact_email": "IDA@example.com"}, follow=True
    )
    assert "The vote of Ida Grün counts" in response.content.decode()
    assert Vote.objects.filter(member__name="Ida Grün").count() == 2
    assert not Member.objects.filter(name="Ida").exists()


def test_a_vote_that_was_there_already_is_said_to_be(reader: Reader, idea: Idea, moderator: Member) -> None:
    client = reader(moderator)
    for _ in range(2):
        response = client.post(f"/i/{idea.pk}/votes/add/", {**NEW, "contact_email": "ida@example.com"}, follow=True)
    assert "The vote of Ida Grün was there already." in response.content.decode()
    assert count(idea) == 2


def test_the_owner_of_an_account_with_this_address_is_offered(
    reader: Reader, idea: Idea, member: Member, moderator: Member
) -> None:
    typed = {**NEW, "contact_email": "MEMBER@example.com", "note": "Kept"}
    response = reader(moderator).post(f"/i/{idea.pk}/votes/add/", typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert "Member has an account with this email address." in html
    assert f'name="voter" value="{member.pk}"' in html
    assert 'value="Kept"' in html
    with pytest.raises(HasAccountError):
        add_customer(name="Ida", contact_email="member@example.com")
    assert not Member.objects.filter(name="Ida Grün").exists()


def test_an_address_that_its_account_has_not_proved_stands_in_nobodys_way(db: None) -> None:
    squatter = make_member("squatter", email="ida@example.com")
    EmailAddress.objects.create(user=squatter, email="ida@example.com", verified=False, primary=True)
    assert add_customer(name="Ida", contact_email="ida@example.com") != squatter


def test_people_are_found_by_name_handle_and_address_and_told_apart(
    reader: Reader, idea: Idea, moderator: Member
) -> None:
    acme = Organisation.objects.create(name="Acme")
    first = make_member("ada", name="Ada Byron", organisation=acme)
    second = make_member("lovelace", name="Ada Byron")
    known = add_customer(name="Ada Without", contact_email="ada@old.example")
    client = reader(moderator)
    for words, found in {
        "ada byron": {first, second},
        "lovelace": {second},
        "ada@old": {known},
        "zzz": set(),
    }.items():
        html = client.post(f"/i/{idea.pk}/votes/add/", {**NEW, "q": words, "find": "1"}).content.decode()
        offered = {int(pk) for pk in re.findall(r'name="voter" value="(\d+)"', html)}
        assert offered == {member.pk for member in found}
        assert 'value="Ida Grün"' in html
        assert "is-invalid" not in html
    assert "Nobody has these words" in html
    html = client.post(f"/i/{idea.pk}/votes/add/", {"q": "ada byron", "find": "1"}).content.decode()
    assert "@ada · ada@example.com · Acme" in html


def test_a_member_who_was_found_votes(reader: Reader, idea: Idea, member: Member, moderator: Member) -> None:
    reader(moderator).post(f"/i/{idea.pk}/votes/add/", {"q": "member", "voter": member.pk, "channel": "chat"})
    line = VoteEvent.objects.get(member=member)
    assert (line.channel, line.cast_by) == ("chat", moderator)


def wrong(**fields: Any) -> dict[str, Any]:
    return {**NEW, "sentence": "We need it.", "note": "A note", **fields}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (wrong(name=""), "Say whose vote it is."),
        (wrong(contact_email="ida"), "valid email"),
        (wrong(channel="web"), "web is not one of the available choices"),
        (wrong(channel="import"), "import is not one of the available choices"),
        (wrong(occurred_at="2999-01-01T00:00"), "This is in the future."),
        (wrong(occurred_at="0001-01-01T00:00"), "This is too long ago."),
        (wrong(evidence_url="ftp://example.com/x"), "https://"),
        (wrong(evidence_url="javascript:alert(1)"), "valid URL"),
        (wrong(voter="999999"), "Select a valid choice"),
        (wrong(voter="9" * 40), "Select a valid choice"),
        (wrong(importance="huge"), "huge is not one of the available choices"),
        (wrong(sentence="x" * 501), "at most 500"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    reader: Reader, idea: Idea, moderator: Member, typed: dict[str, Any], sentence: str
) -> None:
    members = Member.objects.count()
    response = reader(moderator).post(f"/i/{idea.pk}/votes/add/", typed)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert typed["sentence"] in html
    assert 'value="A note"' in html
    assert (Member.objects.count(), count(idea)) == (members, 1)


def test_refusals_are_sentences_in_the_form_and_leave_no_customer_behind(
    reader: Reader, idea: Idea, moderator: Member, status: Callable[[str], Any]
) -> None:
    change_status(idea=idea, status=status("declined"), by=moderator)
    response = reader(moderator).post(f"/i/{idea.pk}/votes/add/", wrong())
    assert response.status_code == 409
    assert "Voting on this idea is closed." in response.content.decode()
    assert "We need it." in response.content.decode()
    assert not Member.objects.filter(name="Ida Grün").exists()
    with pytest.raises(VotingClosedError):
        add_vote(idea=idea, by=moderator, voter=None, name="Ida", channel=PHONE)


def test_a_spent_budget_a_closed_board_and_a_suspended_member_are_named(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], staff_board: IdeaBoardPage, moderator: Member
) -> None:
    customer = make_member("frugal")
    board.vote_budget = 1
    board.save()
    cast_vote(idea=make_idea("One", by=moderator), by=customer)
    open_idea, plan = make_idea("Two"), make_idea("Plan", on=staff_board, by=moderator)
    client, typed = reader(moderator), {"voter": customer.pk, "channel": "phone"}
    html = client.post(f"/i/{open_idea.pk}/votes/add/", typed).content.decode()
    assert "You have used all your votes" in html
    html = client.post(f"/i/{plan.pk}/votes/add/", typed).content.decode()
    assert "This member may not read the board" in html
    html = client.post(f"/i/{open_idea.pk}/votes/add/", {**typed, "voter": moderator.pk}).content.decode()
    assert "Select a valid choice" in html
    assert Vote.objects.filter(member=customer).count() == 1


def test_a_member_keeps_what_they_said_themselves(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    explain_vote(idea=idea, by=member, sentence="My own words.", is_public=True)
    cast_vote_for(idea=idea, member=member, by=moderator, channel=PHONE, sentence="Said on the phone.")
    said = VoteSentence.objects.get(member=member)
    assert (said.text, said.is_public) == ("My own words.", True)


def test_nobody_else_adds_votes(idea: Idea, member: Member, product_manager: Member) -> None:
    for person in (member, product_manager):
        with pytest.raises(ForbiddenError):
            add_vote(idea=idea, by=person, voter=None, name="Ida", channel=PHONE)
    assert not Member.objects.filter(name="Ida").exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_customer_who_calls_everybody_at_once_is_made_once(make_idea: Callable[..., Idea], moderator: Member) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(6)]
    acts = [
        lambda idea=idea: add_vote(
            idea=idea, by=moderator, voter=None, name="Ida", contact_email="ida@example.com", channel=PHONE
        )
        for idea in ideas
    ]
    assert together(*acts) == []
    assert Member.objects.filter(contact_email="ida@example.com").count() == 1
    assert Vote.objects.filter(member__contact_email="ida@example.com").count() == 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_customers_of_one_name_at_once_get_handles_of_their_own(idea: Idea, moderator: Member) -> None:
    acts = [lambda: add_vote(idea=idea, by=moderator, voter=None, name="Ida", channel=PHONE)] * 4
    assert together(*acts) == []
    assert Member.objects.filter(name="Ida").count() == 4
    assert count(idea) == 5


# Who voted


def test_the_list_tells_where_and_how_each_vote_was_cast(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member, moderator: Member
) -> None:
    cast_vote(idea=canonical, by=member)
    cast_vote_for(idea=duplicate, member=make_member("other"), by=moderator, channel=VoteEvent.Channel.EMAIL)
    apart = make_member("apart")
    cast_vote(idea=duplicate, by=apart)
    set_votes_apart(duplicate=duplicate, by=apart)
    exclude_votes(member=member, by=moderator)
    html = reader(moderator).get(f"/i/{canonical.pk}/votes/").content.decode()
    assert html.count("Through “Night theme”") == 3
    assert html.count("set apart, so it does not count here") == 1
    assert html.count("Does not count at present") == 1
    assert html.count("email, added by Moderator") == html.count("/take-back/") == 1


def test_evidence_goes_with_votes_that_were_claimed(
    reader: Reader, idea: Idea, member: Member, moderator: Member
) -> None:
    customer = add_customer(name="Ida")
    cast_vote_for(idea=idea, member=customer, by=moderator, channel=PHONE, note="Ticket 4711")
    claim_votes(customer=customer, by=member)
    html = reader(moderator).get(f"/i/{idea.pk}/votes/").content.decode()
    assert "Ticket 4711" in html
    assert "Ida" not in html


def test_claim_links_are_for_moderators_and_unclaimed_customers(
    reader: Reader, idea: Idea, member: Member, moderator: Member, product_manager: Member
) -> None:
    cast_vote(idea=idea, by=member)
    address = f"/i/{idea.pk}/votes/"
    assert "/accounts/votes/claim/" not in reader(moderator).get(address).content.decode()
    cast_vote_for(idea=idea, member=add_customer(name="Ida"), by=moderator, channel=PHONE)
    assert "/accounts/votes/claim/" in reader(moderator).get(address).content.decode()
    html = reader(product_manager).get(address).content.decode()
    assert "Ida" in html
    for absent in ("/accounts/votes/claim/", "/take-back/", "/votes/add/"):
        assert absent not in html


def test_voters_of_a_duplicate_are_named_to_those_alone_who_may_see_it(
    reader: Reader,
    board: IdeaBoardPage,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
    administrator: Member,
) -> None:
    secret, idea = make_idea(CANARY, on=staff_board), make_idea("Open")
    cast_vote(idea=secret, by=make_member("insider", roles.MODERATORS, name=f"Insider {CANARY}"))
    merge_idea(duplicate=secret, into=idea, by=moderator)
    assert CANARY in reader(moderator).get(f"/i/{idea.pk}/votes/").content.decode()
    assert CANARY not in reader(administrator).get(f"/i/{idea.pk}/votes/").content.decode()
    assert reader(administrator).get(f"/i/{secret.pk}/votes/").status_code == 404


@pytest.mark.parametrize("number", [0, 4, 30])
def test_the_list_costs_the_same_however_many_voted(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    moderator: Member,
    number: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for index in range(number):
        idea = (canonical, duplicate)[index % 2]
        cast_vote_for(idea=idea, member=add_customer(name=f"C{index}"), by=moderator, channel=PHONE, note="N")
    client = reader(moderator)
    with django_assert_max_num_queries(16):
        assert client.get(f"/i/{canonical.pk}/votes/").status_code == 200


def test_the_list_goes_on(reader: Reader, idea: Idea, moderator: Member) -> None:
    for index in range(60):
        cast_vote(idea=idea, by=make_member(f"m{index}"))
    client, address, seen = reader(moderator), f"/i/{idea.pk}/votes/", set()
    while True:
        html = client.get(address).content.decode()
        found = set(re.findall(r'href="/u/(m\d+|author)/"', html))
        assert not found & seen
        seen |= found
        following = re.search(r'href="(\?after=[^"]+)" rel="next"', html)
        if not following:
            break
        address = f"/i/{idea.pk}/votes/{following[1]}"
    assert len(seen) == 61


# Taking back


def test_the_team_takes_back_what_it_added_after_being_asked(
    reader: Reader, idea: Idea, member: Member, moderator: Member
) -> None:
    vote = cast_vote_for(idea=idea, member=member, by=moderator, channel=PHONE)
    client, address = reader(moderator), f"/i/{idea.pk}/votes/{vote.pk}/take-back/"
    assert "Take back this vote?" in client.get(address).content.decode()
    assert count(idea) == 2
    assert "The vote of Member is taken back." in client.post(address, follow=True).content.decode()
    assert count(idea) == 1
    assert client.post(address).status_code == 409


def test_what_members_cast_themselves_is_theirs(reader: Reader, idea: Idea, member: Member, moderator: Member) -> None:
    vote = cast_vote(idea=idea, by=member)
    response = reader(moderator).post(f"/i/{idea.pk}/votes/{vote.pk}/take-back/")
    assert response.status_code == 409
    assert "only its owner can take it back" in response.content.decode()
    assert count(idea) == 2


# Who gets in

ADDRESSES = {
    "/i/{}/votes/": (302, 403, 403, 200, 200),
    "/i/{}/votes/add/": (302, 403, 403, 200, 403),
    "/i/{}/votes/{}/take-back/": (302, 403, 403, 200, 403),
    "/i/{}/signals/": (302, 403, 403, 200, 200),
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_gets_in(
    request: pytest.FixtureRequest, reader: Reader, idea: Idea, member: Member, moderator: Member, address: str
) -> None:
    vote = cast_vote_for(idea=idea, member=member, by=moderator, channel=PHONE)
    for name, expected in zip(
        ("visitor", "member", "author", "moderator", "product_manager"), ADDRESSES[address], strict=True
    ):
        person = None if name == "visitor" else request.getfixturevalue(name)
        assert reader(person).get(address.format(idea.pk, vote.pk)).status_code == expected, name


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_of_a_closed_board_is_there(
    reader: Reader,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    author: Member,
    administrator: Member,
    address: str,
) -> None:
    idea = make_idea("Plan", on=staff_board)
    vote = Vote.objects.get(idea=idea)
    for person in (author, administrator):
        client = reader(person)
        assert client.get(address.format(idea.pk, vote.pk)).status_code == 404
        if "signals" not in address and not address.endswith("votes/"):
            assert client.post(address.format(idea.pk, vote.pk), NEW).status_code == 404
    assert count(idea) == 1


def test_a_vote_of_another_idea_is_not_found(
    reader: Reader, idea: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    vote = Vote.objects.get(idea=make_idea("Other"))
    assert reader(moderator).get(f"/i/{idea.pk}/votes/{vote.pk}/take-back/").status_code == 404


def test_the_ideas_page_leads_the_team_there_and_nobody_else(
    reader: Reader, idea: Idea, member: Member, moderator: Member, product_manager: Member
) -> None:
    links = (f"/i/{idea.pk}/votes/add/", f'"/i/{idea.pk}/votes/"', f"/i/{idea.pk}/signals/")
    shown = {
        person.handle: [link in reader(person).get(idea.get_absolute_url()).content.decode() for link in links]
        for person in (member, moderator, product_manager)
    }
    assert shown == {
        "member": [False, False, False],
        "moderator": [True, True, True],
        "product": [False, True, True],
    }


def test_a_board_that_asks_for_sign_in_is_readable_for_customers_with_an_account(
    reader: Reader, board: IdeaBoardPage, idea: Idea, member: Member, moderator: Member
) -> None:
    restrict(board)
    response = reader(moderator).post(f"/i/{idea.pk}/votes/add/", {"voter": member.pk, "channel": "phone"})
    assert response.status_code == 302
    assert Vote.objects.get(member=member).stands
