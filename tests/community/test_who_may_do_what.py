"""Who may open and do what in the forums: every address, for everybody, in every state, in every kind of forum."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.urls import reverse

from accounts.models import Member
from community.actions import ask_question, post_answer, post_comment, set_visibility
from community.content import Content, Visibility
from community.models import Answer, Comment, ForumPage, Question, QuestionMerge
from tests.community.conftest import Browse

READERS = ("visitor", "member", "author", "moderator")

# What happens to posts that everybody sees. "in" is sign-in, for whoever is nobody yet.
TABLE = """
                         visitor  member  author  moderator
GET  question-detail     200      200     200     200
GET  question-history    200      200     200     200
GET  question-comment    200      200     200     200
GET  question-edit       in       403     200     200
GET  question-delete     in       403     200     200
GET  question-merge      in       403     403     200
GET  answer-create       in       200     200     200
GET  answer-detail       302      302     302     302
GET  answer-history      200      200     200     200
GET  answer-comment      200      200     200     200
GET  answer-edit         in       403     200     200
GET  answer-delete       in       403     200     200
GET  comment-detail      302      302     302     302
GET  comment-history     200      200     200     200
GET  comment-edit        in       403     200     200
GET  comment-delete      in       403     200     200
POST question-comment    in       302     302     302
POST question-edit       in       403     302     302
POST question-delete     in       403     302     302
POST question-merge      in       403     403     302
POST answer-create       in       302     302     302
POST answer-comment      in       302     302     302
POST answer-edit         in       403     302     302
POST answer-delete       in       403     302     302
POST answer-accept       in       403     302     302
POST answer-unaccept     in       403     302     302
POST comment-edit        in       403     302     302
POST comment-delete      in       403     302     302
"""

# What the present state refuses those who see the post: a post of this kind takes it only while it is visible.
ONLY_WHILE_VISIBLE = {
    "question-comment": ["question"],
    "question-merge": ["question"],
    "answer-create": ["question"],
    "answer-comment": ["question", "answer"],
    "answer-accept": ["answer"],
}


@dataclass
class Thread:
    question: Question
    answer: Answer
    comment: Comment
    other: Question

    def chain(self, name: str) -> list[Content]:
        """The posts that one has to see to see this one, itself the last."""
        posts: list[Content] = [self.question, self.answer, self.comment]
        return posts[: ("question", "answer", "comment").index(name) + 1]

    def subject(self, view: str) -> str:
        """What the address is about."""
        return "question" if view == "answer-create" else view.split("-")[0]


@pytest.fixture
def thread(request: pytest.FixtureRequest, author: Member, moderator: Member) -> Thread:
    """A question, an answer to it and a comment on that, all of one author, in the forum asked for."""
    forum: ForumPage = request.getfixturevalue(request.param)
    question = ask_question(forum=forum, by=author, title="How?", body="Like this?")
    other = ask_question(forum=forum, by=author, title="How then?", body="Like that?")
    answer = post_answer(question=question, by=author, body="So.")
    comment = post_comment(question=question, answer=answer, by=author, body="Really?")
    return Thread(question, answer, comment, other)


def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    header, *lines = TABLE.strip().splitlines()
    for line in lines:
        method, view, *expected = line.split()
        yield method, view, dict(zip(header.split(), expected, strict=True))


def data_for(method: str, view: str, thread: Thread) -> dict[str, Any]:
    if method == "GET":
        return {}
    if view == "question-merge":
        return {"target": thread.other.pk}
    return {"title": "Something else", "body": "Something else."}


def address_of(view: str, thread: Thread) -> str:
    post = getattr(thread, thread.subject(view))
    if view == "question-detail":
        return post.get_absolute_url()
    return reverse(f"community:{view}", args=[post.pk])


def expectation(row: str, method: str, view: str, reader: Any, thread: Thread, readable: bool) -> str:
    """What the table says, seen through the gate and the state of the posts."""
    if row == "in":
        return row
    chain = thread.chain(thread.subject(view))
    if not readable or not all(sees(reader, post) for post in chain):
        return "404"
    if method == "POST" and row == "302":
        hindered = [getattr(thread, kind) for kind in ONLY_WHILE_VISIBLE.get(view, [])]
        if view.endswith("-edit"):
            hindered = [post for post in chain[-1:] if post.visibility == Visibility.DELETED]
        if not all(post.is_visible for post in hindered):
            return "409"
    return row


def sees(reader: Any, post: Content) -> bool:
    if post.visibility == Visibility.VISIBLE or reader.has_perm("community.moderate_question"):
        return True
    return post.visibility != Visibility.DELETED and reader == post.author


def outcome(response: Any) -> str:
    is_sign_in = response.status_code == 302 and response.headers["Location"].startswith("/accounts/login/")
    return "in" if is_sign_in else str(response.status_code)


FORUMS = ["forum", "members_forum", "staff_forum"]
NOT_VISIBLE = [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED]
STATES = [
    *((forum, "question", Visibility.VISIBLE) for forum in FORUMS),
    *(("forum", kind, state) for kind in ("question", "answer", "comment") for state in NOT_VISIBLE),
    *((forum, "question", Visibility.HIDDEN) for forum in FORUMS[1:]),
]


@pytest.mark.parametrize(("thread", "kind", "visibility"), STATES, indirect=["thread"])
def test_every_address(
    thread: Thread, kind: str, visibility: Visibility, request: pytest.FixtureRequest, moderator: Member, browse: Browse
) -> None:
    set_visibility(content=getattr(thread, kind), by=moderator, visibility=visibility)
    for post in (thread.question, thread.answer, thread.comment):
        post.refresh_from_db()
    wrong = []
    for name in READERS:
        reader = request.getfixturevalue(name)
        client = browse(reader)
        readable = Question.objects.visible_to(reader).filter(pk=thread.other.pk).exists()
        for method, view, row in rows():
            wanted = expectation(row[name], method, view, reader, thread, readable)
            with transaction.atomic():
                send = client.get if method == "GET" else client.post
                got = outcome(send(address_of(view, thread), data_for(method, view, thread)))
                transaction.set_rollback(True)
            if got != wanted:
                wrong.append(f"{method} {view} for {name}: {got} instead of {wanted}")
    assert not wrong


# (the page, asking) for visitor, member and moderator
LETS_IN = {
    "forum": [("200", "200"), ("200", "200"), ("200", "200")],
    "members_forum": [("in", "in"), ("200", "200"), ("200", "200")],
    "staff_forum": [("404", "404"), ("404", "404"), ("200", "200")],
}


@pytest.mark.parametrize("forum_name", LETS_IN)
def test_who_may_open_and_ask_in_a_forum(
    forum_name: str, request: pytest.FixtureRequest, db: None, browse: Browse
) -> None:
    forum = request.getfixturevalue(forum_name)
    for name, expected in zip(("visitor", "member", "moderator"), LETS_IN[forum_name], strict=True):
        client = browse(request.getfixturevalue(name))
        assert (outcome(client.get(forum.url)), outcome(client.get(f"{forum.url}ask/"))) == expected, name


@pytest.mark.parametrize(("name", "status"), [("visitor", 403), ("member", 200), ("moderator", 200)])
def test_who_may_see_a_preview(
    name: str, status: int, request: pytest.FixtureRequest, db: None, browse: Browse
) -> None:
    client = browse(request.getfixturevalue(name))
    assert client.post(reverse("community:markdown-preview"), {"text": "*now*"}).status_code == status


@pytest.mark.parametrize(
    ("name", "expected"), [("visitor", "in"), ("member", "403"), ("author", "403"), ("moderator", "302")]
)
def test_who_may_undo_a_merge(
    name: str, expected: str, make_question, moderator: Member, request: pytest.FixtureRequest, browse: Browse
) -> None:
    edge = QuestionMerge.objects.create(
        duplicate=make_question("One"), target=make_question("Two"), merged_by=moderator
    )
    client = browse(request.getfixturevalue(name))
    assert outcome(client.post(reverse("community:merge-undo", args=[edge.pk]))) == expected


@pytest.mark.parametrize("name", ["visitor", "author", "moderator"])
@pytest.mark.parametrize("pk", [0, 999_999, 2**63 - 1, 2**63, 10**30])
def test_what_is_not_there_is_not_found(
    name: str, pk: int, request: pytest.FixtureRequest, question: Question, browse: Browse
) -> None:
    client = browse(request.getfixturevalue(name))
    for view in ("question-detail", "question-history", "answer-detail", "answer-history", "comment-detail"):
        assert client.get(reverse(f"community:{view}", args=[pk])).status_code == 404
    if not isinstance(request.getfixturevalue(name), AnonymousUser):
        for view in ("question-edit", "question-delete", "answer-create", "answer-edit", "comment-edit"):
            assert client.get(reverse(f"community:{view}", args=[pk])).status_code == 404
        for view in ("answer-create", "answer-accept", "question-comment", "comment-delete", "merge-undo"):
            assert client.post(reverse(f"community:{view}", args=[pk]), {"body": "Hello"}).status_code == 404


@pytest.mark.parametrize("name", ["visitor", "moderator"])
def test_pages_take_no_posts_and_buttons_are_no_pages(
    name: str, answer: Answer, request: pytest.FixtureRequest, browse: Browse
) -> None:
    client = browse(request.getfixturevalue(name))
    for view in ("answer-detail", "answer-history"):
        assert client.post(reverse(f"community:{view}", args=[answer.pk])).status_code == 405
    for view in ("question-history", "question-detail"):
        assert client.post(reverse(f"community:{view}", args=[answer.question.pk])).status_code == 405
    for view in ("answer-accept", "answer-unaccept", "merge-undo"):
        assert client.get(reverse(f"community:{view}", args=[answer.pk])).status_code == 405
    assert client.get(reverse("community:markdown-preview")).status_code == 405
    assert client.post(answer.question.forum.url).status_code == 405


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(method: str, question: Question, moderator: Member, browse: Browse) -> None:
    client = browse(moderator)
    for view in ("question-edit", "question-delete", "answer-create", "question-comment", "question-merge"):
        address = reverse(f"community:{view}", args=[question.pk])
        assert getattr(client, method)(address).status_code == 405
    assert getattr(client, method)(question.get_absolute_url()).status_code == 405
    assert getattr(client, method)(f"{question.forum.url}ask/").status_code == 405
    assert getattr(client, method)(question.forum.url).status_code == 405
