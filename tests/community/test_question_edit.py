"""Editing questions."""

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import delete_content, set_visibility
from community.content import Visibility
from community.models import Question
from tests.community.conftest import Browse
from tests.community.typing import WRONG_BODIES, WRONG_TAGS, WRONG_TITLES, Fields

NEW = {"title": "How do I begin?", "body": "Nothing happens at all.", "tags": "setup, start"}


def edit(question: Question) -> str:
    return f"/q/{question.pk}/edit/"


def test_the_form_holds_what_stands_there(question: Question, author: Member, browse: Browse) -> None:
    fields = Fields(browse(author).get(edit(question)).content.decode())
    assert fields.typed("title") == question.title
    assert fields.typed("body") == question.body
    assert fields.typed("tags") == "setup"


@pytest.mark.parametrize("editor", ["author", "moderator"])
def test_an_edit_changes_the_question_and_keeps_the_earlier_text(
    editor: str, question: Question, request: pytest.FixtureRequest, browse: Browse
) -> None:
    by = request.getfixturevalue(editor)
    response = browse(by).post(edit(question), NEW)
    question.refresh_from_db()
    assert response.headers["Location"] == question.get_absolute_url() == f"/q/{question.pk}/how-do-i-begin/"
    assert (question.title, question.body) == (NEW["title"], NEW["body"])
    assert sorted(tag.name for tag in question.tags.all()) == ["setup", "start"]
    assert question.edited_at is not None
    revision = question.revisions.get()
    assert (revision.title, revision.body, revision.edited_by) == ("How do I start?", "Nothing *happens*.", by)


def test_an_edit_that_changes_nothing_leaves_no_trace(question: Question, author: Member, browse: Browse) -> None:
    browse(author).post(edit(question), {"title": question.title, "body": question.body, "tags": "setup"})
    question.refresh_from_db()
    assert question.edited_at is None
    assert not question.revisions.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("title", value) for value in WRONG_TITLES),
        *(("body", value) for value in WRONG_BODIES),
        *(("tags", value) for value in WRONG_TAGS),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_wrong_changes_nothing_and_is_kept(
    field: str, value: str, question: Question, author: Member, browse: Browse
) -> None:
    response = browse(author).post(edit(question), {**NEW, field: value})
    assert response.status_code == 422
    fields = Fields(response.content.decode())
    for name in NEW.keys() - {field}:
        assert fields.typed(name) == NEW[name]
    question.refresh_from_db()
    assert question.title == "How do I start?"


def test_others_are_told_why_they_may_not(question: Question, member: Member, browse: Browse) -> None:
    response = browse(member).post(edit(question), NEW)
    assert response.status_code == 403
    assert "Only its author and the moderators can change this." in response.content.decode()


def test_authors_may_mend_what_is_held(question: Question, author: Member, moderator: Member, browse: Browse) -> None:
    set_visibility(content=question, by=moderator, visibility=Visibility.HELD)
    assert browse(author).post(edit(question), NEW).status_code == 302
    question.refresh_from_db()
    assert question.visibility == Visibility.HELD


def test_what_is_deleted_is_restored_first(
    question: Question, author: Member, moderator: Member, browse: Browse
) -> None:
    delete_content(content=question, by=author)
    response = browse(moderator).post(edit(question), NEW)
    assert response.status_code == 409
    assert Fields(response.content.decode()).typed("body") == NEW["body"]


def test_what_was_typed_before_the_session_ended_is_kept(question: Question, author: Member, client: Client) -> None:
    assert client.post(edit(question), NEW).headers["Location"] == f"/accounts/login/?next={edit(question)}"
    client.force_login(author, backend="accounts.backends.MemberBackend")
    fields = Fields(client.get(edit(question)).content.decode())
    assert {name: fields.typed(name) for name in NEW} == NEW
