"""What somebody may not see stands on no page and in no fragment that they can get."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import (
    accept_answer,
    ask_question,
    edit_content,
    edit_question,
    merge_question,
    post_answer,
    post_comment,
    set_visibility,
)
from community.content import Content, Visibility
from community.models import Answer, Comment, ForumPage, Question
from tests.community.conftest import Browse

CANARY = "kanarienvogel"


@pytest.fixture
def stranger(db: None, member: Member) -> Member:
    """Signed in, and neither the author nor a moderator."""
    return member


class Place:
    """A forum with a question, an answer and a comment of each kind that say nothing, and one post that sings."""

    def __init__(self, forum: ForumPage, author: Member, moderator: Member) -> None:
        self.author, self.moderator = author, moderator
        self.forum = forum
        self.question = ask_question(forum=forum, by=author, title="Plain", body="Plain", tags=["plain"])
        self.answer = post_answer(question=self.question, by=author, body="Plain answer")
        self.comment = post_comment(question=self.question, answer=self.answer, by=author, body="Plain comment")
        self.remark = post_comment(question=self.question, by=author, body="Plain remark")

    def sing(self, kind: str) -> Content:
        """Let this post say the word in its present and in its earlier text, and in all that is made from them."""
        post: Question | Answer | Comment = getattr(self, kind)
        first, second = f"First {CANARY}", f"Now {CANARY}"
        if isinstance(post, Question):
            edit_question(question=post, by=self.author, title=first, body=first, tags=[CANARY])
            return edit_question(question=post, by=self.author, title=second, body=second, tags=[CANARY])
        edit_content(content=post, by=self.author, body=first)
        return edit_content(content=post, by=self.author, body=second)

    def addresses(self) -> Iterator[str]:
        """Everything that can be opened."""
        for query in ("", "?sort=unanswered", "?sort=active", "?tag=plain", "?tag=" + CANARY):
            yield self.forum.url + query
        questions = [self.question.pk, *Question.objects.exclude(pk=self.question.pk).values_list("pk", flat=True)]
        for pk in questions:
            for rest in ("", "x/", "edit/", "delete/", "history/", "answer/", "comments/", "merge/"):
                yield f"/q/{pk}/{rest}"
            yield f"/q/{pk}/merge/?q={CANARY}"
            yield f"/q/{pk}/merge/?target={self.question.pk}"
        for rest in ("", "edit/", "delete/", "history/", "comments/"):
            yield f"/a/{self.answer.pk}/{rest}"
        for comment in (self.comment, self.remark):
            for rest in ("", "edit/", "delete/", "history/"):
                yield f"/q/comments/{comment.pk}/{rest}"

    def posts(self) -> Iterator[str]:
        """Everything that can be posted to."""
        yield f"/q/{self.question.pk}/answer/"
        yield f"/q/{self.question.pk}/comments/"
        yield f"/a/{self.answer.pk}/comments/"
        for verb in ("edit", "delete"):
            yield f"/q/{self.question.pk}/{verb}/"
            yield f"/a/{self.answer.pk}/{verb}/"
            yield f"/q/comments/{self.comment.pk}/{verb}/"
        for verb in ("accept", "unaccept"):
            yield f"/a/{self.answer.pk}/{verb}/"


def silent(client: Client, place: Place, word: str = CANARY) -> list[str]:
    """The addresses under which the word is found all the same."""
    found = []
    for address in place.addresses():
        response = client.get(address)
        said = response.content.decode() + response.headers.get("Location", "")
        asked = address.partition("?")[2]
        if word in asked:  # the page may repeat the question, and nothing else
            found += [address for text in (f"First {word}", f"Now {word}", f"Other {word}") if text in said]
        elif word in said:
            found.append(address)
    for address in place.posts():
        for headers in [{}, {"HTTP_HX_REQUEST": "true"}] if "comments/" in address else [{}]:
            for body in ("", f"Something of my own {address} {headers}"):
                response = client.post(address, {"body": body}, follow=True, **headers)
                if word in response.content.decode() + str(response.redirect_chain):
                    found.append(f"POST {address}")
    return found


@pytest.mark.parametrize("reader", ["visitor", "stranger"])
@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
@pytest.mark.parametrize("kind", ["question", "answer", "comment", "remark"])
def test_a_post_that_one_may_not_see(
    kind: str,
    visibility: Visibility,
    reader: str,
    forum: ForumPage,
    author: Member,
    moderator: Member,
    request: pytest.FixtureRequest,
    browse: Browse,
) -> None:
    place = Place(forum, author, moderator)
    place.sing(kind)
    assert silent(browse(request.getfixturevalue(reader)), place)
    post = getattr(place, kind)
    set_visibility(content=post, by=moderator, visibility=visibility, reason=f"Reason {CANARY}")
    assert not silent(browse(request.getfixturevalue(reader)), place)


@pytest.mark.parametrize("visibility", [Visibility.HIDDEN, Visibility.DELETED])
def test_an_accepted_answer_that_one_may_not_see(
    visibility: Visibility, forum: ForumPage, author: Member, moderator: Member, stranger: Member, browse: Browse
) -> None:
    place = Place(forum, author, moderator)
    place.sing("answer")
    accept_answer(answer=place.answer, by=author)
    set_visibility(content=place.answer, by=moderator, visibility=visibility)
    assert not silent(browse(stranger), place)


@pytest.mark.parametrize("reader", ["visitor", "stranger"])
def test_a_forum_that_one_may_not_read(
    reader: str, staff_forum: ForumPage, author: Member, moderator: Member, request: pytest.FixtureRequest, browse
) -> None:
    place = Place(staff_forum, author, moderator)
    for kind in ("question", "answer", "comment", "remark"):
        place.sing(kind)
    client = browse(request.getfixturevalue(reader))
    assert not silent(client, place)
    assert not silent(client, place, staff_forum.title)


def test_authors_who_lost_their_access_lost_it_to_their_own_posts(
    staff_forum: ForumPage, author: Member, moderator: Member, browse: Browse
) -> None:
    place = Place(staff_forum, author, moderator)
    place.sing("question")
    assert not silent(browse(author), place)


@pytest.mark.parametrize("side", ["duplicate", "canonical"])
@pytest.mark.parametrize("how", ["hidden", "deleted", "closed"])
def test_the_other_side_of_a_merge(
    side: str,
    how: str,
    forum: ForumPage,
    author: Member,
    moderator: Member,
    stranger: Member,
    browse: Browse,
    make_question: Callable[..., Question],
    home,
) -> None:
    place = Place(forum, author, moderator)
    elsewhere: ForumPage = home.add_child(instance=ForumPage(title="Elsewhere", slug="elsewhere"))
    other = make_question(f"Other {CANARY}", on=elsewhere, tags=[CANARY])
    duplicate, target = (other, place.question) if side == "duplicate" else (place.question, other)
    merge_question(duplicate=duplicate, target=target, by=moderator)
    assert silent(browse(stranger), place)
    if how == "closed":
        elsewhere.unpublish()
    else:
        set_visibility(content=other, by=moderator, visibility=Visibility(how))
    assert not silent(browse(stranger), place)


def test_a_person_without_rights_finds_nothing_by_guessing_numbers(
    staff_forum: ForumPage, author: Member, moderator: Member, stranger: Member, browse: Browse
) -> None:
    """What is closed and what does not exist are answered alike."""
    question = ask_question(forum=staff_forum, by=author, title="Secret", body="Secret")
    answer = post_answer(question=question, by=moderator, body="Secret")
    comment = post_comment(question=question, answer=answer, by=moderator, body="Secret")
    client = browse(stranger)
    for prefix, pk in (("q", question.pk), ("a", answer.pk), ("q/comments", comment.pk)):
        for rest in ("", "edit/", "delete/", "history/", "comments/", "accept/", "merge/", "answer/"):
            closed, missing = (f"/{prefix}/{number}/{rest}" for number in (pk, 987_654))
            assert client.get(closed).status_code == client.get(missing).status_code
            assert client.post(closed).status_code == client.post(missing).status_code
