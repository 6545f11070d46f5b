"""The same rows give the same bytes: on both databases, in any process, time zone and language, on any day.

The digests below are those of the files. Another one means that somebody's files from before can't be made again.
"""

import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from accounts.actions import erase_member
from accounts.models import Member, Organisation
from ideas.actions import cast_vote, edit_idea, merge_idea
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, Policy, PolicySegment, Status, Vote, VoteEvent, VoteSentence
from reviews.actions import publish_review
from reviews.models import Review, ReviewSnapshot, Seal
from tests.people import make_member
from tests.reviews.conftest import exports

FIRST = 900_000
BEGUN = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
CUT_OFF = datetime(2026, 6, 1, 12, tzinfo=UTC)
FILES = {
    "csv": "11664bf525366b7abbb8c7e68d8ff2623b8dc76287644815e401a04541e38df2",
    "md": "44d4711452f45e0fe2ce96b883e97e26a7888afa5db5ac472d2414ab83b2cee3",
    "jsonl": "2d444c4e2f24e247b62d9d2f5d67b071ac02388c80c1f82782b9baf8c262ea0e",
}


@pytest.fixture
def rows(board: IdeaBoardPage, product_manager: Member) -> Callable[[int], Review]:
    """Makes a board with all that a review can hold, its votes written in an order that follows from the number."""

    def make(order: int) -> Review:
        shuffled = random.Random(order).sample
        status = Status.objects.filter(board=board).order_by("sort_order").first()
        organisations = [
            Organisation(pk=FIRST + n, name=f"Firma {n}", plan="Team", segment=("Chains", "éclairs", "")[n % 3])
            for n in range(6)
        ]
        for organisation in shuffled(organisations, 6):
            organisation.yearly_value = (organisation.pk - FIRST) * 1_000
            organisation.save()
        people = [
            Member(
                pk=FIRST + n,
                handle=f"person{n}",
                name=f"Persön {n}",
                email=f"person{n}@example.com",
                organisation_id=FIRST + n % 6 if n % 4 else None,
                language=("en", "de")[n % 2],
                date_joined=BEGUN - timedelta(days=n),
            )
            for n in range(24)
        ]
        Member.objects.bulk_create(shuffled(people, 24))
        ideas = [
            Idea(
                pk=FIRST + n,
                board=board,
                status=status,
                author=people[n],
                title=("=Dunkel, “modus”", "Export\tals Datei", "Ähnlich", "Leise")[n],
                slug=f"idea-{n}",
                body="Zeile 1\r\nZeile 2 | <b>\n",
                base_votes=3 * n - 2,
                created_at=BEGUN,
                recorded_at=BEGUN,
                last_activity_at=BEGUN,
            )
            for n in range(4)
        ]
        Idea.objects.bulk_create(ideas)
        votes = [(n, idea) for n in range(24) for idea in range(4) if (n * 7 + idea * 5) % 3]
        for n, idea in shuffled(votes, len(votes)):
            at = BEGUN + timedelta(days=n * 3, microseconds=idea)
            member, importance = people[n], ("", "nice", "critical")[n % 3]
            Vote.objects.create(idea_id=FIRST + idea, member=member, is_cast=True, cast_at=at, importance=importance)
            VoteEvent.objects.create(
                idea_id=FIRST + idea,
                clicked_id=FIRST + idea,
                member=member,
                kind="cast",
                occurred_at=at,
                recorded_at=at,
                importance=importance,
                organisation_id=member.organisation_id,
                plan="Team" if member.organisation_id else "",
            )
            VoteSentence.objects.create(
                idea_id=FIRST + idea, member=member, text=f"„{n}“", is_public=n % 2 == 0, written_at=at
            )
        IdeaMerge.objects.create(
            duplicate_id=FIRST + 2,
            target_id=FIRST,
            merged_by=people[0],
            merged_at=BEGUN + timedelta(days=9),
            recorded_at=BEGUN + timedelta(days=9),
        )
        Idea.objects.filter(pk=FIRST + 2).update(canonical=FIRST)
        policy = Policy(
            name="Weighing",
            slug="weighing",
            supporter_weight="1.5",
            critical_multiplier=3,
            half_life_days=30,
            organisation_weight="0.25",
            base_weight="0.1",
        )
        policy.segments = [
            PolicySegment(segment="chains", multiplier=2),
            PolicySegment(segment="Éclairs", multiplier=1),
        ]
        policy.save()
        Policy.objects.filter(pk=policy.pk).update(state="published", published_at=BEGUN, published_by=product_manager)
        review = Review.objects.create(
            pk=FIRST,
            title="Frühling",
            note="*Alles*",
            board=board,
            ranking=policy,
            policy="weighing",
            policy_version=1,
            size=10,
            cut_off=CUT_OFF,
            created_by=product_manager,
        )
        Seal.objects.bulk_create(
            Seal(review=review, member=person, salt=hashlib.sha256(person.handle.encode()).hexdigest())
            for person in people
        )
        return review

    return make


def digests(snapshot: ReviewSnapshot) -> dict[str, str]:
    """The SHA-256 of each file but XLSX, with the same number for the board whatever the database gave it."""
    board = snapshot.data["boards"][0]["id"]
    found = {}
    for name, file in zip(FILES, exports(snapshot), strict=False):
        text = (
            file.decode().replace(f'"board":{board},', '"board":0,').replace(f'"id":{board},"title"', '"id":0,"title"')
        )
        for of_numbers in (snapshot.content_hash, snapshot.data["ideas_hash"]):
            text = text.replace(of_numbers, "0" * 64)
        found[name] = hashlib.sha256(text.encode()).hexdigest()
    return found


@pytest.mark.parametrize("order", [1, 2])
def test_the_same_rows_give_the_same_files(
    order: int, rows: Callable[[int], Review], product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = rows(order)
    later = timezone.now() + timedelta(days=order * 100)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with translation.override("de" if order == 1 else "en"), timezone.override("Asia/Tokyo"):
        snapshot = publish_review(review=review, by=product_manager)
        assert digests(snapshot) == FILES


def test_what_happens_afterwards_changes_nothing_but_what_is_erased(
    rows: Callable[[int], Review], product_manager: Member, moderator: Member, administrator: Member
) -> None:
    snapshot = publish_review(review=rows(3), by=product_manager)
    ideas: dict[int, Any] = Idea.objects.in_bulk(range(FIRST, FIRST + 4))
    cast_vote(idea=ideas[FIRST + 1], by=make_member("late"))
    merge_idea(duplicate=ideas[FIRST + 3], into=ideas[FIRST + 1], by=moderator)
    edit_idea(idea=ideas[FIRST], by=ideas[FIRST].author, title="Other", body="Other", tags=["new"])
    assert digests(snapshot) == FILES
    before = exports(snapshot)
    erase_member(member=Member.objects.get(pk=FIRST + 1), by=administrator)
    after = exports(snapshot)
    csv_before, csv_after = (file.decode().split("Persön 1,") for file in (before[0], after[0]))
    assert len(csv_before) == 2
    assert csv_after == ["former member,".join(csv_before)]
    assert "„1“" in before[1].decode()
    assert "„1“" not in after[1].decode()
