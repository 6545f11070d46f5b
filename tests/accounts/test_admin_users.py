"""Members and organisations in Wagtail's admin."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from wagtail.users.models import UserProfile

from accounts import roles
from accounts.actions import change_settings, choose_language
from accounts.models import Member, Organisation
from ideas.actions import cast_vote
from tests.people import PASSWORD, make_member

USERS = "/admin/users/"
ORGANISATIONS = "/admin/snippets/accounts/organisation/"


@pytest.fixture
def fields():
    organisation = Organisation.objects.create(name="Larkspur Ltd")
    return {
        "handle": "ada",
        "name": "Ada King",
        "email": "Ada@example.com",
        "organisation": organisation.pk,
        "password1": PASSWORD,
        "password2": PASSWORD,
        "groups": [Group.objects.get(name=roles.ADVOCATES).pk],
    }


@pytest.fixture
def boss(client, db):
    """A superuser, who is signed in."""
    member = make_member("boss", is_superuser=True)
    client.force_login(member)
    return member


@pytest.mark.parametrize("path", [USERS, f"{USERS}new/", ORGANISATIONS, f"{ORGANISATIONS}add/", "/admin/groups/"])
def test_who_comes_in(client, visitor, member, moderator, administrator, path):
    assert client.get(path).headers["Location"] == f"/accounts/login/?next={path}"
    client.force_login(member)
    assert client.get(path).status_code == 403
    client.force_login(moderator)
    assert client.get(path).status_code == 302, "Wagtail leads to its first page and says why"
    client.force_login(administrator)
    assert client.get(path).status_code == 200


def test_those_without_business_in_the_admin_are_told_so(client, member):
    client.force_login(member)
    for path in ("/admin/", "/admin/pages/", "/admin/account/"):
        response = client.get(path)
        assert response.status_code == 403
        assert "Only moderators, the product team and administrators come in here." in response.text


def test_a_member_is_added(client, administrator, fields):
    client.force_login(administrator)
    page = client.get(f"{USERS}new/").text
    assert 'name="organisation"' in page
    assert "first_name" not in page
    customers = Group.objects.get(name=roles.CUSTOMERS).pk
    assert re.search(rf'<input type="checkbox" name="groups" value="{customers}"[^>]* checked', page)
    assert client.post(f"{USERS}new/", fields).status_code == 302
    member = Member.objects.get(handle="ada")
    assert (member.name, member.email, member.organisation.name) == ("Ada King", "ada@example.com", "Larkspur Ltd")
    assert member.check_password(PASSWORD)
    assert [group.name for group in member.groups.all()] == [roles.ADVOCATES]
    address = EmailAddress.objects.get(user=member)
    assert (address.email, address.primary, address.verified) == ("ada@example.com", True, False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("handle", "administrator", "already exists"),
        ("handle", "Not a handle", "Use small letters"),
        ("name", "", "This field is required"),
        ("email", "administrator@example.com", "This email address is taken"),
        ("email", "ADMINISTRATOR@example.com", "This email address is taken"),
        ("password2", "different", "match"),
        ("organisation", "999999", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said(client, administrator, fields, field, value, sentence):
    client.force_login(administrator)
    response = client.post(f"{USERS}new/", fields | {field: value})
    assert response.status_code == 200
    assert sentence in response.text
    assert not Member.objects.filter(name="Ada King").exists()


def test_a_member_is_edited(client, administrator, fields):
    member = make_member("old")
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    client.force_login(administrator)
    address = f"{USERS}edit/{member.pk}/"
    assert "old@example.com" in client.get(address).text
    fields |= {"password1": "", "password2": "", "is_active": "on"}
    assert client.post(address, fields).status_code == 302
    member.refresh_from_db()
    assert (member.handle, member.name, member.email, member.is_active) == ("ada", "Ada King", "ada@example.com", True)
    assert member.check_password(PASSWORD)
    assert list(EmailAddress.objects.values_list("email", "verified")) == [("ada@example.com", False)]
    client.post(address, fields)
    assert EmailAddress.objects.count() == 1


def test_a_placeholder_is_edited_without_an_address(client, administrator, fields):
    member = Member.objects.create_user("from-before", name="Ghost")
    client.force_login(administrator)
    fields |= {"email": "", "password1": "", "password2": "", "is_active": "on"}
    assert client.post(f"{USERS}edit/{member.pk}/", fields).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.email) == ("Ada King", None)
    assert not EmailAddress.objects.exists()


def test_only_superusers_make_and_edit_superusers(client, administrator, fields, boss):
    client.force_login(administrator)
    assert client.get(f"{USERS}edit/{boss.pk}/").status_code in (302, 403)
    client.post(f"{USERS}edit/{boss.pk}/", fields)
    client.post(f"{USERS}new/", fields | {"is_superuser": "on"})
    assert not Member.objects.get(handle="ada").is_superuser
    boss.refresh_from_db()
    assert boss.handle == "boss"
    client.force_login(boss)
    client.post(f"{USERS}new/", fields | {"handle": "eve", "email": "eve@example.com", "is_superuser": "on"})
    assert Member.objects.get(handle="eve").is_superuser


def test_members_are_listed_sorted_and_found(client, boss, fields):
    ada = make_member("ada", name="Zoe Ada", organisation_id=fields["organisation"])
    make_member("zed", name="Aaron")
    page = client.get(USERS).text
    assert "Larkspur Ltd" in page
    for ordering in ("name", "-name", "handle", "organisation", "-organisation", "last_login"):
        assert client.get(f"{USERS}?ordering={ordering}").status_code == 200
    page = client.get(f"{USERS}?ordering=name").text
    assert page.index("Aaron") < page.index("Zoe Ada")
    for query in ("zoe", "ada@", "larkspur", "ADA"):
        page = client.get(f"{USERS}?q={query}").text
        assert "Zoe Ada" in page
        assert "Aaron" not in page
    assert client.get(f"{USERS}history/{ada.pk}/").status_code == 200


def test_an_act_on_all_that_were_found_reaches_those_and_no_others(client, boss):
    ada, zed = make_member("ada", name="Zoe Quill"), make_member("zed", name="Aaron")
    address = "/admin/bulk/accounts/member/set_active_state/?id=all&q=quill"
    page = client.get(address).text
    assert "Zoe Quill" in page
    assert "Aaron" not in page
    assert client.post(address, {"mark_as_active": "False"}).status_code == 302
    ada.refresh_from_db()
    zed.refresh_from_db()
    assert (ada.is_active, zed.is_active) == (False, True)


def test_who_has_written_something_is_not_deleted(client, boss, question, author):
    unheard = make_member("unheard")
    for address in (f"{USERS}delete/{author.pk}/", f"/admin/bulk/accounts/member/delete/?id={author.pk}"):
        assert client.get(address).status_code == 200
        response = client.post(address)
        assert response.status_code == 409
        assert "something else depends on it" in response.text
    assert client.post(f"{USERS}delete/{unheard.pk}/").status_code == 302
    assert Member.objects.filter(pk=author.pk).exists()
    assert not Member.objects.filter(pk=unheard.pk).exists()


def test_wagtails_own_account_page_leaves_members_settings_to_the_site(client, moderator):
    change_settings(member=moderator, name="Mod", handle="moderator", language="de", time_zone="Europe/Berlin")
    client.force_login(moderator)
    page = client.get("/admin/account/").text
    assert "/accounts/settings/" in page
    for name in ("first_name", "avatar-avatar", "preferred_language", "new_password1"):
        assert name not in page
    response = client.post(
        "/admin/account/", {"theme-theme": "dark", "theme-contrast": "system", "theme-density": "default"}
    )
    assert response.status_code == 302
    profile = UserProfile.objects.get(user=moderator)
    assert (profile.theme, profile.preferred_language, profile.current_time_zone) == ("dark", "de", "Europe/Berlin")
    choose_language(member=moderator, language="fr")
    change_settings(member=moderator, name="Mod", handle="moderator", language="fr", time_zone="Asia/Tokyo")
    profile.refresh_from_db()
    assert (profile.preferred_language, profile.current_time_zone) == ("fr", "Asia/Tokyo")
    assert '<html lang="fr"' in client.get("/admin/").text


def test_organisations_are_added_changed_and_found(client, administrator):
    client.force_login(administrator)
    values = {"name": "Larkspur Ltd", "plan": "Business", "segment": "Retail", "yearly_value": "12000.50"}
    assert client.get(f"{ORGANISATIONS}add/").status_code == 200
    assert client.post(f"{ORGANISATIONS}add/", values).status_code == 302
    organisation = Organisation.objects.get()
    assert str(organisation.yearly_value) == "12000.50"
    assert client.post(f"{ORGANISATIONS}edit/{organisation.pk}/", values | {"plan": "Team"}).status_code == 302
    organisation.refresh_from_db()
    assert organisation.plan == "Team"
    assert "Larkspur" in client.get(f"{ORGANISATIONS}?q=larks").text
    assert "Larkspur" not in client.get(f"{ORGANISATIONS}?q=zzz").text
    assert "This field is required" in client.post(f"{ORGANISATIONS}add/", values | {"name": ""}).text
    assert "already exists" in client.post(f"{ORGANISATIONS}add/", values).text


def test_an_organisation_that_voted_is_not_deleted(client, administrator, idea, author):
    organisation = Organisation.objects.create(name="Voters")
    cast_vote(idea=idea, by=make_member("voter", organisation=organisation))
    client.force_login(administrator)
    assert client.post(f"{ORGANISATIONS}delete/{organisation.pk}/").status_code == 409
    assert Organisation.objects.exists()


def test_organisations_are_not_for_moderators_and_product_managers(client, moderator, product_manager):
    organisation = Organisation.objects.create(name="Larkspur Ltd", yearly_value=1)
    for person in (moderator, product_manager):
        client.force_login(person)
        for path in ("", "add/", f"edit/{organisation.pk}/", f"delete/{organisation.pk}/"):
            response = client.get(f"{ORGANISATIONS}{path}", follow=True)
            assert "Larkspur" not in response.text
