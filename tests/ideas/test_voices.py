"""What supporters say in public: whose words are shown, to whom, and which never are."""

from collections.abc import Callable

import pytest
from pytest_django import DjangoAssertNumQueries
from wagtail.log_actions import registry

from accounts.models import Member
from ideas.actions import (
    cast_vote,
    exclude_votes,
    explain_vote,
    hide_sentence,
    merge_idea,
    set_votes_apart,
    withdraw_vote,
)
from ideas.models import Idea, Importance, VoteSentence
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member


@pytest.fixture
def say() -> Callable[..., VoteSentence]:
    """Votes for an idea and says why, in public unless told otherwise."""

    def speak(
        idea: Idea, by: Member, text: str = CANARY, *, is_public: bool = True, importance: str = ""
    ) -> VoteSentence:
        cast_vote(idea=idea, by=by)
        explain_vote(idea=idea, by=by, sentence=text, is_public=is_public, importance=importance)
        return VoteSentence.objects.get(idea=idea, member=by)

    return speak


def pages(reader: Reader, idea: Idea, by: Member | None) -> str:
    """All that the person reads of what is said about an idea."""
    client = reader(by)
    return "".join(
        client.get(address).content.decode() for address in (idea.get_absolute_url(), f"/i/{idea.pk}/voices/")
    )


def test_a_public_sentence_stands_on_the_idea_with_its_author(
    reader: Reader, idea: Idea, member: Member, say: Callable[..., VoteSentence]
) -> None:
    say(idea, member, importance=Importance.CRITICAL)
    html = pages(reader, idea, None)
    assert html.count(CANARY) == 2
    assert f'href="/u/{member.handle}/"' in html
    assert "critical" not in html


def test_a_private_sentence_is_read_by_its_author_and_the_team_alone(
    reader: Reader,
    idea: Idea,
    member: Member,
    author: Member,
    advocate: Member,
    moderator: Member,
    product_manager: Member,
    say: Callable[..., VoteSentence],
) -> None:
    say(idea, member, is_public=False, importance=Importance.CRITICAL)
    for person in (None, author, advocate):
        html = pages(reader, idea, person)
        assert CANARY not in html
        assert "How much they need it" not in html
    for person in (moderator, product_manager):
        html = pages(reader, idea, person)
        assert html.count(CANARY) == 2
        assert "for the team only" in html
        assert "critical" in html
        assert "How much they need it" in html


def test_a_withdrawn_vote_takes_its_sentence_along(
    reader: Reader, idea: Idea, member: Member, product_manager: Member, say: Callable[..., VoteSentence]
) -> None:
    say(idea, member)
    withdraw_vote(idea=idea, by=member)
    for person in (None, product_manager):
        assert CANARY not in pages(reader, idea, person)
    cast_vote(idea=idea, by=member)
    assert CANARY in pages(reader, idea, None)


def test_the_suspended_are_not_heard(
    reader: Reader, idea: Idea, member: Member, moderator: Member, say: Callable[..., VoteSentence]
) -> None:
    say(idea, member)
    exclude_votes(member=member, by=moderator)
    assert CANARY not in pages(reader, idea, None)


def test_the_family_speaks_together_and_each_person_once(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member, say: Callable[..., VoteSentence]
) -> None:
    say(canonical, member, "Said first.")
    say(duplicate, member, "Said last.")
    say(duplicate, make_member("other"), "Said by another.")
    html = pages(reader, canonical, None)
    assert "Said last." in html
    assert "Said by another." in html
    assert "Said first." not in html
    assert reader(None).get(f"/i/{duplicate.pk}/voices/")["Location"] == f"/i/{canonical.pk}/voices/"


def test_an_earlier_public_word_is_shown_where_the_later_one_is_private(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member, say: Callable[..., VoteSentence]
) -> None:
    say(canonical, member, "For all.")
    say(duplicate, member, CANARY, is_public=False)
    html = pages(reader, canonical, None)
    assert "For all." in html
    assert CANARY not in html


def test_a_sentence_on_a_hidden_duplicate_is_not_shown(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    member: Member,
    moderator: Member,
    say: Callable[..., VoteSentence],
    make_invisible: Callable[..., None],
) -> None:
    say(duplicate, member)
    make_invisible(duplicate)
    for person in (None, member):
        assert CANARY not in pages(reader, canonical, person)
    assert CANARY in pages(reader, canonical, moderator)


def test_whoever_set_votes_apart_does_not_speak_for_the_canonical_idea(
    reader: Reader,
    canonical: Idea,
    make_idea: Callable[..., Idea],
    moderator: Member,
    member: Member,
    say: Callable[..., VoteSentence],
) -> None:
    duplicate, below = make_idea("Night theme"), make_idea("Further below")
    merge_idea(duplicate=below, into=duplicate, by=moderator)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    say(duplicate, member)
    say(below, make_member("other"), "From further below.")
    assert "From further below." in pages(reader, canonical, None)
    set_votes_apart(duplicate=duplicate, by=member)
    set_votes_apart(duplicate=duplicate, by=Member.objects.get(handle="other"))
    html = pages(reader, canonical, None)
    assert CANARY not in html
    assert "From further below." not in html
    assert CANARY in reader(None).get(f"{duplicate.get_absolute_url()}?stay=1").content.decode()


def test_all_of_them_can_be_read_on(
    reader: Reader, idea: Idea, say: Callable[..., VoteSentence], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ideas.views.voices.VOICES_ON_A_PAGE", 4)
    for number in range(7):
        say(idea, make_member(f"m{number}"), f"Number {number}.")
    html = reader(None).get(idea.get_absolute_url()).content.decode()
    assert "Number 6." in html
    assert "Number 1." not in html
    assert f'href="/i/{idea.pk}/voices/"' in html
    response = reader(None).get(f"/i/{idea.pk}/voices/")
    assert [voice.text for voice in response.context["voices"]] == [f"Number {number}." for number in (6, 5, 4, 3)]
    response = reader(None).get(f"/i/{idea.pk}/voices/{response.context['next_url']}")
    assert [voice.text for voice in response.context["voices"]] == [f"Number {number}." for number in (2, 1, 0)]


@pytest.mark.parametrize("count", [1, 12])
def test_the_page_of_all_costs_few_queries(
    reader: Reader,
    idea: Idea,
    moderator: Member,
    say: Callable[..., VoteSentence],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        say(idea, make_member(f"m{number}"))
    client = reader(moderator)
    client.get(f"/i/{idea.pk}/voices/")
    with django_assert_max_num_queries(9):
        client.get(f"/i/{idea.pk}/voices/")


# Hiding


def test_a_moderator_hides_a_sentence_with_a_reason_and_shows_it_again(
    reader: Reader, idea: Idea, member: Member, moderator: Member, say: Callable[..., VoteSentence]
) -> None:
    sentence = say(idea, member)
    client = reader(moderator)
    address = f"/i/sentences/{sentence.pk}/hide/"
    assert CANARY in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Insults"}).status_code == 302
    assert CANARY not in pages(reader, idea, None)
    html = pages(reader, idea, moderator)
    assert CANARY in html
    assert f"hidden by {moderator.name}" in html
    assert "A moderator hid this sentence." in pages(reader, idea, member)
    line = registry.get_logs_for_instance(idea).get(action="ideas.hide_sentence")
    assert (line.user, line.data) == (moderator, {"member": member.pk, "reason": "Insults"})
    assert client.post(address, {"reason": "Again"}).status_code == 409
    explain_vote(idea=idea, by=member)
    assert f'id="voice-{sentence.pk}"' not in pages(reader, idea, moderator)
    explain_vote(idea=idea, by=member, sentence=CANARY, is_public=True)
    assert CANARY not in pages(reader, idea, None)
    client.post(f"/i/sentences/{sentence.pk}/show/", {"reason": "A mistake"})
    assert CANARY in pages(reader, idea, None)
    assert client.post(f"/i/sentences/{sentence.pk}/show/", {"reason": "x"}).status_code == 409


@pytest.mark.parametrize("verb", ["hide", "show"])
def test_only_moderators_hide_and_show(
    reader: Reader,
    idea: Idea,
    member: Member,
    advocate: Member,
    moderator: Member,
    say: Callable[..., VoteSentence],
    verb: str,
) -> None:
    sentence = say(idea, member)
    if verb == "show":
        hide_sentence(sentence=sentence, by=moderator, reason="x")
    address = f"/i/sentences/{sentence.pk}/{verb}/"
    for person in (member, advocate):
        assert reader(person).post(address, {"reason": "x"}).status_code == 403
    assert reader(None).post(address, {"reason": "x"})["Location"].startswith("/accounts/login/")
    assert reader(moderator).post(address, {"reason": "x"}).status_code == 302


def test_a_sentence_on_an_idea_that_one_may_not_see_has_no_address(
    reader: Reader,
    idea: Idea,
    member: Member,
    author: Member,
    say: Callable[..., VoteSentence],
    make_invisible: Callable[..., None],
) -> None:
    sentence = say(idea, author)
    make_invisible(idea)
    response = reader(member).get(f"/i/sentences/{sentence.pk}/hide/")
    assert response.status_code == 404
    assert CANARY not in response.content.decode()
