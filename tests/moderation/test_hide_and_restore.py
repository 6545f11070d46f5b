"""Hiding and restoring posts of every kind."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import Member
from accounts.roles import MODERATORS
from community.actions import accept_answer, ask_question, delete_content, post_answer, set_visibility
from community.content import Content, Visibility
from community.models import Answer, ForumPage, Question
from core.errors import ForbiddenError
from ideas.actions import merge_idea
from ideas.models import Idea, IdeaBoardPage, IdeaMerge
from moderation import log as moderation_log
from moderation.actions import (
    AlreadyHiddenError,
    AlreadyVisibleError,
    CanonicalNotVisibleError,
    FamilyChoice,
    MergedIdeasError,
    ReasonError,
    hide_post,
    restore_post,
)
from moderation.kinds import KINDS
from moderation.models import PostLogEntry
from tests.people import make_member, restrict

PostOf = Callable[[str], Content]


def lines(post: Content) -> list[tuple[str, str, str]]:
    """What the log says of decisions about a post, oldest first: action, who, why."""
    entries = (
        PostLogEntry.objects.for_instance(post)
        .filter(action__startswith="moderation.")
        .order_by("pk")
        .select_related("user")
    )
    return [(entry.action, entry.user.handle, entry.data["reason"]) for entry in entries]


@pytest.mark.parametrize("kind", KINDS)
def test_a_hidden_post_is_seen_by_its_author_and_moderators_alone(
    kind: str, post_of: PostOf, visitor: Any, member: Member, author: Member, moderator: Member
) -> None:
    post = post_of(kind)
    hide_post(post=post, by=moderator, reason="Advertising")
    seen = [KINDS[kind].visible_to(user).filter(pk=post.pk).exists() for user in (visitor, member, author, moderator)]
    assert seen == [False, False, True, True]
    assert lines(post) == [("moderation.hide", "moderator", "Advertising")]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("state", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_a_restored_post_is_back_for_everybody(
    kind: str, state: Visibility, post_of: PostOf, visitor: Any, moderator: Member
) -> None:
    post = set_visibility(content=post_of(kind), by=moderator, visibility=state, reason="At first sight")
    restored = restore_post(post=post, by=moderator, reason="It was fine")
    assert KINDS[kind].visible_to(visitor).filter(pk=post.pk).exists()
    assert (restored.visibility_by, restored.visibility_reason) == (moderator, "It was fine")
    assert lines(post)[-1] == ("moderation.restore", "moderator", "It was fine")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["author", "member", "advocate", "product_manager"])
def test_only_moderators_hide_and_restore(
    kind: str, role: str, post_of: PostOf, moderator: Member, request: pytest.FixtureRequest
) -> None:
    post, person = post_of(kind), request.getfixturevalue(role)
    with pytest.raises(ForbiddenError, match="Only moderators"):
        hide_post(post=post, by=person, reason="I don't like it")
    hide_post(post=post, by=moderator, reason="Advertising")
    with pytest.raises(ForbiddenError, match="Only moderators"):
        restore_post(post=post, by=person, reason="I like it")
    assert len(lines(post)) == 1


def test_a_moderator_of_one_app_decides_nothing_in_the_other(idea: Idea, question: Question) -> None:
    person = make_member("half")
    person.user_permissions.add(Permission.objects.get(codename="moderate_idea"))
    hide_post(post=idea, by=person, reason="Advertising")
    with pytest.raises(ForbiddenError):
        hide_post(post=question, by=person, reason="Advertising")


def test_to_moderate_is_to_be_able_to_read(
    staff_forum: ForumPage,
    staff_board: IdeaBoardPage,
    author: Member,
    moderator: Member,
    make_idea: Callable[..., Idea],
) -> None:
    question = ask_question(forum=staff_forum, by=author, title="Secret?", body="Yes.")
    idea = make_idea("Secret", on=staff_board)
    restrict(staff_forum, "Product managers")
    restrict(staff_board, "Product managers")
    for post in (question, idea):
        with pytest.raises(ForbiddenError, match="only what you may read"):
            hide_post(post=post, by=moderator, reason="Advertising")


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501])
def test_a_reason_is_needed_and_not_endless(reason: str, question: Question, moderator: Member) -> None:
    with pytest.raises(ReasonError):
        hide_post(post=question, by=moderator, reason=reason)
    question.refresh_from_db()
    assert question.is_visible


def test_hiding_twice_says_so_and_keeps_the_first_reason(question: Question, moderator: Member) -> None:
    hide_post(post=question, by=moderator, reason="Advertising")
    with pytest.raises(AlreadyHiddenError):
        hide_post(post=question, by=moderator, reason="Something else")
    question.refresh_from_db()
    assert question.visibility_reason == "Advertising"
    assert len(lines(question)) == 1


def test_what_its_author_deleted_is_not_shown_to_them_again_by_hiding_it(
    question: Question, author: Member, moderator: Member
) -> None:
    delete_content(content=question, by=author)
    with pytest.raises(AlreadyHiddenError):
        hide_post(post=question, by=moderator, reason="Advertising")


def test_restoring_what_is_visible_says_so(question: Question, moderator: Member) -> None:
    with pytest.raises(AlreadyVisibleError):
        restore_post(post=question, by=moderator, reason="Why not")
    assert lines(question) == []


def test_without_a_line_in_the_log_nothing_is_decided(
    question: Question, moderator: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(moderation_log, "log", full)
    with pytest.raises(OSError, match="full"):
        hide_post(post=question, by=moderator, reason="Advertising")
    question.refresh_from_db()
    assert question.is_visible


def test_counts_follow_hiding_and_restoring(
    question: Question, answer: Answer, author: Member, moderator: Member
) -> None:
    post_answer(question=question, by=author, body="Or the red one.")
    accept_answer(answer=answer, by=author)
    hide_post(post=answer, by=moderator, reason="Wrong")
    question.refresh_from_db()
    assert (question.answer_count, question.is_solved) == (1, False)
    restore_post(post=answer, by=moderator, reason="Right after all")
    question.refresh_from_db()
    assert (question.answer_count, question.is_solved) == (2, True)


def test_comments_are_counted_again_too(idea: Idea, question: Question, post_of: PostOf, moderator: Member) -> None:
    for kind, topic in (("idea-comment", idea), ("question-comment", question)):
        comment = post_of(kind)
        hide_post(post=comment, by=moderator, reason="Rude")
        topic.refresh_from_db()
        assert topic.comment_count == 0
        restore_post(post=comment, by=moderator, reason="Not so rude")
        topic.refresh_from_db()
        assert topic.comment_count == 1


def test_a_moderators_deletion_is_logged_and_an_authors_own_is_not(
    question: Question, answer: Answer, advocate: Member, moderator: Member
) -> None:
    delete_content(content=answer, by=advocate)
    assert lines(answer) == []
    delete_content(content=question, by=moderator)
    assert lines(question) == [("moderation.delete", "moderator", "")]


# Ideas that others were merged into


@pytest.fixture
def family(make_idea: Callable[..., Idea], moderator: Member) -> list[Idea]:
    """An idea, one merged into it, and one that came along."""
    canonical, duplicate, deeper = make_idea("Dark mode"), make_idea("Night theme"), make_idea("Black screen")
    merge_idea(duplicate=deeper, into=duplicate, by=moderator)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    return [canonical, duplicate, deeper]


def states(ideas: list[Idea]) -> list[str]:
    return [Idea.objects.get(pk=idea.pk).visibility for idea in ideas]


def test_hiding_a_canonical_idea_asks_what_becomes_of_the_merged(family: list[Idea], moderator: Member) -> None:
    with pytest.raises(MergedIdeasError):
        hide_post(post=family[0], by=moderator, reason="Spam")
    assert states(family) == ["visible"] * 3


def test_hiding_the_family_hides_all_and_restoring_brings_all_back(family: list[Idea], moderator: Member) -> None:
    hide_post(post=family[0], by=moderator, reason="Spam", family=FamilyChoice.HIDE)
    assert states(family) == ["hidden"] * 3
    assert [lines(idea) for idea in family] == [[("moderation.hide", "moderator", "Spam")]] * 3
    assert PostLogEntry.objects.filter(action="moderation.hide").values("uuid").distinct().count() == 1
    restore_post(post=Idea.objects.get(pk=family[0].pk), by=moderator, reason="No spam")
    assert states(family) == ["visible"] * 3


def test_what_was_hidden_before_its_family_stays_hidden(family: list[Idea], moderator: Member) -> None:
    hide_post(post=family[2], by=moderator, reason="Rude")
    hide_post(post=family[0], by=moderator, reason="Spam", family=FamilyChoice.HIDE)
    restore_post(post=family[0], by=moderator, reason="No spam")
    assert states(family) == ["visible", "visible", "hidden"]
    assert Idea.objects.get(pk=family[2].pk).visibility_reason == "Rude"


def test_undoing_the_merges_first_leaves_the_others_on_the_board(family: list[Idea], moderator: Member) -> None:
    hide_post(post=family[0], by=moderator, reason="Spam", family=FamilyChoice.UNDO)
    assert states(family) == ["hidden", "visible", "visible"]
    freed, deeper = Idea.objects.get(pk=family[1].pk), Idea.objects.get(pk=family[2].pk)
    assert (freed.canonical_id, deeper.canonical_id) == (None, freed.pk)
    assert IdeaMerge.objects.standing().count() == 1


def test_hiding_a_merged_idea_asks_nothing(family: list[Idea], moderator: Member) -> None:
    hide_post(post=family[1], by=moderator, reason="Rude")
    assert states(family) == ["visible", "hidden", "visible"]


def test_a_merged_idea_cannot_come_back_before_the_one_that_it_leads_to(family: list[Idea], moderator: Member) -> None:
    hide_post(post=family[0], by=moderator, reason="Spam", family=FamilyChoice.HIDE)
    with pytest.raises(CanonicalNotVisibleError):
        restore_post(post=family[1], by=moderator, reason="Fine")
    assert states(family) == ["hidden"] * 3


@pytest.mark.parametrize("choice", [None, *FamilyChoice])
def test_a_family_with_an_idea_that_one_may_not_see_is_left_to_others(
    choice: FamilyChoice | None,
    idea: Idea,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
    administrator: Member,
) -> None:
    secret = make_idea("Secret plan", on=staff_board)
    merge_idea(duplicate=secret, into=idea, by=moderator)
    outsider = make_member("outsider")
    outsider.user_permissions.set(Group.objects.get(name=MODERATORS).permissions.all())
    with pytest.raises(ForbiddenError, match="may not see"):
        hide_post(post=idea, by=outsider, reason="Spam", family=choice)
    assert states([idea, secret]) == ["visible", "visible"]
