"""Publishing ranking policies, and ranking boards by them."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django_tasks import task
from wagtail.log_actions import log

from accounts.models import Member
from core.tasks import WORKER, is_waiting
from ideas import history
from ideas.errors import (
    OtherBoardsPolicyError,
    PolicyNotPublishedError,
    PolicyPublishedError,
    WeightlessPolicyError,
)
from ideas.models import Idea, IdeaBoardPage, IdeaScore, Policy, PolicyBand, PolicyPlan, PolicySegment, Scoring
from ideas.permissions import check_can_change_policies
from ideas.scoring import Formula

BATCH = 1_000
PUBLISHED, RETIRED, COPIED = "ideas.publish_policy", "ideas.retire_policy", "ideas.copy_policy"


@transaction.atomic
def publish_policy(*, policy: Policy, by: Member) -> Policy:
    """Make a draft an order of its boards, for good. Boards show it once they are ranked by it, which is queued.

    Raises ForbiddenError, PolicyPublishedError and WeightlessPolicyError.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    check_can_change_policies(by)
    if not policy.is_draft:
        raise PolicyPublishedError
    if not policy.counts_something:
        raise WeightlessPolicyError
    policy.state, policy.published_at, policy.published_by = Policy.State.PUBLISHED, timezone.now(), by
    policy.save(update_fields=["state", "published_at", "published_by"])
    log(instance=policy, action=PUBLISHED, user=by)
    rank_by_policy.enqueue(policy.pk)
    return policy


@transaction.atomic
def rank_anew(*, policy: Policy, by: Member) -> None:
    """Queue the ranking of a published policy's boards. Raises ForbiddenError and PolicyNotPublishedError."""
    check_can_change_policies(by)
    if not policy.is_published:
        raise PolicyNotPublishedError
    if not is_waiting(rank_by_policy, policy.pk):
        rank_by_policy.enqueue(policy.pk)


@task(backend=WORKER)
def rank_by_policy(policy_id: int) -> None:
    """Rank the boards of a policy, unless it was retired meanwhile."""
    policy = Policy.objects.filter(pk=policy_id, state=Policy.State.PUBLISHED).first()
    if policy is not None:
        for board in policy.ranked_boards():
            score_board(policy=policy, board=board)


@task(backend=WORKER)
def rank_by_all_policies() -> None:
    """Queue the ranking of all boards by their published policies, each policy's for itself."""
    for pk in Policy.objects.current().values_list("pk", flat=True):
        rank_by_policy.enqueue(pk)


@transaction.atomic
def retire_policy(*, policy: Policy, by: Member) -> Policy:
    """Let boards offer a published version no more; what was ranked by it can still be explained.

    Raises ForbiddenError and PolicyNotPublishedError.
    """
    policy = Policy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    check_can_change_policies(by)
    if not policy.is_published:
        raise PolicyNotPublishedError
    policy.state = Policy.State.RETIRED
    policy.save(update_fields=["state"])
    log(instance=policy, action=RETIRED, user=by)
    return policy


@transaction.atomic
def copy_policy(*, policy: Policy, by: Member) -> Policy:
    """The next version of a policy, a draft with the same numbers; where there is a draft of it already, that one.

    Raises ForbiddenError.
    """
    check_can_change_policies(by)
    versions = Policy.objects.filter(slug=policy.slug)
    list(versions.select_for_update(of=("self",)).order_by("pk"))
    draft = versions.filter(state=Policy.State.DRAFT).order_by("version").last()
    if draft is not None:
        return draft
    latest = versions.aggregate(version=Max("version"))["version"]
    own = {"id", "version", "state", "published_at", "published_by"}
    same = {
        field.attname: getattr(policy, field.attname) for field in Policy._meta.concrete_fields if field.name not in own
    }
    copy = Policy(version=latest + 1, **same)
    copy.boards = policy.boards.all()
    copy.segments = [PolicySegment(segment=row.segment, multiplier=row.multiplier) for row in policy.segments.all()]
    copy.plans = [PolicyPlan(plan=row.plan, multiplier=row.multiplier) for row in policy.plans.all()]
    copy.bands = [PolicyBand(least=row.least, multiplier=row.multiplier) for row in policy.bands.all()]
    copy.save()
    log(instance=copy, action=COPIED, user=by, data={"version": copy.version})
    return copy


def score_board(*, policy: Policy, board: IdeaBoardPage) -> Scoring:
    """Rank a board by a published policy, with the votes recorded until a minute ago, and give the board that order.

    Readers have the order before until the new one is whole. The one before that is removed, with what a run that broke
    off left behind. Where somebody else ranks the board meanwhile and is done first, theirs stays. Raises
    PolicyNotPublishedError and OtherBoardsPolicyError.
    """
    policy = Policy.objects.get(pk=policy.pk)
    if not policy.is_published:
        raise PolicyNotPublishedError
    if not policy.applies_to(board):
        raise OtherBoardsPolicyError
    moment = timezone.now() - history.SETTLES_AFTER
    scoring = Scoring.objects.create(policy=policy, board=board, moment=moment)
    formula = Formula.of(policy)
    batch: list[IdeaScore] = []
    for family in Idea.objects.filter(board=board).as_of(moment).families():
        batch.append(IdeaScore(scoring=scoring, idea_id=family.idea, millionths=formula.score(family, moment)))
        if len(batch) == BATCH:
            if not _store(scoring, batch):
                return _latest(policy, board)
            batch = []
    if not _finish(scoring, batch):
        return _latest(policy, board)
    _remove_older(scoring)
    return scoring


def _store(scoring: Scoring, batch: list[IdeaScore]) -> bool:
    """Write some scores; False where a later ranking of the board was done first and has removed this one."""
    with transaction.atomic():
        if not Scoring.objects.select_for_update(no_key=True).filter(pk=scoring.pk).exists():
            return False
        IdeaScore.objects.bulk_create(batch)
        scoring.idea_count += len(batch)
    return True


def _finish(scoring: Scoring, batch: list[IdeaScore]) -> bool:
    with transaction.atomic():
        if not _store(scoring, batch):
            return False
        scoring.is_complete, scoring.computed_at = True, timezone.now()
        scoring.save(update_fields=["is_complete", "computed_at", "idea_count"])
    return True


def _latest(policy: Policy, board: IdeaBoardPage) -> Scoring:
    return Scoring.objects.complete().filter(policy__slug=policy.slug, board=board).latest("pk")


def _remove_older(scoring: Scoring) -> None:
    """Keep this scoring and, for who is reading it, the complete one before, of whichever version of the policy."""
    older = Scoring.objects.filter(board=scoring.board_id, policy__slug=scoring.policy.slug, pk__lt=scoring.pk)
    previous = list(older.complete().order_by("-pk").values_list("pk", flat=True)[:1])
    for pk in list(older.exclude(pk__in=previous).order_by("pk").values_list("pk", flat=True)):
        scores = IdeaScore.objects.filter(scoring=pk).order_by("pk")
        while rows := list(scores.values_list("pk", flat=True)[:BATCH]):
            IdeaScore.objects.filter(pk__in=rows).delete()
        with transaction.atomic():
            Scoring.objects.select_for_update().filter(pk=pk).first()
            Scoring.objects.filter(pk=pk).delete()
