"""Where people delete their accounts, and where administrators erase somebody."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actions import erase_member
from accounts.models import FORMER_MEMBER, Member
from community.models import Question
from tests.people import PASSWORD, make_member

DELETE = "/accounts/delete/"
USERS = "/admin/users/"


def prove(client: Client, password: str = PASSWORD) -> None:
    """Enter the password where it is asked for before the account is deleted."""
    client.post(f"/accounts/reauthenticate/?next={DELETE}", {"password": password, "next": DELETE})


def is_erased(member: Member) -> bool:
    return Member.objects.filter(pk=member.pk, erased_at__isnull=False).exists()


def test_visitors_are_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get(DELETE).headers["Location"] == f"/accounts/login/?next={DELETE}"
    assert client.post(DELETE).headers["Location"] == f"/accounts/login/?next={DELETE}"


def test_the_settings_lead_there(client: Client, member: Member) -> None:
    client.force_login(member)
    assert f'href="{DELETE}"' in client.get("/accounts/settings/").text


def test_the_password_comes_first(client: Client, member: Member) -> None:
    client.force_login(member)
    assert client.get(DELETE).headers["Location"].startswith("/accounts/reauthenticate/")
    prove(client, "wrong")
    assert client.get(DELETE).status_code == 302
    assert client.post(DELETE).status_code == 302
    assert not is_erased(member)


def test_the_page_says_what_happens_and_then_it_does(client: Client, question: Question, author: Member) -> None:
    client.force_login(author)
    prove(client)
    page = client.get(DELETE).text
    for words in ("Your votes stay and count", "stand under “Former member”", "cannot be undone"):
        assert words in page
    assert not is_erased(author)
    assert client.post(DELETE).headers["Location"] == "/"
    assert is_erased(author)
    assert client.get("/accounts/settings/").status_code == 302
    page = client.get(question.get_absolute_url()).text
    assert "Your account is deleted." in page
    assert FORMER_MEMBER in page
    assert "<bdi>Author</bdi>" not in page


def test_a_proof_that_came_late_is_asked_for_and_then_it_is_done(client: Client, member: Member) -> None:
    client.force_login(member)
    assert client.post(DELETE).headers["Location"].startswith("/accounts/reauthenticate/")
    prove(client)
    assert is_erased(member)


def test_who_signs_in_elsewhere_alone_has_nothing_to_prove(client: Client, member: Member) -> None:
    member.set_unusable_password()
    member.save()
    client.force_login(member)
    assert client.get(DELETE).status_code == 200
    client.post(DELETE)
    assert is_erased(member)


def test_the_only_administrator_is_told_why_not(client: Client, administrator: Member) -> None:
    client.force_login(administrator)
    prove(client)
    response = client.post(DELETE)
    assert response.status_code == 409
    assert "This is the only administrator." in response.text
    assert not is_erased(administrator)


def test_a_form_without_its_token_is_refused(member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member)
    assert client.post(DELETE).status_code == 403


@pytest.mark.parametrize("method", ["put", "delete"])
def test_other_methods_are_refused(method: str, client: Client, member: Member) -> None:
    client.force_login(member)
    assert getattr(client, method)(DELETE).status_code == 405


# In the admin


def test_an_administrator_erases_somebody(client: Client, administrator: Member, question: Question) -> None:
    author = question.author
    address = f"{USERS}erase/{author.pk}/"
    client.force_login(administrator)
    assert address in client.get(f"{USERS}edit/{author.pk}/").text
    page = client.get(address).text
    assert "Erase Author (@author)?" in page
    assert "cannot be undone" in page
    assert not is_erased(author)
    assert client.post(address).headers["Location"] == USERS
    assert is_erased(author)
    assert FORMER_MEMBER in client.get(USERS).text
    assert "Erased" in client.get(f"{USERS}history/{author.pk}/").text
    again = client.post(address)
    assert again.status_code == 409
    assert "deleted already" in again.text


@pytest.mark.parametrize("role", ["moderator", "product_manager"])
def test_who_is_no_administrator_does_not(
    role: str, client: Client, member: Member, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    for response in (client.get(f"{USERS}erase/{member.pk}/"), client.post(f"{USERS}erase/{member.pk}/")):
        assert response.headers["Location"] == "/admin/"
    assert not is_erased(member)


def test_who_may_edit_members_alone_sees_no_way_to_erase(client: Client, member: Member, administrator: Member) -> None:
    role = administrator.groups.get(name="Administrators")
    role.permissions.remove(role.permissions.get(codename="erase_member"))
    client.force_login(administrator)
    assert f"{USERS}erase/" not in client.get(f"{USERS}edit/{member.pk}/").text
    assert client.post(f"{USERS}erase/{member.pk}/").status_code == 302
    assert not is_erased(member)


def test_whoever_is_erased_gets_no_new_name(client: Client, administrator: Member, member: Member) -> None:
    erase_member(member=member, by=administrator)
    client.force_login(administrator)
    response = client.post(f"{USERS}edit/{member.pk}/", {"name": "Ada", "handle": "ada", "email": "ada@example.com"})
    assert response.status_code == 409
    member.refresh_from_db()
    assert (member.name, member.email) == (FORMER_MEMBER, None)


# Their page


def test_the_page_of_a_former_member_shows_what_they_wrote(client: Client, question: Question, author: Member) -> None:
    erase_member(member=author, by=author)
    page = client.get(f"/u/erased-{author.pk}/")
    assert page.status_code == 200
    assert "<h1>Former member</h1>" in page.text
    assert "How do I start?" in page.text
    assert f"{timezone.now():Joined in %B}" not in page.text
    assert client.get("/u/author/").status_code == 404
    empty = make_member("silent")
    erase_member(member=empty, by=empty)
    assert client.get(f"/u/erased-{empty.pk}/").status_code == 404
