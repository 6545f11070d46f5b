"""Suggestions: what is like a post that somebody is writing, on a large site beside a small one."""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import quantiles

from django.contrib.auth.models import AnonymousUser
from django.db import transaction

from accounts.models import Member
from benchmarks.figures import Figure
from benchmarks.filling import settle
from benchmarks.relevance import Post, Set, read_sets
from benchmarks.sites import Sites
from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage
from search.backends import Kind
from search.similar import keeping, similar_posts

HELP = "suggestions while somebody writes, on a large site beside a small one; posts are recombined from real sets"
BATCH = 500
MOST = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sets", type=Path, required=True, help="a folder of sets, as benchmarks.relevance reads them")
    parser.add_argument("--large", type=int, default=100_000, help="questions, and as many ideas, of the large site")
    parser.add_argument("--small", type=int, default=1_000, help="those of the small one")
    parser.add_argument("--asked", type=int, default=60, help="how many suggestions are asked for in a round (60)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    sets = list(read_sets(options.sets))
    asked = list(islice(_asked(sets), options.asked))
    made = {
        size: sites.made(f"chorus_suggestions_{size}", lambda size=size: _fill(sets, size))  # type: ignore[misc]
        for size in (options.small, options.large)
    }
    taken: dict[int, list[float]] = {size: [] for size in made}
    for _ in range(options.rounds + 1):
        for size, site in made.items():
            with site.used():
                similar_posts("warm", user=AnonymousUser())
                taken[size] += [_milliseconds(title, text) for title, text in asked]
    for size in made:
        del taken[size][: len(asked)]  # the first round reads from the disk
    large, small = taken[options.large], taken[options.small]
    sizes = f"{options.large:,} questions and as many ideas, beside {options.small:,}"
    figures = {"median": (large, small), "95th percentile": ([_p95(large)], [_p95(small)])}
    return [
        Figure(
            name=f"suggestions, embedded, {name}",
            unit="ms",
            measured=measured,
            yardstick=yardstick,
            yardstick_name="small site",
            at_most=10,
            note=sizes,
        )
        for name, (measured, yardstick) in figures.items()
    ]


def _milliseconds(title: str, text: str) -> float:
    start = time.perf_counter()
    similar_posts(title, text, user=AnonymousUser(), most=MOST)
    return 1_000 * (time.perf_counter() - start)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def _asked(sets: Sequence[Set]) -> Iterator[tuple[str, str]]:
    """Titles alone, and titles with texts, in turn and from all sets."""
    ways = [iter(sought) for each in sets for sought in each.sought.values()]
    while True:
        for way in ways:
            found = next(way, None)
            if found is None:
                return
            yield found.title, found.text


def _fill(sets: Sequence[Set], size: int) -> None:
    """So many questions and as many ideas, each put together from two titles and three texts."""
    posts = [post for each in sets for post in each.posts]
    author = Member.objects.create_user("recombiner")
    forum, board = ForumPage.objects.get(), IdeaBoardPage.objects.get()
    made = _recombined(posts, random.Random(size))  # noqa: S311 -- no secret
    for _ in range(0, size, BATCH):
        texts = list(islice(made, 2 * BATCH))
        with transaction.atomic():
            questions = Question.objects.bulk_create(
                Question(forum=forum, author=author, title=title, slug="q", body=body) for title, body in texts[:BATCH]
            )
            ideas = Idea.objects.bulk_create(
                Idea(board=board, author=author, status=board.first_status, title=title, slug="i", body=body)
                for title, body in texts[BATCH:]
            )
            keeping.keep(Kind.QUESTION, [question.pk for question in questions])
            keeping.keep(Kind.IDEA, [idea.pk for idea in ideas])
    settle()


def _recombined(posts: Sequence[Post], chance: random.Random) -> Iterator[tuple[str, str]]:
    while True:
        one, other = (chance.choice(posts).title.split() for _ in range(2))
        parts = (part for _ in range(3) for part in _part(chance.choice(posts), chance))
        title = " ".join([*one[: len(one) // 2 + 1], *other[len(other) // 2 :]])
        yield title[:200], "\n\n".join(parts)


def _part(post: Post, chance: random.Random) -> list[str]:
    paragraphs = [text for text in (post.body, *post.answers) if text.strip()]
    return [chance.choice(paragraphs)[:1_000]] if paragraphs else []
