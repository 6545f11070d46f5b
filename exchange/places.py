"""Where the posts of a source are here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.managers import SYSTEM_HANDLE
from community.content import Content, Visibility
from community.models import Answer, Comment, Question
from core.models import ImportRun
from ideas.models import Comment as IdeaComment
from ideas.models import Idea

ANSWER_AS_COMMENT = "answer:"
NOUNS: dict[type[Content], str] = {
    Question: "questions",
    Idea: "ideas",
    Answer: "answers",
    Comment: "comments",
    IdeaComment: "comments",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A post of the source here, and the question or idea that it is or belongs to.

    In a rehearsal the posts that would come have places too, with 0 for their keys. `is_gone` says that the post was
    taken back with the run that brought it, so that another run may bring it again.
    """

    model: type[Content]
    source_id: str
    topic_source_id: str
    pk: int = 0
    topic_pk: int = 0
    created_at: datetime | None = None
    run: int | None = None
    is_gone: bool = False


Places = dict[str, Place]
Lookup = Callable[[str, Collection[str]], Places]


def topics(source: str, ids: Collection[str]) -> Places:
    """Questions and ideas by the ids of the source's questions."""
    return _found(Question, source, ids) | _found(Idea, source, ids)


def answers(source: str, ids: Collection[str]) -> Places:
    """Answers; those to ideas are comments here."""
    return _found(Answer, source, ids, "question") | _found(IdeaComment, source, ids, "idea", ANSWER_AS_COMMENT)


def comments(source: str, ids: Collection[str]) -> Places:
    return _found(Comment, source, ids, "question") | _found(IdeaComment, source, ids, "idea")


def _found(model: Any, source: str, ids: Collection[str], topic: str = "", prefix: str = "") -> Places:
    posts = model.objects.filter(source=source, source_id__in=[prefix + source_id for source_id in ids])
    topic_fields = (f"{topic}__source_id", f"{topic}_id") if topic else ("source_id", "pk")
    fields = ("source_id", "pk", "created_at", "import_run_id")
    marks = ("visibility", "visibility_by__handle", "import_run__state")
    found = {}
    for topic_id, topic_pk, key, pk, created_at, run, *mark in posts.values_list(*topic_fields, *fields, *marks):
        source_id = key.removeprefix(prefix)
        is_gone = mark == [Visibility.DELETED, SYSTEM_HANDLE, ImportRun.State.UNDONE]
        found[source_id] = Place(model, source_id, topic_id, pk, topic_pk, created_at, run, is_gone)
    return found
