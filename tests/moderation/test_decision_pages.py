"""The pages on which a moderator hides or restores one post."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from community.content import Content, Visibility
from community.models import ForumPage, Question
from ideas.actions import merge_idea
from ideas.models import Idea, IdeaBoardPage
from moderation.actions import FamilyChoice, hide_post
from moderation.kinds import KINDS
from tests.people import restrict

PostOf = Callable[[str], Content]


def address(verb: str, post: Content) -> str:
    kind = next(kind for kind in KINDS.values() if isinstance(post, kind.model))
    return reverse(f"moderation:{verb}", args=[kind.name, post.pk])


def state(post: Content) -> str:
    return type(post)._default_manager.get(pk=post.pk).visibility


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("author", 403),
        ("member", 403),
        ("advocate", 403),
        ("product_manager", 403),
        ("moderator", 200),
        ("administrator", 200),
    ],
)
def test_who_gets_the_page(
    kind: str, role: str, status: int, client: Client, post_of: PostOf, request: pytest.FixtureRequest
) -> None:
    post = post_of(kind)
    client.force_login(request.getfixturevalue(role))
    assert client.get(address("hide", post)).status_code == status
    response = client.post(address("hide", post), {"reason": "Spam"})
    assert response.status_code == (302 if status == 200 else status)
    assert state(post) == ("hidden" if status == 200 else "visible")
    if status == 403:
        assert "Only moderators" in response.content.decode()


@pytest.mark.parametrize("visibility", ["held", "hidden", "deleted"])
@pytest.mark.parametrize(
    ("role", "found"), [("member", False), ("product_manager", False), ("moderator", True), ("administrator", True)]
)
def test_a_post_out_of_sight_is_not_found_by_others(
    visibility: str,
    role: str,
    found: bool,
    client: Client,
    question: Question,
    moderator: Member,
    request: pytest.FixtureRequest,
) -> None:
    Question.objects.filter(pk=question.pk).update(visibility=visibility)
    client.force_login(request.getfixturevalue(role))
    response = client.post(address("restore", question), {"reason": "Fine"})
    assert response.status_code == (302 if found else 404)
    assert state(question) == ("visible" if found else visibility)


def test_authors_see_that_they_may_not_restore_their_own(
    client: Client, question: Question, author: Member, moderator: Member
) -> None:
    hide_post(post=question, by=moderator, reason="Spam")
    client.force_login(author)
    assert client.post(address("restore", question), {"reason": "Mine"}).status_code == 403
    assert state(question) == "hidden"


def test_a_forum_that_a_moderator_may_not_read_hides_its_posts_from_them(
    client: Client, question: Question, idea: Idea, forum: ForumPage, board: IdeaBoardPage, moderator: Member
) -> None:
    restrict(forum, "Product managers")
    restrict(board, "Product managers")
    client.force_login(moderator)
    for post in (question, idea):
        assert client.get(address("hide", post)).status_code == 404
        assert client.post(address("hide", post), {"reason": "Spam"}).status_code == 404
        assert state(post) == "visible"


@pytest.mark.parametrize(
    "path", ["/moderation/question/987654/hide/", f"/moderation/idea/{'9' * 30}/hide/", "/moderation/member/1/hide/"]
)
def test_what_is_not_there_is_not_found(path: str, client: Client, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.get(path).status_code == 404


def test_visitors_are_asked_to_sign_in_and_keep_what_they_typed(
    client: Client, question: Question, moderator: Member
) -> None:
    response = client.post(address("hide", question), {"reason": "A long explanation"})
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    assert state(question) == "visible"
    client.force_login(moderator)
    assert "A long explanation" in client.get(address("hide", question)).content.decode()


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_bad_reason_is_said_and_kept(reason: str, client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    response = client.post(address("hide", question), {"reason": reason})
    assert response.status_code == 422
    assert reason.strip() in response.content.decode()
    assert state(question) == "visible"


def test_a_stale_page_is_answered_with_a_conflict(client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    client.post(address("hide", question), {"reason": "First"})
    response = client.post(address("hide", question), {"reason": "Second"})
    assert response.status_code == 409
    assert "hidden or deleted already" in response.content.decode()
    assert "Second" in response.content.decode()
    question.refresh_from_db()
    assert question.visibility_reason == "First"


def test_afterwards_one_is_back_at_the_post_or_where_one_came_from(
    client: Client, question: Question, moderator: Member
) -> None:
    client.force_login(moderator)
    response = client.post(address("hide", question), {"reason": "Spam"})
    assert response["Location"] == question.get_absolute_url()
    response = client.post(address("restore", question), {"reason": "Fine", "next": "/admin/moderation/?state=hidden"})
    assert response["Location"] == "/admin/moderation/?state=hidden"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_led_to_another_site(elsewhere: str, client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    page = client.get(address("hide", question), {"next": elsewhere})
    assert elsewhere not in page.content.decode()
    response = client.post(address("hide", question), {"reason": "Spam", "next": elsewhere})
    assert response["Location"] == question.get_absolute_url()


def test_other_methods_are_refused(client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.put(address("hide", question)).status_code == 405


def test_a_form_without_its_token_is_refused(question: Question, moderator: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert client.post(address("hide", question), {"reason": "Spam"}).status_code == 403
    assert state(question) == "visible"


@pytest.mark.parametrize(
    ("choice", "expected"), [(FamilyChoice.HIDE, ["hidden", "hidden"]), (FamilyChoice.UNDO, ["hidden", "visible"])]
)
def test_the_page_of_an_idea_with_merged_ones_asks_what_becomes_of_them(
    choice: str, expected: list[str], client: Client, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    canonical, duplicate = make_idea("Dark mode"), make_idea("Night theme")
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    client.force_login(moderator)
    assert "Night theme" in client.get(address("hide", canonical)).content.decode()
    response = client.post(address("hide", canonical), {"reason": "Spam"})
    assert response.status_code == 422
    assert "Choose what becomes of them" in response.content.decode()
    response = client.post(address("hide", canonical), {"reason": "Spam", "family": "nonsense"})
    assert response.status_code == 422
    assert client.post(address("hide", canonical), {"reason": "Spam", "family": choice}).status_code == 302
    assert [state(canonical), state(duplicate)] == expected


def test_the_page_says_which_ideas_come_back_together(
    client: Client, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    canonical, duplicate = make_idea("Dark mode"), make_idea("Night theme")
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    hide_post(post=canonical, by=moderator, reason="Spam", family=FamilyChoice.HIDE)
    client.force_login(moderator)
    assert "Night theme" in client.get(address("restore", canonical)).content.decode()
    client.post(address("restore", canonical), {"reason": "Fine"})
    assert [state(canonical), state(duplicate)] == ["visible", "visible"]


# Out of sight everywhere


def pages_of(post: Content) -> list[str]:
    """Public pages that show the post while it is visible."""
    topic = post.topic
    return ["/", topic.page.url, topic.get_absolute_url()]


@pytest.mark.parametrize("kind", KINDS)
def test_no_public_page_shows_what_is_hidden_and_all_show_it_again(
    kind: str, client: Client, post_of: PostOf, moderator: Member, member: Member
) -> None:
    post = post_of(kind)
    text = post.topic.title if post.parent is None else max(post.excerpt.split(), key=len).strip(".?")

    def shown() -> list[bool]:
        found = []
        for person in (None, member):
            client.logout()
            if person:
                client.force_login(person)
            found += [text in client.get(page).content.decode() for page in pages_of(post)]
        return found

    before = shown()
    assert any(before)
    hide_post(post=post, by=moderator, reason="Spam")
    assert not any(shown())
    client.force_login(moderator)
    client.post(address("restore", post), {"reason": "Fine"})
    assert shown() == before


def test_the_notice_says_why_a_post_is_away(client: Client, question: Question, moderator: Member) -> None:
    hide_post(post=question, by=moderator, reason="Because of <b>that</b>")
    client.force_login(moderator)
    page = client.get(address("restore", question)).content.decode()
    assert "Because of &lt;b&gt;that&lt;/b&gt;" in page
    assert Visibility.HIDDEN.label.capitalize() in page
