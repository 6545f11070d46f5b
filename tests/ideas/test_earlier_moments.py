"""What people did before it was recorded: the ledger keeps both moments."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Member
from ideas.actions import cast_vote, post_idea, withdraw_vote
from ideas.models import IdeaBoardPage, VoteEvent


def test_each_line_of_the_ledger_says_when_it_happened(board: IdeaBoardPage, author: Member, member: Member) -> None:
    start = timezone.now() - timedelta(days=30)
    moments = [start + timedelta(days=days) for days in range(3)]
    idea = post_idea(board=board, by=author, title="Undo", body="Please.", occurred_at=moments[0])
    cast_vote(idea=idea, by=member, occurred_at=moments[1])
    withdraw_vote(idea=idea, by=member, occurred_at=moments[2])

    assert list(VoteEvent.objects.values_list("occurred_at", flat=True)) == moments
    assert VoteEvent.objects.filter(recorded_at__gt=start + timedelta(days=29)).count() == 3
    idea.refresh_from_db()
    assert (idea.created_at, idea.last_activity_at, idea.supporter_count) == (start, start, 1)
