"""Voters are shown what was changed about an idea since they voted, until they say that their vote stands."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Member
from ideas.actions import cast_vote, edit_idea, merge_idea, withdraw_vote
from ideas.models import Idea, IdeaRevision, SeenEdit, Vote
from tests.ideas.conftest import CANARY, Reader

NOTICE = "This idea was edited since you voted."


def edit(idea: Idea, by: Member, title: str = "Dark mode", body: str = "New words.") -> None:
    edit_idea(idea=idea, by=by, title=title, body=body, tags=[])
    idea.refresh_from_db()


def show(reader: Reader, idea: Idea, by: Member | None) -> str:
    return reader(by).get(idea.get_absolute_url()).content.decode()


def until(html: str) -> str:
    found = re.search(r'name="until" value="(\d+)"', html)
    assert found
    return found[1]


def test_a_voter_sees_what_changed_in_title_and_text(
    reader: Reader, idea: Idea, author: Member, member: Member
) -> None:
    assert NOTICE not in show(reader, idea, member)
    cast_vote(idea=idea, by=member)
    edit(idea, author, title="Light mode", body="My eyes *shine*.")
    html = show(reader, idea, member)
    assert NOTICE in html
    assert "<del>Dark</del><ins>Light</ins> mode" in html
    assert "<del> *hurt*.</del><ins> *shine*.</ins>" in html
    for person in (None, author):
        assert NOTICE not in show(reader, idea, person)


def test_whoever_votes_after_the_edit_has_seen_it(reader: Reader, idea: Idea, author: Member, member: Member) -> None:
    edit(idea, author)
    cast_vote(idea=idea, by=member)
    assert NOTICE not in show(reader, idea, member)


def test_withdrawing_and_voting_anew_answers_it(reader: Reader, idea: Idea, author: Member, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    edit(idea, author)
    html = show(reader, idea, member)
    assert f'action="/i/{idea.pk}/unvote/?next=' in html
    withdraw_vote(idea=idea, by=member)
    assert NOTICE not in show(reader, idea, member)
    cast_vote(idea=idea, by=member)
    assert NOTICE not in show(reader, idea, member)


def test_my_vote_still_stands_until_the_next_edit(reader: Reader, idea: Idea, author: Member, member: Member) -> None:
    cast_vote(idea=idea, by=member)
    edit(idea, author, body="Second.")
    client = reader(member)
    shown = until(show(reader, idea, member))
    response = client.post(f"/i/{idea.pk}/seen/", {"until": shown}, query_params={"next": "/ideas/"})
    assert response["Location"] == "/ideas/"
    assert NOTICE not in show(reader, idea, member)
    assert Vote.objects.get(idea=idea, member=member).stands
    edit(idea, author, body="Third.")
    html = show(reader, idea, member)
    assert "<del>Second.</del><ins>Third.</ins>" in html


def test_an_edit_that_came_while_one_was_reading_is_shown(
    reader: Reader, idea: Idea, author: Member, member: Member
) -> None:
    cast_vote(idea=idea, by=member)
    edit(idea, author, body="Second.")
    shown = until(show(reader, idea, member))
    edit(idea, author, body="Third.")
    client = reader(member)
    client.post(f"/i/{idea.pk}/seen/", {"until": shown})
    html = show(reader, idea, member)
    assert "<del>Second.</del><ins>Third.</ins>" in html
    client.post(f"/i/{idea.pk}/seen/", {"until": until(html)})
    seen = SeenEdit.objects.get().seen_at
    client.post(f"/i/{idea.pk}/seen/", {"until": shown})
    assert SeenEdit.objects.get().seen_at == seen


def test_whoever_edits_knows_what_they_wrote(reader: Reader, idea: Idea, author: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=moderator)
    edit(idea, author, body="Second.")
    assert NOTICE in show(reader, idea, moderator)
    edit(idea, moderator, body="Third.")
    assert NOTICE not in show(reader, idea, moderator)
    assert "<del>Second.</del><ins>Third.</ins>" in show(reader, idea, author)
    edit(idea, author, body="Fourth.")
    assert "<del>Third.</del><ins>Fourth.</ins>" in show(reader, idea, moderator)


def test_what_was_changed_and_changed_back_is_no_news(
    reader: Reader, idea: Idea, author: Member, member: Member
) -> None:
    cast_vote(idea=idea, by=member)
    body = idea.body
    edit(idea, author, body="Second.")
    edit(idea, author, body=body)
    assert NOTICE not in show(reader, idea, member)


def test_it_is_about_the_duplicate_that_one_voted_for(
    reader: Reader, canonical: Idea, make_idea: Callable[..., Idea], author: Member, moderator: Member, member: Member
) -> None:
    duplicate = make_idea("Night theme")
    cast_vote(idea=duplicate, by=member)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    edit(canonical, author, body="Not what the member voted for.")
    assert "edit-" not in show(reader, canonical, member)
    edit(duplicate, author, title="Night theme", body="Even darker.")
    html = show(reader, canonical, member)
    assert "“Night theme”, which you voted for, was edited since." in html
    assert reader(member).post(f"/i/{duplicate.pk}/seen/", {"until": until(html)}).status_code == 302
    assert "edit-" not in show(reader, canonical, member)


def test_nothing_of_a_hidden_duplicate_is_shown(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    author: Member,
    moderator: Member,
    member: Member,
    make_invisible: Callable[..., None],
) -> None:
    cast_vote(idea=duplicate, by=member)
    edit(duplicate, author, title=CANARY, body=CANARY)
    assert CANARY in show(reader, canonical, member)
    make_invisible(duplicate)
    assert CANARY not in show(reader, canonical, member)
    revision = IdeaRevision.objects.get(content=duplicate)
    assert reader(member).post(f"/i/{duplicate.pk}/seen/", {"until": revision.pk}).status_code == 404


@pytest.mark.parametrize("forged", ["", "x", "0", "9" * 30, "-1"])
def test_only_an_edit_of_this_idea_can_be_seen(reader: Reader, idea: Idea, member: Member, forged: str) -> None:
    cast_vote(idea=idea, by=member)
    assert reader(member).post(f"/i/{idea.pk}/seen/", {"until": forged}).status_code == 404
    assert reader(None).post(f"/i/{idea.pk}/seen/")["Location"].startswith("/accounts/login/")


def test_an_edit_before_an_imported_vote_is_older_than_it(
    reader: Reader, idea: Idea, author: Member, member: Member
) -> None:
    edit(idea, author)
    cast_vote(idea=idea, by=member, occurred_at=timezone.now() - timedelta(days=9))
    assert NOTICE in show(reader, idea, member)
