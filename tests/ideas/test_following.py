"""Following an idea without voting, and who is to hear of it: each person once, unless they said no."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission

from accounts.actions import erase_member
from accounts.models import Member
from accounts.permissions import SuspendedError
from ideas.actions import (
    cast_vote,
    follow_idea,
    merge_idea,
    post_comment,
    post_idea,
    undo_idea_merge,
    unfollow_idea,
    withdraw_vote,
)
from ideas.audience import affected_by, followers_of
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, IdeaSubscription
from ideas.signals import idea_followed, idea_unfollowed
from ideas.stakes import follows, stakes_of
from tests.ideas.conftest import Reader
from tests.people import make_member, restrict

HTMX = {"HTTP_HX_REQUEST": "true"}


def heard(idea: Idea) -> list[str]:
    return sorted(followers_of(idea).values_list("handle", flat=True))


def is_shown_as_following(reader: Reader, idea: Idea, by: Member) -> bool:
    return f"/i/{idea.pk}/unfollow/" in reader(by).get(idea.get_absolute_url()).content.decode()


def test_the_button_follows_and_unfollows(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(member)
    assert not is_shown_as_following(reader, idea, member)
    response = client.post(f"/i/{idea.pk}/follow/", query_params={"next": "/ideas/"})
    assert response["Location"] == "/ideas/"
    assert is_shown_as_following(reader, idea, member)
    assert heard(idea) == ["author", "member"]
    html = client.post(f"/i/{idea.pk}/unfollow/", **HTMX).content.decode()
    assert "<html" not in html
    assert f'hx-post="/i/{idea.pk}/follow/"' in html
    assert heard(idea) == ["author"]
    assert IdeaSubscription.objects.get().is_following is False


def test_whoever_takes_part_follows(reader: Reader, idea: Idea, author: Member, member: Member) -> None:
    commenter = make_member("commenter")
    cast_vote(idea=idea, by=member)
    post_comment(idea=idea, by=commenter, body="Yes.")
    assert heard(idea) == ["author", "commenter", "member"]
    for person in (author, member, commenter):
        assert is_shown_as_following(reader, idea, person)
    withdraw_vote(idea=idea, by=member)
    assert heard(idea) == ["author", "commenter"]


def test_a_no_outlasts_votes_comments_merges_and_their_undoing(
    canonical: Idea, make_idea: Callable[..., Idea], moderator: Member, member: Member
) -> None:
    other = make_idea("Night theme")
    cast_vote(idea=other, by=member)
    unfollow_idea(idea=other, by=member)
    post_comment(idea=other, by=member, body="Yes.")
    withdraw_vote(idea=other, by=member)
    cast_vote(idea=other, by=member)
    edge = merge_idea(duplicate=other, into=canonical, by=moderator)
    assert "member" not in heard(canonical)
    undo_idea_merge(edge=edge, by=moderator)
    assert "member" not in heard(other)


def test_of_two_words_in_a_family_the_newer_counts(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    cast_vote(idea=duplicate, by=member)
    assert "member" in heard(canonical)
    unfollow_idea(idea=canonical, by=member)
    assert "member" not in heard(canonical)
    follow_idea(idea=duplicate, by=member)
    assert "member" in heard(canonical)
    unfollow_idea(idea=duplicate, by=member)
    assert "member" not in heard(duplicate)
    follow_idea(idea=canonical, by=member)
    assert "member" in heard(canonical)


def test_a_no_on_one_duplicate_says_nothing_of_another(
    canonical: Idea, duplicate: Idea, make_idea: Callable[..., Idea], moderator: Member, member: Member
) -> None:
    second = make_idea("Black background")
    merge_idea(duplicate=second, into=canonical, by=moderator)
    for idea in (duplicate, second):
        cast_vote(idea=idea, by=member)
    unfollow_idea(idea=duplicate, by=member)
    assert "member" in heard(canonical)
    unfollow_idea(idea=second, by=member)
    assert "member" not in heard(canonical)


def test_the_button_says_what_the_list_says(
    canonical: Idea, duplicate: Idea, author: Member, moderator: Member
) -> None:
    acts: list[list[Callable[..., Any]]] = [
        [],
        [lambda m: cast_vote(idea=duplicate, by=m)],
        [lambda m: unfollow_idea(idea=duplicate, by=m), lambda m: cast_vote(idea=duplicate, by=m)],
        [lambda m: unfollow_idea(idea=duplicate, by=m), lambda m: cast_vote(idea=canonical, by=m)],
        [lambda m: follow_idea(idea=duplicate, by=m), lambda m: unfollow_idea(idea=canonical, by=m)],
        [lambda m: unfollow_idea(idea=canonical, by=m), lambda m: follow_idea(idea=duplicate, by=m)],
        [lambda m: unfollow_idea(idea=canonical, by=m), lambda m: post_comment(idea=duplicate, by=m, body="x")],
    ]
    for number, steps in enumerate(acts):
        person = make_member(f"person{number}")
        for step in steps:
            step(person)
        stakes = stakes_of(person, [canonical.pk, duplicate.pk])
        assert follows(stakes, canonical.pk) == (person in followers_of(canonical)), number


def test_each_is_there_once_whatever_they_did(
    canonical: Idea, make_idea: Callable[..., Idea], board: IdeaBoardPage, moderator: Member, member: Member
) -> None:
    duplicate = post_idea(board=board, by=member, title="Night theme", body="B")
    for idea in (canonical, duplicate):
        cast_vote(idea=idea, by=member)
        for text in ("One.", "Two."):
            post_comment(idea=idea, by=member, body=text)
        follow_idea(idea=idea, by=member)
    edge = merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    assert heard(canonical) == heard(duplicate) == ["author", "member"]
    assert list(affected_by(edge)) == [member]


def test_a_merge_affects_the_side_of_the_duplicate_with_all_that_was_merged_into_it(
    canonical: Idea, make_idea: Callable[..., Idea], board: IdeaBoardPage, moderator: Member
) -> None:
    people = {name: make_member(name) for name in ("writer", "voter", "commenter", "follower", "beside", "refuser")}
    duplicate = post_idea(board=board, by=people["writer"], title="Night theme", body="B")
    below = post_idea(board=board, by=people["writer"], title="Black background", body="B")
    merge_idea(duplicate=below, into=duplicate, by=moderator)
    cast_vote(idea=below, by=people["voter"])
    post_comment(idea=duplicate, by=people["commenter"], body="Yes.")
    follow_idea(idea=below, by=people["follower"])
    cast_vote(idea=canonical, by=people["beside"])
    cast_vote(idea=below, by=people["refuser"])
    unfollow_idea(idea=below, by=people["refuser"])
    edge = merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    assert sorted(affected_by(edge).values_list("handle", flat=True)) == ["commenter", "follower", "voter", "writer"]
    undo_idea_merge(edge=edge, by=moderator)
    edge = IdeaMerge.objects.select_related("duplicate").get(pk=edge.pk)
    assert sorted(affected_by(edge).values_list("handle", flat=True)) == ["commenter", "follower", "voter", "writer"]


def test_nobody_hears_of_what_they_may_not_read(
    board: IdeaBoardPage, idea: Idea, member: Member, moderator: Member, administrator: Member
) -> None:
    superuser = make_member("root", is_superuser=True)
    for person in (member, moderator, administrator, superuser):
        follow_idea(idea=idea, by=person)
    assert heard(idea) == ["administrator", "author", "member", "moderator", "root"]
    restrict(board)
    assert "member" in heard(idea)
    restrict(board, "Moderators", "Product managers")
    assert heard(idea) == ["moderator", "root"]
    board.unpublish()
    assert heard(idea) == []


@pytest.mark.parametrize(
    ("visibility", "expected"),
    [("held", ["author", "moderator"]), ("hidden", ["author", "moderator"]), ("deleted", ["moderator"])],
)
def test_of_what_is_not_visible_hear_those_who_see_it(
    idea: Idea,
    member: Member,
    moderator: Member,
    make_invisible: Callable[..., None],
    visibility: str,
    expected: list[str],
) -> None:
    for person in (member, moderator):
        follow_idea(idea=idea, by=person)
    make_invisible(idea, visibility)
    assert heard(idea) == expected
    member.user_permissions.add(Permission.objects.get(codename="moderate_idea"))
    assert heard(idea) == sorted([*expected, "member"])


def test_who_is_gone_or_cannot_be_told_is_left_out(idea: Idea, member: Member) -> None:
    follow_idea(idea=idea, by=member)
    nobody = make_member("nobody", email=None)
    reachable = make_member("reachable", email=None, contact_email="r@example.com")
    for person in (nobody, reachable):
        IdeaSubscription.objects.create(idea=idea, member=person, is_following=True)
    assert heard(idea) == ["author", "member", "reachable"]
    Member.objects.filter(pk=member.pk).update(is_suspended=True)
    assert heard(idea) == ["author", "reachable"]
    Member.objects.filter(pk=member.pk).update(is_suspended=False, is_active=False)
    Member.objects.filter(pk=reachable.pk).update(claimed_by=idea.author)
    assert heard(idea) == ["author"]


def test_the_suspended_may_stop_following_and_not_begin(idea: Idea, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(is_suspended=True)
    member.refresh_from_db()
    with pytest.raises(SuspendedError):
        follow_idea(idea=idea, by=member)
    assert unfollow_idea(idea=idea, by=member).is_following is False


def test_whoever_is_erased_follows_nothing(idea: Idea, member: Member, administrator: Member) -> None:
    follow_idea(idea=idea, by=member)
    erase_member(member=member, by=administrator)
    assert not IdeaSubscription.objects.exists()


def test_a_hidden_comment_makes_no_follower(idea: Idea, member: Member, make_invisible: Callable[..., None]) -> None:
    comment = post_comment(idea=idea, by=member, body="Buy this.")
    assert "member" in heard(idea)
    make_invisible(comment)
    assert "member" not in heard(idea)


def test_both_are_announced(idea: Idea, member: Member) -> None:
    said: list[tuple[str, bool]] = []

    def hear_yes(subscription: IdeaSubscription, **kwargs: Any) -> None:
        said.append(("followed", subscription.is_following))

    def hear_no(subscription: IdeaSubscription, **kwargs: Any) -> None:
        said.append(("unfollowed", subscription.is_following))

    idea_followed.connect(hear_yes)
    idea_unfollowed.connect(hear_no)
    follow_idea(idea=idea, by=member)
    unfollow_idea(idea=idea, by=member)
    assert said == [("followed", True), ("unfollowed", False)]


@pytest.mark.parametrize("verb", ["follow", "unfollow"])
def test_visitors_sign_in_and_strangers_find_nothing(
    reader: Reader, idea: Idea, member: Member, make_invisible: Callable[..., None], verb: str
) -> None:
    assert reader(None).post(f"/i/{idea.pk}/{verb}/")["Location"].startswith("/accounts/login/")
    assert reader(member).get(f"/i/{idea.pk}/{verb}/").status_code == 405
    make_invisible(idea)
    assert reader(member).post(f"/i/{idea.pk}/{verb}/").status_code == 404
    assert not IdeaSubscription.objects.exists()
