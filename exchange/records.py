"""What a source holds, in one shape for all formats: people, posts and links, as its rows say them and no more.

A reader yields a `Row` for each usable row of a file and a `Problem` for each row that is not. Bodies stay in the
markup of the source until they are written (see exchange.bodies): rows are read more often than they are written.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeAlias, TypeVar


class Markup(Enum):
    """How the text of a body is written."""

    HTML = "html"
    MARKDOWN = "markdown"
    INLINE_MARKDOWN = "inline markdown"


@dataclass(frozen=True, slots=True)
class Body:
    """A text with its markup; addresses in it that name no site belong to `site`, or to none that is known."""

    text: str
    markup: Markup
    site: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who wrote at the source. The name is empty where a row gives only their id."""

    source_id: str
    name: str = ""
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What questions, answers, comments and ideas have in common. `hidden_because`, where it is set, hides the post.

    `created_at` is None where the source doesn't tell.
    """

    source_id: str
    author: Person | None
    body: Body
    created_at: datetime | None
    edited_at: datetime | None = None
    score: int = 0
    hidden_because: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question(Post):
    title: str
    tags: tuple[str, ...] = ()
    is_locked: bool = False
    accepted_answer_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Post):
    """An answer to the question, or to the idea, with the id."""

    question_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Post):
    """A comment on the question, answer or idea with the id."""

    post_id: str


class StatusKind(Enum):
    OPEN = "open"
    PLANNED = "planned"
    STARTED = "started"
    SHIPPED = "shipped"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Status:
    """A status by its name; the kind is for a board that has none of that name yet."""

    name: str
    kind: StatusKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Idea(Post):
    title: str
    tags: tuple[str, ...] = ()
    status: Status | None = None
    status_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The question or idea `duplicate_id` asks what `target_id` asked already."""

    duplicate_id: str
    target_id: str
    linked_at: datetime


Record = TypeVar("Record", covariant=True)


@dataclass(frozen=True, slots=True)
class Row(Generic[Record]):
    """A usable row: the file it is in, its number there (the first is 1), and what it says."""

    file: str
    number: int
    record: Record


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that can't be used, and why."""

    file: str
    number: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file} row {self.number}: {self.reason}"


Rows: TypeAlias = Iterator[Row[Record] | Problem]


@dataclass
class Source:
    """One opened source. A format's reader overrides what its files hold; each call reads the files from their start.

    Reading the same part twice gives the same rows. A row with a problem is reported by one part only.
    """

    name: str
    title: str
    remarks: dict[str, int] = field(default_factory=dict)

    def people(self) -> Rows[Person]:
        """Members whom the source lists by themselves; others are known from what they wrote."""
        return iter(())

    def questions(self) -> Rows[Question | Idea]:
        return iter(())

    def answers(self) -> Rows[Answer]:
        return iter(())

    def comments(self) -> Rows[Comment]:
        return iter(())

    def duplicates(self) -> Rows[Duplicate]:
        return iter(())

    def close(self) -> None:
        """Give back what reading needed, such as room on disk."""
