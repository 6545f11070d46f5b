"""What Elasticsearch knows of each kind: one document for each question, idea, article, member and tag in the lists.

Every text stands in its document twice: as folded words (core.words), by which both backends find the same, and in the
field of its language, whose analyzer knows the forms of words.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from elasticsearch.dsl import (
    Boolean,
    Date,
    Integer,
    Keyword,
    Long,
    Nested,
    Text,
    analyzer,
    token_filter,
)
from elasticsearch.dsl import Mapping as IndexMapping
from taggit.models import Tag
from wagtail.models import Page

from community.content import Visibility
from community.models import Answer, Question, TaggedQuestion
from core import markdown
from core.words import MOST_TEXT, composed, words_in
from ideas.models import Idea, TaggedIdea
from search.articles import article_models
from search.backends import Kind
from search.models import MemberDocument

LANGUAGES = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
}
# What changes of its own accord, and is no sign of drift.
UNHASHED = ("supporters",)

Source = dict[str, Any]

# Folded words stand with single spaces between them.
WORDS = "whitespace"
grams = analyzer(
    "grams",
    type="custom",
    tokenizer="standard",
    filter=["lowercase", "asciifolding", token_filter("four", type="ngram", min_gram=4, max_gram=4)],
)


def mapping_of(kind: Kind) -> IndexMapping:
    mapping = IndexMapping()
    mapping.meta("dynamic", "strict")
    for name in ("title", "text"):
        mapping.field(name, Text(analyzer=WORDS))
        for language, known in LANGUAGES.items():
            mapping.field(f"{name}_{language}", Text(analyzer=known))
    mapping.field("grams", Text(analyzer=grams))
    if kind == Kind.IDEA:
        elsewhere = {"page": Long(), "title": Text(analyzer=WORDS), "text": Text(analyzer=WORDS)}
        mapping.field("elsewhere", Nested(properties=elsewhere))
    for name, field in {
        "kind": Keyword(),
        "key": Long(),
        "page": Long(),
        "status": Long(),
        "author": Long(),
        "tags": Keyword(),
        "language": Keyword(),
        "is_answered": Boolean(),
        "is_solved": Boolean(),
        "supporters": Integer(),
        "created_at": Date(),
        "hash": Keyword(),
    }.items():
        mapping.field(name, field)
    return mapping


def settings_of(kind: Kind) -> dict[str, Any]:
    return {
        "number_of_replicas": 0,
        # What was removed stays known for so long, lest a late and older version brings it back.
        "gc_deletes": "1h",
        "analysis": mapping_of(kind)._collect_analysis(),
    }


@cache
def fingerprint(kind: Kind) -> str:
    """What changes when the mapping does: an index that was begun with another one is not gone on with."""
    described = json.dumps([mapping_of(kind).to_dict(), settings_of(kind)], sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()


def listed_keys(kind: Kind) -> QuerySet[Any, int]:
    """The keys of all that has a document, in their order."""
    keys: QuerySet[Any, int] = _rows(kind).order_by("pk").values_list("pk", flat=True)
    return keys


def documents_of(kind: Kind, keys: Collection[int]) -> dict[int, Source]:
    """The documents of those that have one, by key."""
    made = {source["key"]: source for source in _MAKERS[kind](_rows(kind).filter(pk__in=keys))}
    for source in made.values():
        source["kind"] = kind.value
        source["hash"] = _hash(source)
    return made


def _hash(source: Source) -> str:
    told = {name: value for name, value in source.items() if name not in UNHASHED}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _rows(kind: Kind) -> QuerySet[Any]:
    """What is in the lists, whoever asks."""
    if kind == Kind.QUESTION:
        return Question.objects.listed()
    if kind == Kind.IDEA:
        return Idea.objects.listed()
    if kind == Kind.MEMBER:
        return MemberDocument.get_indexed_objects()
    if kind == Kind.TAG:
        used = Q(pk__in=TaggedQuestion.objects.values("tag")) | Q(pk__in=TaggedIdea.objects.values("tag"))
        return Tag.objects.filter(used)
    return Page.objects.live().type(*article_models())


def _questions(rows: QuerySet[Any]) -> Iterator[Source]:
    questions = list(rows.defer("excerpt"))
    keys = [question.pk for question in questions]
    answers: Mapping[int, list[str]] = defaultdict(list)
    visible = Answer.objects.filter(question__in=keys, visibility=Visibility.VISIBLE).order_by("pk")
    for question, rendered in visible.values_list("question_id", "body_html"):
        answers[question].append(markdown.plain(rendered))
    tags = _tags(TaggedQuestion, keys)
    for question in questions:
        yield {
            **_text(question.title, [markdown.plain(question.body_html), *answers[question.pk]], question.language),
            "key": question.pk,
            "page": question.forum_id,
            "author": question.author_id,
            "tags": tags[question.pk],
            "language": question.language,
            "is_answered": question.answer_count > 0,
            "is_solved": question.is_solved,
            "created_at": question.created_at.isoformat(),
        }


def _ideas(rows: QuerySet[Any]) -> Iterator[Source]:
    ideas = list(rows.defer("excerpt"))
    keys = [idea.pk for idea in ideas]
    merged: Mapping[int, list[Idea]] = defaultdict(list)
    for idea in Idea.objects.filter(canonical__in=keys, visibility=Visibility.VISIBLE).order_by("pk"):
        merged[idea.canonical_id or 0].append(idea)
    tags = _tags(TaggedIdea, keys)
    for idea in ideas:
        here = [other for other in merged[idea.pk] if other.board_id == idea.board_id]
        away = [other for other in merged[idea.pk] if other.board_id != idea.board_id]
        rest = [text for other in here for text in (other.title, markdown.plain(other.body_html))]
        yield {
            **_text(idea.title, [markdown.plain(idea.body_html), *rest], idea.language),
            "elsewhere": [
                {
                    "page": other.board_id,
                    "title": _folded(other.title),
                    "text": _folded(markdown.plain(other.body_html)),
                }
                for other in away
            ],
            "key": idea.pk,
            "page": idea.board_id,
            "status": idea.status_id,
            "author": idea.author_id,
            "tags": tags[idea.pk],
            "language": idea.language,
            "supporters": idea.supporter_count,
            "created_at": idea.created_at.isoformat(),
        }


def _articles(rows: Any) -> Iterator[Source]:
    for page in rows.specific().select_related("locale"):
        yield {
            **_text(page.title, [page.article_text()], ""),
            "key": page.pk,
            "page": page.pk,
            "language": page.locale.language_code,
            "created_at": page.first_published_at and page.first_published_at.isoformat(),
        }


def _members(rows: QuerySet[Any]) -> Iterator[Source]:
    for member in rows.only("pk", "name", "handle", "date_joined"):
        yield {
            "title": _folded(f"{member.name} {member.handle}"),
            "key": member.pk,
            "created_at": member.date_joined.isoformat(),
        }


def _tag_documents(rows: QuerySet[Any]) -> Iterator[Source]:
    """A tag is found by readers of a page where something listed carries it."""
    tags = list(rows)
    pages: Mapping[int, set[int]] = defaultdict(set)
    for through, posts, page in ((TaggedQuestion, Question, "forum"), (TaggedIdea, Idea, "board")):
        listed = through.objects.filter(tag__in=tags, content_object__in=posts.objects.listed())
        for tag, holder in listed.values_list("tag", f"content_object__{page}").distinct():
            pages[tag].add(holder)
    for tag in tags:
        yield {"title": _folded(tag.name), "page": sorted(pages[tag.pk]), "key": tag.pk}


_MAKERS: Mapping[Kind, Callable[[QuerySet[Any]], Iterator[Source]]] = {
    Kind.QUESTION: _questions,
    Kind.IDEA: _ideas,
    Kind.ARTICLE: _articles,
    Kind.MEMBER: _members,
    Kind.TAG: _tag_documents,
}


def _text(title: str, texts: Iterable[str], language: str) -> Source:
    text = " ".join(texts)[:MOST_TEXT]
    source = {"title": _folded(title), "text": _folded(text), "grams": title}
    if language in LANGUAGES:
        source |= {f"title_{language}": title, f"text_{language}": text}
    return source


def _folded(text: str) -> str:
    return " ".join(word.folded for word in words_in(composed(text)))


def _tags(through: Any, keys: Collection[int]) -> Mapping[int, list[str]]:
    tags: Mapping[int, list[str]] = defaultdict(list)
    rows = through.objects.filter(content_object__in=keys).order_by("tag__slug")
    for post, slug in rows.values_list("content_object_id", "tag__slug"):
        tags[post].append(slug)
    return tags
