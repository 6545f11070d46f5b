"""Asking a question."""

import pytest
from django.test import Client

from accounts import roles
from accounts.models import Member
from community.content import TITLE_LENGTH
from community.models import ForumPage, Question
from tests.community.conftest import Browse
from tests.community.typing import WRONG_BODIES, WRONG_TAGS, WRONG_TITLES, Fields
from tests.people import PASSWORD, restrict

GOOD = {"title": "How do I export?", "body": "I have **tried**.", "tags": "export, payroll"}


def test_a_question_is_posted_and_shown(forum: ForumPage, member: Member, browse: Browse) -> None:
    client = browse(member)
    response = client.post(f"{forum.url}ask/", GOOD, follow=True)
    question = Question.objects.get()
    assert response.redirect_chain == [(question.get_absolute_url(), 302)]
    html = response.content.decode()
    assert "Your question is posted." in html
    assert "<strong>tried</strong>" in html
    assert question.author == member
    assert question.forum == forum
    assert sorted(tag.name for tag in question.tags.all()) == ["export", "payroll"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("title", value) for value in WRONG_TITLES),
        *(("body", value) for value in WRONG_BODIES),
        *(("tags", value) for value in WRONG_TAGS),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(
    field: str, value: str, forum: ForumPage, member: Member, browse: Browse
) -> None:
    response = browse(member).post(f"{forum.url}ask/", {**GOOD, field: value})
    html = response.content.decode()
    assert response.status_code == 422
    assert f'href="#id_{field}"' in html
    assert not Question.objects.exists()
    fields = Fields(html)
    for name in GOOD.keys() - {field}:
        assert fields.typed(name) == GOOD[name]


def test_a_long_text_is_not_lost_when_it_is_too_long(forum: ForumPage, member: Member, browse: Browse) -> None:
    title = "Why? " * 60
    html = browse(member).post(f"{forum.url}ask/", {**GOOD, "title": title}).content.decode()
    assert Fields(html).typed("title") == title
    assert f"at most {TITLE_LENGTH} characters" in html


def test_nothing_sent_is_everything_missing(forum: ForumPage, member: Member, browse: Browse) -> None:
    assert browse(member).post(f"{forum.url}ask/", {}).status_code == 422


def test_the_first_line_of_a_text_survives_being_shown_again(forum: ForumPage, member: Member, browse: Browse) -> None:
    body = "\n\n    code\n<b>&amp;</textarea>"
    html = browse(member).post(f"{forum.url}ask/", {**GOOD, "title": "", "body": body}).content.decode()
    assert Fields(html).typed("body").replace("\r\n", "\n").strip("\n") == body.strip("\n")


def test_a_doubled_click_posts_once(forum: ForumPage, member: Member, browse: Browse) -> None:
    client = browse(member)
    client.post(f"{forum.url}ask/", GOOD)
    response = client.post(f"{forum.url}ask/", GOOD)
    html = response.content.decode()
    assert response.status_code == 409
    assert "You have already posted this." in html
    assert Fields(html).typed("body") == GOOD["body"]
    assert Question.objects.count() == 1


def test_what_was_typed_before_the_session_ended_is_kept(forum: ForumPage, member: Member, client: Client) -> None:
    response = client.post(f"{forum.url}ask/", GOOD)
    assert response.headers["Location"] == f"/accounts/login/?next={forum.url}ask/"
    assert not Question.objects.exists()
    client.post(response.headers["Location"], {"login": member.email, "password": PASSWORD})
    client.force_login(member, backend="accounts.backends.MemberBackend")
    fields = Fields(client.get(f"{forum.url}ask/").content.decode())
    assert {name: fields.typed(name) for name in GOOD} == GOOD
    again = Fields(client.get(f"{forum.url}ask/").content.decode())
    assert again.typed("title") == ""


def test_visitors_write_and_mend_before_they_sign_in(forum: ForumPage, browse: Browse) -> None:
    client = browse()
    html = client.get(f"{forum.url}ask/").content.decode()
    assert "You can write now and sign in when you post." in html
    assert "Sign in and post" in html
    assert "/markdown/preview/" not in html
    response = client.post(f"{forum.url}ask/", {**GOOD, "title": ""})
    assert response.status_code == 422
    assert Fields(response.content.decode()).typed("body") == GOOD["body"]


def test_a_forum_that_closed_in_the_meantime_gives_the_text_back(
    forum: ForumPage, member: Member, browse: Browse
) -> None:
    restrict(forum, roles.MODERATORS)
    response = browse(member).post(f"{forum.url}ask/", GOOD)
    assert response.status_code == 404
    assert GOOD["body"] in response.content.decode()
    assert not Question.objects.exists()


def test_only_a_posted_question_says_that_its_draft_is_done(forum: ForumPage, member: Member, browse: Browse) -> None:
    client = browse(member)
    marker = f'data-posted="{forum.url}ask/"'
    assert marker not in client.post(f"{forum.url}ask/", {**GOOD, "body": ""}).content.decode()
    assert marker in client.post(f"{forum.url}ask/", GOOD, follow=True).content.decode()
    assert "data-draft" not in client.get(f"/q/{Question.objects.get().pk}/edit/").content.decode()


@pytest.mark.parametrize("forum_name", ["forum", "members_forum", "staff_forum"])
def test_text_is_kept_wherever_one_asks_and_nothing_is_said_about_the_forum(
    forum_name: str, moderator: Member, request: pytest.FixtureRequest, client: Client
) -> None:
    address = f"{request.getfixturevalue(forum_name).url}ask/"
    assert client.post("/nowhere/ask/", GOOD).headers["Location"] == "/accounts/login/?next=/nowhere/ask/"
    assert client.post(address, GOOD).headers["Location"] == f"/accounts/login/?next={address}"
    client.force_login(moderator, backend="accounts.backends.MemberBackend")
    assert Fields(client.get(address).content.decode()).typed("body") == GOOD["body"]


@pytest.mark.parametrize("reader", ["member", "author"])
def test_nobody_asks_where_they_may_not_read(
    reader: str, staff_forum: ForumPage, request: pytest.FixtureRequest, browse: Browse
) -> None:
    response = browse(request.getfixturevalue(reader)).post(f"{staff_forum.url}ask/", GOOD)
    assert response.status_code == 404
    assert not Question.objects.exists()


def test_a_form_without_its_token_is_refused_and_shows_what_was_typed(forum: ForumPage, member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="accounts.backends.MemberBackend")
    response = client.post(f"{forum.url}ask/", GOOD)
    assert response.status_code == 403
    assert GOOD["body"] in response.content.decode()
    assert not Question.objects.exists()


def test_an_uploaded_file_is_not_a_text(forum: ForumPage, member: Member, browse: Browse) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("body.txt", b"text")
    assert browse(member).post(f"{forum.url}ask/", {"title": "A file", "body": file}).status_code == 422


def test_a_question_of_many_same_tags_has_each_once(forum: ForumPage, member: Member, browse: Browse) -> None:
    browse(member).post(f"{forum.url}ask/", {**GOOD, "tags": "Export, export, EXPORT,#export"})
    assert [tag.name for tag in Question.objects.get().tags.all()] == ["Export"]
