"""Finding the idea that a duplicate belongs to: by words of titles."""

import re
from collections.abc import Iterable
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from ideas.models import Idea

MOST = 8
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")


def with_words(ideas: QuerySet[Idea], words: Iterable[str]) -> QuerySet[Idea]:
    """The ideas whose titles hold all of the words, those with most support first."""
    for word in words:
        ideas = ideas.filter(title__icontains=word)
    return ideas.order_by("-top_score", "-pk")


def similar_to(idea: Idea, user: Any) -> list[Idea]:
    """Ideas of the same board that the person may see and whose titles share longer words with this one's."""
    words = sorted(set(_LONG_WORD.findall(idea.title.lower())), key=len, reverse=True)[:6]
    if not words:
        return []
    others = Idea.objects.visible_to(user).listed().filter(board=idea.board_id).exclude(pk=idea.pk)
    holds = [Q(title__icontains=word) for word in words]
    shared = reduce(add, (Case(When(hold, then=Value(1)), default=0, output_field=IntegerField()) for hold in holds))
    found = others.filter(reduce(or_, holds)).annotate(shared_words=shared)
    return list(found.order_by("-shared_words", "-top_score", "-pk").for_list()[:MOST])
