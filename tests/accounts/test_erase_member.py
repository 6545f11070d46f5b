"""Erasing a person: nothing says who they were, and everything that they took part in stays as it was."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import models
from django.test import Client
from django.utils import timezone
from wagtail.admin.models import FormState
from wagtail.log_actions import log
from wagtail.models import APIToken, ModelLogEntry
from wagtail.users.models import UserProfile

from accounts import erasure
from accounts.actions import AlreadyErasedError, LastAdministratorError, SystemMemberError, erase_member
from accounts.log import ERASED
from accounts.models import FORMER_MEMBER, Member, Organisation
from accounts.permissions import ERASE
from community.actions import post_comment
from community.models import Question
from core.errors import ForbiddenError
from core.ledger import Ledger
from ideas.actions import cast_vote, cast_vote_for, claim_votes, explain_vote, withdraw_vote
from ideas.models import Idea, VoteEvent, VoteNetwork
from ideas.rebuild import differences
from tests.people import PASSWORD, make_member
from tests.races import together

# Not spelled anywhere else: where one shows up, something was kept.
CANARIES = ("zephyrine", "Quackenbush", "zq-source-77")


@pytest.fixture
def person(db: None) -> Member:
    """Somebody about whom everything is known that can be."""
    organisation = Organisation.objects.create(name="Larkspur Ltd")
    member = make_member(
        "zephyrine",
        "Advocates",
        name="Z. Quackenbush",
        organisation=organisation,
        language="de",
        time_zone="Asia/Tokyo",
        source="elsewhere",
        source_id="zq-source-77",
    )
    member.user_permissions.add(Permission.objects.filter(codename="access_admin").get())
    EmailAddress.objects.create(user=member, email=member.email, verified=True, primary=True)
    SocialAccount.objects.create(user=member, provider="github", uid="zephyrine", extra_data={"name": "Quackenbush"})
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data={"secret": "zephyrine"})
    APIToken.objects.create(user=member, name="zephyrine's", key_hash="0" * 64, prefix="wagtail_")
    FormState.objects.update_or_create_by_instance(
        organisation, user=member, defaults={"data": "note=zephyrine", "last_updated_at": timezone.now()}
    )
    log(instance=member, action="wagtail.edit", user=member)
    return member


def rows_naming(*words: str) -> Iterator[str]:
    """The fields in the whole database that hold one of these words, as model.field."""
    for model in apps.get_models(include_auto_created=True):
        fields = [
            f
            for f in model._meta.concrete_fields
            if isinstance(f, models.CharField | models.TextField | models.JSONField)
        ]
        if not model._meta.managed or not fields:
            continue
        for row in model._default_manager.values(*[field.name for field in fields]):
            for name, value in row.items():
                if any(word.lower() in str(value).lower() for word in words):
                    yield f"{model._meta.label}.{name}"


def test_nothing_in_the_database_says_who_it_was(person: Member, client: Client) -> None:
    client.force_login(person)
    assert set(rows_naming(*CANARIES)) >= {"accounts.Member.name", "account.EmailAddress.email"}
    erase_member(member=person, by=person)
    assert list(rows_naming(*CANARIES)) == []
    person.refresh_from_db()
    assert person.handle == f"erased-{person.pk}"
    assert (person.name, person.email, person.organisation) == (FORMER_MEMBER, None, None)
    assert (person.language, person.time_zone, person.last_login) == ("en", "UTC", None)
    assert not (person.is_active or person.is_staff or person.is_superuser or person.has_usable_password())
    assert not (person.groups.exists() or person.user_permissions.exists())
    assert person.erased_at is not None


def test_the_picture_goes_too(
    person: Member, settings: Any, tmp_path: Path, django_capture_on_commit_callbacks: Callable
) -> None:
    settings.MEDIA_ROOT = tmp_path
    profile = UserProfile.get_for_user(person)
    profile.avatar.save("zephyrine.png", ContentFile(b"a picture"))
    with django_capture_on_commit_callbacks(execute=True):
        erase_member(member=person, by=person)
    assert not UserProfile.objects.filter(user=person).exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_session_of_theirs_ends_and_no_other(person: Member, member: Member) -> None:
    browsers = [Client(), Client(), Client()]
    browsers[0].force_login(person)
    browsers[1].force_login(person)
    browsers[2].force_login(member)
    erase_member(member=person, by=person)
    assert [browser.get("/accounts/settings/").status_code for browser in browsers] == [302, 302, 200]
    assert Session.objects.count() == 1


def test_nobody_signs_in_as_them_again(person: Member, client: Client) -> None:
    erase_member(member=person, by=person)
    client.post("/accounts/login/", {"login": "zephyrine@example.com", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_posts_and_votes_stay_and_no_line_of_a_ledger_is_touched(
    person: Member, question: Question, idea: Idea, make_idea: Callable[..., Idea]
) -> None:
    post_comment(question=question, by=person, body="Me too.")
    own = make_idea("Offline use", by=person)
    cast_vote(idea=idea, by=person)
    withdraw_vote(idea=own, by=person)
    ledgers = [model for model in apps.get_models() if issubclass(model, Ledger)]
    before = [list(model._default_manager.order_by("pk").values()) for model in ledgers]
    erase_member(member=person, by=person)
    assert [list(model._default_manager.order_by("pk").values()) for model in ledgers] == before
    assert VoteEvent.objects.filter(member=person).count() == 3
    idea.refresh_from_db()
    own.refresh_from_db()
    assert (idea.supporter_count, own.supporter_count, own.author) == (2, 0, person)
    assert question.comments.get().author == person
    assert list(differences([idea.pk, own.pk])) == []


def test_a_placeholder_is_erased_by_an_administrator(administrator: Member) -> None:
    ghost = Member.objects.create_user("from-before", name="Quackenbush", source="elsewhere", source_id="zq-source-77")
    erase_member(member=ghost, by=administrator)
    assert list(rows_naming(*CANARIES)) == []


def test_the_placeholder_that_they_claimed_goes_with_them(person: Member, idea: Idea, moderator: Member) -> None:
    customer = Member.objects.create_user("caller", name="Quackenbush", contact_email="zephyrine@example.com")
    cast_vote_for(
        idea=idea,
        member=customer,
        by=moderator,
        channel=VoteEvent.Channel.PHONE,
        sentence="Zephyrine could sleep.",
        evidence_url="https://desk.example/zephyrine",
        note="Called Quackenbush back.",
    )
    claim_votes(customer=customer, by=person)
    explain_vote(idea=idea, by=person, sentence="I, Zephyrine, could sleep.", is_public=True)
    assert "ideas.VoteEvidence.url" in set(rows_naming(*CANARIES))
    erase_member(member=person, by=person)
    assert list(rows_naming(*CANARIES)) == []
    customer.refresh_from_db()
    assert (customer.name, customer.claimed_by) == (FORMER_MEMBER, person)
    idea.refresh_from_db()
    assert idea.supporter_count == 2
    assert list(differences([idea.pk])) == []


def test_where_their_votes_came_from_is_forgotten(person: Member, idea: Idea) -> None:
    cast_vote(idea=idea, by=person, network="192.0.2.7")
    assert VoteNetwork.objects.exists()
    erase_member(member=person, by=person)
    assert not VoteNetwork.objects.exists()


def test_many_are_erased_and_each_has_a_handle_of_their_own(administrator: Member) -> None:
    members = [make_member(f"m{number}") for number in range(3)]
    squatter = make_member("squatter")
    Member.objects.filter(pk=squatter.pk).update(handle=f"erased-{members[1].pk}")
    for member in members:
        erase_member(member=member, by=administrator)
    handles = set(Member.objects.filter(erased_at__isnull=False).values_list("handle", flat=True))
    assert handles == {f"erased-{members[0].pk}", f"erased-{members[1].pk}-2", f"erased-{members[2].pk}"}


def test_the_log_says_that_it_was_done_by_whom_and_not_to_whom(person: Member, administrator: Member) -> None:
    erase_member(member=person, by=administrator)
    line = ModelLogEntry.objects.filter(action=ERASED).get()
    assert (line.user, line.object_id, line.label, line.data) == (administrator, str(person.pk), FORMER_MEMBER, {})
    assert set(ModelLogEntry.objects.for_instance(person).values_list("label", flat=True)) == {FORMER_MEMBER}


@pytest.mark.parametrize("role", ["member", "advocate", "moderator", "product_manager"])
def test_others_may_not(role: str, person: Member, request: pytest.FixtureRequest) -> None:
    with pytest.raises(ForbiddenError, match="Only administrators"):
        erase_member(member=person, by=request.getfixturevalue(role))
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("Z. Quackenbush", True)
    erase_member(member=person, by=request.getfixturevalue("administrator"))
    person.refresh_from_db()
    assert person.erased_at is not None


def test_a_superuser_is_erased_by_a_superuser_alone(administrator: Member) -> None:
    boss, other = make_member("boss", is_superuser=True), make_member("other", is_superuser=True)
    assert administrator.has_perm(ERASE)
    with pytest.raises(ForbiddenError, match="superuser"):
        erase_member(member=boss, by=administrator)
    erase_member(member=boss, by=other)


def test_once_is_enough(person: Member, administrator: Member) -> None:
    erase_member(member=person, by=person)
    at = Member.objects.get(pk=person.pk).erased_at
    with pytest.raises(AlreadyErasedError):
        erase_member(member=person, by=administrator)
    assert Member.objects.get(pk=person.pk).erased_at == at


def test_the_last_administrator_stays(administrator: Member) -> None:
    gone = make_member("gone", "Administrators", is_active=False)
    with pytest.raises(LastAdministratorError):
        erase_member(member=administrator, by=administrator)
    administrator.refresh_from_db()
    assert administrator.is_active
    erase_member(member=gone, by=administrator)
    make_member("boss", is_superuser=True)
    erase_member(member=administrator, by=administrator)


def test_the_site_itself_stays(administrator: Member) -> None:
    with pytest.raises(SystemMemberError):
        erase_member(member=Member.objects.system(), by=administrator)


def test_every_app_that_registered_is_asked_in_the_same_transaction(
    person: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def eraser(member: Member) -> None:
        asked.append(member.name)
        raise ZeroDivisionError

    monkeypatch.setattr(erasure, "_erasers", [*erasure._erasers, eraser])
    with pytest.raises(ZeroDivisionError):
        erase_member(member=person, by=person)
    assert asked == [FORMER_MEMBER]
    person.refresh_from_db()
    assert (person.name, person.groups.filter(name="Advocates").exists()) == ("Z. Quackenbush", True)
    assert EmailAddress.objects.filter(user=person).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_last_two_administrators_do_not_erase_each_other(administrator: Member) -> None:
    other = make_member("other", "Administrators")
    errors = together(
        lambda: erase_member(member=administrator, by=administrator), lambda: erase_member(member=other, by=other)
    )
    assert [type(error) for error in errors] == [LastAdministratorError]
    assert Member.objects.administrators().count() == 1
