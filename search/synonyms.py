"""Widening what is looked for by what means the same: in the query, so that every backend does it and at once."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import get_language

from search.backends import Term
from search.models import SynonymGroup
from search.parsing import Typed

Run = tuple[str, ...]
MOST_ALTERNATIVES = 12


def terms_with_synonyms(typed: Sequence[Typed]) -> tuple[Term, ...]:
    """A term for each word or phrase, with its synonyms in the language of the page. What is quoted has none.

    Where a phrase has synonyms, each of its words may give way to them: "pull request" then means both words, or
    "merge request", for (pull or "merge request") and (request or "merge request") is just that.
    """
    others: list[dict[Run, None]] = [{} for _ in typed]
    if not all(part.is_quoted for part in typed):
        meanings = _meanings()
        longest = max(map(len, meanings), default=0)
        for start in range(len(typed)):
            for end in range(start + 1, min(start + longest, len(typed)) + 1):
                covered = typed[start:end]
                if any(part.is_quoted for part in covered):
                    break
                run = tuple(word for part in covered for word in part.words)
                for number in range(start, end):
                    others[number] |= dict.fromkeys(meanings.get(run, ()))
    return tuple(
        Term((part.words, *list(also)[: MOST_ALTERNATIVES - 1]), part.is_quoted)
        for part, also in zip(typed, others, strict=True)
    )


def _meanings() -> dict[Run, list[Run]]:
    """What else may be said for each word and phrase."""
    language = (get_language() or "").partition("-")[0]
    groups = SynonymGroup.objects.filter(Q(language="") | Q(language=language)).order_by("pk")
    meanings: dict[Run, list[Run]] = {}
    for is_one_way, lines in groups.values_list("is_one_way", "runs"):
        runs = [tuple(line) for line in lines]
        for run in runs[:1] if is_one_way else runs:
            meanings.setdefault(run, []).extend(other for other in runs if other != run)
    return meanings
