"""Proposing, editing and deleting ideas, and their earlier versions."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.core import mail

from accounts import roles
from accounts.models import Member
from community.content import BODY_LENGTH, Visibility
from ideas.actions import edit_idea
from ideas.models import Idea, IdeaBoardPage, Vote
from tests.community.typing import Fields
from tests.ideas.conftest import CANARY, Reader
from tests.people import PASSWORD, restrict

GOOD = {"title": "Dark mode", "body": "My eyes **hurt**.", "tags": "design, night"}


def test_posting_an_idea_casts_its_first_vote(reader: Reader, board: IdeaBoardPage, member: Member) -> None:
    client = reader(member)
    response = client.post(f"{board.url}new/", GOOD)
    idea = Idea.objects.get()
    assert response.status_code == 302
    assert response["Location"] == idea.get_absolute_url()
    assert (idea.title, idea.body, idea.author, idea.board) == ("Dark mode", "My eyes **hurt**.", member, board)
    assert {tag.name for tag in idea.tags.all()} == {"design", "night"}
    assert (idea.supporter_count, Vote.objects.get().member) == (1, member)
    assert "your vote is its first" in client.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": ""}, "This field is required."),
        ({"title": " \u200b "}, "This field is required."),
        ({"title": "x" * 201}, "at most 200 characters"),
        ({"body": "  \n "}, "This field is required."),
        ({"body": "x" * (BODY_LENGTH + 1)}, "at most 30000 characters"),
        ({"body": "a\x00b"}, "can&#x27;t be shown"),
        ({"title": "a\x07b"}, "can&#x27;t be shown"),
        ({"tags": "a,b,c,d,e,f"}, "At most 5 tags, please."),
        ({"tags": "x" * 31}, "is too long for a tag"),
        ({"tags": "???"}, "has no letter or digit"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    reader: Reader, board: IdeaBoardPage, member: Member, wrong: dict[str, str], sentence: str
) -> None:
    response = reader(member).post(f"{board.url}new/", GOOD | wrong)
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert Idea.objects.count() == 0
    for name, value in GOOD.items():
        assert name in wrong or value in html


def test_a_double_click_posts_once_and_says_so(reader: Reader, board: IdeaBoardPage, member: Member) -> None:
    client = reader(member)
    assert client.post(f"{board.url}new/", GOOD).status_code == 302
    response = client.post(f"{board.url}new/", GOOD)
    assert response.status_code == 409
    assert "You have already posted this." in response.content.decode()
    assert "My eyes **hurt**." in response.content.decode()
    assert Idea.objects.count() == 1


def test_what_visitors_typed_waits_until_they_have_signed_in(
    reader: Reader, board: IdeaBoardPage, member: Member
) -> None:
    client = reader(None)
    response = client.post(f"{board.url}new/", GOOD)
    assert response["Location"] == f"/accounts/login/?next={board.url}new/"
    assert Idea.objects.count() == 0
    client.force_login(member)
    html = client.get(f"{board.url}new/").content.decode()
    assert "My eyes **hurt**." in html
    assert 'value="Dark mode"' in html


def test_a_board_without_statuses_can_not_happen(reader: Reader, board: IdeaBoardPage, member: Member) -> None:
    reader(member).post(f"{board.url}new/", GOOD)
    assert Idea.objects.get().status.slug == "open"


def test_editing_keeps_the_earlier_text_and_leads_to_the_new_address(
    reader: Reader, idea: Idea, author: Member
) -> None:
    client = reader(author)
    html = client.get(f"/i/{idea.pk}/edit/").content.decode()
    assert 'value="Dark mode"' in html
    assert "My eyes *hurt*." in html
    assert 'value="design"' in html
    response = client.post(f"/i/{idea.pk}/edit/", {"title": "Night mode", "body": "Softer.", "tags": "ui"})
    idea.refresh_from_db()
    assert response["Location"] == idea.get_absolute_url() == f"/i/{idea.pk}/night-mode/"
    assert [tag.name for tag in idea.tags.all()] == ["ui"]
    assert list(idea.revisions.values_list("title", "body")) == [("Dark mode", "My eyes *hurt*.")]
    html = client.get(f"/i/{idea.pk}/history/").content.decode()
    assert "<del>" in html
    assert "<ins>Softer" in html


def test_an_edit_that_changes_nothing_keeps_nothing(reader: Reader, idea: Idea, author: Member) -> None:
    data = {"title": idea.title, "body": "My eyes *hurt*.\r\n", "tags": "design"}
    assert reader(author).post(f"/i/{idea.pk}/edit/", data).status_code == 302
    assert not idea.revisions.exists()


def test_a_wrong_edit_is_kept_in_the_form(reader: Reader, idea: Idea, author: Member) -> None:
    response = reader(author).post(f"/i/{idea.pk}/edit/", {"title": "", "body": CANARY, "tags": ""})
    assert response.status_code == 422
    assert CANARY in response.content.decode()


def test_a_duplicate_is_edited_on_its_own_page(reader: Reader, duplicate: Idea) -> None:
    response = reader(duplicate.author).post(f"/i/{duplicate.pk}/edit/", GOOD | {"title": "Other words"})
    duplicate.refresh_from_db()
    assert response["Location"] == f"{duplicate.get_absolute_url()}?stay=1"


def test_deleting_asks_once_more(reader: Reader, idea: Idea, author: Member, board: IdeaBoardPage) -> None:
    client = reader(author)
    assert "Delete this idea?" in client.get(f"/i/{idea.pk}/delete/").content.decode()
    assert Idea.objects.get().is_visible
    response = client.post(f"/i/{idea.pk}/delete/")
    assert response["Location"] == board.url
    assert Idea.objects.get().visibility == Visibility.DELETED
    assert client.get(idea.get_absolute_url()).status_code == 404


def test_an_idea_that_others_were_merged_into_is_not_deleted(
    reader: Reader, canonical: Idea, duplicate: Idea, author: Member, moderator: Member
) -> None:
    for person in (author, moderator):
        response = reader(person).post(f"/i/{canonical.pk}/delete/")
        assert response.status_code == 409
        assert "Other ideas were merged into this one" in response.content.decode()
    assert reader(author).post(f"/i/{duplicate.pk}/delete/").status_code == 302
    canonical.refresh_from_db()
    assert canonical.is_visible


def test_earlier_versions_are_escaped_and_seen_by_whoever_sees_the_idea(
    reader: Reader, idea: Idea, author: Member, member: Member, make_invisible: Callable[..., None]
) -> None:
    edit_idea(idea=idea, by=author, title="Two", body="<script>alert(2)</script>", tags=[])
    edit_idea(idea=idea, by=author, title="Three", body="End", tags=[])
    html = reader(None).get(f"/i/{idea.pk}/history/").content.decode()
    assert "<script>alert" not in html
    for title in ("Dark mode", "Two", "Three"):
        assert title in html.replace("<ins>", "").replace("</ins>", "").replace("<del>", "").replace("</del>", "")
    make_invisible(idea)
    assert reader(member).get(f"/i/{idea.pk}/history/").status_code == 404


# Visitors write first and sign in when they post


@pytest.mark.parametrize(
    ("place", "groups", "expected"),
    [
        ("board", None, {"visitor": 200, "member": 200, "moderator": 200}),
        ("board", (), {"visitor": 302, "member": 200, "moderator": 200}),
        ("staff_board", None, {"visitor": 404, "member": 404, "moderator": 200}),
    ],
    ids=["everybody", "members", "groups"],
)
def test_whoever_may_read_the_board_may_open_its_form(
    place: str,
    groups: tuple[str, ...] | None,
    expected: dict[str, int],
    reader: Reader,
    member: Member,
    moderator: Member,
    request: pytest.FixtureRequest,
) -> None:
    page = request.getfixturevalue(place)
    if groups is not None:
        restrict(page, *groups)
    people = {"visitor": None, "member": member, "moderator": moderator}
    responses = {name: reader(person).get(f"{page.url}new/") for name, person in people.items()}
    assert {name: response.status_code for name, response in responses.items()} == expected
    if expected["visitor"] == 302:
        assert responses["visitor"]["Location"] == f"/accounts/login/?next={page.url}new/"


def test_the_form_tells_visitors_and_nobody_else_when_to_sign_in(
    reader: Reader, board: IdeaBoardPage, member: Member
) -> None:
    seen = {who: reader(who).get(f"{board.url}new/").content.decode() for who in (None, member)}
    assert "You can write now and sign in when you post." in seen[None]
    assert "Sign in and post" in seen[None]
    assert "/markdown/preview/" not in seen[None]
    assert "sign in when you post" not in seen[member]
    assert "Post your idea" in seen[member]
    assert "/markdown/preview/" in seen[member]


def test_visitors_mend_what_is_wrong_before_they_sign_in(reader: Reader, board: IdeaBoardPage) -> None:
    response = reader(None).post(f"{board.url}new/", GOOD | {"title": ""})
    assert response.status_code == 422
    assert "This field is required." in response.content.decode()
    assert "My eyes **hurt**." in response.content.decode()


def test_looking_again_before_signing_in_takes_nothing_away(
    reader: Reader, board: IdeaBoardPage, member: Member
) -> None:
    client = reader(None)
    client.post(f"{board.url}new/", GOOD)
    assert "My eyes **hurt**." in client.get(f"{board.url}new/").content.decode()
    client.force_login(member)
    assert "My eyes **hurt**." in client.get(f"{board.url}new/").content.decode()
    assert "My eyes **hurt**." not in client.get(f"{board.url}new/").content.decode()


def test_what_visitors_typed_waits_until_they_have_signed_up_and_confirmed(
    reader: Reader, board: IdeaBoardPage
) -> None:
    client = reader(None)
    login = client.post(f"{board.url}new/?title=Dark", GOOD)["Location"]
    html = client.get(login).content.decode()
    assert "We have kept it for you." in html
    link = re.search(r'href="(/accounts/signup/[^"]*)"', html.partition("<main")[2])
    assert link
    signup = Fields(client.get(unescape(link[1])).content.decode().partition("<main")[2].partition("</main")[0])
    fields = {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD, "next": signup.typed("next")}
    assert client.post("/accounts/signup/", fields)["Location"] == "/accounts/confirm-email/"
    assert Idea.objects.count() == 0
    confirm = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert confirm
    response = client.post(confirm[1])
    assert response["Location"] == f"{board.url}new/?title=Dark"
    html = client.get(response["Location"]).content.decode()
    assert {name: Fields(html).typed(name) for name in GOOD} == GOOD
    assert "Nothing is posted yet" in html
    assert client.post(response["Location"], GOOD).status_code == 302
    assert Idea.objects.get().author.email == "ada@example.com"


def test_a_link_confirmed_in_another_browser_leaves_the_text_where_it_was_written(
    reader: Reader, board: IdeaBoardPage
) -> None:
    client, phone = reader(None), reader(None)
    client.post(f"{board.url}new/", GOOD)
    fields = {"name": "Ada", "email": "ada@example.com", "password1": PASSWORD, "next": f"{board.url}new/"}
    client.post("/accounts/signup/", fields)
    confirm = re.search(r"http://testserver(/\S+)", str(mail.outbox[0].body))
    assert confirm
    phone.post(confirm[1])
    assert "My eyes" not in phone.get(f"{board.url}new/").content.decode()
    sign_in = {"login": "ada@example.com", "password": PASSWORD, "next": f"{board.url}new/"}
    response = client.post("/accounts/login/", sign_in)
    assert response["Location"] == f"{board.url}new/"
    assert "My eyes **hurt**." in client.get(f"{board.url}new/").content.decode()


@pytest.mark.parametrize("way", ["unpublished", "restricted"])
def test_a_board_that_closed_in_the_meantime_gives_the_text_back(
    reader: Reader, board: IdeaBoardPage, member: Member, way: str
) -> None:
    client = reader(member)
    client.get(f"{board.url}new/")
    if way == "unpublished":
        board.unpublish()
    else:
        restrict(board, roles.MODERATORS)
    response = client.post(f"{board.url}new/", GOOD | {"password": "hunter2"})
    html = response.content.decode()
    assert response.status_code == 404
    assert "My eyes **hurt**." in html
    assert "hunter2" not in html
    assert Idea.objects.count() == 0


def test_only_a_posted_idea_says_that_its_draft_is_done(
    reader: Reader, board: IdeaBoardPage, member: Member, idea: Idea
) -> None:
    client = reader(member)
    marker = f'data-posted="{board.url}new/"'
    assert marker not in client.post(f"{board.url}new/", GOOD | {"title": ""}).content.decode()
    assert marker in client.post(f"{board.url}new/?title=x", GOOD, follow=True).content.decode()
    assert "data-posted" not in client.get(f"{board.url}new/").content.decode()


def test_drafts_are_kept_of_new_ideas_and_not_of_edits(
    reader: Reader, board: IdeaBoardPage, idea: Idea, author: Member
) -> None:
    client = reader(author)
    assert f'data-draft="{author.pk}"' in client.get(f"{board.url}new/").content.decode()
    assert 'data-draft=""' in reader(None).get(f"{board.url}new/").content.decode()
    assert "data-draft" not in client.get(f"/i/{idea.pk}/edit/").content.decode()
