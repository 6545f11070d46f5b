"""The moderators' screen in the admin, and what the site's history shows of their decisions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from accounts.roles import ADMINISTRATORS
from community.actions import set_visibility
from community.content import Content, Visibility
from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage
from moderation.actions import hide_post, restore_post
from moderation.kinds import KINDS
from moderation.models import PostLogEntry
from moderation.offsite import load, offsite_rows
from tests.people import make_member, restrict

PostOf = Callable[[str], Content]
SCREEN = "/admin/moderation/"
HISTORY = reverse("wagtailadmin_reports:site_history")


def listed(user: Any, **chosen: Any) -> list[Content]:
    return [row.post for row in load(offsite_rows(user, **chosen))]


@pytest.fixture
def decided(post_of: PostOf, moderator: Member) -> list[Content]:
    """A post of every kind, each hidden after the one before."""
    return [hide_post(post=post_of(kind), by=moderator, reason=f"Reason {kind}") for kind in reversed(KINDS)]


@pytest.mark.parametrize(
    ("role", "status"),
    [("member", 403), ("advocate", 403), ("product_manager", 403), ("moderator", 200), ("administrator", 200)],
)
def test_who_opens_the_screen(
    role: str, status: int, client: Client, decided: list[Content], request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    for page in (SCREEN, f"{SCREEN}results/"):
        response = client.get(page)
        assert response.status_code == status
        assert ("Reason idea" in response.content.decode()) == (status == 200)


def test_visitors_are_asked_to_sign_in(client: Client, decided: list[Content]) -> None:
    assert client.get(SCREEN)["Location"].startswith(reverse("account_login"))


def test_the_newest_decisions_come_first(decided: list[Content], moderator: Member) -> None:
    assert listed(moderator) == decided[::-1]


def test_kinds_and_states_can_be_chosen(decided: list[Content], post_of: PostOf, moderator: Member) -> None:
    set_visibility(content=decided[0], by=moderator, visibility=Visibility.DELETED)
    assert listed(moderator, states=["deleted"]) == [decided[0]]
    assert {type(post) for post in listed(moderator, kinds=["question", "idea"])} == {Question, Idea}
    assert listed(moderator, kinds=["idea"], states=["held"]) == []


def test_what_is_restored_leaves_the_list(decided: list[Content], moderator: Member) -> None:
    for post in decided[::-1]:
        restore_post(post=post, by=moderator, reason="Fine")
    assert listed(moderator) == []


def test_the_list_shows_who_why_and_the_way_back(client: Client, decided: list[Content], moderator: Member) -> None:
    client.force_login(moderator)
    page = client.get(f"{SCREEN}?kind=answer").content.decode()
    assert "Reason answer" in page
    assert "Reason idea" not in page
    assert moderator.name in page
    answer = next(post for post in decided if post._meta.model_name == "answer")
    restore = reverse("moderation:restore", args=["answer", answer.pk])
    assert f"{restore}?next=%2Fadmin%2Fmoderation%2F%3Fkind%3Danswer" in page


def test_what_is_held_can_be_approved_or_hidden(client: Client, question: Question, moderator: Member) -> None:
    set_visibility(content=question, by=moderator, visibility=Visibility.HELD)
    client.force_login(moderator)
    page = client.get(SCREEN).content.decode()
    assert "Approve" in page
    assert reverse("moderation:hide", args=["question", question.pk]) in page


def test_an_empty_screen_says_that_all_is_well(client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    assert "Everything is on the site" in client.get(SCREEN).content.decode()
    assert "Nothing of what you chose" in client.get(f"{SCREEN}?state=held").content.decode()


@pytest.mark.parametrize("query", ["?kind=nonsense", "?state=visible", "?p=99", "?p=x", "?kind=idea&kind=answer"])
def test_odd_addresses_do_no_harm(query: str, client: Client, decided: list[Content], moderator: Member) -> None:
    client.force_login(moderator)
    assert client.get(SCREEN + query).status_code == 200


def test_posts_on_pages_that_a_moderator_may_not_read_are_not_listed(
    client: Client, decided: list[Content], forum: ForumPage, board: IdeaBoardPage, moderator: Member
) -> None:
    restrict(forum, "Product managers")
    assert {type(post) for post in listed(moderator)} == {type(post) for post in decided if post.topic.page == board}
    restrict(board, "Product managers")
    assert listed(moderator) == []
    client.force_login(moderator)
    assert "Reason" not in client.get(SCREEN).content.decode().partition("listing-results")[2]


def test_the_screen_costs_the_same_for_many_posts(
    client: Client, forum: ForumPage, author: Member, moderator: Member, django_assert_max_num_queries: Any
) -> None:
    posts = [Question(forum=forum, author=author, title=f"Spam {n}", slug="-") for n in range(40)]
    for post in posts:
        post.visibility, post.visibility_by, post.visibility_reason = Visibility.HIDDEN, moderator, "Spam"
    Question.objects.bulk_create(posts)
    client.force_login(moderator)
    with django_assert_max_num_queries(25):
        assert "Spam 39" in client.get(SCREEN).content.decode()


def test_only_moderators_have_it_in_their_menu(client: Client, moderator: Member, product_manager: Member) -> None:
    for person, is_there in ((moderator, True), (product_manager, False)):
        client.force_login(person)
        assert (f'"{SCREEN}"' in client.get("/admin/").content.decode()) == is_there


# The site's history


def test_the_sites_history_tells_the_decisions(
    client: Client, decided: list[Content], moderator: Member, administrator: Member
) -> None:
    for person in (moderator, administrator):
        client.force_login(person)
        page = client.get(HISTORY).content.decode()
        for kind in KINDS:
            assert f"Hidden: Reason {kind}" in page


def test_the_history_keeps_to_what_one_may_read(
    client: Client, decided: list[Content], board: IdeaBoardPage, product_manager: Member, administrator: Member
) -> None:
    restrict(board, "Moderators")
    client.force_login(administrator)
    page = client.get(HISTORY).content.decode()
    assert "Reason question" in page
    assert "Reason idea" not in page
    assert not PostLogEntry.objects.viewable_by_user(product_manager).exists()


def test_a_superuser_reads_all_of_it(decided: list[Content], board: IdeaBoardPage) -> None:
    restrict(board, "Moderators")
    superuser = make_member("root", is_superuser=True)
    assert PostLogEntry.objects.viewable_by_user(superuser).count() == len(KINDS)


def test_a_role_can_be_given_the_permission_in_the_admin(client: Client, administrator: Member) -> None:
    client.force_login(administrator)
    group = Group.objects.get(name=ADMINISTRATORS)
    page = client.get(reverse("wagtailusers_groups:edit", args=[group.pk])).content.decode()
    assert "moderate" in page.lower()
