"""Who is to hear of a decision."""

from django.db.models import QuerySet

from accounts.models import Member
from ideas.audience import affected_by, followers_of
from reviews.models import Decision


def audience_of(decision: Decision) -> QuerySet[Member]:
    """Everybody who takes part in the idea, each once: as they are when this is asked; see ideas.audience.

    Of an idea that the decision merged, those who came through it, while the merge stands.
    """
    if decision.edge is not None and decision.edge.undone_at is None:
        return affected_by(decision.edge)
    return followers_of(decision.idea)
