"""How often, and when, what waits is tried."""

from datetime import datetime, timedelta

from django.utils import timezone

from search.models import SyncRun

MOST_ATTEMPTS = 5
# After a failure the wait doubles, from the first to the last.
FIRST_WAIT, LAST_WAIT = timedelta(seconds=5), timedelta(minutes=5)


def next_attempt_at() -> datetime:
    """From when on it may be tried again: later and later while it fails."""
    failures = 0
    last = None
    for run in SyncRun.objects.exclude(finished_at=None)[:12]:
        if not run.error:
            break
        failures += 1
        last = last or run.finished_at
    return last + min(FIRST_WAIT * 2 ** (failures - 1), LAST_WAIT) if last else timezone.now()
