"""The vectors of posts: made in the background, kept in the database, compared in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from threading import Lock
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import CharField, F, Q, QuerySet
from django.utils import timezone
from numpy.typing import NDArray

from core.statements import Among, Given, Statement
from search import outbox
from search.backends import Kind
from search.models import Profile, Vector
from search.similar.keeping import shown, text_of
from search.similar.meaning import Model, model, text_for, unpacked
from search.similar.numbers import number_of, post_of

# Transactions end in another order than they wrote in: what is this much older is read again.
OVERLAP = timedelta(minutes=1)
CHUNK = 4_096
STEP = 64

Vector32 = NDArray[np.float32]

_of_posts = Statement(
    lambda: Vector.objects.filter(Among("profile", "posts"), model=Given("model", CharField())).values_list(
        "profile", "numbers"
    )
)


def embed_pending(limit: int = 1_000) -> int:
    """Make the vectors that are missing, of another model, or of another text, of at most so many posts; of how many.

    May run twice at once, or be broken off, without harm.
    """
    used = model()
    if not used:
        return 0
    posts = list(_waiting(used.name).order_by("post").values_list("post", flat=True)[:limit])
    for start in range(0, len(posts), STEP):
        _embed(used, posts[start : start + STEP])
    return len(posts)


def pending_count() -> int:
    """How many posts wait for their vector."""
    used = model()
    return _waiting(used.name).count() if used else 0


def stored(number: int) -> Vector32 | None:
    """The vector that the site's model made of a post, if it has and if it is of what the post says now."""
    used = model()
    if not used:
        return None
    fresh = Vector.objects.filter(profile=number, model=used.name, checked_at__gte=F("profile__changed_at"))
    numbers = fresh.values_list("numbers", flat=True).first()
    return unpacked(bytes(numbers)) if numbers else None


def similarities(vector: Vector32, numbers: Collection[int]) -> dict[int, float]:
    """How near these posts are to a vector, of those that have one."""
    used = model()
    if not used:
        return {}
    known = dict(_of_posts.ask(posts=numbers, model=used.name))
    near = unpacked(b"".join(known.values())).reshape(len(known), -1) @ vector if known else ()
    return dict(zip(known, map(float, near), strict=True))


@dataclass(frozen=True)
class Held:
    """Vectors in a byte a number: each row times its scale is one."""

    posts: NDArray[np.int64]
    pages: NDArray[np.int32]
    scales: NDArray[np.float32]
    rows: NDArray[np.int8]

    @classmethod
    def of(cls, read: Sequence[tuple[int, int, Any]]) -> Held:
        vectors = np.stack([unpacked(bytes(numbers)) for _, _, numbers in read])
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9) / 127
        return cls(
            np.array([post for post, _, _ in read], np.int64),
            np.array([page for _, page, _ in read], np.int32),
            scales.astype(np.float32),
            np.rint(vectors / scales[:, None]).astype(np.int8),
        )

    def with_newer(self, newer: Held) -> Held:
        kept = np.flatnonzero(~np.isin(self.posts, newer.posts))
        return Held(
            np.concatenate([self.posts[kept], newer.posts]),
            np.concatenate([self.pages[kept], newer.pages]),
            np.concatenate([self.scales[kept], newer.scales]),
            np.concatenate([self.rows[kept], newer.rows]),
        )

    def nearest(self, vector: Vector32, pages: Collection[int], most: int) -> list[int]:
        """The posts on these pages that are nearest, by their numbers."""
        places = np.flatnonzero(np.isin(self.pages, list(pages)))
        near = np.empty(len(places), np.float32)
        for start in range(0, len(places), CHUNK):
            chunk = places[start : start + CHUNK]
            near[start : start + CHUNK] = (self.rows[chunk].astype(np.float32) @ vector) * self.scales[chunk]
        best = np.argpartition(-near, most)[:most] if len(near) > most else np.arange(len(near))
        found: list[int] = self.posts[places[best]].tolist()
        return found


class Matrix:
    """The vectors that a model made of all posts, in the memory of this process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: datetime | None = None
        self._held: Held | None = None
        self._lock = Lock()

    def nearest(self, vector: Vector32, pages: Collection[int], most: int) -> list[int]:
        """The posts on these pages that are nearest to a vector now."""
        made = Vector.objects.filter(model=self._name)
        newest = made.order_by("-made_at").values_list("made_at", flat=True).first()
        if newest != self._last:
            with self._lock:
                self._take(made, newest)
        return self._held.nearest(vector, pages, most) if self._held else []

    def _take(self, made: QuerySet[Vector], newest: datetime | None) -> None:
        is_going_on = self._held is not None and self._last is not None and newest is not None and newest > self._last
        if is_going_on and self._last:
            made = made.filter(made_at__gt=self._last - OVERLAP)
        read = list(made.values_list("profile", "profile__page", "numbers").iterator())
        fresh = Held.of(read) if read else None
        self._held = self._held.with_newer(fresh) if is_going_on and self._held and fresh else fresh
        self._last = newest


@cache
def matrix(database: str, name: str) -> Matrix:
    """That of a model in a database."""
    return Matrix(name)


def nearest(vector: Vector32, pages: Collection[int], most: int) -> list[int]:
    """The posts on these pages that are nearest to a vector, by their numbers."""
    used = model()
    return matrix(str(connection.settings_dict["NAME"]), used.name).nearest(vector, pages, most) if used else []


def _waiting(name: str) -> QuerySet[Profile]:
    """The posts whose vector is not there, of another model, or older than what they say."""
    is_old = Q(vector__isnull=True) | ~Q(vector__model=name) | Q(vector__checked_at__lt=F("changed_at"))
    return Profile.objects.filter(is_old)


def _embed(used: Model, posts: list[int]) -> None:
    now = timezone.now()
    kept = dict(Vector.objects.filter(profile__in=posts, model=used.name).values_list("profile", "text"))
    texts = _texts(posts)
    digests = {post: hashlib.sha256(text.encode()).hexdigest()[:32] for post, text in texts.items()}
    same = [post for post, digest in digests.items() if kept.get(post) == digest]
    fresh = [post for post in texts if post not in set(same)]
    made: Any = used.vectors([texts[post] for post in fresh]) if fresh else ()
    with transaction.atomic():
        Vector.objects.filter(profile__in=same).update(checked_at=now)
        there = set(
            Profile.objects.select_for_update().filter(post__in=fresh).order_by("post").values_list("pk", flat=True)
        )
        Vector.objects.bulk_create(
            [
                Vector(
                    profile_id=post,
                    model=used.name,
                    text=digests[post],
                    numbers=row.astype(np.float16).tobytes(),
                    made_at=now,
                    checked_at=now,
                )
                for post, row in zip(fresh, made, strict=True)
                if post in there
            ],
            update_conflicts=True,
            unique_fields=["profile"],
            update_fields=["model", "text", "numbers", "made_at", "checked_at"],
        )
        for kind in Kind.QUESTION, Kind.IDEA:
            outbox.note(kind, [pk for of, pk in map(post_of, fresh) if of == kind])


def _texts(posts: list[int]) -> dict[int, str]:
    """What a model is given of each."""
    texts = {}
    for kind in Kind.QUESTION, Kind.IDEA:
        pks = [pk for of, pk in map(post_of, posts) if of == kind]
        for post in shown(kind).filter(pk__in=pks):
            texts[number_of(kind, post.pk)] = text_for(post.title, text_of(post))
    return texts
