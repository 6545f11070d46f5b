"""How many threads ask for an idea, as of a moment: the questions that the team tied to it.

A question counts once, also where several that were merged into one are tied, or one is tied to several ideas of a
family. It counts while it is visible, and only where everybody who may read the board may read its forum too, so that a
score tells nobody of threads that they may not see. Ties and merges are those of the moment; whether a question is
visible, and who may read what, is as it is now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from wagtail.models import Page

from community import families
from community.content import Visibility
from community.models import QuestionMerge
from core.audience import reaches_all_readers
from ideas.models import RelatedQuestion


class Reach:
    """Who asks for what at a moment."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment
        self._merged: dict[int, int] | None = None
        self._is_open: dict[tuple[int, int], bool] = {}

    def asking(self, ideas: Mapping[int, Iterable[int]], boards: Mapping[int, int]) -> dict[int, tuple[int, ...]]:
        """The questions that ask for each family, given by the number of its canonical idea, which is on that board."""
        found: dict[int, set[int]] = defaultdict(set)
        for root, question, forum, is_visible in self._ties(ideas):
            if is_visible and self._reaches(forum, boards[root]):
                found[root].add(self._thread(question))
        return {root: tuple(sorted(questions)) for root, questions in found.items()}

    def tied(self, ideas: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
        """The same with what does not count now: what may have counted."""
        found: dict[int, set[int]] = defaultdict(set)
        for root, question, _forum, _is_visible in self._ties(ideas):
            found[root].add(self._thread(question))
        return found

    def _ties(self, ideas: Mapping[int, Iterable[int]]) -> Iterable[tuple[int, int, int, bool]]:
        root_of = {pk: root for root, family in ideas.items() for pk in family}
        ties = RelatedQuestion.objects.as_of(self.moment).filter(idea__in=list(root_of)).order_by("pk")
        for idea, question, forum, visibility in ties.values_list(
            "idea", "question", "question__forum", "question__visibility"
        ):
            yield root_of[idea], question, forum, visibility == Visibility.VISIBLE

    def _thread(self, question: int) -> int:
        """The question that it was merged into, if it was."""
        if self._merged is None:
            edges = QuestionMerge.objects.filter(recorded_at__lte=self.moment).exclude(undone_at__lte=self.moment)
            self._merged = dict(edges.values_list("duplicate_id", "target_id"))
        return families.root(self._merged, question)

    def _reaches(self, forum: int, board: int) -> bool:
        pair = forum, board
        if pair not in self._is_open:
            pages = Page.objects.in_bulk(pair)
            self._is_open[pair] = reaches_all_readers(pages[forum], of=pages[board])
        return self._is_open[pair]
