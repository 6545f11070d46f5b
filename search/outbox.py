"""Noting what Elasticsearch has to be told, in the transaction of the act that changed it."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from core.batches import in_batches
from core.tasks import is_waiting
from search.backends import Kind
from search.elastic import is_configured
from search.models import PendingDocument

BATCH = 1_000


class _Noted:
    """Documents that the open transaction has noted, and which of them as removals.

    It stands among what is done after the transaction, so that a savepoint that is rolled back takes it along.
    """

    def __init__(self, documents: set[tuple[Kind, int, bool]]) -> None:
        self.documents = documents

    def __call__(self) -> None:
        """After the transaction there is nothing left to do."""


def note(kind: Kind, keys: Iterable[int], *, is_removal: bool = False) -> None:
    """Have the documents of these sent again; where nobody may find them any more, sooner than others.

    What is to be removed is left out of what is found from the same moment on. What the transaction has noted already
    is not noted again. Does nothing without Elasticsearch.
    """
    if not is_configured():
        return
    for batch in in_batches(keys, BATCH):
        known = [each for each in _noted() if each.documents]
        noted = set().union(*(each.documents for each in known))
        fresh = [key for key in dict.fromkeys(batch) if noted.isdisjoint({(kind, key, is_removal), (kind, key, True)})]
        if not fresh:
            continue
        PendingDocument.objects.bulk_create(PendingDocument(kind=kind, key=key, is_removal=is_removal) for key in fresh)
        transaction.on_commit(_Noted({(kind, key, is_removal) for key in fresh}))
        if not known:
            _wake()


def forget_noted() -> None:
    """For who sends what waits: what the same transaction noted before is there no more."""
    for each in _noted():
        each.documents.clear()


def _noted() -> Iterator[_Noted]:
    return (after for _, after, _ in transaction.get_connection().run_on_commit if isinstance(after, _Noted))


def _wake() -> None:
    from search.elastic.sync import sync

    if not is_waiting(sync):
        sync.enqueue()
