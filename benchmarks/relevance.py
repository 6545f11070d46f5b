"""How well similar posts are found: .venv/bin/python -m benchmarks.relevance PATH [--backend …] [--no-semantic].

PATH holds sets of known duplicates: stackfaq_paraphrases.jsonl (threads, each with rephrasings of its question), or
NAME_bugs.jsonl.gz (reports) with NAME_pairs.csv (which duplicates which). Each set is asked and answered on a site of
its own, in a throwaway database, and looked for as a visitor does. One line of JSON for each set: a rephrasing must
find its thread; of each pair the report that is named first must find the other, by its title and description, and by
its title alone. With --halves each set is told in two: one half to choose weights by, the other kept aside from that.
"""

import argparse
import csv
import gzip
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import django

from benchmarks.driving import MeasuringError
from tests.services import throwaway_folder

DEPTH = 10
THREADS = "stackfaq_paraphrases.jsonl"
REPORTS = "_bugs.jsonl.gz"

# A site with its posts looks for a title and a text, besides a post where it is one of them.
Look = Callable[[str, str, str | None], Sequence[str]]


@dataclass(frozen=True)
class Post:
    """A question of a set, by its key there."""

    key: str
    title: str
    body: str = ""
    answers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sought:
    """What is asked, by which post of the set if by one, and the post that has to be found."""

    title: str
    text: str
    right: str
    besides: str | None = None


@dataclass(frozen=True)
class Set:
    """Posts, and what is sought among them, under a name for each way of asking."""

    posts: Sequence[Post]
    sought: dict[str, Sequence[Sought]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.relevance", description="Finds known duplicates.")
    parser.add_argument("path", type=Path, help="a folder of sets")
    parser.add_argument("--backend", choices=["elasticsearch", "embedded"], default="embedded")
    parser.add_argument("--no-semantic", action="store_true", help="by words alone, whatever EMBEDDING_MODEL says")
    parser.add_argument("--halves", action="store_true", help="each set in two halves, which share no pair")
    options = parser.parse_args()
    sets = list(read_sets(options.path))
    if not sets:
        parser.error(f"{options.path} holds neither {THREADS} nor NAME{REPORTS} with NAME_pairs.csv.")
    with ExitStack() as stack:
        if options.backend == "elasticsearch" and not os.environ.get("ELASTICSEARCH_URL"):
            from tests.services import elasticsearch

            os.environ["ELASTICSEARCH_URL"] = stack.enter_context(elasticsearch.running())
        if options.backend == "embedded":
            os.environ.pop("ELASTICSEARCH_URL", None)
        if options.no_semantic:
            os.environ.pop("EMBEDDING_MODEL", None)
        _set_up(stack.enter_context(throwaway_folder("relevance")))
        for each in sets:
            with site_with(each.posts) as look:
                for name, sought in each.sought.items():
                    for part, some in (halves(sought) if options.halves else {"": sought}).items():
                        line = _line(name, options.backend, look, some) | ({"half": part} if part else {})
                        print(json.dumps(line), flush=True)


def _line(name: str, backend: str, look: Look, sought: Sequence[Sought]) -> dict[str, Any]:
    from django.conf import settings

    return {"set": name, "backend": backend, "semantic": bool(settings.EMBEDDING_MODEL)} | measured(look, sought)


def measured(look: Look, sought: Sequence[Sought]) -> dict[str, Any]:
    """Of what is sought: how much is found first, among the first five and ten, and the mean of 1/place."""
    places = []
    for each in sought:
        found = list(look(each.title, each.text, each.besides))[:DEPTH]
        places.append(found.index(each.right) + 1 if each.right in found else 0)
    hits = {f"hit@{most}": sum(0 < place <= most for place in places) / len(places) for most in (1, 5, DEPTH)}
    mean = sum(1 / place for place in places if place) / len(places)
    return {"n": len(places)} | {name: round(value, 4) for name, value in (hits | {f"MRR@{DEPTH}": mean}).items()}


def halves(sought: Sequence[Sought]) -> dict[str, Sequence[Sought]]:
    """What is sought in two parts that share no pair: one to choose weights by, one that is kept aside."""
    parts: dict[str, list[Sought]] = {"tuning": [], "kept aside": []}
    for each in sought:
        key = min(each.right, each.besides or each.right)
        number = int(hashlib.sha256(key.encode()).hexdigest(), 16)
        parts["kept aside" if number % 2 else "tuning"].append(each)
    return {name: some for name, some in parts.items() if some}


# Sets


def read_sets(folder: Path) -> Iterator[Set]:
    """The sets of a folder."""
    if (folder / THREADS).exists():
        yield _threads((folder / THREADS).read_text(encoding="utf-8").splitlines())
    for reports in sorted(folder.glob(f"*{REPORTS}")):
        name = reports.name.removesuffix(REPORTS)
        pairs = folder / f"{name}_pairs.csv"
        if pairs.exists():
            yield _reports(name, reports, pairs)


def _threads(lines: Sequence[str]) -> Set:
    rows = [json.loads(line) for line in lines if line.strip()]
    posts = [Post(str(row["id"]), row["question"], answers=tuple(row["answers"])) for row in rows]
    sought = [Sought(text, "", str(row["id"])) for row in rows for text in row["rephrasings"]]
    return Set(posts, {"stackfaq": sought})


def _reports(name: str, reports: Path, pairs: Path) -> Set:
    with gzip.open(reports, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    posts = {str(row["id"]): Post(str(row["id"]), row["title"] or "", row["description"] or "") for row in rows}
    with pairs.open(encoding="utf-8", newline="") as table:
        named = [(row["issue_id"], row["duplicate_id"]) for row in csv.DictReader(table)]
    known = [(posts[one], other) for one, other in named if one in posts and other in posts]
    return Set(
        list(posts.values()),
        {
            f"{name}_text": [Sought(one.title, one.body, other, one.key) for one, other in known],
            f"{name}_title": [Sought(one.title, "", other, one.key) for one, other in known],
        },
    )


# The site


def _set_up(folder: Path) -> None:
    """Configure Django as production is, with a database in the folder."""
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings.production",
        SECRET_KEY=secrets.token_hex(50),
        ALLOWED_HOSTS="127.0.0.1",
        BASE_URL="http://127.0.0.1",
        EMAIL_URL=f"file://{folder}/mail",
        DATABASE_URL=f"sqlite:///{folder}/relevance.sqlite3",
        CHORUS_VAR=str(folder),
    )
    os.environ.pop("REDIS_URL", None)
    django.setup()
    from django.core.management import call_command

    from search.elastic import client

    client.ANSWER_SECONDS = 30  # nobody waits
    call_command("migrate", verbosity=0)


@contextmanager
def site_with(posts: Sequence[Post]) -> Iterator[Look]:
    """A site with these questions, in a database of its own until the end of the block."""
    from django.db import connection

    empty = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = shutil.copy(empty, f"{empty}-{secrets.token_hex(4)}")
    try:
        yield asked(posts)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = empty


def asked(posts: Sequence[Post]) -> Look:
    """Ask these questions in a new forum, and look for them as a visitor."""
    from django.contrib.auth.models import AnonymousUser

    from community.models import Question
    from search.backends import Kind
    from search.elastic import breaker
    from search.similar import similar_posts

    keys = _ask(posts)
    questions = {key: pk for pk, key in keys.items()}

    def look(title: str, text: str, besides: str | None) -> list[str]:
        post = Question.objects.get(pk=questions[besides]) if besides else None
        found = similar_posts(title, text, user=AnonymousUser(), kinds={Kind.QUESTION}, most=DEPTH, besides=post)
        if breaker.is_open():
            raise MeasuringError("Elasticsearch did not answer in time, so another search was measured.")
        return [keys[each.post.pk] for each in found]

    return look


def _ask(posts: Sequence[Post]) -> dict[int, str]:
    """Ask and answer all of this in a new forum, and bring the indexes up to it; the keys by those of the questions."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import transaction
    from wagtail.models import Page

    from accounts.models import Member
    from community.content import TITLE_LENGTH
    from community.languages import language_of
    from community.models import Answer, ForumPage, Question
    from search.indexing import index_questions
    from search.similar.vectors import embed_pending

    with transaction.atomic():
        forum = Page.objects.get(depth=2).add_child(instance=ForumPage(title="Help", slug="help"))
        author = Member.objects.create_user("asker")
        keys = {}
        for post in posts:
            question = Question(forum=forum, author=author)
            question.name(post.title[:TITLE_LENGTH])
            question.write(post.body)
            question.language = language_of(question.title, question.body_html)
            question.save()
            keys[question.pk] = post.key
            for text in post.answers:
                answer = Answer(question=question, author=author)
                answer.write(text)
                answer.save()
        index_questions(keys)
    while embed_pending():
        pass
    if settings.ELASTICSEARCH_URL:
        settings.ELASTICSEARCH_PREFIX = f"relevance-{secrets.token_hex(6)}"
        call_command("rebuild_search", verbosity=0, stdout=StringIO())
    return keys


if __name__ == "__main__":
    main()
