"""Merging ideas, undoing it, and setting one's own votes apart; the rules: docs/explanation/votes-and-merging.md."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.models import Member
from community import families
from core.models import ImportRun
from ideas import discussion, tally
from ideas.ledger import record
from ideas.models import Idea, IdeaMerge, Vote, VoteEvent, VotesApart
from ideas.permissions import check_can_merge, check_can_take_part
from ideas.signals import idea_merge_undone, ideas_merged, votes_reinstated, votes_rejoined, votes_set_apart


@dataclass(frozen=True)
class MergePreview:
    """What a merge would do: people, each once, on either side, on both, and after it; and imported votes after it."""

    duplicate: Idea
    target: Idea
    duplicate_supporters: int
    target_supporters: int
    shared_supporters: int
    result_supporters: int
    result_base_votes: int


@transaction.atomic
def preview_merge(*, duplicate: Idea, into: Idea, by: Member) -> MergePreview:
    """What merging would do, without doing it. Raises as merge_idea does."""
    rows = families.lock(Idea, duplicate.pk, into.pk)
    check_can_merge(by, duplicate, into)
    prefetch_related_objects(list(rows.values()), "board", "status")
    source, target = rows[duplicate.pk], rows[rows[into.pk].canonical_id or into.pk]
    families.check_can_link(source, target)
    parents = families.standing(IdeaMerge, rows)
    together = tally.Family(rows, {**parents, source.pk: target.pk}).count()[target.pk].supporter_count
    return MergePreview(
        duplicate=source,
        target=target,
        duplicate_supporters=source.supporter_count,
        target_supporters=target.supporter_count,
        shared_supporters=source.supporter_count + target.supporter_count - together,
        result_supporters=together,
        result_base_votes=source.family_base_votes + target.family_base_votes,
    )


@transaction.atomic
def merge_idea(
    *, duplicate: Idea, into: Idea, by: Member, reason: str = "", import_run: ImportRun | None = None
) -> IdeaMerge:
    """Count an idea, and all that was merged into it, together with another. Nothing moves, and it can be undone.

    Raises ForbiddenError, and what families.check_can_link raises.
    """
    rows = families.lock(Idea, duplicate.pk, into.pk)
    check_can_merge(by, duplicate, into)
    return join(rows, duplicate, into, by, reason, import_run)


def join(
    rows: dict[int, Idea], duplicate: Idea, into: Idea, by: Member, reason: str, import_run: ImportRun | None = None
) -> IdeaMerge:
    """Add the edge, count anew and announce it; the caller has locked both families and checked who may."""
    edge = families.link(IdeaMerge, rows, duplicate, into, by, reason, import_run)
    tally.recount(tally.Family(rows))
    discussion.recount(rows)
    ideas_merged.send(sender=IdeaMerge, edge=edge, by=by)
    return edge


@transaction.atomic
def undo_idea_merge(*, edge: IdeaMerge, by: Member) -> IdeaMerge:
    """Undo one merge, whichever and whenever: afterwards all is as the same acts would have left it without the merge.

    Raises ForbiddenError and NotMergedError.
    """
    rows = families.lock(Idea, edge.duplicate_id)
    check_can_merge(by, edge.duplicate, edge.target)
    return separate(rows, edge, by)


def separate(rows: dict[int, Idea], edge: IdeaMerge, by: Member) -> IdeaMerge:
    """End the edge, count anew and announce it; the caller has locked the family and checked who may."""
    edge = families.unlink(IdeaMerge, rows, edge, by)
    family = tally.Family(rows)
    _reinstate(family)
    tally.recount(family)
    discussion.recount(rows)
    idea_merge_undone.send(sender=IdeaMerge, edge=edge, by=by)
    return edge


@transaction.atomic
def set_votes_apart(*, duplicate: Idea, by: Member) -> IdeaMerge:
    """For «That is not what I meant»: one's votes on a duplicate, and on what was merged into it, count there alone.

    Doing it again is harmless. It holds for votes cast there later too, while the merge stands. Raises NotMergedError.
    """
    rows = families.lock(Idea, duplicate.pk)
    check_can_take_part(by)
    edge = _edge_of(duplicate)
    VotesApart.objects.get_or_create(edge=edge, member=by, ended_at=None)
    family = tally.Family(rows)
    _reinstate(family, by)
    tally.recount(family)
    votes_set_apart.send(sender=IdeaMerge, edge=edge, by=by)
    return edge


@transaction.atomic
def rejoin_votes(*, duplicate: Idea, by: Member) -> IdeaMerge:
    """Let one's votes on a duplicate count with the family again. Raises NotMergedError."""
    rows = families.lock(Idea, duplicate.pk)
    check_can_take_part(by)
    edge = _edge_of(duplicate)
    VotesApart.objects.standing().filter(edge=edge, member=by).update(ended_at=timezone.now())
    tally.recount(tally.Family(rows))
    votes_rejoined.send(sender=IdeaMerge, edge=edge, by=by)
    return edge


def _edge_of(duplicate: Idea) -> IdeaMerge:
    edge = IdeaMerge.objects.standing().filter(duplicate=duplicate.pk).first()
    if edge is None:
        raise families.NotMergedError
    return edge


def _reinstate(family: tally.Family, member: Member | None = None) -> None:
    """Votes silenced through an idea with which they share nothing any more were never withdrawn there."""
    silenced = Vote.objects.filter(idea__in=family.rows, silenced_through__isnull=False).order_by("member", "idea")
    if member is not None:
        silenced = silenced.filter(member=member)
    freed = [vote for vote in silenced if not family.share(vote.member_id, vote.idea_id, vote.silenced_through_id)]
    # Few votes are freed at a time, most often none: what is needed of them is read apart from finding them.
    prefetch_related_objects(freed, "member__organisation")
    clicked = Idea.objects.in_bulk({vote.silenced_through_id for vote in freed})
    now = timezone.now()
    for vote in freed:
        record(VoteEvent.Kind.REINSTATED, vote=vote, clicked=clicked[vote.silenced_through_id], recorded_at=now)
    if freed:
        votes_reinstated.send(sender=Vote, votes=freed)
