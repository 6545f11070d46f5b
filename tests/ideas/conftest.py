"""Families of ideas, posts in every state, and readers who are signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import set_visibility
from community.content import Content, Visibility
from ideas.actions import merge_idea
from ideas.models import Idea, IdeaBoardPage, Policy, PolicyBand, PolicyPlan, PolicySegment, Status

# Not spelled anywhere else: where it shows up, something leaked.
CANARY = "Canary7Q"

Reader = Callable[[Any], Client]


@pytest.fixture
def reader() -> Reader:
    """A browser in which this person is signed in, or nobody for None."""

    def sign_in(member: Member | None) -> Client:
        client = Client()
        if member is not None:
            client.force_login(member)
        return client

    return sign_in


@pytest.fixture
def make_invisible(moderator: Member) -> Callable[..., None]:
    """Holds, hides or deletes a post, as the moderator."""

    def change(content: Content, visibility: Visibility = Visibility.HIDDEN) -> None:
        set_visibility(content=content, by=moderator, visibility=visibility, reason="Advertising")
        content.refresh_from_db()

    return change


@pytest.fixture
def status(board: IdeaBoardPage) -> Callable[[str], Status]:
    """A status of the open board by its slug."""
    return lambda slug: Status.objects.get(board=board, slug=slug)


@pytest.fixture
def canonical(make_idea: Callable[..., Idea]) -> Idea:
    return make_idea("Dark mode")


@pytest.fixture
def duplicate(make_idea: Callable[..., Idea], canonical: Idea, moderator: Member) -> Idea:
    """An idea that was merged into the canonical one."""
    idea = make_idea("Night theme")
    merge_idea(duplicate=idea, into=canonical, by=moderator, reason="The same wish")
    canonical.refresh_from_db()
    idea.refresh_from_db()
    return idea


def make_policy(**fields: Any) -> Policy:
    """A draft that counts every supporter as 1, unless told otherwise.

    `segments` and `plans` are {name: multiplier}, `bands` {least: multiplier}.
    """
    segments, boards = fields.pop("segments", {}), fields.pop("boards", [])
    plans, bands = fields.pop("plans", {}), fields.pop("bands", {})
    policy = Policy(**{"name": "Needs", "slug": "needs", **fields})
    policy.segments = [PolicySegment(segment=name, multiplier=multiplier) for name, multiplier in segments.items()]
    policy.plans = [PolicyPlan(plan=name, multiplier=multiplier) for name, multiplier in plans.items()]
    policy.bands = [PolicyBand(least=least, multiplier=multiplier) for least, multiplier in bands.items()]
    policy.boards = boards
    policy.save()
    return policy
