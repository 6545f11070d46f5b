"""Whatever people do in whatever order: nothing stored differs from the ledger, and previews tell the truth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Member
from community.actions import set_visibility
from community.content import Visibility
from core.errors import ConflictError
from ideas import tally
from ideas.actions import (
    cast_vote,
    merge_idea,
    preview_merge,
    rejoin_votes,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, IdeaMerge
from ideas.rebuild import differences, rebuild
from tests.people import make_member

Act = tuple[str, int, int]
VERBS = ["cast", "cast", "cast", "withdraw", "merge", "merge", "undo", "apart", "rejoin", "hide", "show", "base"]
STORIES = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 3), st.integers(0, 3)), max_size=25)


class Stage:
    """Four ideas and four people, whom acts name by their numbers."""

    def __init__(self, make_idea: Callable[..., Idea], moderator: Member) -> None:
        self.moderator = moderator
        self.people = [make_member(f"person{number}") for number in range(4)]
        self.ideas = [make_idea(f"Idea {number}", by=person) for number, person in enumerate(self.people)]

    def do(self, act: Act) -> None:
        verb, one, other = act
        idea, person = self.ideas[one], self.people[other]
        with suppress(ConflictError):
            if verb == "cast":
                cast_vote(idea=idea, by=person)
            elif verb == "withdraw":
                withdraw_vote(idea=idea, by=person)
            elif verb == "merge":
                self.merge(idea, self.ideas[other])
            elif verb == "undo":
                for edge in IdeaMerge.objects.standing().filter(duplicate=idea):
                    undo_idea_merge(edge=edge, by=self.moderator)
            elif verb == "apart":
                set_votes_apart(duplicate=idea, by=person)
            elif verb == "rejoin":
                rejoin_votes(duplicate=idea, by=person)
            elif verb == "base":
                Idea.objects.filter(pk=idea.pk).update(base_votes=other - 1)
                rebuild([idea.pk])
            else:
                visibility = Visibility.HIDDEN if verb == "hide" else Visibility.VISIBLE
                set_visibility(content=Idea.objects.get(pk=idea.pk), by=self.moderator, visibility=visibility)

    def merge(self, duplicate: Idea, into: Idea) -> None:
        """The preview before, the merge, and what the preview said in it."""
        preview = preview_merge(duplicate=duplicate, into=into, by=self.moderator)
        was = {idea.pk: idea.supporter_count for idea in Idea.objects.all()}
        assert preview.duplicate_supporters == was[duplicate.pk]
        assert preview.target_supporters == was[preview.target.pk]
        merge_idea(duplicate=duplicate, into=into, by=self.moderator)
        target = Idea.objects.get(pk=preview.target.pk)
        assert (target.supporter_count, target.family_base_votes) == (
            preview.result_supporters,
            preview.result_base_votes,
        )

    def check(self) -> None:
        assert not list(differences(idea.pk for idea in self.ideas))
        rows = Idea.objects.in_bulk([idea.pk for idea in self.ideas])
        for person in self.people:
            supported = tally.supported_by(person, rows.values())
            counted = {pk for pk, there in tally.Family(rows).supporters().items() if person.pk in there}
            assert supported == counted


@pytest.fixture
def stage(make_idea: Callable[..., Idea], moderator: Member) -> Stage:
    return Stage(make_idea, moderator)


@contextmanager
def forgotten() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_nothing_stored_differs_from_the_ledger_after_any_story(stage: Stage) -> None:
    @settings(max_examples=60)
    @given(STORIES)
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            stage.check()

    play()


def test_rebuilding_from_nothing_gives_what_the_story_left(stage: Stage) -> None:
    @settings(max_examples=30)
    @given(STORIES)
    def play(story: list[Act]) -> None:
        with forgotten():
            for act in story:
                stage.do(act)
            fields = ("pk", "canonical", "supporter_count", "family_base_votes")
            before = list(Idea.objects.order_by("pk").values_list(*fields))
            Idea.objects.update(canonical=None, supporter_count=7, family_base_votes=7, trending=7)
            rebuild(idea.pk for idea in stage.ideas)
            assert list(Idea.objects.order_by("pk").values_list(*fields)) == before
            stage.check()

    play()
