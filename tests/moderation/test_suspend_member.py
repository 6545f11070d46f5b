"""Suspending members and lifting it: who may, what it keeps from, what is written about it."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.actions import SystemMemberError, erase_member
from accounts.models import Member
from accounts.permissions import SuspendedError
from community.actions import (
    accept_answer,
    ask_question,
    delete_content,
    edit_question,
    post_answer,
    post_comment,
)
from community.models import Answer, ForumPage, Question
from core.errors import ForbiddenError
from ideas.actions import cast_vote, delete_idea, edit_idea, post_idea, withdraw_vote
from ideas.actions import post_comment as comment_on_idea
from ideas.models import Idea, IdeaBoardPage, VoteEvent
from moderation.actions import (
    AlreadyLiftedError,
    AlreadySuspendedError,
    EndInPastError,
    NotOverError,
    ReasonError,
    end_suspension,
    hide_post,
    lift_suspension,
    suspend_member,
)
from moderation.log import LIFT, SUSPEND
from moderation.models import Suspension
from moderation.signals import member_suspended, suspension_lifted
from tests.people import make_member


def now(member: Member) -> Member:
    """The member as they are now, as at the start of a request."""
    return Member.objects.get(pk=member.pk)


def test_it_is_written_down_and_lifted_again(member: Member, moderator: Member) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="Spam")
    assert (suspension.member, suspension.reason, suspension.suspended_by) == (member, "Spam", moderator)
    assert (suspension.ends_at, suspension.lifted_at) == (None, None)
    assert now(member).is_suspended
    lifted = lift_suspension(suspension=suspension, by=moderator)
    assert lifted.lifted_by == moderator
    assert lifted.lifted_at is not None
    assert not now(member).is_suspended
    again = suspend_member(member=member, by=moderator, reason="Spam again")
    assert again.pk != suspension.pk
    assert Suspension.objects.standing().get() == again


# Who may


@pytest.mark.parametrize("role", ["author", "advocate", "product_manager"])
def test_who_is_no_moderator_may_not(
    role: str, member: Member, moderator: Member, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(role)
    with pytest.raises(ForbiddenError, match="Only moderators"):
        suspend_member(member=member, by=person, reason="Spam")
    assert not now(member).is_suspended
    suspension = suspend_member(member=member, by=moderator, reason="Spam")
    with pytest.raises(ForbiddenError, match="Only moderators"):
        lift_suspension(suspension=suspension, by=person)
    assert now(member).is_suspended


def test_nobody_suspends_themselves_or_lifts_their_own(moderator: Member, administrator: Member) -> None:
    with pytest.raises(ForbiddenError, match="Nobody can suspend themselves"):
        suspend_member(member=moderator, by=moderator, reason="Holidays")
    boss = make_member("boss", is_superuser=True)
    suspension = suspend_member(member=boss, by=make_member("other", is_superuser=True), reason="A test")
    with pytest.raises(ForbiddenError, match="Nobody"):
        lift_suspension(suspension=suspension, by=now(boss))


@pytest.mark.parametrize("role", ["moderator", "product_manager", "administrator"])
def test_who_works_here_is_for_administrators(role: str, db: None, request: pytest.FixtureRequest) -> None:
    colleague = request.getfixturevalue(role)
    other = make_member("other", "Moderators")
    boss = make_member("chief", "Administrators")
    with pytest.raises(ForbiddenError, match="Only administrators"):
        suspend_member(member=colleague, by=other, reason="Quarrel")
    suspension = suspend_member(member=colleague, by=boss, reason="Quarrel")
    with pytest.raises(ForbiddenError, match="Only administrators"):
        lift_suspension(suspension=suspension, by=other)
    lift_suspension(suspension=suspension, by=boss)


def test_a_superuser_is_suspended_by_a_superuser_alone(administrator: Member) -> None:
    boss = make_member("boss", is_superuser=True)
    with pytest.raises(ForbiddenError, match="superuser"):
        suspend_member(member=boss, by=administrator, reason="Quarrel")
    assert not now(boss).is_suspended


def test_the_site_itself_is_not_suspended(moderator: Member) -> None:
    with pytest.raises(SystemMemberError):
        suspend_member(member=Member.objects.system(), by=moderator, reason="Robots")


# States


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_there_is_a_reason(reason: str, member: Member, moderator: Member) -> None:
    with pytest.raises(ReasonError):
        suspend_member(member=member, by=moderator, reason=reason)
    assert not now(member).is_suspended
    suspend_member(member=member, by=moderator, reason="x" * 500)


def test_twice_is_an_error(member: Member, moderator: Member) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="First")
    with pytest.raises(AlreadySuspendedError):
        suspend_member(member=member, by=moderator, reason="Second")
    assert Suspension.objects.get().reason == "First"
    lift_suspension(suspension=suspension, by=moderator)
    newer = suspend_member(member=member, by=moderator, reason="Third")
    with pytest.raises(AlreadyLiftedError):
        lift_suspension(suspension=suspension, by=moderator)
    assert now(member).is_suspended
    assert Suspension.objects.standing().get() == newer


def test_the_database_holds_that_only_one_stands(member: Member, moderator: Member) -> None:
    suspend_member(member=member, by=moderator, reason="First")
    with pytest.raises(IntegrityError):
        Suspension.objects.create(member=member, reason="Second", suspended_by=moderator)


def test_the_end_lies_ahead(member: Member, moderator: Member) -> None:
    with pytest.raises(EndInPastError):
        suspend_member(member=member, by=moderator, reason="Spam", ends_at=timezone.now())
    ends_at = timezone.now() + timedelta(days=7)
    assert suspend_member(member=member, by=moderator, reason="Spam", ends_at=ends_at).ends_at == ends_at
    assert now(member).suspended_until == ends_at


# What it keeps from


@pytest.fixture
def acts(
    forum: ForumPage, board: IdeaBoardPage, member: Member, make_idea: Callable[..., Idea], advocate: Member
) -> dict[str, Callable[[Member], Any]]:
    """Everything that a member can do, each on something of its own."""
    asked = ask_question(forum=forum, by=member, title="Mine", body="Text")
    answered = post_answer(question=asked, by=advocate, body="An answer")
    own = post_idea(board=board, by=member, title="Mine", body="Text")
    other = make_idea("Dark mode")
    return {
        "ask": lambda by: ask_question(forum=forum, by=by, title="New", body="Text"),
        "answer": lambda by: post_answer(question=asked, by=by, body="Another answer"),
        "comment": lambda by: post_comment(question=asked, by=by, body="A comment"),
        "accept": lambda by: accept_answer(answer=answered, by=by),
        "edit": lambda by: edit_question(question=asked, by=by, title="Changed", body="Text", tags=[]),
        "propose": lambda by: post_idea(board=board, by=by, title="New", body="Text"),
        "comment on an idea": lambda by: comment_on_idea(idea=other, by=by, body="A comment"),
        "vote": lambda by: cast_vote(idea=other, by=by),
        "edit an idea": lambda by: edit_idea(idea=own, by=by, title="Changed", body="Text", tags=[]),
        "delete an idea": lambda by: delete_idea(idea=own, by=by),
        "delete": lambda by: delete_content(content=asked, by=by),
    }


def test_whoever_is_suspended_does_nothing_of_this_and_can_again_afterwards(
    acts: dict[str, Callable[[Member], Any]], member: Member, moderator: Member
) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="Spam")
    for name, act in acts.items():
        with pytest.raises(SuspendedError, match="suspended: you can read, but not take part"):
            act(now(member))
            pytest.fail(name)
    lift_suspension(suspension=suspension, by=moderator)
    for act in acts.values():
        act(now(member))


def test_the_sentence_says_until_when(idea: Idea, member: Member, moderator: Member) -> None:
    ends_at = timezone.now() + timedelta(days=7)
    suspend_member(member=member, by=moderator, reason="Spam", ends_at=ends_at)
    with pytest.raises(SuspendedError, match=f"until .*{ends_at:%Y}: you can read"):
        cast_vote(idea=idea, by=now(member))


def test_votes_can_be_taken_back(idea: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=idea, by=member)
    suspend_member(member=member, by=moderator, reason="Spam")
    withdraw_vote(idea=idea, by=now(member))
    assert VoteEvent.objects.filter(member=member, kind=VoteEvent.Kind.WITHDRAWN).exists()


def test_roles_grant_nothing_meanwhile(question: Question, moderator: Member, administrator: Member) -> None:
    suspension = suspend_member(member=moderator, by=administrator, reason="Quarrel")
    with pytest.raises(ForbiddenError):
        hide_post(post=question, by=now(moderator), reason="Revenge")
    assert not now(moderator).has_perm("wagtailadmin.access_admin")
    lift_suspension(suspension=suspension, by=administrator)
    hide_post(post=question, by=now(moderator), reason="Spam")


# The end


def end_suspensions() -> str:
    out = StringIO()
    call_command("end_suspensions", stdout=out)
    return out.getvalue().strip()


def test_those_that_are_over_are_lifted_by_the_command(member: Member, author: Member, moderator: Member) -> None:
    over = suspend_member(member=member, by=moderator, reason="Spam", ends_at=timezone.now() + timedelta(days=1))
    lasting = suspend_member(member=author, by=moderator, reason="Spam")
    assert end_suspensions() == "Suspensions lifted: 0."
    with pytest.raises(NotOverError):
        end_suspension(suspension=lasting)
    with pytest.raises(NotOverError):
        end_suspension(suspension=over)
    assert (now(member).is_suspended, now(author).is_suspended) == (True, True)
    past = timezone.now() - timedelta(hours=1)
    Suspension.objects.filter(pk=over.pk).update(suspended_at=past - timedelta(days=1), ends_at=past)
    assert end_suspensions() == "Suspensions lifted: 1."
    over.refresh_from_db()
    assert over.lifted_by == Member.objects.system()
    assert (now(member).is_suspended, now(author).is_suspended) == (False, True)
    assert end_suspensions() == "Suspensions lifted: 0."
    with pytest.raises(AlreadyLiftedError):
        end_suspension(suspension=over)


# What is written about it


def test_wagtails_log_says_who_and_why(member: Member, moderator: Member, administrator: Member) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="Spam")
    lift_suspension(suspension=suspension, by=administrator)
    lines = ModelLogEntry.objects.for_instance(member).order_by("pk")
    assert [(line.action, line.user) for line in lines] == [(SUSPEND, moderator), (LIFT, administrator)]
    assert lines[0].data == {"reason": "Spam", "ends_at": None}


def test_without_its_line_in_the_log_nothing_is_suspended(
    member: Member, moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("moderation.log.log", refuse)
    with pytest.raises(ZeroDivisionError):
        suspend_member(member=member, by=moderator, reason="Spam")
    assert not now(member).is_suspended
    assert not Suspension.objects.exists()


def test_others_hear_of_it(member: Member, moderator: Member) -> None:
    heard = []

    def hear(signal: Any, suspension: Suspension, by: Member, **kwargs: Any) -> None:
        heard.append((signal, suspension.member, by))

    for signal in (member_suspended, suspension_lifted):
        signal.connect(hear)
    try:
        lift_suspension(suspension=suspend_member(member=member, by=moderator, reason="Spam"), by=moderator)
    finally:
        for signal in (member_suspended, suspension_lifted):
            signal.disconnect(hear)
    assert heard == [(member_suspended, member, moderator), (suspension_lifted, member, moderator)]


def test_who_is_erased_stays_suspended_and_the_reason_is_forgotten(
    member: Member, moderator: Member, answer: Answer
) -> None:
    suspension = suspend_member(member=member, by=moderator, reason="Zephyrine sells watches")
    erase_member(member=now(member), by=now(member))
    suspension.refresh_from_db()
    assert (suspension.reason, suspension.lifted_at) == ("", None)
    assert now(member).is_suspended
    assert not ModelLogEntry.objects.filter(data__icontains="Zephyrine").exists()
    lift_suspension(suspension=suspension, by=moderator)
    assert not now(member).is_suspended
