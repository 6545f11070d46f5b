"""A review over the Madrid board and the ideas of a Stack Exchange site: its totals are those of a recount with SQL."""

import random
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import Member
from core.errors import ConflictError
from ideas import history
from ideas.actions import cast_vote, merge_idea
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import build_draft, publish_review
from tests.exchange.test_merging_real_boards import boards
from tests.people import make_member

__all__ = ["boards"]

VOTES, MERGES, SIZE = 150, 20, 300
# For each canonical idea: who voted for it or for what was merged into it, and the votes from before.
RECOUNT = """
WITH family AS (SELECT id, coalesce(canonical_id, id) AS root, base_votes FROM ideas_idea)
SELECT root, count(DISTINCT member_id), max(base) FROM family
LEFT JOIN ideas_vote vote
    ON vote.idea_id = family.id AND vote.is_cast AND vote.silenced_through_id IS NULL AND NOT vote.is_excluded
JOIN (SELECT root AS r, sum(base_votes) AS base FROM family GROUP BY root) sums ON sums.r = root
GROUP BY root
"""
EVERYBODY = """
SELECT count(DISTINCT member_id) FROM ideas_vote vote JOIN ideas_idea idea ON idea.id = vote.idea_id
WHERE coalesce(idea.canonical_id, idea.id) IN ({})
AND vote.is_cast AND vote.silenced_through_id IS NULL AND NOT vote.is_excluded
"""


def test_the_totals_are_those_of_a_recount(
    boards: list[int],
    board: IdeaBoardPage,
    moderator: Member,
    product_manager: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    luck = random.Random(6)
    ideas = Idea.objects.defer("body", "body_html").in_bulk()
    members = [make_member(f"citizen{number}") for number in range(12)]
    crowded = luck.sample(boards, 60)
    for _ in range(VOTES):
        cast_vote(idea=ideas[luck.choice(crowded)], by=luck.choice(members))
    for _ in range(MERGES):
        try:
            merge_idea(duplicate=ideas[luck.choice(crowded)], into=ideas[luck.choice(crowded)], by=moderator)
        except ConflictError:
            continue
    wishes: dict[str, Any] = {"boards": [board], "policy": "top", "cut_off": None, "filters": {}, "size": SIZE}
    review = build_draft(by=product_manager, title="All", note="", **wishes)
    snapshot = publish_review(review=review, by=product_manager)

    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        counted = {root: (people, base) for root, people, base in cursor.fetchall()}
        said = list(snapshot.facts())
        cursor.execute(EVERYBODY.format(", ".join(str(idea["id"]) for idea in said)))
        [everybody] = cursor.fetchone()
    expected = sorted(counted, key=lambda pk: (-sum(counted[pk]), -pk))[:SIZE]
    assert [idea["id"] for idea in said] == expected
    assert {idea["id"]: (idea["supporters"], idea["base_votes"]) for idea in said} == {
        pk: counted[pk] for pk in expected
    }
    assert snapshot.data["totals"]["supporters"] == everybody
    assert snapshot.data["totals"]["base_votes"] == sum(counted[pk][1] for pk in expected)
    call_command("verify_review", review.pk)
