"""Keeping the search index in step with what can be read.

A post that is made or changed by an action is indexed with it (search.receivers). Whoever writes rows past the actions
calls these functions; `manage.py update_index` builds everything anew.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import transaction
from modelsearch.backends import get_search_backend

from community.models import Question
from ideas.models import Idea

BATCH = 500


def index_questions(pks: Iterable[int]) -> None:
    """Put these questions, with their visible answers, into the index as they are now."""
    _index(Question, pks)


def index_ideas(pks: Iterable[int]) -> None:
    """Put these ideas into the index as they are now."""
    _index(Idea, pks)


def _index(model: Any, pks: Iterable[int]) -> None:
    backend = get_search_backend()
    rest = iter(pks)
    while batch := list(islice(rest, BATCH)):
        with transaction.atomic():
            backend.add_bulk(model, list(model.get_indexed_objects().filter(pk__in=batch)))
