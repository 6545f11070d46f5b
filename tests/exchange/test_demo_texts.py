"""The demo community's texts, before anything is made of them."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from exchange.demo import voters
from exchange.demo.reading import Community, Thread, blocks_of, midnight, read_community, span

TODAY = midnight(datetime(2026, 3, 14, 15, 9, tzinfo=UTC))


@pytest.fixture(scope="module")
def community() -> Community:
    return read_community()


def votes(idea: Thread, community: Community, today: datetime) -> list[voters.Ballot]:
    joined = voters.joining(community, today)
    begins, closes = idea.begins(today), today - timedelta(hours=2)
    everyone = idea.page == "ideas"
    return voters.ballots(idea, community, joined, begins=begins, closes=closes, for_everyone=everyone)


def test_there_is_as_much_of_everything_as_promised(community: Community) -> None:
    assert (len(community.people), len(community.organisations)) == (200, 12)
    assert len(community.questions) in range(58, 66)
    assert len(community.ideas) == 80
    for threads in (community.questions, community.ideas):
        languages = Counter(thread.language for thread in threads)
        assert all(0.12 < languages[language] / len(threads) < 0.18 for language in ("de", "fr"))


def test_nothing_is_said_twice(community: Community) -> None:
    threads = [*community.questions, *community.ideas]
    bodies = [thread.body for thread in threads] + [block.body for thread in threads for block in thread.blocks]
    titles = [thread.title for thread in threads]
    handles = [person.handle for person in community.people]
    assert all(len(set(found)) == len(found) and all(found) for found in (bodies, titles, handles))


def test_whoever_writes_is_known_and_writes_in_order(community: Community) -> None:
    handles = {person.handle for person in community.people}
    for thread in (*community.questions, *community.ideas):
        assert {thread.author, *(block.author for block in thread.blocks)} <= handles, thread.slug
        assert all(one.after < other.after for one, other in pairwise(thread.blocks)), thread.slug
        last = max([block.accepted_after or block.after for block in thread.blocks], default=timedelta())
        assert thread.begins(TODAY) + last < TODAY, thread.slug


def test_only_those_who_may_read_the_beta_board_write_there(community: Community) -> None:
    testers = {person.handle for person in community.people if person.beta}
    for idea in community.ideas:
        if idea.page == "mobile-beta":
            assert {idea.author, *(block.author for block in idea.blocks)} <= testers, idea.slug


def test_duplicates_are_left_for_a_moderator(community: Community) -> None:
    ideas = {idea.slug for idea in community.ideas}
    left = [set(group["ideas"]) for group in community.site["duplicates"]]
    merged = {merge["duplicate"] for merge in community.site["merges"]}
    assert len(left) >= 4
    assert any(len(group) == 3 for group in left)
    assert all(group <= ideas and not group & merged for group in left)


def test_the_same_people_vote_every_time_and_a_day_later_a_day_later(community: Community) -> None:
    day = timedelta(days=1)
    for idea in community.ideas[::7]:
        first = votes(idea, community, TODAY)
        assert first == votes(idea, community, TODAY)
        later = [
            voters.Ballot(one.handle, one.cast_at + day, one.withdrawn_at and one.withdrawn_at + day) for one in first
        ]
        assert later == votes(idea, community, TODAY + day)


def test_nobody_votes_before_joining_or_twice(community: Community) -> None:
    joined = voters.joining(community, TODAY)
    for idea in community.ideas:
        cast = votes(idea, community, TODAY)
        assert len({ballot.handle for ballot in cast} | {idea.author}) == idea.supporters + idea.withdrawn
        assert all(joined[ballot.handle] < ballot.cast_at < TODAY for ballot in cast)
        assert all(ballot.withdrawn_at is None or ballot.cast_at < ballot.withdrawn_at < TODAY for ballot in cast)


@pytest.mark.parametrize("text", ["", "2", "d", "2d4h", "1w", "2d  4h"])
def test_a_length_of_time_is_written_plainly(text: str) -> None:
    with pytest.raises(ValueError, match="is not a length of time"):
        span(text)


def test_a_length_of_time_may_have_several_parts() -> None:
    assert span("2d 4h 5m") == timedelta(days=2, hours=4, minutes=5)


def test_a_file_begins_with_a_header() -> None:
    with pytest.raises(ValueError, match="does not begin with a header"):
        blocks_of("Just text.")
