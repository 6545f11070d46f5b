"""Merging loses nothing here. Each test is named for something that other boards lose or distort."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from community.families import CircularMergeError
from ideas import tally
from ideas.actions import (
    cast_vote,
    change_status,
    merge_idea,
    post_comment,
    preview_merge,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, IdeaMerge, StatusChange, Vote, VoteEvent
from tests.ideas.conftest import Reader
from tests.people import make_member

MakeIdea = Callable[..., Idea]


def merge(duplicate: Idea, into: Idea, by: Member) -> IdeaMerge:
    return merge_idea(duplicate=duplicate, into=into, by=by)


def count(idea: Idea) -> int:
    return Idea.objects.values_list("supporter_count", flat=True).get(pk=idea.pk)


@pytest.fixture
def one(make_idea: MakeIdea) -> Idea:
    return make_idea("One", by=make_member("first"))


@pytest.fixture
def other(make_idea: MakeIdea) -> Idea:
    return make_idea("Other", by=make_member("second"))


def test_merged_votes_keep_their_dates(one: Idea, other: Idea, member: Member, moderator: Member) -> None:
    """Copies dated today would make an old idea look as if it were trending."""
    long_ago = timezone.now() - timedelta(days=200)
    cast_vote(idea=one, by=member, occurred_at=long_ago)
    other.refresh_from_db()
    before = other.trending
    merge(one, other, moderator)
    assert Vote.objects.get(member=member).cast_at == long_ago
    other.refresh_from_db()
    moments = [long_ago, *Vote.objects.exclude(member=member).values_list("cast_at", flat=True)]
    assert other.trending == tally.trending(moments, 14)
    assert other.trending - before < tally.trending([timezone.now()] * 3, 14) - before


def test_merging_back_is_refused(one: Idea, other: Idea, moderator: Member) -> None:
    """Each merged into the other, both would be gone from the board."""
    merge(one, other, moderator)
    with pytest.raises(CircularMergeError):
        merge(other, one, moderator)
    assert Idea.objects.listed().get() == other


def test_undoing_counts_nobody_twice(one: Idea, other: Idea, member: Member, moderator: Member) -> None:
    cast_vote(idea=one, by=member)
    cast_vote(idea=other, by=member)
    edge = merge(one, other, moderator)
    assert count(other) == 3
    undo_idea_merge(edge=edge, by=moderator)
    assert (count(one), count(other)) == (2, 2)


def test_undoing_keeps_the_genuine_votes_of_those_who_voted_for_both(
    one: Idea, other: Idea, member: Member, moderator: Member
) -> None:
    cast_vote(idea=one, by=member)
    cast_vote(idea=other, by=member)
    before = list(Vote.objects.order_by("pk").values_list("idea", "member", "is_cast", "cast_at"))
    undo_idea_merge(edge=merge(one, other, moderator), by=moderator)
    assert list(Vote.objects.order_by("pk").values_list("idea", "member", "is_cast", "cast_at")) == before


def test_a_withdrawal_while_merged_is_restored_by_undoing(
    one: Idea, other: Idea, member: Member, moderator: Member
) -> None:
    """The person took back their vote for the canonical idea; on the duplicate they never did."""
    cast_vote(idea=one, by=member)
    edge = merge(one, other, moderator)
    withdraw_vote(idea=other, by=member)
    assert count(other) == 2
    undo_idea_merge(edge=edge, by=moderator)
    assert (count(one), count(other)) == (2, 1)


def test_an_idea_with_duplicates_can_be_merged_itself(
    one: Idea, other: Idea, make_idea: MakeIdea, member: Member, moderator: Member
) -> None:
    top = make_idea("Top", by=make_member("third"))
    cast_vote(idea=one, by=member)
    merge(one, other, moderator)
    edge = merge(other, top, moderator)
    assert count(top) == 4
    undo_idea_merge(edge=edge, by=moderator)
    assert (count(top), count(other)) == (1, 3)


def test_votes_cast_through_a_duplicate_remember_it(one: Idea, other: Idea, member: Member, moderator: Member) -> None:
    edge = merge(one, other, moderator)
    cast_vote(idea=one, by=member)
    line = VoteEvent.objects.get(member=member)
    assert (line.idea, line.clicked) == (one, one)
    undo_idea_merge(edge=edge, by=moderator)
    assert (count(one), count(other)) == (2, 1)


def test_merging_updates_the_count_though_all_voters_are_the_same(
    one: Idea, other: Idea, member: Member, moderator: Member
) -> None:
    for idea in (one, other):
        for vote in Vote.objects.filter(idea=idea):
            withdraw_vote(idea=idea, by=vote.member)
        cast_vote(idea=idea, by=member)
    preview = preview_merge(duplicate=one, into=other, by=moderator)
    assert (preview.shared_supporters, preview.result_supporters) == (1, 1)
    merge(one, other, moderator)
    assert (count(one), count(other)) == (0, 1)
    withdraw_vote(idea=other, by=member)
    assert count(other) == 0


@pytest.mark.parametrize("slug", ["shipped", "declined"])
def test_merging_into_a_closed_idea_counts_every_vote(
    one: Idea, other: Idea, member: Member, moderator: Member, status: Callable[[str], Any], slug: str
) -> None:
    cast_vote(idea=one, by=member)
    change_status(idea=other, status=status(slug), by=moderator)
    merge(one, other, moderator)
    assert count(other) == 3


def test_a_closed_idea_that_is_opened_again_takes_votes_again(
    one: Idea, member: Member, moderator: Member, status: Callable[[str], Any]
) -> None:
    change_status(idea=one, status=status("declined"), by=moderator)
    change_status(idea=one, status=status("open"), by=moderator)
    cast_vote(idea=one, by=member)
    assert count(one) == 2


def test_what_the_team_answered_on_a_duplicate_stays(
    one: Idea, other: Idea, moderator: Member, status: Callable[[str], Any]
) -> None:
    change_status(idea=one, status=status("planned"), by=moderator, answer="In the autumn.")
    undo_idea_merge(edge=merge(one, other, moderator), by=moderator)
    one.refresh_from_db()
    assert (one.status.slug, StatusChange.objects.get(idea=one).answer) == ("planned", "In the autumn.")


def test_comments_do_not_stay_behind(reader: Reader, one: Idea, other: Idea, member: Member, moderator: Member) -> None:
    post_comment(idea=one, by=member, body="Said on the duplicate.")
    edge = merge(one, other, moderator)
    assert "Said on the duplicate." in reader(None).get(other.get_absolute_url()).content.decode()
    undo_idea_merge(edge=edge, by=moderator)
    assert "Said on the duplicate." not in reader(None).get(other.get_absolute_url()).content.decode()
    assert "Said on the duplicate." in reader(None).get(one.get_absolute_url()).content.decode()


def test_who_merged_and_why_is_known_after_undoing_too(one: Idea, other: Idea, moderator: Member) -> None:
    edge = merge_idea(duplicate=one, into=other, by=moderator, reason="The same wish")
    undo_idea_merge(edge=edge, by=make_member("undoer", "Moderators"))
    edge.refresh_from_db()
    assert (edge.merged_by, edge.reason, edge.undone_by and edge.undone_by.handle) == (
        moderator,
        "The same wish",
        "undoer",
    )
    assert edge.merged_at is not None
    assert edge.undone_at is not None


def test_a_duplicate_keeps_its_address_and_its_author(
    reader: Reader, one: Idea, other: Idea, moderator: Member
) -> None:
    address = one.get_absolute_url()
    edge = merge(one, other, moderator)
    assert reader(None).get(address).status_code == 302
    assert reader(one.author).get(f"/i/{one.pk}/edit/").status_code == 200
    undo_idea_merge(edge=edge, by=moderator)
    assert reader(None).get(address).status_code == 200


def test_pages_show_nobodys_email_address(
    reader: Reader, one: Idea, other: Idea, member: Member, moderator: Member
) -> None:
    cast_vote(idea=one, by=member)
    post_comment(idea=one, by=member, body="Yes.")
    merge(one, other, moderator)
    for path in ("/ideas/", other.get_absolute_url(), f"{one.get_absolute_url()}?stay=1", f"/i/{one.pk}/history/"):
        for person in (None, member, moderator):
            assert not re.search(r"@example\.com", reader(person).get(path).content.decode())
