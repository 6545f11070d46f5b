"""Where moderators suspend members and lift it, and where that is said."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Member
from community.models import ForumPage
from ideas.models import Idea
from moderation.actions import suspend_member
from moderation.models import Suspension
from tests.people import make_member


def address(member: Member) -> str:
    return reverse("moderation:suspend", args=[member.pk])


def lifting(suspension: Suspension) -> str:
    return reverse("moderation:lift", args=[suspension.pk])


def is_suspended(member: Member) -> bool:
    return Member.objects.get(pk=member.pk).is_suspended


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("visitor", 302),
        ("advocate", 403),
        ("product_manager", 403),
        ("member", 403),
        ("moderator", 200),
        ("administrator", 200),
    ],
)
def test_who_may_do_what(
    role: str, status: int, client: Client, member: Member, author: Member, request: pytest.FixtureRequest
) -> None:
    suspension = suspend_member(member=author, by=make_member("chief", "Moderators"), reason="Spam")
    person = request.getfixturevalue(role)
    if person.is_authenticated:
        client.force_login(person)
    assert [client.get(page).status_code for page in (address(member), lifting(suspension))] == [status, status]
    for page in (address(member), lifting(suspension)):
        assert client.post(page, {"reason": "Spam"}).status_code == (302 if status == 200 else status)
    assert (is_suspended(member), is_suspended(author)) == ((True, False) if status == 200 else (False, True))


def test_a_moderator_comes_from_the_members_page_and_back(client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    assert address(member) in client.get("/u/member/").text
    page = client.get(address(member)).text
    assert "Suspend Member (@member)?" in page
    assert "Their votes are kept and not counted." in page
    assert client.post(address(member), {"reason": "Sold <b>watches</b>"}).headers["Location"] == "/u/member/"
    suspension = Suspension.objects.get()
    page = client.get("/u/member/").text
    assert "by Moderator" in page
    assert "Sold &lt;b&gt;watches&lt;/b&gt;" in page
    assert address(member) not in page
    assert lifting(suspension) in page
    assert "Sold &lt;b&gt;watches&lt;/b&gt;" in client.get(lifting(suspension)).text
    assert client.post(lifting(suspension)).headers["Location"] == "/u/member/"
    assert not is_suspended(member)
    assert "watches" not in client.get("/u/member/").text


def test_others_see_nothing_of_it(client: Client, member: Member, author: Member, moderator: Member) -> None:
    suspend_member(member=member, by=moderator, reason="Watches")
    for person in (None, author):
        if person:
            client.force_login(person)
        page = client.get("/u/member/").text
        assert "Watches" not in page
        assert "uspend" not in page.partition("<main")[2]


def test_they_themselves_are_told_everywhere_and_see_why(client: Client, member: Member, moderator: Member) -> None:
    ends_at = timezone.now() + timedelta(days=40)
    suspend_member(member=member, by=moderator, reason="Watches", ends_at=ends_at)
    client.force_login(member)
    for path in ("/accounts/settings/", "/search/"):
        assert f"{ends_at:%Y}: you can read, but not take part." in client.get(path).text
    page = client.get("/u/member/").text
    assert "Watches" in page
    assert "moderation" not in page.partition("<main")[2]


def test_they_are_told_before_they_write_or_vote(
    client: Client, idea: Idea, forum: ForumPage, member: Member, moderator: Member
) -> None:
    suspend_member(member=member, by=moderator, reason="Watches")
    client.force_login(member)
    for path in (f"{idea.board.url}new/", f"{forum.url}ask/"):
        response = client.get(path)
        assert response.status_code == 403
        assert "Your account is suspended: you can read, but not take part." in response.text
    page = client.get(idea.get_absolute_url()).text
    assert reverse("ideas:vote-cast", args=[idea.pk]) not in page
    response = client.post(reverse("ideas:vote-cast", args=[idea.pk]))
    assert response.status_code == 403
    assert "Your account is suspended" in response.text


# The form


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_bad_reason_is_said_and_kept(reason: str, client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    response = client.post(address(member), {"reason": reason})
    assert response.status_code == 422
    assert reason.strip() in response.text
    assert not is_suspended(member)


@pytest.mark.parametrize("day", ["2020-01-01", "tomorrow", "2999-13-01", "99999-01-01"])
def test_a_bad_day_is_said(day: str, client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.post(address(member), {"reason": "Spam", "ends_at": day}).status_code == 422
    assert not is_suspended(member)


def test_the_day_begins_where_the_moderator_is(client: Client, member: Member, moderator: Member) -> None:
    Member.objects.filter(pk=moderator.pk).update(time_zone="Asia/Tokyo")
    client.force_login(moderator)
    client.post(address(member), {"reason": "Spam", "ends_at": "2199-05-03"})
    assert Suspension.objects.get().ends_at == datetime.fromisoformat("2199-05-03T00:00:00+09:00")
    for path in ("/u/member/", "/admin/moderation/suspensions/"):
        assert "May 3, 2199" in client.get(path).text


def test_a_stale_page_is_a_conflict(client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    client.post(address(member), {"reason": "First"})
    response = client.post(address(member), {"reason": "Second"})
    assert response.status_code == 409
    assert "suspended already" in response.text
    suspension = Suspension.objects.get()
    assert suspension.reason == "First"
    client.post(lifting(suspension))
    response = client.post(lifting(suspension))
    assert response.status_code == 409
    assert "lifted already" in response.text


def test_visitors_keep_what_they_typed(client: Client, member: Member, moderator: Member) -> None:
    response = client.post(address(member), {"reason": "A long explanation"})
    assert response["Location"].startswith(reverse("account_login"))
    client.force_login(moderator)
    assert "A long explanation" in client.get(address(member)).text


@pytest.mark.parametrize(
    "path", ["members/987654/suspend/", f"members/{'9' * 30}/suspend/", "suspensions/987654/lift/"]
)
def test_what_is_not_there_is_not_found(path: str, client: Client, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.get(f"/moderation/{path}").status_code == 404


def test_the_site_itself_is_not_found(client: Client, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.get(address(Member.objects.system())).status_code == 404


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_nobody_is_led_to_another_site(elsewhere: str, client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    response = client.post(address(member), {"reason": "Spam", "next": elsewhere})
    assert response.headers["Location"] == "/u/member/"


def test_a_form_without_its_token_is_refused(member: Member, moderator: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(moderator)
    assert client.post(address(member), {"reason": "Spam"}).status_code == 403
    assert client.get(address(member)).status_code == 200


def test_other_methods_are_refused(client: Client, member: Member, moderator: Member) -> None:
    client.force_login(moderator)
    assert client.put(address(member)).status_code == 405


# The list in the admin


def test_moderators_find_who_is_suspended(
    client: Client, member: Member, author: Member, moderator: Member, product_manager: Member
) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="Watches")
    client.force_login(moderator)
    page = client.get("/admin/moderation/suspensions/").text
    assert "Watches" in page
    assert "/u/member/" in page
    assert f"{lifting(suspension)}?next=%2Fadmin%2Fmoderation%2Fsuspensions%2F" in page
    assert "/admin/moderation/suspensions/" in client.get("/admin/").text
    client.post(lifting(suspension))
    assert "Nobody is suspended." in client.get("/admin/moderation/suspensions/").text
    client.force_login(product_manager)
    assert client.get("/admin/moderation/suspensions/").status_code == 403
    assert "/admin/moderation/suspensions/" not in client.get("/admin/").text


def test_the_list_costs_the_same_whatever_its_length(
    client: Client, moderator: Member, django_assert_max_num_queries: object
) -> None:
    client.force_login(moderator)

    def suspend(numbers: range) -> None:
        for number in numbers:
            suspend_member(member=make_member(f"m{number}"), by=moderator, reason="Spam")

    suspend(range(1))
    client.get("/admin/moderation/suspensions/")
    with django_assert_max_num_queries(20) as short:  # type: ignore[operator]
        client.get("/admin/moderation/suspensions/")
    suspend(range(1, 30))
    with django_assert_max_num_queries(len(short)):  # type: ignore[operator]
        page = client.get("/admin/moderation/suspensions/").text
    assert page.count("/lift/") == 30
