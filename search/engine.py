"""Searching, for a person: what they may not see is neither found nor counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from core.words import composed, words_in
from ideas.models import Idea, RelatedQuestion
from search.asking import ranked_boards, read, readable, wanted_for
from search.backends import Backend, Facets, Kind, Sort, Term, Wanted
from search.embedded import EmbeddedBackend
from search.highlight import matched_in, plain_text
from search.hits import Hit, hits_for
from search.parsing import MOST_TERMS, Query

PAGE_SIZE = 20
TELLING_FROM = 4
MOST_RELATED = 5
MOST_SUGGESTED = 7


@dataclass(frozen=True)
class Results:
    """One page of what was found. `is_partial`: nothing has all of the words, these have some of them.

    `is_limited`: the search that usually answers did not, and another stood in for it.
    """

    query: Query
    kind: Kind | None = None
    sort: Sort = Sort.RELEVANCE
    hits: Sequence[Hit] = ()
    facets: Facets = field(default_factory=Facets)
    terms: tuple[Term, ...] = ()
    next_cursor: str | None = None
    is_partial: bool = False
    is_limited: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether what was typed asks for anything."""
        return bool(self.query.typed or self.query.filters)

    @property
    def counts(self) -> dict[Kind, int]:
        return self.facets.kinds

    @property
    def total(self) -> int:
        """How many there are of the kinds that were asked for."""
        return self.counts.get(self.kind, 0) if self.kind else sum(self.counts.values())

    @property
    def sorts(self) -> list[Sort]:
        """The orders that these results may have: only ideas have supporters."""
        by_support = self.kind == Kind.IDEA
        return [Sort.RELEVANCE, Sort.NEWEST, *([Sort.SUPPORTERS] if by_support else [])]


def search(
    text: str, user: Any, kind: Kind | None = None, sort: Sort = Sort.RELEVANCE, cursor: str | None = None
) -> Results:
    """What the person may see that the text asks for, in pages.

    Whatever is typed gives an answer. Raises BadCursorError where no page of ours led to the cursor.
    """
    results = Results(read(text), kind)
    sort = sort if sort in results.sorts else Sort.RELEVANCE
    if not results.is_asked:
        return results
    searched = backend()
    wanted = wanted_for(results.query, user)
    if sort == Sort.SUPPORTERS:
        wanted = replace(wanted, ranked_pages=ranked_boards(user))
    asked = replace(wanted, kinds=frozenset([kind])) if kind else wanted
    facets = searched.facets(asked)
    if is_partial := len(wanted.terms) > 1 and not any(facets.kinds.values()):
        # Short words stand everywhere and say little.
        telling = tuple(term for term in wanted.terms if len(" ".join(term.alternatives[0])) >= TELLING_FROM)
        asked = replace(asked, terms=telling or wanted.terms, any_term=True)
        facets = searched.facets(asked)
    found = searched.find(asked, sort=sort, cursor=cursor, size=PAGE_SIZE)
    return replace(
        results,
        sort=sort,
        hits=hits_for(found.keys, asked.terms, user),
        facets=facets,
        terms=asked.terms,
        next_cursor=found.next_cursor,
        is_partial=is_partial,
        is_limited=searched.is_limited,
    )


def suggestions(text: str, user: Any, most: int = MOST_SUGGESTED) -> list[Hit]:
    """What the person may see that has the words of a query, which is still being typed, in its title."""
    query = read(text)
    if not query.typed:
        return []
    wanted = wanted_for(query, user)
    return hits_for(backend().suggest(wanted, most), wanted.terms, user)


def questions_like(idea: Idea, user: Any, most: int = MOST_RELATED) -> list[Hit]:
    """Questions that share telling words with the title of an idea, without those that the team tied to it.

    A question has to share two of them, or the only one.
    """
    words = [word.folded for word in words_in(composed(idea.title)) if len(word.folded) >= TELLING_FROM]
    terms = tuple(Term(((word,),)) for word in dict.fromkeys(words))[:MOST_TERMS]
    if not terms:
        return []
    wanted = Wanted(readable(user), terms, kinds=frozenset([Kind.QUESTION]), any_term=True)
    found = backend().find(wanted, sort=Sort.RELEVANCE, cursor=None, size=most * 4).keys
    tied = set(RelatedQuestion.objects.filter(idea=idea.pk).values_list("question", flat=True))
    hits = hits_for([key for key in found if key[1] not in tied], terms, user)
    return [hit for hit in hits if len(_shared(hit, terms)) >= min(2, len(terms))][:most]


def backend() -> Backend:
    """The search that answers now."""
    return EmbeddedBackend()


def _shared(hit: Hit, terms: Sequence[Term]) -> set[int]:
    return matched_in(composed(hit.post.title), terms) | matched_in(plain_text(hit.post.body_html), terms)
