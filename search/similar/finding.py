"""Which posts are alike, for a person: what they may not see is not among them, and no other's words lead to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from community.content import Visibility
from community.models import ForumPage, Question
from core.access import readable_page_ids
from ideas.models import Idea, IdeaBoardPage
from search.backends import Kind
from search.similar.keeping import text_of
from search.similar.numbers import number_of, post_of

if TYPE_CHECKING:
    from search.similar.comparing import Ranked

MODELS: Mapping[Kind, Any] = {Kind.QUESTION: Question, Kind.IDEA: Idea}
HOLDERS: Mapping[Kind, Any] = {Kind.QUESTION: ForumPage, Kind.IDEA: IdeaBoardPage}
SHOWN_WITH = {Kind.QUESTION: ("forum",), Kind.IDEA: ("board", "status")}
KINDS = frozenset(MODELS)
# Nine of ten known duplicates of short questions are more alike than this.
HELPFUL = 0.25
# So many more are read than are shown, since some turn out to be merged into others or not to be seen.
SPARE = 2


@dataclass(frozen=True)
class Similar:
    """A post that is like what was asked about: `order` ranks, `likeness` (0 to 1) says how alike both are."""

    kind: Kind
    post: Any
    order: float
    likeness: float


def similar_posts(
    title: str, text: str = "", *, user: Any, kinds: Collection[Kind] = KINDS, most: int = 10, besides: Any = None
) -> list[Similar]:
    """The listed posts that the person may see and that are most like a title and a text, the best first.

    The family of the post `besides` which others are looked for is left out.
    """
    found = _ranked(title, text, _pages(user, kinds), _family(besides) if besides else frozenset())
    return _seen(found, user, most)


def similar_to(post: Any, *, user: Any, kinds: Collection[Kind] = KINDS, most: int = 10) -> list[Similar]:
    """The same for a question or an idea."""
    return _seen(ranked_like(post, _pages(user, kinds)), user, most)


def ranked_like(post: Any, pages: Collection[int]) -> list[Ranked]:
    """The posts on these pages that are like a post and not of its family, the best first."""
    return _ranked(post.title, text_of(post), pages, _family(post), number_of(_kind_of(post), post.pk))


def _ranked(
    title: str, text: str, pages: Collection[int], left_out: Collection[int], post: int | None = None
) -> list[Ranked]:
    from search.similar import comparing

    return comparing.ranked(title, text, pages, left_out, post)


def _pages(user: Any, kinds: Collection[Kind]) -> frozenset[int]:
    """The pages that hold posts of these kinds and that the person may read now."""
    return frozenset().union(*(readable_page_ids(user, HOLDERS[kind]) for kind in kinds))


def _family(post: Any) -> frozenset[int]:
    posts = type(post).objects
    root = posts.values_list("canonical", flat=True).get(pk=post.pk) or post.pk
    pks = posts.filter(Q(pk=root) | Q(canonical=root)).values_list("pk", flat=True)
    return frozenset(number_of(_kind_of(post), pk) for pk in pks)


def _kind_of(post: Any) -> Kind:
    return Kind.IDEA if isinstance(post, Idea) else Kind.QUESTION


def _seen(found: Iterable[Ranked], user: Any, most: int) -> list[Similar]:
    """The first of them that may be seen, each as the canonical post of its family."""
    shown: dict[int, Similar] = {}
    waiting = list(found)
    while waiting and len(shown) < most:
        step, waiting = waiting[: most + SPARE], waiting[most + SPARE :]
        canonicals = _canonicals([each.number for each in step], user)
        for each in step:
            post = canonicals.get(each.number)
            if post is not None:
                kind = post_of(each.number)[0]
                shown.setdefault(number_of(kind, post.pk), Similar(kind, post, each.order, each.likeness))
    return list(shown.values())[:most]


def _canonicals(numbers: Iterable[int], user: Any) -> dict[int, Any]:
    """The canonical posts of those whose own words the person may read, if they may read these too."""
    found: dict[int, Any] = {}
    for kind, pks in _by_kind(numbers).items():
        posts = {post.pk: post for post in _shown(kind, pks, user)}
        missing = {post.canonical_id for post in posts.values() if post.canonical_id} - posts.keys()
        known = posts | ({post.pk: post for post in _shown(kind, missing, user)} if missing else {})
        for pk, post in posts.items():
            canonical = known.get(post.canonical_id) if post.canonical_id else post
            if canonical is not None and not canonical.canonical_id:
                found[number_of(kind, pk)] = canonical
    return found


def _shown(kind: Kind, pks: Collection[int], user: Any) -> Iterable[Any]:
    posts = MODELS[kind].objects.visible_to(user).filter(pk__in=pks, visibility=Visibility.VISIBLE)
    rows: Iterable[Any] = posts.select_related(*SHOWN_WITH[kind]).defer("body", "body_html")
    return rows


def _by_kind(numbers: Iterable[int]) -> dict[Kind, list[int]]:
    kinds: dict[Kind, list[int]] = {}
    for kind, pk in map(post_of, numbers):
        kinds.setdefault(kind, []).append(pk)
    return kinds
