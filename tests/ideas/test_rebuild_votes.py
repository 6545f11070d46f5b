"""The proof that what is stored about votes is what the ledger says, and its repair."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Member
from ideas.actions import cast_vote, merge_idea, set_votes_apart, withdraw_vote
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Vote, VoteEvent
from ideas.rebuild import differences, rebuild
from tests.people import make_member


@pytest.fixture
def family(make_idea: Callable[..., Idea], member: Member, moderator: Member) -> list[Idea]:
    """An idea with a duplicate that has one too; votes on all of them, one withdrawn, one silenced, one set apart."""
    ideas = [make_idea("Canonical"), make_idea("Duplicate"), make_idea("Duplicate's duplicate")]
    canonical, duplicate, leaf = ideas
    other, gone = make_member("other"), make_member("gone")
    cast_vote(idea=duplicate, by=member)
    cast_vote(idea=leaf, by=other)
    cast_vote(idea=leaf, by=gone)
    cast_vote(idea=canonical, by=gone)
    Idea.objects.filter(pk=leaf.pk).update(base_votes=7)
    merge_idea(duplicate=leaf, into=duplicate, by=moderator)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    withdraw_vote(idea=canonical, by=gone)
    set_votes_apart(duplicate=leaf, by=other)
    for idea in ideas:
        idea.refresh_from_db()
    return ideas


def check(*options: str) -> str:
    """What the command prints in checking; raises SystemExit where it finds anything."""
    out = io.StringIO()
    call_command("rebuild_votes", "--check", *options, stdout=out)
    return out.getvalue()


def state() -> tuple[list[object], list[object]]:
    ideas = Idea.objects.order_by("pk").values_list(
        "pk", "canonical", "supporter_count", "family_base_votes", "trending"
    )
    votes = Vote.objects.order_by("idea", "member").values_list(
        "idea", "member", "is_cast", "silenced_through", "cast_at"
    )
    return list(ideas), list(votes)


def sql(statement: str, *parameters: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        assert cursor.rowcount == 1


def test_it_finds_nothing_where_everything_is_right(family: list[Idea]) -> None:
    assert "is what the ledger says" in check()
    assert family[0].family_base_votes == 7


TAMPERING = {
    "a count too high": ("UPDATE ideas_idea SET supporter_count = supporter_count + 1 WHERE id = %s", 0),
    "a count too low": ("UPDATE ideas_idea SET supporter_count = 0 WHERE id = %s", 0),
    "a count of votes set apart": ("UPDATE ideas_idea SET supporter_count = 0 WHERE id = %s", 2),
    "another base": ("UPDATE ideas_idea SET family_base_votes = -3 WHERE id = %s", 0),
    "another trending": ("UPDATE ideas_idea SET trending = trending + 0.01 WHERE id = %s", 0),
    "no pointer": ("UPDATE ideas_idea SET canonical_id = NULL WHERE id = %s", 1),
    "a pointer to the middle": ("UPDATE ideas_idea SET canonical_id = %s WHERE id = %s", (1, 2)),
    "a pointer of a canonical": ("UPDATE ideas_idea SET canonical_id = %s WHERE id = %s", (1, 0)),
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_it_finds_and_repairs_what_was_tampered_with(family: list[Idea], tampering: str) -> None:
    before = state()
    statement, places = TAMPERING[tampering]
    sql(statement, *(family[place].pk for place in (places if isinstance(places, tuple) else (places,))))
    with pytest.raises(SystemExit) as exit_:
        check()
    assert exit_.value.code == 1
    assert state() != before
    call_command("rebuild_votes", stdout=io.StringIO())
    assert state() == before
    check()


@pytest.mark.parametrize("tampering", ["forged", "lost", "withdrawn", "stands again", "moved in time"])
def test_it_finds_and_repairs_votes_that_are_not_in_the_ledger(
    family: list[Idea], member: Member, tampering: str
) -> None:
    before = state()
    canonical, duplicate, leaf = family
    votes = Vote.objects.filter(idea=duplicate, member=member)
    if tampering == "forged":
        Vote.objects.create(idea=canonical, member=member, is_cast=True, cast_at=timezone.now())
    elif tampering == "lost":
        votes.delete()
    elif tampering == "withdrawn":
        votes.update(is_cast=False)
    elif tampering == "stands again":
        assert Vote.objects.filter(idea=leaf, silenced_through=canonical).update(silenced_through=None)
    else:
        votes.update(cast_at=timezone.now() - timedelta(days=400))
    assert list(differences([duplicate.pk]))
    rebuild([duplicate.pk])
    assert state() == before


def test_checking_changes_nothing(family: list[Idea]) -> None:
    Idea.objects.filter(pk=family[0].pk).update(supporter_count=99)
    with pytest.raises(SystemExit):
        check()
    assert Idea.objects.get(pk=family[0].pk).supporter_count == 99


def test_each_difference_is_printed_once_whatever_the_order(
    family: list[Idea], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("ideas.rebuild.BATCH", 1)
    Idea.objects.filter(pk=family[0].pk).update(supporter_count=99)
    assert len(list(differences(idea.pk for idea in reversed(family)))) == 1
    with pytest.raises(SystemExit):
        call_command("rebuild_votes", "--check")
    assert f"idea {family[0].pk}: supporter_count is 99 and should be 2" in capsys.readouterr().out


def test_one_board_alone_can_be_checked(family: list[Idea], staff_board: IdeaBoardPage) -> None:
    Idea.objects.filter(pk=family[0].pk).update(supporter_count=99)
    assert "is what the ledger says" in check("--board", staff_board.slug)
    with pytest.raises(SystemExit):
        check("--board", "ideas")
    with pytest.raises(CommandError, match="no board"):
        check("--board", "elsewhere")


def test_rebuilding_takes_in_the_family_of_an_idea(family: list[Idea]) -> None:
    Idea.objects.filter(pk=family[0].pk).update(supporter_count=99)
    rebuild([family[2].pk])
    assert Idea.objects.get(pk=family[0].pk).supporter_count == 2


def test_lines_written_in_bulk_become_votes_and_merges(make_idea: Callable[..., Idea], moderator: Member) -> None:
    one, other = make_idea("One"), make_idea("Other")
    people = [make_member(f"m{number}") for number in range(3)]
    now = timezone.now()
    VoteEvent.objects.bulk_create(
        VoteEvent(
            idea=idea, clicked=idea, member=person, kind=kind, occurred_at=now - timedelta(days=days), recorded_at=now
        )
        for idea, person, kind, days in [
            (one, people[0], "cast", 9),
            (other, people[0], "cast", 8),
            (other, people[1], "cast", 7),
            (one, people[2], "cast", 6),
            (one, people[2], "withdrawn", 5),
        ]
    )
    IdeaMerge.objects.create(duplicate=other, target=one, merged_by=moderator)
    rebuild([one.pk, other.pk])
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.supporter_count, other.canonical_id, other.supporter_count) == (3, one.pk, 0)
    assert not list(differences([one.pk]))
    assert Vote.objects.get(idea=one, member=people[0]).cast_at == now - timedelta(days=9)


def test_a_long_row_of_single_votes_stays_within_the_tolerance(make_idea: Callable[..., Idea]) -> None:
    idea = make_idea("Popular")
    for number in range(120):
        moment = timezone.now() - timedelta(hours=number * 37 % 1000)
        cast_vote(idea=idea, by=make_member(f"voter{number}"), occurred_at=moment)
    assert not list(differences([idea.pk]))
