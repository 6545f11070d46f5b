"""Sites for measuring the search: posts put together from real ones, with all that the database keeps to find them.

Rows are written in bulk, past the actions, so what the search keeps for similar posts is written here as well: a test
holds that it is what posts say. Elasticsearch's indexes are made from it by `rebuild_search`.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from taggit.models import Tag

from accounts.models import Member
from benchmarks import texts
from benchmarks.filling import in_bulk, settle
from benchmarks.relevance import Post, Set
from benchmarks.sites import Site, Sites
from community.content import TITLE_LENGTH
from community.languages import language_of
from community.models import Answer, ForumPage, Question, TaggedQuestion
from core import markdown
from ideas.models import Idea, IdeaBoardPage, TaggedIdea
from search.backends import Kind
from search.models import Posting, Profile, Vector
from search.similar.meaning import model, text_for
from search.similar.numbers import number_of
from search.similar.traits import Traits

BATCH = 1_000
AUTHORS = 1_000
LONGEST_PART = 1_000
ANSWERS = 2
LASTING = timedelta(days=730)

# What is written without indexes, which come at the end.
LONG = (Question, TaggedQuestion, Answer, Idea, TaggedIdea, Profile, Posting, Vector)


def site_of(sites: Sites, sets: Sequence[Set], size: int) -> Site:
    """A site with so many questions and as many ideas; with their vectors where EMBEDDING_MODEL names a model."""
    used = model()
    name = f"chorus_recombined_{size}{'_by_meaning' if used else ''}"
    return sites.made(name, lambda: fill(Source(sets), size))


def fill(source: Source, size: int) -> None:
    """Fill the forum and the board of an empty site from the source."""
    print(f"Putting {size:,} questions and as many ideas together …", file=sys.stderr, flush=True)
    with transaction.atomic(), connection.cursor() as cursor, in_bulk(cursor, LONG):
        filling = Recombining(cursor, source, size)
        for start in range(0, size, BATCH):
            filling.ask(range(start, min(start + BATCH, size)))
            filling.propose(range(start, min(start + BATCH, size)))
        filling.accept()
    if not connection.in_atomic_block:
        settle()


@dataclass(frozen=True)
class Part:
    """Something that somebody wrote in one piece."""

    body: str
    body_html: str
    language: str
    # Its place in the vectors of a source.
    place: int


@dataclass(frozen=True)
class Text:
    """What a post is made of."""

    title: str
    parts: list[Part]

    @property
    def body(self) -> str:
        return "\n\n".join(part.body for part in self.parts)

    @property
    def written(self) -> dict[str, str]:
        body_html = "".join(part.body_html for part in self.parts)
        return {"body": self.body, "body_html": body_html, "excerpt": markdown.excerpt(body_html[:4_000])}


class Source:
    """The posts of sets, and what is put together from them, the same each time."""

    def __init__(self, sets: Sequence[Set]) -> None:
        self.posts = [post for each in sets for post in each.posts]
        self.paragraphs = [_paragraphs(post) for post in self.posts]
        self.starts = np.cumsum([0, *map(len, self.paragraphs)]).tolist()
        self.part = cache(self._part)

    def texts(self, parts: int, chance: random.Random) -> Iterator[Text]:
        """Titles of the halves of two, and texts of so many parts at most, without an end."""
        while True:
            one, other = (chance.choice(self.posts).title.split() for _ in range(2))
            title = " ".join([*one[: len(one) // 2 + 1], *other[len(other) // 2 :]])[:TITLE_LENGTH]
            chosen = [chance.randrange(len(self.posts)) for _ in range(parts)]
            found = [self.part(post, chance.randrange(most)) for post in chosen if (most := len(self.paragraphs[post]))]
            yield Text(title, found)

    def _part(self, post: int, number: int) -> Part:
        body = self.paragraphs[post][number]
        body_html = markdown.render(body)
        return Part(body, body_html, language_of(self.posts[post].title, body_html), self.starts[post] + number)

    def vectors(self) -> Any:
        """What each part means, under the title of its post, as the rows of a matrix."""
        used = model()
        assert used is not None  # noqa: S101 -- nobody asks without one
        pairs = zip(self.posts, self.paragraphs, strict=True)
        return used.vectors([text_for(post.title, part) for post, parts in pairs for part in parts])


def _paragraphs(post: Post) -> list[str]:
    return [text[:LONGEST_PART].strip() for text in (post.body, *post.answers) if text.strip()]


class Recombining:
    """The steps of `fill`. Posts are numbered from 0, and what differs between them follows from the number."""

    def __init__(self, cursor: Any, source: Source, size: int) -> None:
        self.cursor, self.size = cursor, size
        self.forum, self.board = ForumPage.objects.get(), IdeaBoardPage.objects.get()
        self.now = timezone.now()
        self.asked = source.texts(2, random.Random(size))  # noqa: S311 -- no secret
        self.answered = source.texts(1, random.Random(size + 1))  # noqa: S311
        self.proposed = source.texts(3, random.Random(size + 2))  # noqa: S311
        self.vectors: Any = source.vectors() if model() else None
        self.authors = Member.objects.bulk_create(
            Member(handle=f"writer-{n}", name=f"{texts.NAMES[n % len(texts.NAMES)]} {n}", email=f"{n}@writers.example")
            for n in range(AUTHORS)
        )
        self.tags = [Tag.objects.get_or_create(name=name, defaults={"slug": name})[0] for name in texts.TAGS]
        self.statuses = [self.board.first_status, *self.board.statuses.exclude(pk=self.board.first_status.pk)]

    def ask(self, numbers: Sequence[int]) -> None:
        asked = list(islice(self.asked, len(numbers)))
        # Between none and so many answers, in turn.
        answers = {number: list(islice(self.answered, number % (ANSWERS + 1))) for number in numbers}
        questions = Question.objects.bulk_create(
            Question(
                forum=self.forum,
                answer_count=len(answers[number]),
                last_activity_at=self._at(number) + timedelta(hours=len(answers[number])),
                **self._topic(number, text),
            )
            for number, text in zip(numbers, asked, strict=True)
        )
        Answer.objects.bulk_create(
            Answer(
                question=question,
                author=self._author(7 * number + place),
                created_at=self._at(number) + timedelta(hours=place + 1),
                **answer.written,
            )
            for number, question in zip(numbers, questions, strict=True)
            for place, answer in enumerate(answers[number])
        )
        self._tag(TaggedQuestion, questions, numbers)
        said = [
            Text(text.title, [*text.parts, *(part for answer in answers[number] for part in answer.parts)])
            for number, text in zip(numbers, asked, strict=True)
        ]
        below = ["\n".join(answer.body for answer in answers[number]) for number in numbers]
        whole = [f"{text.body}\n{rest}" for text, rest in zip(asked, below, strict=True)]
        self._keep(Kind.QUESTION, self.forum.pk, questions, whole, said)

    def propose(self, numbers: Sequence[int]) -> None:
        proposed = list(islice(self.proposed, len(numbers)))
        ideas = Idea.objects.bulk_create(
            Idea(
                board=self.board,
                status=self._status(number),
                last_activity_at=self._at(number),
                **self._topic(number, text),
            )
            for number, text in zip(numbers, proposed, strict=True)
        )
        self._tag(TaggedIdea, ideas, numbers)
        self._keep(Kind.IDEA, self.board.pk, ideas, [text.body for text in proposed], proposed)

    def accept(self) -> None:
        """Every second of the answered questions is solved by its first answer."""
        self.cursor.execute(
            "UPDATE community_question question SET accepted_answer_id = found.answer, is_solved = true FROM ("
            "SELECT question_id, min(id) AS answer FROM community_answer WHERE mod(question_id, 2) = 0 "
            "GROUP BY question_id) found WHERE question.id = found.question_id"
        )

    def _topic(self, number: int, text: Text) -> dict[str, Any]:
        language = text.parts[0].language if text.parts else ""
        return {
            "author": self._author(number),
            "title": text.title,
            "slug": "recombined",
            "created_at": self._at(number),
            "language": language,
            "language_source": "detected",
            **text.written,
        }

    def _tag(self, through: Any, posts: Sequence[Any], numbers: Sequence[int]) -> None:
        through.objects.bulk_create(
            through(content_object=post, tag=self.tags[(7 * number + place * (1 + number % 6)) % len(self.tags)])
            for post, number in zip(posts, numbers, strict=True)
            for place in range(1 + number % 3)
        )

    def _keep(self, kind: Kind, page: int, posts: Sequence[Any], bodies: Sequence[str], said: Sequence[Text]) -> None:
        """What search.similar.keeping and search.similar.vectors would keep of these posts."""
        profiles, postings = [], []
        for post, body in zip(posts, bodies, strict=True):
            traits, number = Traits.of(post.title, body), number_of(kind, post.pk)
            profiles.append(Profile(post=number, page=page, traits=traits.packed(), changed_at=self.now))
            postings += [f"{lead}\t{page}\t{number}\n" for lead in traits.leads]
        Profile.objects.bulk_create(profiles)
        table = connection.ops.quote_name(Posting._meta.db_table)
        with self.cursor.copy(f"COPY {table} (lead, page, post) FROM STDIN") as copy:
            copy.write("".join(postings))
        used = model()
        if used is None or self.vectors is None:
            return
        Vector.objects.bulk_create(
            Vector(
                profile=profile,
                model=used.name,
                text="recombined",
                numbers=self._vector(text).tobytes(),
                made_at=self.now,
                checked_at=self.now,
            )
            for profile, text in zip(profiles, said, strict=True)
        )

    def _vector(self, text: Text) -> Any:
        """The mean of what the parts mean: as far from others as a post's own would be."""
        rows = self.vectors[[part.place for part in text.parts] or [0]]
        mean = rows.sum(axis=0)
        return (mean / max(float(np.linalg.norm(mean)), 1e-9)).astype(np.float16)

    def _at(self, number: int) -> datetime:
        return self.now - LASTING * (self.size - number) / self.size - timedelta(days=1)

    def _author(self, number: int) -> Member:
        return self.authors[number * 7919 % len(self.authors)]

    def _status(self, number: int) -> Any:
        """Three in four ideas are open."""
        return self.statuses[0] if number % 4 else self.statuses[number // 4 % len(self.statuses)]
