"""Noting what Elasticsearch has to be told, in the transaction of the act that changed it."""

from collections.abc import Iterable

from core.batches import in_batches
from core.tasks import is_waiting
from search.backends import Kind
from search.elastic import is_configured
from search.models import PendingDocument

BATCH = 1_000


def note(kind: Kind, keys: Iterable[int], *, is_removal: bool = False) -> None:
    """Have the documents of these sent again; where nobody may find them any more, sooner than others.

    What is to be removed is left out of what is found from the same moment on. Does nothing without Elasticsearch.
    """
    if not is_configured():
        return
    for batch in in_batches(keys, BATCH):
        PendingDocument.objects.bulk_create(PendingDocument(kind=kind, key=key, is_removal=is_removal) for key in batch)
        _wake()


def _wake() -> None:
    from search.elastic.sync import sync

    if not is_waiting(sync):
        sync.enqueue()
