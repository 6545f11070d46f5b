"""Sending what the outbox notes: in batches, removals first, each as it is in the database then."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import task
from elasticsearch import NotFoundError, helpers

from core.tasks import WORKER
from ideas.models import Idea, VoteEvent
from search import outbox
from search.backends import Kind
from search.elastic import client, is_configured
from search.elastic.attempts import MOST_ATTEMPTS, next_attempt_at
from search.elastic.documents import documents_of
from search.elastic.names import write_alias
from search.models import PendingDocument, SupportersSent, SyncRun

logger = logging.getLogger(__name__)

BATCH = 300
KEPT_FOR = timedelta(days=7)
# A vote's line is in sight of everybody a minute after its moment at the latest (ideas.history).
OVERLAP = timedelta(minutes=2)


@task(backend=WORKER)
def sync() -> None:
    """Send all that waits, unless Elasticsearch was away a moment ago."""
    if is_configured() and timezone.now() >= next_attempt_at():
        drain()
        SyncRun.objects.filter(started_at__lt=timezone.now() - KEPT_FOR).delete()


@task(backend=WORKER)
def refresh_supporters() -> None:
    """Note the ideas whose supporters changed since the last time: votes themselves note nothing."""
    if is_configured():
        note_supporters()


def drain() -> int:
    """Send until nothing waits that may be tried; how many documents it were. Raises what client.FAILURES lists."""
    sent = 0
    while rows := list(_waiting()[:BATCH]):
        by_kind: dict[str, list[PendingDocument]] = defaultdict(list)
        for row in rows:
            by_kind[row.kind].append(row)
        for kind, of_kind in by_kind.items():
            sent += _send_noted(Kind(kind), of_kind)
    return sent


def _waiting() -> Any:
    rows = PendingDocument.objects.filter(attempts__lt=MOST_ATTEMPTS)
    return rows.order_by("attempts", "-is_removal", "pk")


def _send_noted(kind: Kind, rows: Collection[PendingDocument]) -> int:
    keys = {row.key for row in rows}
    refused = send(kind, keys, targets_of(kind))
    done = [row.pk for row in rows if row.key not in refused]
    with transaction.atomic():
        PendingDocument.objects.filter(pk__in=done).delete()
        outbox.forget_noted()
        for key, error in refused.items():
            stuck = PendingDocument.objects.filter(pk__in=[row.pk for row in rows if row.key == key])
            stuck.update(attempts=F("attempts") + 1, error=error[:500])
    if refused:
        logger.error("Elasticsearch refused %s of %s documents of the kind %s.", len(refused), len(keys), kind)
    return len(keys) - len(refused)


def targets_of(kind: Kind) -> list[str]:
    """The indexes that are written to: the live one and one that is being filled. None before the first rebuild."""
    try:
        return sorted(client.working().indices.get_alias(name=write_alias(kind)))
    except NotFoundError:
        return []


def send(kind: Kind, keys: Collection[int], targets: Iterable[str]) -> dict[int, str]:
    """Bring the documents of these keys in the indexes up to the database; what was refused, and why.

    Raises what client.FAILURES lists, after it is written down.
    """
    batch = Batch(kind, sorted(keys), targets)
    return batch.note(batch.send)


class Batch:
    """The documents of some keys as the database has them now, on their way into indexes."""

    def __init__(self, kind: Kind, keys: Sequence[int], targets: Iterable[str]) -> None:
        self.keys = keys
        # Its number is the version of the documents, so it comes before they are read.
        self.run = SyncRun.objects.create(kind=kind)
        try:
            documents = documents_of(kind, keys)
        except BaseException:
            self._finish()
            raise
        self._actions = [_action(index, key, documents.get(key), self.run.pk) for index in targets for key in keys]

    def send(self) -> dict[int, str]:
        """Send them; what was refused, and why. It touches no database, so that any thread may do it."""
        refused = {}
        for is_done, result in helpers.streaming_bulk(client.working(), self._actions, raise_on_error=False):
            answer: Mapping[str, Any] = next(iter(result.values()))
            # 409: a newer version is there already. 404: there was nothing to remove.
            if not is_done and answer["status"] not in {404, 409}:
                refused[int(answer["_id"])] = str(answer.get("error"))
        return refused

    def note(self, send: Callable[[], dict[int, str]]) -> dict[int, str]:
        """Write down what comes of sending them, and give it back or raise it."""
        try:
            refused = send()
        except client.FAILURES as error:
            self.run.error = f"{type(error).__name__}: {error}"[:500]
            raise
        else:
            self.run.sent = len(self.keys) - len(refused)
        finally:
            self._finish()
        return refused

    def drop(self) -> None:
        """Do without sending it, as if it had never been made."""
        self.run.delete()

    def _finish(self) -> None:
        self.run.finished_at = timezone.now()
        self.run.save(update_fields=["sent", "error", "finished_at"])


def _action(index: str, key: int, document: Mapping[str, Any] | None, version: int) -> dict[str, Any]:
    about = {"_index": index, "_id": str(key), "version": version, "version_type": "external_gte"}
    if document is None:
        return {"_op_type": "delete", **about}
    return {"_op_type": "index", **about, "_source": document}


def note_supporters() -> int:
    """Note the canonical ideas on whose families a line was written since the last time; how many."""
    now = timezone.now()
    last = SupportersSent.objects.first()
    since = last.until if last else now
    lines = VoteEvent.objects.filter(recorded_at__gte=since - OVERLAP)
    with transaction.atomic():
        ideas = Idea.objects.filter(pk__in=lines.values("idea")).values_list("pk", "canonical")
        keys = {canonical or pk for pk, canonical in ideas}
        outbox.note(Kind.IDEA, sorted(keys))
        SupportersSent.objects.update_or_create(pk=1, defaults={"until": now})
    return len(keys)
