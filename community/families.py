"""Trees of merges, whatever is merged: duplicates point at targets, and the root is the canonical post.

The edges are the truth. Each post's `canonical` column repeats what they say, for queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from community.content import AbstractMergeEdge
from core.audience import reaches_all_readers
from core.errors import ConflictError
from core.models import ImportRun
from core.statements import Given, Statement

E = TypeVar("E", bound=AbstractMergeEdge)
T = TypeVar("T", bound=Any)


class AlreadyMergedError(ConflictError):
    sentence = _("This is marked as a duplicate already. Undo that first.")


class CircularMergeError(ConflictError):
    sentence = _("It can't be merged into itself, or into something that was merged into it.")


class HiddenMergeError(ConflictError):
    sentence = _("Both have to be visible on the site.")


class NarrowerAudienceError(ConflictError):
    sentence = _("Not everyone who may read this may read the other one, so it can't lead them there.")


class NotMergedError(ConflictError):
    sentence = _("This is not marked as a duplicate, or somebody has undone it already.")


def root(parents: Mapping[int, int], pk: int) -> int:
    """The canonical post of a post: the end of its chain of edges, {duplicate: target}."""
    while pk in parents:
        pk = parents[pk]
    return pk


def path(parents: Mapping[int, int], pk: int) -> list[int]:
    """The posts from this one up to its canonical, both included."""
    steps = [pk]
    while steps[-1] in parents:
        steps.append(parents[steps[-1]])
    return steps


def subtree(parents: Mapping[int, int], pk: int) -> set[int]:
    """The post and all that was merged into it, directly or through others."""
    children: dict[int, list[int]] = defaultdict(list)
    for duplicate, target in parents.items():
        children[target].append(duplicate)
    found: set[int] = set()
    waiting: list[int] = [pk]
    while waiting:
        found.add(step := waiting.pop())
        waiting.extend(children[step])
    return found


class MovedError(Exception):
    """A family changed while its locks were awaited: they are to be given back, and all of it done again."""


def lock(model: type[T], *pks: int) -> dict[int, T]:
    """The whole families of these posts as {id: row}, which nobody else changes until the transaction ends.

    Every row of them is locked, in key order: whatever changes a family, or counts in it, does so. When a family is not
    the same any more by the time its locks are had, they are given back and it is looked up again.
    """
    while True:
        try:
            with transaction.atomic():
                return lock_once(model, set(pks))
        except MovedError:
            continue


def lock_once(model: type[T], pks: set[int]) -> dict[int, T]:
    """The same for who locks more in one go: raises MovedError, upon which the savepoint around it is rolled back.

    No savepoint may have been released between the two: PostgreSQL lets whoever waits for a lock from a released
    savepoint wait for the end of the whole transaction, even when the lock is given back before.
    """
    rows = {row.pk: row for row in _held(model, _family_of(model, pks))}
    if _family_of(model, pks) != rows.keys():
        raise MovedError
    return rows


def _held(model: Any, pks: set[int]) -> list[Any]:
    """The rows, locked in key order."""
    if len(pks) == 1:
        return _locking_one(model).ask(post=next(iter(pks)))
    return list(_locking(model).filter(pk__in=pks))


def _family_of(model: Any, pks: set[int]) -> set[int]:
    """The ids of the whole families of these posts; one query does where none of them is a duplicate."""
    around = dict(_around_one(model).ask(post=next(iter(pks)))) if len(pks) == 1 else _around(model, pks)
    roots = {around.get(pk) or pk for pk in pks}
    return set(around) if roots == pks else set(_around(model, roots))


def _locking(model: Any) -> QuerySet[Any]:
    rows: QuerySet[Any] = model._default_manager.select_for_update(of=("self",), no_key=True)
    return rows.order_by("pk").defer("body", "body_html", "excerpt")


def _around(model: Any, pks: set[int]) -> dict[int, int | None]:
    """These posts and what was merged into them, each with its canonical."""
    posts = model._default_manager.filter(Q(pk__in=pks) | Q(canonical__in=pks))
    return dict(posts.values_list("pk", "canonical_id"))


# The same for one post, as nearly every act asks it.


@cache
def _locking_one(model: Any) -> Statement[Any]:
    return Statement(lambda: _locking(model).filter(pk=Given("post")))


@cache
def _around_one(model: Any) -> Statement[tuple[int, int | None]]:
    post = Given("post")
    rows = model._default_manager.filter(Q(pk=post) | Q(canonical=post))
    return Statement(lambda: rows.values_list("pk", "canonical_id"))


def check_can_link(duplicate: Any, target: Any) -> None:
    """Whether one post may be merged into another canonical one, as both are under the lock.

    Raises AlreadyMergedError, CircularMergeError, HiddenMergeError or NarrowerAudienceError.
    """
    if duplicate.canonical_id is not None:
        raise AlreadyMergedError
    if duplicate.pk == target.pk:
        raise CircularMergeError
    if not (duplicate.is_visible and target.is_visible):
        raise HiddenMergeError
    if target.page_id != duplicate.page_id and not reaches_all_readers(target.page, of=duplicate.page):
        raise NarrowerAudienceError


def link(
    edges: type[E],
    rows: dict[int, Any],
    duplicate: Model,
    target: Model,
    by: Member,
    reason: str,
    import_run: ImportRun | None,
) -> E:
    """Add the edge between two posts of locked families: from the duplicate to the target's canonical.

    What was merged into the duplicate comes along. Raises as check_can_link does.
    """
    source = rows[duplicate.pk]
    goal = rows[rows[target.pk].canonical_id or target.pk]
    check_can_link(source, goal)
    now = timezone.now()
    edge = edges._default_manager.create(
        duplicate=source,
        target=goal,
        merged_by=by,
        reason=reason,
        merged_at=now,
        recorded_at=now,
        import_run=import_run,
    )
    _point(type(source), [row for row in rows.values() if source.pk in (row.pk, row.canonical_id)], goal.pk)
    return edge


def unlink(edges: type[E], rows: dict[int, Any], edge: E, by: Member) -> E:
    """Undo one edge of a locked family; what was merged into the duplicate stays with it. Raises NotMergedError."""
    edge = edges._default_manager.select_for_update().get(pk=edge.pk)
    if edge.undone_at is not None:
        raise NotMergedError
    edge.undone_by, edge.undone_at = by, timezone.now()
    edge.save(update_fields=["undone_by", "undone_at"])
    freed = rows[edge.duplicate_id]  # type: ignore[attr-defined]
    under = subtree(standing(edges, rows), freed.pk) - {freed.pk}
    _point(type(freed), [rows[pk] for pk in under], freed.pk)
    _point(type(freed), [freed], None)
    return edge


def standing(edges: type[E], rows: Mapping[int, Any]) -> dict[int, int]:
    """The edges that stand in these families, as {duplicate: target}."""
    found = edges._default_manager.filter(duplicate__in=rows, undone_at__isnull=True)
    return dict(found.values_list("duplicate_id", "target_id"))


def _point(model: type[Any], rows: list[Any], canonical: int | None) -> None:
    model._default_manager.filter(pk__in=[row.pk for row in rows]).update(canonical=canonical)
    for row in rows:
        row.canonical_id = canonical
