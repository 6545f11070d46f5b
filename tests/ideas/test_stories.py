"""Whatever people do in whatever order: nothing stored differs from the ledger, the ledger remembers every moment, and
previews tell the truth.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import set_visibility
from community.content import Visibility
from core.errors import ConflictError, ForbiddenError
from ideas import history, tally
from ideas.actions import (
    cast_vote,
    cast_vote_for,
    change_status,
    claim_votes,
    explain_vote,
    merge_idea,
    post_comment,
    preview_merge,
    rejoin_votes,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
    withdraw_vote_for,
)
from ideas.models import Idea, IdeaMerge, Importance, Status, Vote, VoteEvent
from ideas.rebuild import differences, rebuild
from moderation.actions import lift_suspension, suspend_member
from moderation.models import Suspension
from tests.people import make_member
from tests.stories import told

Act = tuple[str, int, int]
VOTING = ["cast", "cast", "cast", "withdraw", "on behalf", "on behalf withdrawn", "explain", "claim"]
SANCTIONS = ["suspend", "lift", "erase"]
MERGING = ["merge", "merge", "undo", "apart", "rejoin"]
OTHER = ["status", "hide", "show", "base", "comment"]


def stories(verbs: list[str], max_size: int = 25) -> Any:
    """Acts of a verb, each on one of four ideas and with one of five people, or with another idea."""
    return st.lists(st.tuples(st.sampled_from(verbs), st.integers(0, 3), st.integers(0, 4)), max_size=max_size)


class Stage:
    """Four ideas and five people, whom acts name by their numbers: four members, and a customer without an account."""

    def __init__(self, make_idea: Callable[..., Idea], moderator: Member) -> None:
        self.moderator = moderator
        self.people = [make_member(f"person{number}") for number in range(4)]
        self.ideas = [make_idea(f"Idea {number}", by=person) for number, person in enumerate(self.people)]
        self.people.append(make_member("customer", email=None))
        self.statuses = list(Status.objects.filter(board=self.ideas[0].board_id).order_by("sort_order"))
        self.administrator = make_member("root", is_superuser=True)

    def do(self, act: Act) -> None:
        verb, one, other = act
        idea, person = self.ideas[one], Member.objects.get(pk=self.people[other].pk)
        with suppress(ConflictError, ForbiddenError):
            self._do(verb, idea, person, other)

    def _do(self, verb: str, idea: Idea, person: Member, other: int) -> None:
        moderator = self.moderator
        if verb == "cast" and not person.is_placeholder:
            cast_vote(idea=idea, by=person)
        elif verb == "withdraw" and not person.is_placeholder:
            withdraw_vote(idea=idea, by=person)
        elif verb == "on behalf":
            cast_vote_for(idea=idea, member=person, by=moderator, channel=VoteEvent.Channel.PHONE)
        elif verb == "on behalf withdrawn":
            withdraw_vote_for(idea=idea, member=person, by=moderator)
        elif verb == "explain":
            explain_vote(idea=idea, by=person, importance=list(Importance)[other % 3], sentence="So that I can.")
        elif verb == "claim":
            claim_votes(customer=self.people[4], by=person)
        elif verb == "suspend":
            suspend_member(member=person, by=moderator, reason="Sock puppets")
        elif verb == "lift":
            for suspension in Suspension.objects.filter(member=person, lifted_at__isnull=True):
                lift_suspension(suspension=suspension, by=moderator)
        elif verb == "erase":
            erase_member(member=person, by=self.administrator)
        elif verb == "merge":
            self.merge(idea, self.ideas[other % 4])
        elif verb == "undo":
            for edge in IdeaMerge.objects.standing().filter(duplicate=idea):
                undo_idea_merge(edge=edge, by=moderator)
        elif verb == "apart":
            set_votes_apart(duplicate=idea, by=person)
        elif verb == "rejoin":
            rejoin_votes(duplicate=idea, by=person)
        elif verb == "status":
            change_status(idea=idea, status=self.statuses[other], by=moderator)
        elif verb == "comment":
            post_comment(idea=idea, by=person, body=f"Comment {other}")
        elif verb == "base":
            Idea.objects.filter(pk=idea.pk).update(base_votes=other - 1)
            rebuild([idea.pk])
        elif verb in ("hide", "show"):
            visibility = Visibility.HIDDEN if verb == "hide" else Visibility.VISIBLE
            set_visibility(content=Idea.objects.get(pk=idea.pk), by=moderator, visibility=visibility)

    def merge(self, duplicate: Idea, into: Idea) -> None:
        """The preview before, the merge, and what the preview said in it."""
        preview = preview_merge(duplicate=duplicate, into=into, by=self.moderator)
        rows = Idea.objects.in_bulk()
        there = tally.Family(rows).supporters()
        source, target = there[duplicate.pk].keys(), there[preview.target.pk].keys()
        assert preview.duplicate_supporters == len(source)
        assert preview.target_supporters == len(target)
        assert preview.shared_supporters == len(source & target)
        merge_idea(duplicate=duplicate, into=into, by=self.moderator)
        goal = Idea.objects.get(pk=preview.target.pk)
        assert (goal.supporter_count, goal.family_base_votes) == (preview.result_supporters, preview.result_base_votes)

    def check(self) -> None:
        assert not list(differences(idea.pk for idea in self.ideas))
        rows = Idea.objects.in_bulk([idea.pk for idea in self.ideas])
        there = tally.Family(rows).supporters()
        for idea, row in rows.items():
            assert row.supporter_count == len(there[idea])
        for person in Member.objects.filter(pk__in=[person.pk for person in self.people]):
            if not person.is_suspended:
                counted = {idea for idea, people in there.items() if person.pk in people}
                assert tally.supported_by(person, rows.values()) == counted

    def state(self) -> dict[int, tuple[Any, ...]]:
        """What the boards show: each canonical idea with its family, status, supporters and those set apart."""
        rows = Idea.objects.in_bulk([idea.pk for idea in self.ideas])
        there = tally.Family(rows).supporters()
        families = {
            pk: (pk, *sorted(other.pk for other in rows.values() if other.canonical_id == pk))
            for pk, row in rows.items()
            if row.canonical_id is None
        }
        importance = dict(Vote.objects.values_list("pk", "importance"))
        assert set(importance.values()) <= {"", *Importance.values}
        return {
            root: (
                family,
                rows[root].status_id,
                there[root],
                {pk: there[pk] for pk in family[1:] if there[pk]},
                round(rows[root].trending, 6),
            )
            for root, family in families.items()
        }

    def state_at(self, moment: datetime) -> dict[int, tuple[Any, ...]]:
        """The same, told by the ledgers."""
        found = Idea.objects.filter(pk__in=[idea.pk for idea in self.ideas]).as_of(moment)
        return {
            family.idea: (
                family.ideas,
                family.status,
                {member: supporter.since for member, supporter in family.supporters.items()},
                {
                    pk: {member: supporter.since for member, supporter in people.items()}
                    for pk, people in family.apart.items()
                    if people
                },
                round(family.trending(14), 6),
            )
            for family in found.families()
        }

    def standing(self) -> tuple[Any, ...]:
        votes = Vote.objects.counted().order_by("idea", "member").values_list("idea", "member", "importance")
        counts = Idea.objects.order_by("pk").values_list("pk", "supporter_count", "discussion_count")
        return list(votes), list(counts)


@pytest.fixture
def stage(make_idea: Callable[..., Idea], moderator: Member) -> Stage:
    return Stage(make_idea, moderator)


@contextmanager
def forgotten() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_nothing_stored_differs_from_the_ledger_after_any_story(stage: Stage) -> None:
    @settings(max_examples=told(60))
    @given(stories(VOTING + SANCTIONS + MERGING + OTHER))
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            stage.check()

    play()


def test_rebuilding_from_nothing_gives_what_the_story_left(stage: Stage) -> None:
    @settings(max_examples=told(30))
    @given(stories(VOTING + SANCTIONS + MERGING + OTHER))
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            fields = ("pk", "canonical", "supporter_count", "family_base_votes", "discussion_count")
            before = list(Idea.objects.order_by("pk").values_list(*fields))
            wrong = {"supporter_count": 7, "family_base_votes": 7, "trending": 7, "discussion_count": 7}
            Idea.objects.update(canonical=None, **wrong)
            Vote.objects.update(is_cast=True, silenced_through=None, is_excluded=False, importance="nice")
            rebuild(idea.pk for idea in stage.ideas)
            assert list(Idea.objects.order_by("pk").values_list(*fields)) == before
            stage.check()

    play()


def test_every_moment_of_a_story_can_be_told_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))

    @settings(max_examples=told(40))
    @given(stories(VOTING + SANCTIONS + MERGING + ["status", "base"], max_size=15))
    def play(story: list[Act]) -> None:
        with forgotten():
            seen = [(timezone.now(), stage.state())]
            for act in story:
                stage.do(act)
                seen.append((timezone.now(), stage.state()))
            for moment, state in seen:
                assert stage.state_at(moment) == state

    play()


def test_undoing_every_merge_gives_what_the_same_acts_give_without_merges(stage: Stage) -> None:
    @settings(max_examples=told(40))
    @given(stories(VOTING + SANCTIONS + MERGING + ["comment"]))
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            while edge := IdeaMerge.objects.standing().first():
                undo_idea_merge(edge=edge, by=stage.moderator)
            merged = stage.standing()
        with forgotten():
            for act in story:
                if act[0] not in MERGING:
                    stage.do(act)
            plain = stage.standing()
        assert merged == plain

    play()
