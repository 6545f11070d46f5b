"""Keeping the search index in step with what can be read.

What is made or changed by an action is indexed with it (search.receivers). Whoever writes rows past the actions calls
these functions; `manage.py update_index` builds everything anew.
"""

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from modelsearch.backends import get_search_backend
from wagtail.search.models import IndexEntry

from community.models import Question
from core.batches import in_batches
from ideas.models import Idea
from search import outbox
from search.backends import Kind
from search.listed import kind_of
from search.models import MemberDocument, TagDocument
from search.similar import keeping

BATCH = 500


def index_questions(pks: Iterable[int]) -> None:
    """Put these questions, with their visible answers, into the index as they are now."""
    for batch in in_batches(pks, BATCH):
        with transaction.atomic():
            _index(Question, batch)
            keeping.keep(Kind.QUESTION, batch)
            outbox.note(Kind.QUESTION, batch)


def index_ideas(pks: Iterable[int]) -> None:
    """Put these ideas into the index as they are now, and all in whose families they are, for they share words."""
    for batch in in_batches(pks, BATCH):
        around = dict(Idea.objects.filter(Q(pk__in=batch) | Q(canonical__in=batch)).values_list("pk", "canonical"))
        roots = {canonical for canonical in around.values() if canonical and canonical not in around}
        if roots:
            family = Idea.objects.filter(Q(pk__in=roots) | Q(canonical__in=roots))
            around |= dict(family.values_list("pk", "canonical"))
        with transaction.atomic():
            _index(Idea, sorted(around))
            keeping.keep(Kind.IDEA, sorted(around))
            outbox.note(Kind.IDEA, sorted(around))


def index_members(pks: Iterable[int]) -> None:
    """Put these members into the index, or take them out, as they are now."""
    for batch in in_batches(pks, BATCH):
        _index(MemberDocument, batch)
        outbox.note(Kind.MEMBER, batch)


def index_tags(pks: Iterable[int]) -> None:
    """Put these tags into the index as they are now."""
    for batch in in_batches(pks, BATCH):
        _index(TagDocument, batch)
        outbox.note(Kind.TAG, batch)


def index_articles(model: Any, pks: Iterable[int]) -> None:
    """Put these pages into the index as they are now; whether they are published is asked when somebody searches."""
    for batch in in_batches(pks, BATCH):
        _index(model, batch)
        outbox.note(Kind.ARTICLE, batch)


def forget_rows(model: Any, pks: list[int]) -> None:
    """Take these rows of a model out of the index, for good."""
    forget(model, pks)
    outbox.note(kind_of(model), pks, is_removal=True)


def forget(model: Any, pks: Iterable[int]) -> None:
    """Take these rows of a model out of the embedded index."""
    of_type = ContentType.objects.get_for_model(model)
    IndexEntry.objects.filter(content_type=of_type, object_id__in=[str(pk) for pk in pks]).delete()


@transaction.atomic
def _index(model: Any, batch: Collection[int]) -> None:
    rows = list(model.get_indexed_objects().filter(pk__in=batch))
    get_search_backend().add_bulk(model, rows)
    if gone := set(batch) - {row.pk for row in rows}:
        forget(model, gone)
