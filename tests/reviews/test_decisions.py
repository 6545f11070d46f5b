"""Deciding on the ideas of a published review: noted, carried out all at once or not at all, and corrected."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Member
from community.families import CircularMergeError
from core.errors import ForbiddenError
from ideas.actions import change_status, correct_answer, merge_idea
from ideas.answers import read_answers
from ideas.errors import EmptyAnswerError, OtherBoardsStatusError
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, StatusChange
from moderation.actions import hide_post
from reviews.deciding import is_decided, last_change, read_decided
from reviews.decision_actions import Verdict, apply_decisions, correct_decision, propose_decision, withdraw_proposal
from reviews.decision_errors import (
    DecidedAlreadyError,
    NoTargetError,
    NotDecidedError,
    NothingProposedError,
    NotInReviewError,
    NotPublishedError,
    OutOfStepError,
    SameDecisionError,
    StaleDecisionError,
    StaleProposalError,
)
from reviews.models import Decision, DecisionNotice, Review, ReviewLogEntry, ReviewSnapshot
from reviews.telling import audience_of
from tests.races import together

ANSWER = "We will **do** it."


@pytest.fixture
def review(published: ReviewSnapshot) -> Review:
    return published.review


@pytest.fixture
def statuses(board: IdeaBoardPage) -> dict[tuple[int, str], Any]:
    """What is accepted is planned, what is declined is declined; all else stays as it is."""
    return {
        (board.pk, "accepted"): board.statuses.get(slug="planned"),
        (board.pk, "declined"): board.statuses.get(slug="declined"),
    }


@pytest.fixture
def propose(review: Review, product_manager: Member) -> Callable[..., Any]:
    def note(idea: Idea, kind: str, merge_into: Idea | None = None, answer: str = "", **more: Any) -> Any:
        verdict = Verdict(kind, merge_into, answer, more.pop("translations", None))
        known = {"by": product_manager, "seen_change": last_change(idea.pk), **more}
        return propose_decision(review=review, idea=idea.pk, verdict=verdict, **known)

    return note


def refreshed(idea: Idea) -> Idea:
    return Idea.objects.select_related("status").get(pk=idea.pk)


def test_all_decisions_are_carried_out_at_once(
    review: Review, ideas: list[Idea], product_manager: Member, propose: Callable[..., Any], statuses: Any
) -> None:
    propose(ideas[0], "accepted", answer=ANSWER, translations={"de": "Wir **tun** es."})
    propose(ideas[1], "later")
    propose(ideas[2], "merged", ideas[0], answer="See there.")
    assert not StatusChange.objects.exists()
    decisions = apply_decisions(review=review, by=product_manager, statuses=statuses)
    assert [(line.idea_id, line.kind) for line in decisions] == [
        (ideas[0].pk, "accepted"),
        (ideas[1].pk, "later"),
        (ideas[2].pk, "merged"),
    ]
    assert refreshed(ideas[0]).status.slug == "planned"
    [answered] = read_answers(ideas[0])
    assert (answered.answer, answered.translations) == (ANSWER, {"de": "Wir **tun** es."})
    assert (refreshed(ideas[1]).status.slug, decisions[1].change) == ("open", None)
    merged = refreshed(ideas[2])
    assert (merged.canonical_id, decisions[2].edge) == (ideas[0].pk, IdeaMerge.objects.standing().get())
    assert read_answers(merged)[0].answer == "See there."
    assert refreshed(ideas[0]).supporter_count == 6
    assert not review.proposals.exists()
    assert is_decided(review)
    assert ReviewLogEntry.objects.filter(review=review, action="reviews.decide").count() == 1


def test_voters_are_queued_to_be_told_once_for_each_decision(
    review: Review, ideas: list[Idea], product_manager: Member, propose: Callable[..., Any], statuses: Any
) -> None:
    propose(ideas[0], "accepted")
    propose(ideas[2], "merged", ideas[0])
    first, second = apply_decisions(review=review, by=product_manager, statuses=statuses)
    waiting = DecisionNotice.objects.filter(delivered_at__isnull=True)
    assert [notice.decision for notice in waiting] == [first, second]
    names = {member.handle for member in audience_of(first)}
    assert names == {"author", "voter0", "voter1", "voter2", "voter3", "voter4"}
    assert {member.handle for member in audience_of(second)} == {"author", "voter3", "voter4"}


def test_the_review_is_decided_when_all_its_ideas_are(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    statuses: Any,
) -> None:
    assert not is_decided(review)
    for idea in ideas[:2]:
        propose(idea, "later")
        apply_decisions(review=review, by=product_manager, statuses=statuses)
    assert not is_decided(review)
    hide_post(post=ideas[2], by=moderator, reason="Advertising")
    assert is_decided(review)


def test_nothing_is_half_done_where_one_idea_is_not_as_it_was(
    review: Review,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    statuses: Any,
) -> None:
    for idea in ideas:
        propose(idea, "accepted", answer=ANSWER)
    hide_post(post=ideas[0], by=moderator, reason="Advertising")
    merge_idea(duplicate=ideas[1], into=make_idea("Everything"), by=moderator)
    change_status(idea=ideas[2], status=statuses[ideas[2].board_id, "declined"], by=moderator)
    changes = StatusChange.objects.count()
    with pytest.raises(OutOfStepError) as refused:
        apply_decisions(review=review, by=product_manager, statuses=statuses)
    said = str(refused.value)
    for sentence in (
        f"Idea {ideas[0].pk} is not on the board any more.",
        "“Export”: It was merged into another idea since.",
        "“Offline use”: Its status was changed since this was written.",
    ):
        assert sentence in said
    assert (StatusChange.objects.count(), Decision.objects.count()) == (changes, 0)
    assert review.proposals.count() == 3


def test_a_merge_that_is_not_possible_stops_all(
    review: Review, ideas: list[Idea], product_manager: Member, propose: Callable[..., Any], statuses: Any
) -> None:
    propose(ideas[0], "merged", ideas[1], answer=ANSWER)
    propose(ideas[1], "merged", ideas[0])
    with pytest.raises(OutOfStepError, match="“Export”: It can't be merged into itself"):
        apply_decisions(review=review, by=product_manager, statuses=statuses)
    assert not IdeaMerge.objects.exists()
    assert not StatusChange.objects.exists()
    with pytest.raises(CircularMergeError):
        propose(ideas[2], "merged", ideas[2])


def test_what_was_merged_meanwhile_can_be_decided_as_merged(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    statuses: Any,
) -> None:
    propose(ideas[2], "merged", ideas[0])
    edge = merge_idea(duplicate=ideas[2], into=ideas[0], by=moderator)
    [decision] = apply_decisions(review=review, by=product_manager, statuses=statuses)
    assert decision.edge == edge
    assert IdeaMerge.objects.count() == 1


def test_what_may_not_be_noted(
    review: Review,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    statuses: Any,
) -> None:
    propose(ideas[0], "later")
    apply_decisions(review=review, by=product_manager, statuses=statuses)
    propose(ideas[1], "later")
    for error, act in (
        (ForbiddenError, partial(propose, ideas[1], "later", by=moderator)),
        (NotInReviewError, partial(propose, make_idea("Other"), "later")),
        (DecidedAlreadyError, partial(propose, ideas[0], "accepted")),
        (StaleProposalError, partial(propose, ideas[1], "accepted", seen=0)),
        (NoTargetError, partial(propose, ideas[1], "merged")),
        (NoTargetError, partial(propose, ideas[1], "later", ideas[2])),
    ):
        with pytest.raises(error):
            act()
    assert [proposal.kind for proposal in review.proposals.all()] == ["later"]
    propose(ideas[1], "accepted", seen=1)
    withdraw_proposal(review=review, idea=ideas[1].pk, by=product_manager)
    with pytest.raises(NothingProposedError):
        apply_decisions(review=review, by=product_manager, statuses=statuses)


def test_a_draft_decides_nothing(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    with pytest.raises(NotPublishedError):
        propose_decision(review=draft, idea=ideas[0].pk, by=product_manager, verdict=Verdict("later"), seen_change=0)


def test_what_may_not_be_carried_out(
    review: Review,
    ideas: list[Idea],
    staff_board: IdeaBoardPage,
    product_manager: Member,
    member: Member,
    propose: Callable[..., Any],
    board: IdeaBoardPage,
) -> None:
    propose(ideas[0], "accepted")
    foreign = {(board.pk, "accepted"): staff_board.statuses.get(slug="planned")}
    for error, arguments in (
        (ForbiddenError, {"by": member, "statuses": {}}),
        (StaleProposalError, {"by": product_manager, "statuses": {}, "seen": "1.7"}),
        (OtherBoardsStatusError, {"by": product_manager, "statuses": foreign}),
    ):
        with pytest.raises(error):
            apply_decisions(review=review, **arguments)
    assert not Decision.objects.exists()
    assert review.proposals.count() == 1


# Corrections


@pytest.fixture
def correct(review: Review, product_manager: Member) -> Callable[..., Any]:
    def put_right(idea: Idea, kind: str, merge_into: Idea | None = None, answer: str = "", **more: Any) -> Decision:
        verdict = Verdict(kind, merge_into, answer, more.pop("translations", None))
        decided = read_decided(review)[idea.pk]
        known = {"by": product_manager, "status": None, "seen": decided.latest.pk, "seen_change": last_change(idea.pk)}
        return correct_decision(review=review, idea=idea.pk, verdict=verdict, **(known | more))

    return put_right


def test_a_decision_is_corrected_in_another_line(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    propose: Callable[..., Any],
    correct: Callable[..., Any],
    statuses: Any,
    board: IdeaBoardPage,
) -> None:
    propose(ideas[0], "accepted", answer=ANSWER, translations={"de": "Ja."})
    [first] = apply_decisions(review=review, by=product_manager, statuses=statuses)
    correct(ideas[0], "accepted", answer="We will do it **soon**.", translations={"de": "Ja."})
    [answered] = read_answers(ideas[0])
    assert (answered.answer, len(answered.versions)) == ("We will do it **soon**.", 2)
    declined = board.statuses.get(slug="declined")
    second = correct(ideas[0], "declined", answer="No.", status=declined)
    assert refreshed(ideas[0]).status == declined
    decided = read_decided(review)[ideas[0].pk]
    assert [line.kind for line in decided.lines] == ["accepted", "accepted", "declined"]
    assert (second.corrects, decided.latest) == (first, second)
    assert decided.said is not None
    assert decided.said.answer == "No."
    assert DecisionNotice.objects.count() == 3
    first.refresh_from_db()
    assert first.kind == "accepted"


def test_a_merge_that_was_decided_is_undone_or_led_elsewhere(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    propose: Callable[..., Any],
    correct: Callable[..., Any],
    statuses: Any,
) -> None:
    propose(ideas[2], "merged", ideas[0])
    apply_decisions(review=review, by=product_manager, statuses=statuses)
    correct(ideas[2], "merged", ideas[1])
    assert refreshed(ideas[2]).canonical_id == ideas[1].pk
    correct(ideas[2], "later")
    assert refreshed(ideas[2]).canonical_id is None
    assert refreshed(ideas[0]).supporter_count == 4
    assert not IdeaMerge.objects.standing().exists()


def test_an_answer_corrected_on_the_idea_is_what_was_decided_now(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    correct: Callable[..., Any],
    statuses: Any,
) -> None:
    propose(ideas[0], "accepted", answer=ANSWER)
    [decision] = apply_decisions(review=review, by=product_manager, statuses=statuses)
    correct_answer(change=decision.change, by=moderator, answer="In spring.")
    said = read_decided(review)[ideas[0].pk].said
    assert said is not None
    assert said.answer == "In spring."
    with pytest.raises(SameDecisionError):
        correct(ideas[0], "accepted", answer="In spring.")


def test_what_may_not_be_corrected(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    moderator: Member,
    propose: Callable[..., Any],
    correct: Callable[..., Any],
    statuses: Any,
) -> None:
    propose(ideas[0], "accepted", answer=ANSWER)
    apply_decisions(review=review, by=product_manager, statuses=statuses)
    for error, act in (
        (ForbiddenError, partial(correct, ideas[0], "later", answer=ANSWER, by=moderator)),
        (StaleDecisionError, partial(correct, ideas[0], "later", answer=ANSWER, seen=0)),
        (OutOfStepError, partial(correct, ideas[0], "later", answer=ANSWER, seen_change=0)),
        (SameDecisionError, partial(correct, ideas[0], "accepted", answer=ANSWER)),
        (EmptyAnswerError, partial(correct, ideas[0], "later")),
        (NoTargetError, partial(correct, ideas[0], "merged", answer=ANSWER)),
    ):
        with pytest.raises(error):
            act()
    with pytest.raises(NotDecidedError):
        correct_decision(
            review=review,
            idea=ideas[1].pk,
            by=product_manager,
            verdict=Verdict("later"),
            status=None,
            seen=0,
            seen_change=0,
        )
    assert Decision.objects.count() == 1


def test_the_database_erases_no_decision(
    review: Review, ideas: list[Idea], product_manager: Member, propose: Callable[..., Any]
) -> None:
    propose(ideas[0], "later")
    [decision] = apply_decisions(review=review, by=product_manager, statuses={})
    with pytest.raises(DatabaseError, match="ledger is never changed"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(kind="accepted")
    decision.refresh_from_db()
    assert decision.kind == "later"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_carry_out_the_same_do_it_once(
    review: Review,
    ideas: list[Idea],
    product_manager: Member,
    administrator: Member,
    propose: Callable[..., Any],
    statuses: Any,
) -> None:
    for idea in ideas:
        propose(idea, "accepted", answer=ANSWER)
    people = (product_manager, administrator)
    errors = together(*[partial(apply_decisions, review=review, by=by, statuses=statuses) for by in people])
    assert [type(error) for error in errors] == [NothingProposedError]
    assert Decision.objects.count() == StatusChange.objects.count() == 3
