"""Making the index of a kind anew, beside the live one, and comparing indexes with the database."""

from __future__ import annotations

import math
import os
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import task
from elasticsearch import NotFoundError

from core.batches import in_batches
from core.errors import ConflictError
from core.tasks import WORKER
from search.backends import Kind
from search.elastic import client, is_configured
from search.elastic.documents import documents_of, fingerprint, listed_keys, mapping_of, settings_of
from search.elastic.names import index_name, read_alias, write_alias
from search.elastic.sync import Batch, send
from search.models import PendingDocument, SearchIndex

BATCH = 500
MENDINGS = 5
# Who has not touched the index for so long is taken for dead, where it cannot be asked.
SILENT_FOR = timedelta(minutes=2)
# Searches that began on the index before go on there.
GRACE = timedelta(minutes=10)

Progress = Callable[[int], object]
# Key and hash of a document; after the last there is END.
Stamp = tuple[float, str]
END: Stamp = (math.inf, "")


class BeingRebuiltError(ConflictError):
    sentence = _("This index is being rebuilt already.")


class IncompleteError(ConflictError):
    sentence = _("The new index never agreed with the database, and the one before stays. Run this again.")


@dataclass
class Drift:
    """What an index lacks, has too much, and says differently than the database."""

    missing: list[int] = field(default_factory=list)
    orphaned: list[int] = field(default_factory=list)
    different: list[int] = field(default_factory=list)
    compared: int = 0

    @property
    def keys(self) -> list[int]:
        return [*self.missing, *self.orphaned, *self.different]


def rebuild(kind: Kind, progress: Progress = lambda number: None) -> SearchIndex:
    """Fill a new index while writes go to both, and give it the reads once it agrees with the database.

    Goes on where a rebuild was killed. `progress` is told how many documents were sent each time. Raises
    BeingRebuiltError, IncompleteError and what client.FAILURES lists.
    """
    drop_retired()
    index = _begin(kind)
    _fill(kind, index, progress)
    for _mending in range(MENDINGS):
        drift = compare(kind, index.name)
        if not drift.keys:
            break
        for keys in in_batches(drift.keys, BATCH):
            send(kind, keys, [index.name])
            _touch(index)
    else:
        raise IncompleteError
    _go_live(index, drift)
    return index


def _fill(kind: Kind, index: SearchIndex, progress: Progress) -> None:
    """Send all documents that come after the last one sent: while one batch is under way, the next one is made."""

    def arrive(batch: Batch, sending: Future[dict[int, str]]) -> None:
        batch.note(sending.result)
        index.last_key = batch.keys[-1]
        _touch(index)
        progress(len(batch.keys))

    under_way: tuple[Batch, Future[dict[int, str]]] | None = None
    left = listed_keys(kind).filter(pk__gt=index.last_key)
    with ThreadPoolExecutor(1) as sender:
        for keys in in_batches(left.iterator(chunk_size=BATCH), BATCH):
            batch = Batch(kind, keys, [index.name])
            if under_way:
                try:
                    arrive(*under_way)
                except client.FAILURES:
                    batch.drop()
                    raise
            under_way = batch, sender.submit(batch.send)
        if under_way:
            arrive(*under_way)


def compare(kind: Kind, index: str | None = None) -> Drift:
    """How an index, the live one if none is named, differs from the database, apart from what waits in the outbox."""
    es = client.working()
    name = index or read_alias(kind)
    es.indices.refresh(index=name)
    drift = Drift()
    waiting = set(PendingDocument.objects.filter(kind=kind).values_list("key", flat=True))
    stored, wanted = _stored(name), _wanted(kind)
    theirs, ours = next(stored, END), next(wanted, END)
    while (theirs, ours) != (END, END):
        if theirs[0] < ours[0]:
            drift.orphaned.append(int(theirs[0]))
            theirs = next(stored, END)
        elif ours[0] < theirs[0]:
            drift.missing.append(int(ours[0]))
            ours = next(wanted, END)
        else:
            if theirs[1] != ours[1]:
                drift.different.append(int(ours[0]))
            drift.compared += 1
            theirs, ours = next(stored, END), next(wanted, END)
    # Looked up again, for what was noted while this ran.
    waiting |= set(PendingDocument.objects.filter(kind=kind).values_list("key", flat=True))
    for keys in (drift.missing, drift.orphaned, drift.different):
        keys[:] = [key for key in keys if key not in waiting]
    SearchIndex.objects.filter(name=name if index else _live_name(kind)).update(
        checked_at=timezone.now(), drift=len(drift.keys)
    )
    return drift


@task(backend=WORKER)
def reconcile() -> None:
    """Find what was missed, send it again, and make the indexes that are not there or are of an older mapping."""
    if not is_configured():
        return
    for kind in Kind:
        live = _live(kind)
        if live is None or not client.working().indices.exists(index=live.name):
            rebuild(kind)
            continue
        for keys in in_batches(compare(kind).keys, BATCH):
            send(kind, keys, [live.name])
    drop_retired()


@task(backend=WORKER)
def build_missing() -> None:
    """Make the indexes of a site that has just got Elasticsearch, or an upgrade or a model that needs other ones."""
    if not is_configured():
        return
    for kind in Kind:
        if _live(kind) is None:
            rebuild(kind)


def drop_retired() -> None:
    """Delete the indexes that were replaced a while ago."""
    for index in SearchIndex.objects.filter(state=SearchIndex.State.RETIRED, retired_at__lt=timezone.now() - GRACE):
        client.working().indices.delete(index=index.name, ignore_unavailable=True)
        index.delete()


def _begin(kind: Kind) -> SearchIndex:
    """The index that is being filled: that of a killed rebuild, as long as it is there and has this mapping."""
    es = client.working()
    owner = f"{socket.gethostname()}:{os.getpid()}"
    with transaction.atomic():
        left = SearchIndex.objects.select_for_update().filter(kind=kind, state=SearchIndex.State.FILLING).first()
        if left is not None and _is_alive(left):
            raise BeingRebuiltError
        if left is not None:
            left.owner, left.touched_at = owner, timezone.now()
            left.save(update_fields=["owner", "touched_at"])
    if left is not None:
        if left.mapping == fingerprint(kind) and es.indices.exists(index=left.name):
            return left
        es.indices.delete(index=left.name, ignore_unavailable=True)
        left.delete()
    try:
        with transaction.atomic():
            index = SearchIndex.objects.create(
                name=index_name(kind, timezone.now()), kind=kind, mapping=fingerprint(kind), owner=owner
            )
    except IntegrityError:
        raise BeingRebuiltError from None
    es.indices.create(
        index=index.name,
        mappings=mapping_of(kind).to_dict(),
        # Nobody reads it before it is whole.
        settings=settings_of(kind) | {"refresh_interval": "-1"},
        aliases={write_alias(kind): {}},
    )
    return index


def _is_alive(index: SearchIndex) -> bool:
    host, pid = index.owner.rsplit(":", 1)
    if host == socket.gethostname():
        if int(pid) == os.getpid():
            return False
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
    return index.touched_at > timezone.now() - SILENT_FOR


def _touch(index: SearchIndex) -> None:
    index.touched_at = timezone.now()
    index.save(update_fields=["last_key", "touched_at"])


def _go_live(index: SearchIndex, drift: Drift) -> None:
    """Reads and writes go to the new index alone, in one call."""
    kind = Kind(index.kind)
    es = client.working()
    es.indices.put_settings(index=index.name, settings={"refresh_interval": None})
    es.indices.refresh(index=index.name)
    try:
        before = [name for name in es.indices.get_alias(name=write_alias(kind)) if name != index.name]
    except NotFoundError:
        before = []
    removals = [
        {"remove": {"index": name, "alias": alias, "must_exist": False}}
        for name in before
        for alias in (read_alias(kind), write_alias(kind))
    ]
    es.indices.update_aliases(actions=[*removals, {"add": {"index": index.name, "alias": read_alias(kind)}}])
    now = timezone.now()
    with transaction.atomic():
        live = SearchIndex.objects.filter(kind=kind, state=SearchIndex.State.LIVE)
        live.update(state=SearchIndex.State.RETIRED, retired_at=now)
        index.state, index.live_at, index.checked_at, index.drift = SearchIndex.State.LIVE, now, now, len(drift.keys)
        index.save(update_fields=["state", "live_at", "checked_at", "drift"])


def _live(kind: Kind) -> SearchIndex | None:
    """The live index, if it has the mapping that is wanted now."""
    return SearchIndex.objects.filter(kind=kind, state=SearchIndex.State.LIVE, mapping=fingerprint(kind)).first()


def _live_name(kind: Kind) -> str:
    found = SearchIndex.objects.filter(kind=kind, state=SearchIndex.State.LIVE).values_list("name", flat=True).first()
    return found or ""


def _wanted(kind: Kind) -> Iterator[Stamp]:
    """Key and hash of every document that there should be, in the order of keys."""
    for keys in in_batches(listed_keys(kind).iterator(chunk_size=BATCH), BATCH):
        documents = documents_of(kind, keys)
        for key in sorted(documents):
            yield key, documents[key]["hash"]


def _stored(index: str) -> Iterator[Stamp]:
    """Key and hash of every document that there is, in the order of keys."""
    es = client.working()
    after: dict[str, Any] = {}
    while True:
        found = es.search(
            index=index,
            size=BATCH * 4,
            source={"includes": ["key", "hash"]},
            sort=[{"key": "asc"}],
            track_total_hits=False,
            **after,
        )
        hits = found["hits"]["hits"]
        for hit in hits:
            yield hit["_source"]["key"], hit["_source"]["hash"]
        if len(hits) < BATCH * 4:
            return
        after = {"search_after": hits[-1]["sort"]}
