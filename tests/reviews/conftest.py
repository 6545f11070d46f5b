"""Ideas with supporters, and reviews of them."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member, Organisation
from accounts.organisations import record
from community.actions import accept_answer
from community.models import Answer, Question
from ideas import history
from ideas.actions import (
    cast_vote,
    cast_vote_for,
    change_status,
    explain_vote,
    merge_idea,
    relate_question,
    withdraw_vote,
)
from ideas.models import Idea, IdeaBoardPage, VoteEvent
from reviews.actions import create_draft, interpret_idea, publish_review
from reviews.exports import as_csv, as_json_lines, as_markdown
from reviews.models import Review, ReviewSnapshot
from reviews.seals import Seals, moment
from reviews.shown import Access
from reviews.snapshot import canonical, content_hash
from reviews.spreadsheets import write_xlsx
from tests.people import make_member


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside these tests, so nothing has to settle."""
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


class EveryForum(frozenset[int]):
    def __contains__(self, pk: object) -> bool:
        return True


EVERYTHING = Access(sees_amounts=True, is_team=True, forums=EveryForum())
NOTHING = Access(sees_amounts=False, is_team=False, forums=frozenset())


def described(snapshot: ReviewSnapshot) -> list[dict[str, Any]]:
    """What a snapshot says of each idea, by rank."""
    return list(snapshot.facts())


def exports(snapshot: ReviewSnapshot, access: Access = EVERYTHING) -> list[bytes]:
    """CSV, Markdown, JSON Lines and XLSX of a review, from what the database holds now."""
    fresh = ReviewSnapshot.objects.get(pk=snapshot.pk)
    book = io.BytesIO()
    write_xlsx(fresh, access, book)
    files = [b"".join(export(fresh, access)) for export in (as_csv, as_markdown, as_json_lines)]
    return [*files, book.getvalue()]


@pytest.fixture
def voters(db: None) -> list[Member]:
    return [make_member(f"voter{number}") for number in range(5)]


@pytest.fixture
def ideas(make_idea: Callable[..., Idea], voters: list[Member]) -> list[Idea]:
    """Three ideas of the author's with 4, 2 and 3 supporters; some of the voters support several."""
    found = []
    for title, supporters in (("Dark mode", voters[:3]), ("Export", voters[:1]), ("Offline use", voters[3:])):
        idea = make_idea(title)
        for voter in supporters:
            cast_vote(idea=idea, by=voter)
        found.append(Idea.objects.get(pk=idea.pk))
    return found


@pytest.fixture
def draft(board: IdeaBoardPage, ideas: list[Idea], product_manager: Member) -> Review:
    """A draft that holds the three ideas."""
    return create_draft(
        board=board,
        by=product_manager,
        title="What customers want",
        note="They want it *all*.",
        ideas=[idea.pk for idea in ideas],
    )


@pytest.fixture
def published(draft: Review, product_manager: Member) -> ReviewSnapshot:
    return publish_review(review=draft, by=product_manager)


@pytest.fixture
def first_format(product_manager: Member) -> Callable[[Review], ReviewSnapshot]:
    """Publishes a review as it was done in the first format."""

    def publish(review: Review) -> ReviewSnapshot:
        now = timezone.now()
        seals = Seals()
        ideas = sorted(review.ideas.select_related("status"), key=lambda idea: (-idea.supporter_count, -idea.pk))
        data = {
            "format": "chorus-review",
            "format_version": 1,
            "site": "https://community.example",
            "review": {
                "id": review.pk,
                "title": review.title,
                "note": review.note,
                "cut_off": moment(now),
                "published_at": moment(now),
                "published_by": seals.of(product_manager),
            },
            "boards": [{"id": review.board_id, "title": review.board.title}],
            "policy": {"name": "supporters", "version": 1, "formula": "score = supporters"},
            "totals": {"ideas": len(ideas), "supporters": 6, "base_votes": 0},
            "ideas": [
                {
                    "rank": rank,
                    "id": idea.pk,
                    "path": idea.get_absolute_url(),
                    "board": idea.board_id,
                    "title": idea.title,
                    "text": idea.body,
                    "author": seals.of(idea.author),
                    "created_at": moment(idea.created_at),
                    "status": {"name": idea.status.name, "kind": idea.status.kind},
                    "tags": [],
                    "score": idea.supporter_count,
                    "supporters": idea.supporter_count,
                    "base_votes": 0,
                    "merged": [],
                }
                for rank, idea in enumerate(ideas, start=1)
            ],
        }
        content = canonical(data)
        snapshot = ReviewSnapshot.objects.create(review=review, content=content, content_hash=content_hash(content))
        seals.keep(snapshot)
        Review.objects.filter(pk=review.pk).update(
            state="published", cut_off=now, published_at=now, published_by=product_manager
        )
        return snapshot

    return publish


@pytest.fixture
def told(
    draft: Review,
    ideas: list[Idea],
    voters: list[Member],
    make_idea: Callable[..., Idea],
    question: Question,
    answer: Answer,
    author: Member,
    moderator: Member,
    product_manager: Member,
    board: IdeaBoardPage,
) -> ReviewSnapshot:
    """A published review whose first idea has everything behind it that an idea can have."""
    organisation = Organisation.objects.create(name="Larkspur", segment="Chains", plan="Team", yearly_value="1200.50")
    Organisation.objects.create(name="Nobody", segment="Chains", yearly_value=1)
    for each in Organisation.objects.all():
        record(each, by=None)
    late = make_member("late", organisation=organisation, language="de")
    Member.objects.filter(pk=voters[0].pk).update(organisation=organisation)
    duplicate = make_idea("Night theme", by=late)
    customer = make_member("customer", email=None)
    withdraw_vote(idea=ideas[0], by=voters[0])
    cast_vote(idea=ideas[0], by=Member.objects.get(pk=voters[0].pk))
    cast_vote_for(
        idea=ideas[0],
        member=customer,
        by=moderator,
        channel=VoteEvent.Channel.PHONE,
        evidence_url="https://tickets.example/1",
    )
    explain_vote(idea=ideas[0], by=voters[1], importance="critical", sentence="I can read at night.", is_public=True)
    explain_vote(idea=ideas[0], by=voters[2], importance="nice", sentence="My boss wants it.", is_public=False)
    merge_idea(duplicate=duplicate, into=ideas[0], by=moderator)
    accept_answer(answer=answer, by=author)
    relate_question(idea=ideas[0], question=question, by=moderator)
    change_status(idea=ideas[0], status=board.statuses.get(slug="planned"), by=product_manager, answer="Next *year*.")
    interpret_idea(idea=ideas[0], by=moderator, text="It is about **headaches**.")
    return publish_review(review=draft, by=product_manager)
