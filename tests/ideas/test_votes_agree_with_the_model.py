"""The product and the executable rules of votes and merging (shared/model/votes.py) tell the same after every step."""

import importlib.util
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Member
from core.errors import ConflictError
from ideas.actions import (
    cast_vote,
    exclude_votes,
    merge_idea,
    rejoin_votes,
    restore_votes,
    set_votes_apart,
    undo_idea_merge,
    withdraw_vote,
)
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Vote, VoteEvent
from tests.people import make_member
from tests.stories import told

IDEAS, PEOPLE = "ABCDE", "xyz"
Act = tuple[str, ...]
STORIES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["cast", "withdraw"]), st.sampled_from(PEOPLE), st.sampled_from(IDEAS)),
        st.tuples(st.just("merge"), st.sampled_from(IDEAS), st.sampled_from(IDEAS)),
        st.tuples(st.just("undo_merge"), st.sampled_from(IDEAS)),
        st.tuples(st.sampled_from(["set_apart", "rejoin"]), st.sampled_from(PEOPLE), st.sampled_from(IDEAS)),
        st.tuples(st.sampled_from(["exclude", "restore"]), st.sampled_from(PEOPLE)),
    ),
    max_size=30,
)


@pytest.fixture(scope="module")
def rules(shared_data: Path) -> ModuleType:
    """The executable model."""
    specification = importlib.util.spec_from_file_location("votes", shared_data.parent / "model" / "votes.py")
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


MODEL_KINDS = ("cast", "withdrawn", "silenced", "reinstated")


class World:
    """Five ideas of one board and three people, to play stories with."""

    def __init__(self, board: IdeaBoardPage, author: Member, moderator: Member) -> None:
        self.moderator = moderator
        self.people = {name: make_member(name) for name in PEOPLE}
        self.ideas: dict[str, Idea] = {}
        for name in IDEAS:
            idea = Idea(board=board, author=author, status=board.first_status)
            idea.name(name)
            idea.write(name)
            idea.save()
            self.ideas[name] = idea
        self.names: dict[int, str] = {idea.pk: name for name, idea in self.ideas.items()}
        self.handles: dict[int, str] = {person.pk: name for name, person in self.people.items()}

    def do(self, act: Act) -> None:
        """What the act is in the product; what is refused changes nothing."""
        verb, *names = act
        try:
            if verb == "merge":
                merge_idea(duplicate=self.ideas[names[0]], into=self.ideas[names[1]], by=self.moderator)
            elif verb == "undo_merge":
                edge = IdeaMerge.objects.standing().filter(duplicate=self.ideas[names[0]]).first()
                if edge is not None:
                    undo_idea_merge(edge=edge, by=self.moderator)
            elif verb in ("exclude", "restore"):
                action = exclude_votes if verb == "exclude" else restore_votes
                action(member=self.people[names[0]], by=self.moderator)
            else:
                member, idea = self.people[names[0]], self.ideas[names[1]]
                doing: dict[str, Callable[[], Any]] = {
                    "cast": lambda: cast_vote(idea=idea, by=member),
                    "withdraw": lambda: withdraw_vote(idea=idea, by=member),
                    "set_apart": lambda: set_votes_apart(duplicate=idea, by=member),
                    "rejoin": lambda: rejoin_votes(duplicate=idea, by=member),
                }
                doing[verb]()
        except ConflictError:
            pass

    def lines(self) -> list[tuple[str, str, str, str]]:
        lines = VoteEvent.objects.filter(kind__in=MODEL_KINDS).order_by("pk")
        rows = lines.values_list("kind", "member", "idea", "clicked")
        return [(kind, self.handles[who], self.names[idea], self.names[at]) for kind, who, idea, at in rows]

    def supporters(self) -> dict[str, int]:
        rows = Idea.objects.values_list("pk", "supporter_count")
        return {self.names[pk]: count for pk, count in rows if pk in self.names}

    def standing(self) -> set[tuple[str, str]]:
        rows = Vote.objects.standing().values_list("member", "idea")
        return {(self.handles[who], self.names[idea]) for who, idea in rows}


def do(model: Any, refused: type[Exception], act: Act) -> None:
    verb, *names = act
    if verb == "exclude":
        model.excluded.add(*names)
    elif verb == "restore":
        model.excluded.discard(*names)
    else:
        with suppress(refused):
            getattr(model, verb)(*names)


def possible(story: list[Act]) -> list[Act]:
    """The story without votes of people who are suspended then, and so can't vote."""
    excluded: set[str] = set()
    told = []
    for act in story:
        if act[0] == "exclude":
            excluded.add(act[1])
        elif act[0] == "restore":
            excluded.discard(act[1])
        elif act[0] == "cast" and act[1] in excluded:
            continue
        told.append(act)
    return told


@pytest.fixture
def world(board: IdeaBoardPage, author: Member, moderator: Member) -> World:
    return World(board, author, moderator)


def test_ledger_counts_and_votes_agree_after_every_step(world: World, rules: ModuleType) -> None:
    @settings(max_examples=told(250))
    @given(STORIES.map(possible))
    def play(story: list[Act]) -> None:
        model = rules.Board(IDEAS)
        with transaction.atomic():
            for act in story:
                do(model, rules.Refused, act)
                world.do(act)
                assert world.lines() == model.lines
                assert world.supporters() == {idea: len(model.supporters(idea)) for idea in IDEAS}
            assert world.standing() == {(who, what) for who in PEOPLE for what in IDEAS if model.stands(who, what)}
            transaction.set_rollback(True)

    play()


def test_undoing_every_merge_gives_what_the_same_acts_would_have_given_without_them(world: World) -> None:
    @settings(max_examples=told(100))
    @given(STORIES.map(possible))
    def play(story: list[Act]) -> None:
        with transaction.atomic():
            for act in story:
                world.do(act)
            while edge := IdeaMerge.objects.standing().first():
                undo_idea_merge(edge=edge, by=world.moderator)
            merged = world.standing(), world.supporters()
            transaction.set_rollback(True)
        with transaction.atomic():
            for act in story:
                if act[0] in ("cast", "withdraw", "exclude", "restore"):
                    world.do(act)
            plain = world.standing(), world.supporters()
            transaction.set_rollback(True)
        assert merged == plain

    play()
