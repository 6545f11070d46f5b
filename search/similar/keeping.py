"""Keeping what posts are compared by in step with them: in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from community.content import Visibility
from community.models import Question
from core.batches import in_batches
from ideas.models import Idea
from search.backends import Kind
from search.models import Posting, Profile
from search.similar.numbers import number_of, post_of

if TYPE_CHECKING:
    from search.similar.traits import Traits

BATCH = 200


@dataclass(frozen=True)
class Difference:
    """A post whose stored profile is not what it says now."""

    kind: Kind
    pk: int
    problem: str

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.problem}"


def keep(kind: Kind, pks: Iterable[int]) -> None:
    """Compare these posts by what they say now; what is not visible to everybody is compared no more."""
    for batch in in_batches(pks, BATCH):
        with transaction.atomic():
            _keep(kind, batch)


def differences(kind: Kind, *, repair: bool) -> Iterator[Difference]:
    """The posts of a kind that are not compared by what they say, which are put right if wanted."""
    for batch in in_batches(_all_pks(kind), BATCH):
        numbers = [number_of(kind, pk) for pk in batch]
        wanted = _profiles(kind, batch)
        stored = {row.post: row for row in Profile.objects.filter(post__in=numbers)}
        leads: dict[int, set[int]] = {number: set() for number in numbers}
        wanted_leads = {number: (page, traits.leads) for number, (page, traits) in wanted.items()}
        for page in {row.page for row in stored.values()} | {page for page, _ in wanted.values()}:
            all_leads = {lead for of, found in wanted_leads.values() if of == page for lead in found}
            rows = Posting.objects.filter(lead__in=all_leads, page=page, post__in=numbers)
            for lead, number in rows.values_list("lead", "post"):
                leads[number].add(lead)
        for number in numbers:
            if problem := _problem(wanted.get(number), stored.get(number), leads[number]):
                _, pk = post_of(number)
                if repair:
                    with transaction.atomic():
                        _keep(kind, [pk], anew=True)
                yield Difference(kind, pk, problem)


def _problem(wanted: tuple[int, Traits] | None, stored: Profile | None, leads: set[int]) -> str:
    if wanted is None:
        return "is not shown, and compared all the same" if stored else ""
    if stored is None:
        return "is not compared"
    page, traits = wanted
    if stored.page != page or bytes(stored.traits) != traits.packed():
        return "is compared by something else than it says"
    return "" if leads >= traits.leads else "is not led to by all of its words"


def _keep(kind: Kind, pks: list[int], *, anew: bool = False) -> None:
    from search.similar.traits import Traits

    numbers = [number_of(kind, pk) for pk in pks]
    held = Profile.objects.select_for_update().filter(post__in=numbers).order_by("post")
    stored = {row.post: (row.page, Traits.unpacked(bytes(row.traits))) for row in held}
    wanted = _profiles(kind, pks)
    added: list[tuple[int, int, int]] = []
    for number in numbers:
        before, after = _leads(number, stored), _leads(number, wanted)
        added += after if anew else after - before
        if gone := before - after:
            page = stored[number][0]
            Posting.objects.filter(lead__in=[lead for lead, *_ in gone], page=page, post=number).delete()
    _lead_to(sorted(added))
    Profile.objects.filter(post__in=[number for number in numbers if number not in wanted]).delete()
    now = timezone.now()
    Profile.objects.bulk_create(
        [
            Profile(post=number, page=page, traits=traits.packed(), changed_at=now)
            for number, (page, traits) in sorted(wanted.items())
        ],
        update_conflicts=True,
        unique_fields=["post"],
        update_fields=["page", "traits", "changed_at", "compared_at"],
    )


def _lead_to(rows: list[tuple[int, int, int]]) -> None:
    """Add these postings. A post has so many that a model instance for each would take most of the time."""
    table = connection.ops.quote_name(Posting._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {table} (lead, page, post) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",  # noqa: S608
            rows,
        )


def _leads(number: int, profiles: dict[int, tuple[int, Traits]]) -> set[tuple[int, int, int]]:
    if number not in profiles:
        return set()
    page, traits = profiles[number]
    return {(lead, page, number) for lead in traits.leads}


def _profiles(kind: Kind, pks: list[int]) -> dict[int, tuple[int, Traits]]:
    """Page and traits by the numbers of the posts that may be compared."""
    return {number_of(kind, post.pk): (post.page_id, traits_of(post)) for post in shown(kind).filter(pk__in=pks)}


def traits_of(post: Any) -> Traits:
    """What a question with its visible answers, or an idea, is compared by."""
    from search.similar.traits import Traits

    return Traits.of(post.title, text_of(post))


def text_of(post: Any) -> str:
    """All that a post says below its title."""
    return f"{post.body}\n{post.answers_text()}" if isinstance(post, Question) else str(post.body)


def shown(kind: Kind) -> QuerySet[Any]:
    """The posts of a kind that are compared: those that are visible, duplicates among them."""
    posts = Question.get_indexed_objects() if kind == Kind.QUESTION else Idea.objects.all()
    return posts.filter(visibility=Visibility.VISIBLE)


def _all_pks(kind: Kind) -> Iterator[int]:
    """The keys of all posts, and of those that only a profile is left of; some at a time."""
    model: Any = Question if kind == Kind.QUESTION else Idea
    last = 0
    while pks := list(model.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield from pks
        last = pks[-1]
    after = -1
    while numbers := list(
        Profile.objects.filter(post__gt=after).order_by("post").values_list("post", flat=True)[:BATCH]
    ):
        of_kind = [pk for of, pk in map(post_of, numbers) if of == kind]
        there = set(model.objects.filter(pk__in=of_kind).values_list("pk", flat=True))
        yield from (pk for pk in of_kind if pk not in there)
        after = numbers[-1]
