"""The same rows give the same bytes: on both databases, in any process, time zone and language, on any day.

The digests below are those of the files. Another one means that somebody's files from before can't be made again.
"""

import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.utils import timezone, translation
from wagtail.models import Page

from accounts.actions import erase_member
from accounts.models import Member, Organisation, OrganisationLine
from community.models import ForumPage, Question
from ideas.actions import cast_vote, edit_idea, merge_idea
from ideas.models import (
    CostEstimate,
    Idea,
    IdeaBoardPage,
    IdeaMerge,
    Policy,
    PolicyBand,
    PolicyPlan,
    PolicySegment,
    RelatedQuestion,
    Status,
    Vote,
    VoteEvent,
    VoteSentence,
)
from reviews.actions import publish_review
from reviews.difference import Cause, Comparison
from reviews.models import Review, ReviewSnapshot, Seal, SealedName, SealedText, SnapshotIdea
from reviews.snapshot import content_hash
from reviews.verification import differences
from tests.background import database_url
from tests.people import make_member
from tests.reviews.files import digests, files_of

FIRST = 900_000
BEGUN = datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC)
CUT_OFF = datetime(2026, 6, 1, 12, tzinfo=UTC)
FILES = {
    "csv": "314148996657cab3af7164c771ac431a305ed2121820ca7afe5f15fd170d6d3d",
    "md": "fbba36cc7780062c27d901bb802badfe31f102f686ef151d46546af9b4cb9d69",
    "jsonl": "96a14712b1d00a8b4d4a9309cb2723d7a715ee02de747c76d24b4cd1c1beb716",
    "xlsx": "f598d108ecf8aacb3c434c28b9d81236f8087bc223ce56808f5c661c6fef6b11",
    "supporters": "7afa6b37df9876d5bed3d1da6ece369fee9e0e463d2a98b8a29afb6adaf33490",
}
# Of a review that was published in format 2, which a file beside this one holds.
FILES_OF_FORMAT_2 = {
    "csv": "0f5195a321c0fb684ed50b0922f93496a78b6f7a240a9886a688955424987a1a",
    "md": "1d4c3e5bd59676e53a231f603d1b38424d361b526cbb1d87c83015b4d73aee7f",
    "jsonl": "ce4a01fe93c75964132098251603106995c5ac1b4f7f2208d1ff64899eed50c6",
    "xlsx": "7b3266dc4cc1394ac0d1b459866e91975c1095f323c40f33d491cac61eec6c67",
    "supporters": "44f3e1728042a739c4fc049c9c3aaa0259aa4711a85d4ff3f68600f8fcd91100",
}


@pytest.fixture
def rows(home: Page, product_manager: Member) -> Callable[[int], Review]:
    """Makes a board with all that a review can hold, its votes written in an order that follows from the number."""

    def make(order: int) -> Review:
        shuffled = random.Random(order).sample
        board = home.add_child(instance=IdeaBoardPage(pk=FIRST, title="Ideen", slug="ideen"))
        status = Status.objects.filter(board=board).order_by("sort_order").first()
        organisations = [
            Organisation(pk=FIRST + n, name=f"Firma {n}", plan="Team", segment=("Chains", "éclairs", "")[n % 3])
            for n in range(6)
        ]
        for organisation in shuffled(organisations, 6):
            organisation.yearly_value = 7
            organisation.save()
            known = {"plan": "Team" if organisation.pk % 2 else "Basic", "changed_by": product_manager}
            for value, at in ((organisation.pk - FIRST, BEGUN), (3, CUT_OFF + timedelta(microseconds=1))):
                OrganisationLine.objects.create(
                    organisation=organisation, yearly_value=value * 1_000, occurred_at=at, recorded_at=at, **known
                )
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
        for cost, at in ((11, BEGUN), (1, CUT_OFF + timedelta(seconds=1))):
            CostEstimate.objects.create(idea_id=FIRST, cost=cost, estimated_by=people[0], recorded_at=at)
        forum = home.add_child(instance=ForumPage(pk=FIRST + 1, title="Hilfe", slug="hilfe"))
        asked = {"title": "Wie?", "slug": "wie", "body": "So?", "created_at": BEGUN, "last_activity_at": BEGUN}
        question = Question.objects.create(pk=FIRST, forum=forum, author=people[0], **asked)
        for idea in (FIRST, FIRST + 1, FIRST + 2):
            gone = CUT_OFF if idea == FIRST + 1 else None
            RelatedQuestion.objects.create(
                idea_id=idea, question=question, added_by=people[0], added_at=BEGUN, removed_at=gone
            )
        policy = Policy(
            name="Weighing",
            slug="weighing",
            supporter_weight="1.5",
            critical_multiplier=3,
            half_life_days=30,
            organisation_weight="0.25",
            base_weight="0.1",
            question_weight="0.3",
            halving_cost=7,
            assumed_cost=2,
            no_band_multiplier="0.5",
        )
        policy.plans = [PolicyPlan(plan="team", multiplier="1.333")]
        policy.bands = [PolicyBand(least=1_000, multiplier=1), PolicyBand(least=4_000, multiplier="2.5")]
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


@pytest.mark.parametrize("order", [1, 2])
def test_the_same_rows_give_the_same_files(
    order: int, rows: Callable[[int], Review], product_manager: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    review = rows(order)
    later = timezone.now() + timedelta(days=order * 100)
    monkeypatch.setattr(timezone, "now", lambda: later)
    with translation.override("de" if order == 1 else "en"), timezone.override("Asia/Tokyo"):
        publish_review(review=review, by=product_manager)
        assert digests(review.pk) == FILES


@pytest.fixture
def second_format(rows: Callable[[int], Review], product_manager: Member) -> ReviewSnapshot:
    """The review as format 2 had it."""
    review = rows(1)
    kept = json.loads((Path(__file__).parent / "format_2.json").read_text())
    content = kept["content"]
    snapshot = ReviewSnapshot.objects.create(review=review, content=content, content_hash=content_hash(content))
    for rank, pk, facts, evidence in kept["ideas"]:
        SnapshotIdea.objects.create(review=review, rank=rank, idea_id=pk, content=facts, evidence=evidence)
    for member, name, salt, sealed in kept["names"]:
        SealedName.objects.create(snapshot=snapshot, member_id=member, name=name, salt=salt, digest=sealed)
    for member, text, salt, sealed in kept["texts"]:
        SealedText.objects.create(snapshot=snapshot, member_id=member, text=text, salt=salt, digest=sealed)
    Review.objects.filter(pk=review.pk).update(state="published", published_at=CUT_OFF, published_by=product_manager)
    return snapshot


def test_a_review_of_format_2_is_what_it_was(second_format: ReviewSnapshot) -> None:
    assert digests(FIRST) == FILES_OF_FORMAT_2
    assert differences(second_format) == []
    assert (second_format.data["format_version"], "plans" in second_format.data["policy"]) == (2, False)


def test_a_review_of_format_2_is_compared_with_a_later_one(
    second_format: ReviewSnapshot, product_manager: Member
) -> None:
    earlier = Review.objects.get(pk=FIRST)
    names = ("board", "ranking", "policy", "policy_version", "size", "cut_off")
    same = {name: getattr(earlier, name) for name in names}
    later = Review.objects.create(pk=FIRST + 1, title="Later", created_by=product_manager, **same)
    after = publish_review(review=later, by=product_manager)
    scores = [{row["id"]: row["score"] for row in snapshot.facts()} for snapshot in (second_format, after)]
    for change in Comparison(second_format, after).changes():
        assert sum(step.millionths for step in change.steps) == change.score_after - change.score_before
        assert (change.score_before, change.score_after) == (scores[0][change.idea], scores[1][change.idea])
        assert {step.cause for step in change.steps} == {Cause.POLICY}


ELSEWHERE = {"TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONHASHSEED": "1"}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_another_process_publishes_the_same_files(rows: Callable[[int], Review]) -> None:
    """In another time zone and language of the machine, with other hashes of Python's, and after more was voted."""
    review = rows(4)
    cast_vote(idea=Idea.objects.get(pk=FIRST + 1), by=make_member("late"))
    known = {"DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    asked = subprocess.run(
        [sys.executable, "-m", "tests.reviews.files", str(review.pk)],
        env=os.environ | known | ELSEWHERE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(asked.stdout or "{}") == FILES, asked.stderr


def test_what_happens_afterwards_changes_nothing_but_what_is_erased(
    rows: Callable[[int], Review], product_manager: Member, moderator: Member, administrator: Member
) -> None:
    snapshot = publish_review(review=rows(3), by=product_manager)
    ideas: dict[int, Any] = Idea.objects.in_bulk(range(FIRST, FIRST + 4))
    cast_vote(idea=ideas[FIRST + 1], by=make_member("late"))
    merge_idea(duplicate=ideas[FIRST + 3], into=ideas[FIRST + 1], by=moderator)
    edit_idea(idea=ideas[FIRST], by=ideas[FIRST].author, title="Other", body="Other", tags=["new"])
    renamed = {"supporters"}  # the list of persons tells the titles of today
    assert {name for name, digest in digests(FIRST).items() if digest != FILES[name]} == renamed
    assert differences(snapshot) == []
    before = files_of(FIRST)
    erase_member(member=Member.objects.get(pk=FIRST + 1), by=administrator)
    after = files_of(FIRST)
    assert differences(snapshot) == []
    for name in ("csv", "md", "jsonl"):
        assert redacted(name, before[name]) == after[name] != before[name]
    assert {name: redacted(name, part) for name, part in parts(before["xlsx"]).items()} == parts(after["xlsx"])
    assert not any(told(file) for file in (*after.values(), *parts(after["xlsx"]).values()))
    assert all(told(file) for file in before.values())


def told(file: bytes) -> bool:
    """Whether a file names the person who was erased, or says what they said."""
    return re.search(r"Persön 1(?!\d)|„1“", file.decode(errors="replace")) is not None


def parts(book: bytes) -> dict[str, bytes]:
    """The files in a workbook, each with the date that it always has."""
    with ZipFile(io.BytesIO(book)) as archive:
        assert {each.date_time for each in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {name: archive.read(name) for name in archive.namelist()}


def redacted(name: str, file: bytes) -> bytes:
    """The file as it has to be once its person is erased: a former member, who said nothing."""
    text = file.decode()
    if name == "jsonl":
        lines = [json.loads(line) for line in text.splitlines()]
        for idea in lines[1:]:
            idea["author"] = None if idea["author"] == "Persön 1" else idea["author"]
            for voice in idea["evidence"]["voices"]:
                if voice["by"] == "Persön 1":
                    voice["by"] = voice["text"] = None
        dumped = (json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for line in lines)
        return "".join(f"{line}\n" for line in dumped).encode()
    if name == "md":
        text = re.sub(r"\nPersön 1(, for the team alone)?:\n\n> „1“\n", "", text)
    return re.sub(r"Persön 1(?!\d)", "former member", text).encode()
