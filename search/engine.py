"""Searching, for a person: what they may not see is neither found nor counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from search.asking import ranked_boards, read, readable, wanted_for
from search.backends import Backend, Facets, Kind, Sort, Term, Wanted
from search.elastic import is_configured
from search.embedded import EmbeddedBackend
from search.hits import Hit, hits_for, titles_for
from search.parsing import Query
from search.similar import similar_posts

PAGE_SIZE = 20
TELLING_FROM = 4
# Fewer results than this are little.
FEW = 5
# One word with a typing error is as alike as this to the word that was meant.
ALIKE_FROM = 0.15
MOST_RESPELLED = 3
POSTS = frozenset([Kind.QUESTION, Kind.IDEA])
MOST_SUGGESTED = 7
# One letter stands at the beginning of too much.
SUGGESTING_FROM = 2


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


def widened(results: Results, user: Any) -> list[Hit]:
    """The posts that are like what was typed, where its words alone found few; without those that they found.

    Who chose, excluded or quoted something meant what they typed.
    """
    query = results.query
    is_meant = query.filters or query.excluded or any(term.is_quoted for term in results.terms)
    kinds = POSTS & {results.kind} if results.kind else POSTS
    if is_meant or not kinds or not results.terms or len(results.hits) >= FEW:
        return []
    shown = {(hit.kind, hit.post.pk) for hit in results.hits}
    alike = similar_posts(query.words, user=user, kinds=kinds, most=FEW + len(shown))
    keys = [(each.kind, each.post.pk) for each in alike if each.likeness >= ALIKE_FROM]
    return hits_for([key for key in keys if key not in shown][:FEW], results.terms, user)


def respelled(results: Results, user: Any) -> str:
    """The text with words as they were probably meant, where it found little; empty where the person would find
    nothing with it either."""
    query = results.query
    if not results.is_partial and len(results.hits) >= FEW:
        return ""
    from search import spelling

    pages = readable(user)
    typed = [part.words[0] for part in query.typed if not part.is_quoted and len(part.words[0]) >= spelling.LEAST]
    unknown = islice((word for word in typed if not _is_known(word, pages)), MOST_RESPELLED)
    posts = pages[Kind.QUESTION] | pages[Kind.IDEA]
    meant = {word: other for word in unknown if (other := spelling.nearest(word, posts, user))}
    if not meant:
        return ""
    text = query.respelled(meant)
    return text if search(text, user, results.kind).hits else ""


def _is_known(word: str, pages: Mapping[Kind, frozenset[int]]) -> bool:
    """Whether something that the person may find has just this word."""
    exactly = Wanted(pages, terms=(Term(((word,),), is_quoted=True),))
    return bool(backend().find(exactly, sort=Sort.RELEVANCE, cursor=None, size=1).keys)


def suggestions(text: str, user: Any, most: int = MOST_SUGGESTED) -> list[Hit]:
    """What the person may see that has the words of a query in its title; the last word is still being typed."""
    query = read(text)
    if not query.typed or len(query.text) < SUGGESTING_FROM:
        return []
    wanted = wanted_for(query, user)
    *typed, last = wanted.terms
    is_being_typed = not text[-1:].isspace() and not last.is_quoted
    wanted = replace(wanted, terms=(*typed, replace(last, is_being_typed=is_being_typed)))
    return titles_for(backend().suggest(wanted, most), wanted.terms, user)


def backend() -> Backend:
    """The search that answers now, for one request."""
    if not is_configured():
        return EmbeddedBackend()
    from search.elastic.failover import FailoverBackend

    return FailoverBackend()
