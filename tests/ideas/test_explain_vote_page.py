"""Saying why one voted: the form by the vote, without scripts, and what is kept when it is refused."""

import re
from collections.abc import Callable

import pytest

from accounts.models import Member
from ideas.actions import cast_vote, explain_vote, set_votes_apart, withdraw_vote
from ideas.models import Idea, Importance, Vote, VoteSentence
from tests.ideas.conftest import CANARY, Reader

HTMX = {"HTTP_HX_REQUEST": "true"}
SAID = {"importance": "critical", "sentence": "Sleep at night.", "is_public": "on"}


def test_without_scripts_it_is_a_page_that_leads_back(reader: Reader, idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    client = reader(member)
    assert "What would this let you do?" in client.get(f"/i/{idea.pk}/explain/").content.decode()
    response = client.post(f"/i/{idea.pk}/explain/", SAID)
    assert response["Location"] == idea.get_absolute_url()
    assert Vote.objects.get(idea=idea, member=member).importance == Importance.CRITICAL
    said = VoteSentence.objects.get(member=member)
    assert (said.text, said.is_public) == ("Sleep at night.", True)


def test_the_page_of_the_idea_shows_what_one_said_before(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    assert f"/i/{idea.pk}/explain/" not in client.get(idea.get_absolute_url()).content.decode()
    cast_vote(idea=idea, by=member)
    explain_vote(idea=idea, by=member, importance=Importance.NICE, sentence="Only for the team.")
    html = client.get(idea.get_absolute_url()).content.decode()
    assert f'action="/i/{idea.pk}/explain/' in html
    assert re.search(r'value="nice"[^>]* checked', html)
    assert "Only for the team.</textarea>" in html


def test_empty_takes_it_back(reader: Reader, idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    client = reader(member)
    client.post(f"/i/{idea.pk}/explain/", SAID)
    client.post(f"/i/{idea.pk}/explain/", {"importance": "", "sentence": " \n "})
    assert Vote.objects.get(idea=idea, member=member).importance == ""
    assert not VoteSentence.objects.exists()


def test_after_voting_htmx_opens_the_form_beside_the_button(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    html = client.post(f"/i/{idea.pk}/vote/", {"is_large": "1"}, **HTMX).content.decode()
    assert re.search(r'<details [^>]*id="vote-reason" open hx-swap-oob="true"', html)
    assert f'hx-post="/i/{idea.pk}/explain/"' in html
    assert "Following" in html
    html = client.post(f"/i/{idea.pk}/unvote/", {"is_large": "1"}, **HTMX).content.decode()
    assert '<div id="vote-reason" hidden hx-swap-oob="true">' in html
    assert "Following" not in html
    assert "vote-reason" not in client.post(f"/i/{idea.pk}/vote/", **HTMX).content.decode()


def test_htmx_swaps_the_form_for_a_closed_one(reader: Reader, idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    html = reader(member).post(f"/i/{idea.pk}/explain/", SAID, **HTMX).content.decode()
    assert "<html" not in html
    assert 'id="vote-reason">' in html
    assert "Saved. Thank you." in html


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_too_long_is_kept_in_the_form(
    reader: Reader, idea: Idea, member: Member, headers: dict[str, str]
) -> None:
    cast_vote(idea=idea, by=member)
    response = reader(member).post(f"/i/{idea.pk}/explain/", {**SAID, "sentence": "x" * 501}, **headers)
    assert response.status_code == 422
    assert "x" * 501 in response.content.decode()
    assert not VoteSentence.objects.exists()


@pytest.mark.parametrize("importance", ["urgent", "CRITICAL", "\0"])
def test_a_forged_importance_is_refused(reader: Reader, idea: Idea, member: Member, importance: str) -> None:
    cast_vote(idea=idea, by=member)
    assert reader(member).post(f"/i/{idea.pk}/explain/", {**SAID, "importance": importance}).status_code == 422


def test_lines_become_one_and_five_hundred_signs_fit(reader: Reader, idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    text = "a\r\n" + "b" * 498
    assert reader(member).post(f"/i/{idea.pk}/explain/", {"sentence": text}).status_code == 302
    assert VoteSentence.objects.get().text == "a " + "b" * 498


def test_a_vote_that_was_withdrawn_meanwhile_is_a_conflict_that_keeps_the_text(
    reader: Reader, idea: Idea, member: Member
) -> None:
    cast_vote(idea=idea, by=member)
    withdraw_vote(idea=idea, by=member)
    response = reader(member).post(f"/i/{idea.pk}/explain/", SAID)
    assert response.status_code == 409
    html = response.content.decode()
    assert "Vote for the idea first." in html
    assert "Sleep at night." in html
    response = reader(member).post(f"/i/{idea.pk}/explain/", SAID, **HTMX)
    assert response.status_code == 409
    assert "Vote for the idea first." in response.content.decode()


def test_in_a_family_it_is_about_the_vote_that_stands(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    client = reader(member)
    cast_vote(idea=duplicate, by=member)
    html = client.get(canonical.get_absolute_url()).content.decode()
    assert f'action="/i/{duplicate.pk}/explain/' in html
    assert client.post(f"/i/{duplicate.pk}/explain/", SAID).status_code == 302
    assert VoteSentence.objects.get().idea_id == duplicate.pk
    cast_vote(idea=canonical, by=member)
    assert f'action="/i/{canonical.pk}/explain/' in client.get(canonical.get_absolute_url()).content.decode()


def test_a_vote_that_was_set_apart_is_explained_where_it_counts(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    cast_vote(idea=duplicate, by=member)
    set_votes_apart(duplicate=duplicate, by=member)
    client = reader(member)
    assert "/explain/" not in client.get(canonical.get_absolute_url()).content.decode()
    assert f'action="/i/{duplicate.pk}/explain/' in client.get(duplicate.get_absolute_url()).content.decode()


def test_visitors_sign_in_and_strangers_find_nothing(
    reader: Reader, idea: Idea, member: Member, make_invisible: Callable[..., None]
) -> None:
    assert reader(None).post(f"/i/{idea.pk}/explain/", SAID)["Location"].startswith("/accounts/login/")
    make_invisible(idea)
    assert reader(member).post(f"/i/{idea.pk}/explain/", SAID).status_code == 404


def test_markup_is_text(reader: Reader, idea: Idea, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    reader(member).post(f"/i/{idea.pk}/explain/", {"sentence": f"<b>{CANARY}</b> **x** \u202e", "is_public": "on"})
    html = reader(None).get(idea.get_absolute_url()).content.decode()
    assert f"<bdi>&lt;b&gt;{CANARY}&lt;/b&gt; **x** \u202e</bdi>" in html
