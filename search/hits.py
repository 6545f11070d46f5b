"""What was found, read once more through the gate, and shown as plain text with the words marked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from community.content import Visibility
from community.models import Answer, Question
from core.access import is_restricted
from core.words import composed
from ideas import tally
from ideas.ballots import may_see_count
from ideas.models import Idea
from search.asking import readable
from search.backends import Kind, Term, Wanted
from search.highlight import Fragment, Place, excerpt, marked, places_in, plain_text
from search.listed import listed

MOST_QUOTED = 200
Key = tuple[Kind, int]


@dataclass(frozen=True)
class Hit:
    """Something that was found; title and excerpt are plain text in fragments.

    `quotes` says where the excerpt stands if not in the post itself: in an "answer", or in a "duplicate".
    `supporter_count` is None where the reader may not know it.
    """

    kind: Kind
    post: Any
    title: list[Fragment]
    excerpt: list[Fragment] = field(default_factory=list)
    quotes: str = ""
    supporter_count: int | None = None
    is_private: bool = False

    @property
    def language(self) -> str:
        """The language that the post is written in, where it is known."""
        return self.post.language if self.kind in (Kind.QUESTION, Kind.IDEA) else ""

    @property
    def url(self) -> str:
        if self.kind == Kind.TAG:
            return reverse("pages:tag-detail", args=[self.post.slug])
        url: str = self.post.url if self.kind == Kind.ARTICLE else self.post.get_absolute_url()
        return url


@dataclass(frozen=True)
class Text:
    """A composed text, and where the terms stand in it."""

    text: str
    places: Sequence[Place]

    @property
    def matched(self) -> set[int]:
        """Which of the terms, by number, stand in it."""
        return {place.term for place in self.places}

    @property
    def marked(self) -> list[Fragment]:
        return marked(self.text, self.places)


def hits_for(found: Sequence[Key], terms: Sequence[Term], user: Any) -> list[Hit]:
    """Those of what was found that may be seen now, in the same order."""
    posts = _confirmed(found, user)
    titles = {key: _read(composed(str(post)), terms) for key, post in posts.items()}
    texts = {key: _read(_text(key[0], post), terms) for key, post in posts.items()}
    quotes = _quoted_instead(titles, texts, terms, user)
    ideas = [post for (kind, _), post in posts.items() if kind == Kind.IDEA]
    supported = tally.supported_by(user, [idea for idea in ideas if idea.board.hides_counts])
    known = {
        idea.pk: idea.supporter_count for idea in ideas if may_see_count(user, idea, is_voted=idea.pk in supported)
    }
    return [
        Hit(
            kind=key[0],
            post=posts[key],
            title=titles[key].marked,
            excerpt=excerpt(texts[key].text, texts[key].places),
            quotes=quotes.get(key, ""),
            supporter_count=known.get(key[1]) if key[0] == Kind.IDEA else None,
            is_private=_is_private(key[0], posts[key]),
        )
        for key in found
        if key in posts
    ]


def titles_for(found: Sequence[Key], terms: Sequence[Term], user: Any) -> list[Hit]:
    """The same by their titles alone: what they say and who supports them is not even read."""
    posts = _confirmed(found, user, unread=("body", "body_html", "excerpt"))
    return [
        Hit(
            key[0],
            posts[key],
            _read(composed(str(posts[key])), terms).marked,
            is_private=_is_private(key[0], posts[key]),
        )
        for key in found
        if key in posts
    ]


PAGE_OF = {
    Kind.QUESTION: lambda post: post.forum,
    Kind.IDEA: lambda post: post.board,
    Kind.ARTICLE: lambda page: page,
}


def _is_private(kind: Kind, post: Any) -> bool:
    return kind in PAGE_OF and is_restricted(PAGE_OF[kind](post).path)


def _confirmed(found: Sequence[Key], user: Any, unread: Sequence[str] = ("body", "excerpt")) -> dict[Key, Any]:
    """The rows of what may be seen now; posts without the fields that nobody asks for."""
    posts: dict[Key, Any] = {}
    keys = {kind: [pk for of, pk in found if of == kind] for kind in Kind}
    for kind in Kind:
        if not keys[kind]:
            continue
        if kind == Kind.QUESTION:
            rows: Any = Question.objects.visible_to(user).listed().select_related("author", "forum").defer(*unread)
        elif kind == Kind.IDEA:
            rows = Idea.objects.visible_to(user).listed().select_related("author", "board", "status").defer(*unread)
        elif kind == Kind.ARTICLE:
            articles: Any = listed(kind, Wanted(readable(user)))
            rows = articles.specific()
        else:
            rows = listed(kind, Wanted(readable(user)))
        posts |= {(kind, row.pk): row for row in rows.filter(pk__in=keys[kind])}
    return posts


def _text(kind: Kind, post: Any) -> str:
    if kind == Kind.ARTICLE:
        return composed(" ".join(post.article_text().split()))
    return plain_text(post.body_html) if kind in (Kind.QUESTION, Kind.IDEA) else ""


def _read(text: str, terms: Sequence[Term]) -> Text:
    return Text(text, places_in(text, terms))


def _quoted_instead(
    titles: dict[Key, Text], texts: dict[Key, Text], terms: Sequence[Term], user: Any
) -> dict[Key, str]:
    """Where a question was found by an answer, or an idea by a duplicate, quote the one that has most of the words."""
    best = {
        key: len(title.matched | texts[key].matched)
        for key, title in titles.items()
        if key[0] in (Kind.QUESTION, Kind.IDEA)
    }
    short = {kind: [pk for (of, pk), count in best.items() if of == kind and count < len(terms)] for kind in Kind}
    quotes = {}
    others: list[tuple[Key, str, str]] = []
    if short[Kind.QUESTION]:
        answers = Answer.objects.visible_to(user).filter(question__in=short[Kind.QUESTION])
        rows = answers.filter(visibility=Visibility.VISIBLE).order_by("pk").values_list("question_id", "body_html")
        others += [((Kind.QUESTION, pk), "answer", plain_text(rendered)) for pk, rendered in rows[:MOST_QUOTED]]
    if short[Kind.IDEA]:
        duplicates = Idea.objects.visible_to(user).filter(canonical__in=short[Kind.IDEA])
        read = duplicates.filter(visibility=Visibility.VISIBLE).order_by("pk")
        for pk, title, rendered in read.values_list("canonical_id", "title", "body_html")[:MOST_QUOTED]:
            others.append(((Kind.IDEA, pk), "duplicate", f"{composed(title)} – {plain_text(rendered)}"))
    for key, source, other in others:
        text = _read(other, terms)
        if (count := len(text.matched)) > best[key]:
            best[key], texts[key], quotes[key] = count, text, source
    return quotes
