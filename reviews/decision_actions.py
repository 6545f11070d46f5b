"""Deciding on the ideas of a published review: noting what is to be decided, carrying it out, putting it right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from accounts.models import Member
from community import families
from core.errors import ConflictError
from ideas.actions.merging import join, separate
from ideas.actions.statuses import check_answer_is_whole, correct_answer, give_status
from ideas.errors import EmptyAnswerError, OtherBoardsStatusError
from ideas.models import Idea, IdeaMerge, Status, StatusChange
from reviews.contents import holds
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
from reviews.models import Decision, DecisionKind, DecisionNotice, ProposedDecision, Review
from reviews.permissions import check_can_decide

Statuses = Mapping[tuple[int, str], Status]


@dataclass(frozen=True)
class Verdict:
    """What is decided on an idea, with what the public is told about it: {language: Markdown} are the translations."""

    kind: str
    merge_into: Idea | None = None
    answer: str = ""
    translations: Mapping[str, str] | None = None

    def check(self) -> None:
        """Raises NoTargetError, and UntranslatedAnswerError for an answer in other languages alone."""
        if (self.kind == DecisionKind.MERGED) != (self.merge_into is not None):
            raise NoTargetError
        check_answer_is_whole(self.answer, self.translations)


@transaction.atomic
def propose_decision(
    *, review: Review, idea: int, by: Member, verdict: Verdict, seen: int | None = None, seen_change: int
) -> ProposedDecision:
    """Note what is to be decided on an idea of a published review; nothing becomes of the idea yet.

    `seen` is the version of the proposal that the person knew of, 0 for none; None does not ask. `seen_change` is the
    id of the last change of the idea's status that they knew of, 0 for none. Raises ForbiddenError, NotPublishedError,
    NotInReviewError, DecidedAlreadyError, StaleProposalError, NoTargetError and UntranslatedAnswerError.
    """
    review = _locked(review, by)
    if not holds(review, [idea]):
        raise NotInReviewError
    if review.decisions.filter(idea=idea).exists():
        raise DecidedAlreadyError
    verdict.check()
    if verdict.merge_into is not None and verdict.merge_into.pk == idea:
        raise families.CircularMergeError
    proposal = review.proposals.filter(idea=idea).first() or ProposedDecision(review=review, idea_id=idea, version=0)
    if seen is not None and seen != proposal.version:
        raise StaleProposalError
    proposal.kind, proposal.merge_into = verdict.kind, verdict.merge_into
    proposal.answer, proposal.translations = verdict.answer, dict(verdict.translations or {})
    proposal.seen_change, proposal.version = seen_change, proposal.version + 1
    proposal.proposed_by, proposal.proposed_at = by, timezone.now()
    proposal.save()
    log(instance=review, action="reviews.propose", user=by, data={"idea": idea, "kind": verdict.kind})
    return proposal


@transaction.atomic
def withdraw_proposal(*, review: Review, idea: int, by: Member) -> None:
    """Take back what is noted on an idea; where nothing is, nothing happens.

    Raises ForbiddenError and NotPublishedError.
    """
    review = _locked(review, by)
    if review.proposals.filter(idea=idea).delete()[0]:
        log(instance=review, action="reviews.withdraw_proposal", user=by, data={"idea": idea})


def token_of(proposals: Sequence[ProposedDecision]) -> str:
    """What a form that was made from these proposals says of them; another after any change of any of them."""
    return "-".join(f"{proposal.pk}.{proposal.version}" for proposal in sorted(proposals, key=lambda one: one.pk))


@transaction.atomic
def apply_decisions(*, review: Review, by: Member, statuses: Statuses, seen: str | None = None) -> list[Decision]:
    """Carry out all that is noted on the ideas of a review, or nothing of it.

    `statuses` says which status an idea gets, by its board and the kind of the decision: {(board id, kind): status};
    where it says none, the idea keeps its status. `seen` is the `token_of` the proposals that the person knew of. Each
    decision becomes a line of the ledger, and a notice of it waits to be delivered. Raises ForbiddenError,
    NotPublishedError, NothingProposedError, StaleProposalError, OtherBoardsStatusError and OutOfStepError.
    """
    review = _locked(review, by)
    proposals = list(review.proposals.select_related("merge_into"))
    if not proposals:
        raise NothingProposedError
    if seen is not None and seen != token_of(proposals):
        raise StaleProposalError
    rows = _lock_families(proposals)
    now = timezone.now()
    _check_in_step(proposals, rows, by)
    decisions = []
    for proposal in proposals:
        idea = rows[proposal.idea_id]
        verdict = Verdict(proposal.kind, proposal.merge_into, proposal.answer, proposal.translations)
        status = statuses.get((idea.board_id, proposal.kind)) or idea.status
        if status.board_id != idea.board_id:
            raise OtherBoardsStatusError
        change = None
        if status.pk != idea.status_id or verdict.answer:
            change = give_status(idea, status, by, verdict.answer, now, translations=verdict.translations)
        try:
            edge = _merge(rows, idea, verdict, by, review)
        except ConflictError as error:
            raise OutOfStepError(_about(idea, str(error))) from error
        decisions.append(_decide(review, idea, verdict, change, edge, by, now))
    review.proposals.all().delete()
    log(instance=review, action="reviews.decide", user=by, data={"ideas": [decision.idea_id for decision in decisions]})
    return decisions


@transaction.atomic
def correct_decision(
    *, review: Review, idea: int, by: Member, verdict: Verdict, status: Status | None, seen: int, seen_change: int
) -> Decision:
    """Decide otherwise on an idea, or answer otherwise: in another line, beside which the earlier ones stay.

    Another `status` is given to the idea; None lets it keep its own. A merge that was decided and is not any more is
    undone. `seen` is the id of the latest line that the person knew of, `seen_change` that of the last change of the
    idea's status, 0 for none. Raises as apply_decisions does, and NotDecidedError, StaleDecisionError,
    SameDecisionError, NoTargetError, EmptyAnswerError, UntranslatedAnswerError and families' errors of merging.
    """
    review = _locked(review, by)
    lines = list(review.decisions.filter(idea=idea).select_related("idea", "edge", "change", "merge_into"))
    if not lines:
        raise NotDecidedError
    first, latest = lines[0], lines[-1]
    if seen != latest.pk:
        raise StaleDecisionError
    verdict.check()
    edge = latest.edge if latest.edge and latest.edge.undone_at is None else None
    rows = families.lock(Idea, idea, *_target_of(verdict), *([edge.target_id] if edge else []))
    now = timezone.now()
    row = rows[idea]
    prefetch_related_objects([row], "status", "board")
    sentence = _out_of_step(row, by, seen_change, _last_changes([idea])) or _target_out_of_sight(verdict, rows, by)
    if sentence:
        raise OutOfStepError(sentence)
    if status is not None and status.board_id != row.board_id:
        raise OtherBoardsStatusError
    keeps_target = verdict.merge_into is not None and verdict.merge_into.pk == latest.merge_into_id
    change = _say_anew(row, latest, verdict, status or row.status, by, now)
    if change is None and verdict.kind == latest.kind and keeps_target == (latest.merge_into_id is not None):
        raise SameDecisionError
    if edge is not None and not keeps_target:
        separate(rows, edge, by)
        edge = None
    if edge is None:
        edge = _merge(rows, row, verdict, by, review)
    decision = _decide(review, row, verdict, change or latest.change, edge, by, now, corrects=first)
    log(instance=review, action="reviews.correct_decision", user=by, data={"idea": idea, "kind": verdict.kind})
    return decision


def _locked(review: Review, by: Member) -> Review:
    review = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    check_can_decide(by, review)
    if not review.is_published:
        raise NotPublishedError
    return review


def _lock_families(proposals: Sequence[ProposedDecision]) -> dict[int, Idea]:
    wanted = {proposal.idea_id for proposal in proposals}
    wanted |= {proposal.merge_into_id for proposal in proposals if proposal.merge_into_id}
    rows = families.lock(Idea, *sorted(wanted))
    prefetch_related_objects([rows[pk] for pk in wanted], "status", "board")
    return rows


def _check_in_step(proposals: Sequence[ProposedDecision], rows: Mapping[int, Idea], by: Member) -> None:
    """Raises OutOfStepError with a sentence for each idea on which what is noted can't be carried out as it is now."""
    last = _last_changes([proposal.idea_id for proposal in proposals])
    found = []
    for proposal in proposals:
        verdict = Verdict(proposal.kind, proposal.merge_into)
        sentence = _out_of_step(rows[proposal.idea_id], by, proposal.seen_change, last)
        sentence = sentence or _merged_meanwhile(rows, rows[proposal.idea_id], verdict)
        found.append(sentence or _target_out_of_sight(verdict, rows, by))
    if any(found):
        raise OutOfStepError(" ".join(filter(None, found)))


def _last_changes(ideas: Sequence[int]) -> dict[int, int]:
    """The last change of each idea's status, {idea: id}."""
    moves = StatusChange.objects.moves().filter(idea__in=ideas).order_by()
    return dict(moves.values_list("idea").annotate(Max("pk")))


def _out_of_step(idea: Idea, by: Member, seen_change: int, last: Mapping[int, int]) -> str:
    """What stands in the way of deciding on an idea as it is now; empty for nothing."""
    if not idea.is_visible or not Idea.objects.visible_to(by).filter(pk=idea.pk).exists():
        return _("Idea %(number)s is not on the board any more.") % {"number": idea.pk}
    if last.get(idea.pk, 0) != seen_change:
        return _about(idea, _("Its status was changed since this was written. Look at it again."))
    return ""


def _merged_meanwhile(rows: Mapping[int, Idea], idea: Idea, verdict: Verdict) -> str:
    """A sentence where the idea was merged, unless that is what is to be decided."""
    if idea.canonical_id is None or _root_of(rows, verdict.merge_into) == idea.canonical_id:
        return ""
    return _about(
        idea, _("It was merged into another idea since. Decide on that one, and note here that it was merged.")
    )


def _root_of(rows: Mapping[int, Idea], idea: Idea | None) -> int | None:
    return idea and (rows[idea.pk].canonical_id or idea.pk)


def _target_of(verdict: Verdict) -> list[int]:
    return [verdict.merge_into.pk] if verdict.merge_into else []


def _target_out_of_sight(verdict: Verdict, rows: Mapping[int, Idea], by: Member) -> str:
    for pk in _target_of(verdict):
        if not rows[pk].is_visible or not Idea.objects.visible_to(by).filter(pk=pk).exists():
            return _("Idea %(number)s is not on the board any more.") % {"number": pk}
    return ""


def _about(idea: Idea, sentence: str) -> str:
    return _("“%(title)s”: %(sentence)s") % {"title": idea.title, "sentence": sentence}


def _merge(rows: dict[int, Idea], idea: Idea, verdict: Verdict, by: Member, review: Review) -> IdeaMerge | None:
    """The merge that was decided, unless it is there already."""
    if verdict.merge_into is None:
        return None
    if idea.canonical_id is not None and idea.canonical_id == _root_of(rows, verdict.merge_into):
        return IdeaMerge.objects.standing().get(duplicate=idea.pk)
    roots = {idea.canonical_id or idea.pk, _root_of(rows, verdict.merge_into)}
    both = {pk: row for pk, row in rows.items() if pk in roots or row.canonical_id in roots}
    reason = _("Decided in the product review “%(title)s”") % {"title": review.title}
    return join(both, idea, verdict.merge_into, by, reason)


def _say_anew(
    idea: Idea, latest: Decision, verdict: Verdict, status: Status, by: Member, now: datetime
) -> StatusChange | None:
    """Give the idea its status, and put right what was answered; None where both are so already."""
    said = latest.change
    said = (said.corrections.last() or said) if said and said.corrects_id is None else said
    if status.pk != idea.status_id:
        return give_status(idea, status, by, verdict.answer, now, translations=verdict.translations)
    if said is None or not said.answer:
        if not verdict.answer:
            return None
        return give_status(idea, status, by, verdict.answer, now, translations=verdict.translations)
    texts = {language: text["answer"] for language, text in said.translations.items()}
    if not verdict.answer.strip():
        raise EmptyAnswerError
    if (verdict.answer, dict(verdict.translations or {})) == (said.answer, texts):
        return None
    return correct_answer(change=said, by=by, answer=verdict.answer, translations=verdict.translations or {})


def _decide(
    review: Review,
    idea: Idea,
    verdict: Verdict,
    change: StatusChange | None,
    edge: IdeaMerge | None,
    by: Member,
    now: datetime,
    corrects: Decision | None = None,
) -> Decision:
    decision = Decision.objects.create(
        review=review,
        idea=idea,
        kind=verdict.kind,
        merge_into=verdict.merge_into,
        edge=edge,
        change=change,
        corrects=corrects,
        decided_by=by,
        decided_at=now,
    )
    DecisionNotice.objects.create(decision=decision, created_at=now)
    return decision
