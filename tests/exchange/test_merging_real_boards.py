"""The Madrid board and the ideas of a Stack Exchange site, merged into trees and undone again, at their full size."""

import random
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Member
from core.errors import ConflictError
from ideas.actions import cast_vote, merge_idea, undo_idea_merge
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Status, Vote
from ideas.rebuild import differences
from tests.exchange.commands import import_dump, run
from tests.people import make_member

VOTES, MERGES = 600, 250


def stored() -> list[tuple[Any, ...]]:
    fields = ("pk", "canonical", "supporter_count", "family_base_votes", "comment_count", "discussion_count")
    return list(Idea.objects.order_by("pk").values_list(*fields))


def standing() -> set[tuple[int, int]]:
    return set(Vote.objects.standing().values_list("idea", "member"))


@pytest.fixture
def boards(shared_data: Path, forum: Any, board: IdeaBoardPage) -> list[int]:
    """The ids of all ideas that came in, all of them open for voting."""
    run(
        "import_ideas",
        shared_data / "ideas" / "decide_madrid_proposals.jsonl.gz",
        format="decide-madrid",
        board="ideas",
    )
    import_dump(
        shared_data / "stackexchange" / "bicycles.meta.tar.gz", ideas_tag="feature-request", ideas_board="ideas"
    )
    Status.objects.update(accepts_votes=True)
    return list(Idea.objects.order_by("pk").values_list("pk", flat=True))


@pytest.mark.postgres
def test_whole_boards_are_merged_into_trees_and_undone(boards: list[int], moderator: Member) -> None:
    luck = random.Random(4)
    ideas = Idea.objects.defer("body", "body_html").in_bulk()
    members = [make_member(f"citizen{number}") for number in range(25)]
    crowded = luck.sample(boards, 150)
    for _ in range(VOTES):
        cast_vote(idea=ideas[luck.choice(crowded)], by=luck.choice(members))
    before, votes = stored(), standing()
    merged = 0
    while merged < MERGES:
        one, other = luck.choice(crowded), luck.choice(boards)
        try:
            merge_idea(duplicate=ideas[one], into=ideas[other], by=moderator)
        except ConflictError:
            one, other = luck.choice(boards), luck.choice(crowded)
            try:
                merge_idea(duplicate=ideas[one], into=ideas[other], by=moderator)
            except ConflictError:
                continue
        merged += 1
    assert Idea.objects.filter(canonical__isnull=False).count() == MERGES
    assert not list(differences(boards))
    for edge in IdeaMerge.objects.standing().order_by("?"):
        undo_idea_merge(edge=edge, by=moderator)
    assert (stored(), standing()) == (before, votes)
