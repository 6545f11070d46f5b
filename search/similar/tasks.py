"""What is done for similar posts outside the request."""

from django_tasks import task

from core.tasks import WORKER, is_waiting
from search.similar.pairs import compare_pending

STEP = 200


@task(backend=WORKER)
def take_in() -> None:
    """Make the vectors that are missing, and look for duplicates of what is new, some at a time."""
    from search.similar.vectors import embed_pending

    if embed_pending(STEP) == STEP or compare_pending(STEP) == STEP:
        queue()


def queue() -> None:
    """Have it done soon."""
    if not is_waiting(take_in):
        take_in.enqueue()
