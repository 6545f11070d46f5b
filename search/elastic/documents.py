"""What Elasticsearch knows of each kind: one document for each question, idea, article, member and tag in the lists.

Every text stands in its document twice: as folded words (core.words), by which both backends find the same, and in the
field of its language, whose analyzer knows the forms of words. With a model, posts have its vectors beside that.

Duplicates have documents too, of a kind that no search asks for: only what is similar leads to them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q, QuerySet
from elasticsearch.dsl import (
    Boolean,
    Date,
    DenseVector,
    Integer,
    Keyword,
    Long,
    Nested,
    Object,
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
from core.words import MOST_TEXT, composed, folded_words
from ideas.models import Idea, TaggedIdea
from search.articles import article_models
from search.backends import Kind
from search.models import MemberDocument, Vector
from search.similar.meaning import Model, model, written
from search.similar.numbers import number_of, post_of

LANGUAGES = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
}
POSTS = frozenset((Kind.QUESTION, Kind.IDEA))
# What documents of duplicates have for their kind.
DUPLICATE = "duplicate"
# Where the vectors of a post stand.
MEANING = "meaning"
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
    if kind in POSTS:
        # Vectors of a model that the index does not know yet are left alone until it is made anew.
        mapping.field(MEANING, Object(dynamic=False, properties=_vectors()))
        mapping.meta("_source", {"excludes": [MEANING]})
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


def _vectors() -> dict[str, DenseVector]:
    used = model()
    if not used:
        return {}
    found = DenseVector(dims=used.dimensions, index=True, similarity="cosine", index_options={"type": "int8_hnsw"})
    return {_name_of(used): found}


def vector_field(used: Model) -> str:
    """The field with the vectors of this model: each model has one of its own, so that nothing compares two models'."""
    return f"{MEANING}.{_name_of(used)}"


def _name_of(used: Model) -> str:
    return hashlib.sha256(used.name.encode()).hexdigest()[:16]


def settings_of(kind: Kind) -> dict[str, Any]:
    return {
        "number_of_replicas": 0,
        # What was removed stays known for so long, lest a late and older version brings it back.
        "gc_deletes": "1h",
        "analysis": mapping_of(kind)._collect_analysis(),
    }


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
    used = model() if kind in POSTS else None
    vectors = _vectors_of(kind, made, used) if used else {}
    for key, source in made.items():
        source.setdefault("kind", kind.value)
        source["hash"] = _hash(source, vectors.get(key, b""))
        if used and key in vectors:
            source[MEANING] = {_name_of(used): written(vectors[key])}
    return made


def _vectors_of(kind: Kind, keys: Iterable[int], used: Model) -> dict[int, bytes]:
    """What the model made of these posts, of those of which it did."""
    rows = Vector.objects.filter(profile__in=[number_of(kind, key) for key in keys], model=used.name)
    return {post_of(number)[1]: bytes(numbers) for number, numbers in rows.values_list("profile", "numbers")}


def _hash(source: Source, vector: bytes) -> str:
    told = {name: value for name, value in source.items() if name not in UNHASHED}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode() + vector).hexdigest()


def _rows(kind: Kind) -> QuerySet[Any]:
    """What is in the lists, whoever asks, and what was merged into that."""
    if kind == Kind.QUESTION:
        return Question.objects.filter(visibility=Visibility.VISIBLE)
    if kind == Kind.IDEA:
        return Idea.objects.filter(visibility=Visibility.VISIBLE)
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
            **_merged(question),
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
            **_merged(idea),
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


def _merged(post: Question | Idea) -> Source:
    return {"kind": DUPLICATE} if post.canonical_id else {}


def _folded(text: str) -> str:
    return " ".join(folded_words(composed(text)))


def _tags(through: Any, keys: Collection[int]) -> Mapping[int, list[str]]:
    tags: Mapping[int, list[str]] = defaultdict(list)
    rows = through.objects.filter(content_object__in=keys).order_by("tag__slug")
    for post, slug in rows.values_list("content_object_id", "tag__slug"):
        tags[post].append(slug)
    return tags
