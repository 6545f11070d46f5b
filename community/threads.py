"""A question with all that stands below it, as one person may see it.

However much there is, it is read in the same few queries: answers come in pages, and below each post stand its first
comments, with the rest on a page of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.badges import badges_of
from community.content import Visibility
from community.links import STEMS, Links, links_for
from community.models import Answer, Comment, Question
from core.addresses import address
from core.pagination import KeysetPage, cursor_to, first_page, keyset_page, keyset_rows
from core.readings import GatedReading

ANSWERS_ON_A_PAGE = 50
COMMENTS_BELOW_A_POST = 15
COMMENTS_ON_A_PAGE = 50
MOST_DUPLICATES = 20

# By votes from before, then the oldest first.
READING_ORDER = ("-base_votes", "created_at", "id")
COMMENT_ORDER = ("created_at", "id")


@dataclass
class Entry:
    """A post as a page shows it, with the first of the comments below it and how many there are."""

    post: Question | Answer | Comment
    links: Links
    role: Any = ""
    comments: list[Entry] = field(default_factory=list)
    comment_count: int = 0

    @property
    def stem(self) -> str:
        return STEMS[type(self.post)][0]

    @property
    def is_accepted(self) -> bool:
        return isinstance(self.post, Answer) and self.post.is_accepted

    @property
    def comments_url(self) -> str:
        """Where all comments below the post are, and where another is posted to."""
        return address(f"community:{self.stem}-comment", self.post.pk)

    @property
    def further_comments(self) -> int:
        return self.comment_count - len(self.comments)


@dataclass
class Thread:
    """A question's page: on the first page of its answers the accepted one comes before all others."""

    question: Entry
    answers: list[Entry]
    canonical: Question | None
    duplicates: list[Question]
    next_cursor: str | None
    previous_cursor: str | None


def read_thread(question: Question, user: Any, cursor: str = "") -> Thread:
    """The page of the question that the cursor points to. Raises BadCursorError."""
    page = _page_of_answers(question, user, cursor)
    answers = [*([] if page.previous_cursor else _accepted(question, user)), *page.items]
    for answer in answers:
        answer.question = question
    comments = _first_comments(question, answers, user)
    entries = _entries([question, *answers, *comments], user)
    for comment in comments:
        parent = entries[(Answer, comment.answer_id) if comment.answer_id else (Question, question.pk)]
        parent.comments.append(entries[Comment, comment.pk])
        parent.comment_count = comment.count_below  # type: ignore[attr-defined]
    return Thread(
        question=entries[Question, question.pk],
        answers=[entries[Answer, answer.pk] for answer in answers],
        canonical=_canonical(question, user),
        duplicates=[] if question.canonical_id else _duplicates(question, user),
        next_cursor=page.next_cursor,
        previous_cursor=page.previous_cursor,
    )


def read_comments(
    question: Question, answer: Answer | None, user: Any, *, size: int, cursor: str = ""
) -> tuple[Entry, KeysetPage[Comment]]:
    """A post with one page of the comments below it, and that page. Raises BadCursorError."""
    post = answer or question
    below = comments_below(question, answer, user)
    page = keyset_page(below.select_related("author", "visibility_by"), order=COMMENT_ORDER, cursor=cursor, size=size)
    for comment in page.items:
        comment.question = question
    entries = _entries([post, *page.items], user)
    entry = entries[type(post), post.pk]
    entry.comments = [entries[Comment, comment.pk] for comment in page.items]
    entry.comment_count = below.count()
    return entry, page


def takes_posts(question: Question) -> bool:
    """Whether answers and comments may be added."""
    return question.is_visible and not question.is_locked


def comments_below(question: Question, answer: Answer | None, user: Any) -> QuerySet[Comment]:
    """The comments on the question itself, or on this answer to it, that the person may see."""
    return Comment.objects.visible_to(user).filter(question=question, answer=answer)


def cursor_to_answer(answer: Answer, user: Any) -> str:
    """The cursor of the page of its question on which the answer stands; empty for the first."""
    question = answer.question
    if question.accepted_answer_id == answer.pk:
        return ""
    return cursor_to(_other_answers(question, user), order=READING_ORDER, row=answer, size=ANSWERS_ON_A_PAGE)


def _page_of_answers(question: Question, user: Any, cursor: str) -> KeysetPage[Answer]:
    if cursor:
        answers = _other_answers(question, user).select_related("author", "visibility_by")
        return keyset_page(answers, order=READING_ORDER, cursor=cursor, size=ANSWERS_ON_A_PAGE)
    # Nothing has the number 0.
    rows = _first_answers.ask(user, question=question.pk, accepted=question.accepted_answer_id or 0)
    return first_page(rows, order=READING_ORDER, size=ANSWERS_ON_A_PAGE)


@GatedReading
def _first_answers(reader: Any, question: Any, accepted: Any) -> QuerySet[Answer]:
    answers = Answer.objects.visible_to(reader).filter(question=question).exclude(pk=accepted)
    return keyset_rows(answers.select_related("author", "visibility_by"), order=READING_ORDER, size=ANSWERS_ON_A_PAGE)


def _other_answers(question: Question, user: Any) -> QuerySet[Answer]:
    answers = Answer.objects.visible_to(user).filter(question=question)
    return answers.exclude(pk=question.accepted_answer_id) if question.accepted_answer_id else answers


def _accepted(question: Question, user: Any) -> Iterable[Answer]:
    if question.accepted_answer_id is None:
        return ()
    return _accepted_answers.ask(user, question=question.pk, answer=question.accepted_answer_id)


_accepted_answers = GatedReading(
    lambda reader, question, answer: (
        Answer.objects.visible_to(reader).filter(pk=answer, question=question).select_related("author", "visibility_by")
    )
)


def _first_comments(question: Question, answers: list[Answer], user: Any) -> list[Comment]:
    """The first comments below the question and below each of the answers, each knowing how many stand there."""
    # Nothing has the number 0.
    found = _comments_below.ask(user, question=question.pk, answers=[answer.pk for answer in answers] or [0])
    for comment in found:
        comment.question = question
    return found


@GatedReading
def _comments_below(reader: Any, question: Any, answers: list[Any]) -> QuerySet[Comment]:
    comments: Any = (
        Comment.objects.visible_to(reader)
        .filter(Q(answer__isnull=True) | Q(answer__in=answers), question=question)
        .select_related("author", "visibility_by")
        .annotate(
            position=Window(RowNumber(), partition_by="answer_id", order_by=COMMENT_ORDER),
            count_below=Window(Count("pk"), partition_by="answer_id"),
        )
        .filter(position__lte=COMMENTS_BELOW_A_POST)
    )
    found: QuerySet[Comment] = comments.order_by(*COMMENT_ORDER)
    return found


def _entries(posts: Iterable[Any], user: Any) -> dict[tuple[type, int], Entry]:
    posts = list(posts)
    badges = badges_of(post.author_id for post in posts)
    return {(type(post), post.pk): Entry(post, links_for(user, post), badges.get(post.author_id, "")) for post in posts}


def _canonical(question: Question, user: Any) -> Question | None:
    """The question that answers this duplicate, where the person may see it and it is on the site."""
    if question.canonical_id is None:
        return None
    return Question.objects.visible_to(user).filter(pk=question.canonical_id, visibility=Visibility.VISIBLE).first()


def _duplicates(question: Question, user: Any) -> list[Question]:
    return _visible_duplicates.ask(user, question=question.pk)


@GatedReading
def _visible_duplicates(reader: Any, question: Any) -> QuerySet[Question]:
    duplicates = Question.objects.visible_to(reader).filter(canonical=question, visibility=Visibility.VISIBLE)
    return duplicates.only("title", "slug", "language").order_by("created_at", "pk")[:MOST_DUPLICATES]
