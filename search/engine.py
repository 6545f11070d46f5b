"""Searching, for a person: what they may not see is neither found nor counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from community.content import Visibility
from community.models import Answer, ForumPage, Question
from core.access import is_restricted, readable_page_ids
from core.words import composed, words_in
from ideas import tally
from ideas.ballots import may_see_count
from ideas.models import Idea, IdeaBoardPage, RelatedQuestion
from search.backends import Backend, Kind, Wanted
from search.embedded import EmbeddedBackend
from search.highlight import Fragment, excerpt, marked, matched_in, plain_text

PAGE_SIZE = 20
MOST_PAGES = 10
MOST_WORDS = 12
TELLING_FROM = 4
MOST_CHARACTERS = 400
MOST_ANSWERS = 200
MOST_RELATED = 5


@dataclass(frozen=True)
class Hit:
    """A question or idea that was found; title and excerpt are plain text in fragments.

    `supporter_count` is None where the reader may not know it.
    """

    kind: Kind
    post: Any
    supporter_count: int | None
    title: list[Fragment]
    excerpt: list[Fragment]

    @property
    def url(self) -> str:
        url: str = self.post.get_absolute_url()
        return url

    @property
    def is_private(self) -> bool:
        return is_restricted(self.post.page.path)


@dataclass(frozen=True)
class Results:
    """One page of what was found. `is_partial`: no post has all of the words, these have some of them."""

    hits: list[Hit]
    counts: dict[Kind, int]
    kind: Kind | None
    page: int
    is_partial: bool
    words: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many there are of the kinds that were asked for."""
        return self.counts.get(self.kind, 0) if self.kind else sum(self.counts.values())

    @property
    def has_next(self) -> bool:
        return self.page < MOST_PAGES and self.total > self.page * PAGE_SIZE

    @property
    def is_cut_off(self) -> bool:
        """Whether there is more than the pages show, on the last of them."""
        return self.page == MOST_PAGES and self.total > MOST_PAGES * PAGE_SIZE


def search(query: str, user: Any, kind: Kind | None = None, page: int = 1) -> Results:
    """What the person may see that has the words of the query, the best first; of a word's forms, the longer too.

    Whatever is typed gives an answer. Only the first words count, and of the pages only the first MOST_PAGES.
    """
    page = min(max(page, 1), MOST_PAGES)
    words = words_of(query)
    if not words:
        return Results([], dict.fromkeys(Kind, 0), kind, page, False, ())
    pages = {Kind.QUESTION: readable_page_ids(user, ForumPage), Kind.IDEA: readable_page_ids(user, IdeaBoardPage)}
    wanted = Wanted(words, pages)
    searched = backend()
    counts = searched.count(wanted)
    if is_partial := len(words) > 1 and not any(counts.values()):
        # Short words stand everywhere and say little.
        words = tuple(word for word in words if len(word) >= TELLING_FROM) or words
        wanted = Wanted(words, pages, any_word=True)
        counts = searched.count(wanted)
    asked = Wanted(words, {kind: pages[kind]}, wanted.any_word) if kind else wanted
    found = searched.best(asked, page * PAGE_SIZE)[(page - 1) * PAGE_SIZE :]
    return Results(_hits(found, words, user), counts, kind, page, is_partial, words)


def questions_like(idea: Idea, user: Any, most: int = MOST_RELATED) -> list[Hit]:
    """Questions that share telling words with the title of an idea, without those that the team tied to it.

    A question has to share two of them, or the only one.
    """
    words = tuple(word for word in words_of(idea.title) if len(word) >= TELLING_FROM)
    if not words:
        return []
    pages = {Kind.QUESTION: readable_page_ids(user, ForumPage)}
    found = backend().best(Wanted(words, pages, any_word=True), most * 4)
    tied = set(RelatedQuestion.objects.filter(idea=idea.pk).values_list("question", flat=True))
    hits = _hits([key for key in found if key[1] not in tied], words, user)
    return [hit for hit in hits if len(_shared(hit, words)) >= min(2, len(words))][:most]


def _shared(hit: Hit, words: Sequence[str]) -> set[str]:
    texts = (composed(hit.post.title), plain_text(hit.post.body_html))
    return {word for text in texts for word in matched_in(text, words)}


def backend() -> Backend:
    return EmbeddedBackend()


def words_of(query: str) -> tuple[str, ...]:
    """The different words of what was typed, at most MOST_WORDS."""
    words = (word.folded for word in words_in(composed(query[:MOST_CHARACTERS])))
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def _hits(found: Sequence[tuple[Kind, int]], words: Sequence[str], user: Any) -> list[Hit]:
    """What was found and, asked once more, may be seen."""
    keys = {kind: [pk for of, pk in found if of == kind] for kind in Kind}
    posts: dict[tuple[Kind, int], Any] = {}
    if keys[Kind.QUESTION]:
        questions = Question.objects.visible_to(user).listed().filter(pk__in=keys[Kind.QUESTION])
        posts |= {(Kind.QUESTION, row.pk): row for row in questions.select_related("author", "forum")}
    if keys[Kind.IDEA]:
        ideas = Idea.objects.visible_to(user).listed().filter(pk__in=keys[Kind.IDEA])
        posts |= {(Kind.IDEA, row.pk): row for row in ideas.select_related("author", "board", "status")}
    texts = {key: plain_text(post.body_html) for key, post in posts.items()}
    _answers_instead(posts, texts, words, user)
    found_ideas = [post for key, post in posts.items() if key[0] == Kind.IDEA]
    supported = tally.supported_by(user, [idea for idea in found_ideas if idea.board.hides_counts])
    known = {
        idea.pk: idea.supporter_count
        for idea in found_ideas
        if may_see_count(user, idea, is_voted=idea.pk in supported)
    }
    return [
        Hit(
            key[0],
            posts[key],
            known.get(key[1]) if key[0] == Kind.IDEA else None,
            marked(posts[key].title, words),
            excerpt(texts[key], words),
        )
        for key in found
        if key in posts
    ]


def _answers_instead(
    posts: dict[tuple[Kind, int], Any], texts: dict[tuple[Kind, int], str], words: Sequence[str], user: Any
) -> None:
    """Where a question was found by its answers, quote the answer that has most of the words."""
    best = {
        key[1]: len(matched_in(composed(post.title), words) | matched_in(texts[key], words))
        for key, post in posts.items()
        if key[0] == Kind.QUESTION
    }
    short = [pk for pk, found in best.items() if found < len(words)]
    if not short:
        return
    answers = Answer.objects.visible_to(user).filter(question__in=short, visibility=Visibility.VISIBLE)
    for question, rendered in answers.order_by("pk").values_list("question_id", "body_html")[:MOST_ANSWERS]:
        text = plain_text(rendered)
        if (found := len(matched_in(text, words))) > best[question]:
            best[question], texts[Kind.QUESTION, question] = found, text
