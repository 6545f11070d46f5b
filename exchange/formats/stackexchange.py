"""A Stack Exchange dump: XML files with one <row/> a record, in a folder or a tar archive of it.

Posts come through their questions and answers; tag wikis and other kinds of post are counted in a remark. What carries
no meaning elsewhere (reputation, badges, history, the votes behind a score) is not read.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from exchange import values
from exchange.files import UnreadableSourceError, unpacked, xml_rows
from exchange.formats.parsing import parsed
from exchange.records import (
    Answer,
    Body,
    Comment,
    Duplicate,
    Idea,
    Markup,
    Person,
    Question,
    Record,
    Rows,
    Source,
    Status,
    StatusKind,
)

Attributes = Mapping[str, str]

POSTS, USERS, COMMENTS, LINKS = "Posts.xml", "Users.xml", "Comments.xml", "PostLinks.xml"
QUESTION, ANSWER = "1", "2"
DUPLICATE = "3"
STATUS_TAG = "status-"
OTHER_POSTS = "posts of other kinds, such as the descriptions of tags, left out"

STATUSES = {
    "completed": Status("Completed", StatusKind.SHIPPED),
    "declined": Status("Declined", StatusKind.DECLINED),
    "bydesign": Status("By design", StatusKind.DECLINED),
    "norepro": Status("Not reproduced", StatusKind.DECLINED),
    "planned": Status("Planned", StatusKind.PLANNED),
    "deferred": Status("Deferred", StatusKind.PLANNED),
    "started": Status("Started", StatusKind.STARTED),
    "review": Status("In review", StatusKind.OPEN),
    "reproduced": Status("Reproduced", StatusKind.OPEN),
}


class StackExchange(Source):
    """With `ideas_tag`, the questions that carry this tag are ideas."""

    def __init__(self, path: Path, ideas_tag: str = "") -> None:
        super().__init__(name="stackexchange", title="Stack Exchange")
        self.ideas_tag = ideas_tag.casefold()
        self.room: TemporaryDirectory[str] | None = None
        if path.is_dir():
            self.folder = path
        elif path.name.endswith((".tar.gz", ".tgz")) and path.exists():
            self.room = unpacked(path, frozenset((POSTS, USERS, COMMENTS, LINKS)))
            self.folder = Path(self.room.name)
        elif path.exists():
            raise UnreadableSourceError(f"{path} is neither a folder nor a .tar.gz archive.")
        else:
            raise UnreadableSourceError(f"There is no {path}.")
        for name in (POSTS, USERS):
            if not (self.folder / name).is_file():
                self.close()
                raise UnreadableSourceError(f"There is no {name} in {path}.")

    def close(self) -> None:
        if self.room is not None:
            self.room.cleanup()

    def people(self) -> Rows[Person]:
        return self._rows(USERS, "users", _person)

    def questions(self) -> Rows[Question | Idea]:
        self.remarks = {}
        return self._rows(POSTS, "posts", self._question)

    def answers(self) -> Rows[Answer]:
        return self._rows(POSTS, "posts", _answer)

    def comments(self) -> Rows[Comment]:
        return self._rows(COMMENTS, "comments", _comment)

    def duplicates(self) -> Rows[Duplicate]:
        return self._rows(LINKS, "postlinks", _duplicate)

    def _rows(self, file: str, root: str, parse: Callable[[Attributes], Record | None]) -> Rows[Record]:
        """Users and posts are always there; a dump without comments or links is one that has none."""
        path = self.folder / file
        return parsed(file, xml_rows(path, root), parse) if path.is_file() else iter(())

    def _question(self, row: Attributes) -> Question | Idea | None:
        kind = values.identifier(row, "PostTypeId")
        if kind != QUESTION:
            if kind != ANSWER:
                self.remarks[OTHER_POSTS] = self.remarks.get(OTHER_POSTS, 0) + 1
            return None
        names = values.tags(re.findall(r"[^<>|]+", values.text(row, "Tags")))
        post = {**_post(row), "title": values.title(row, "Title")}
        if self.ideas_tag and self.ideas_tag in (name.casefold() for name in names):
            statuses = [name for name in names if name.startswith(STATUS_TAG)]
            others = tuple(name for name in names if name not in statuses)
            return Idea(**post, tags=others, status=_status(statuses[0]) if statuses else None)
        return Question(
            **post,
            tags=names,
            is_locked="ClosedDate" in row,
            accepted_answer_id=values.identifier(row, "AcceptedAnswerId", optional=True),
        )


def _answer(row: Attributes) -> Answer | None:
    if row.get("PostTypeId") != ANSWER:
        return None
    return Answer(**_post(row), question_id=values.identifier(row, "ParentId"))


def _post(row: Attributes) -> dict[str, Any]:
    """What the constructors of Question, Answer and Idea share."""
    return {
        "source_id": values.identifier(row, "Id"),
        "author": _author(row, "OwnerUserId", "OwnerDisplayName"),
        "body": Body(values.body(row, "Body"), Markup.HTML),
        "created_at": values.moment(row, "CreationDate"),
        "edited_at": values.moment(row, "LastEditDate") if row.get("LastEditDate") else None,
        "score": values.whole_number(row, "Score"),
    }


def _comment(row: Attributes) -> Comment:
    return Comment(
        source_id=values.identifier(row, "Id"),
        post_id=values.identifier(row, "PostId"),
        author=_author(row, "UserId", "UserDisplayName"),
        body=Body(values.body(row, "Text"), Markup.INLINE_MARKDOWN),
        created_at=values.moment(row, "CreationDate"),
        score=values.whole_number(row, "Score"),
    )


def _duplicate(row: Attributes) -> Duplicate | None:
    if row.get("LinkTypeId") != DUPLICATE:
        return None
    return Duplicate(
        duplicate_id=values.identifier(row, "PostId"),
        target_id=values.identifier(row, "RelatedPostId"),
        linked_at=values.moment(row, "CreationDate"),
    )


def _person(row: Attributes) -> Person:
    name = values.person_name(values.line(row, "DisplayName"))
    if not name:
        raise values.RowError("DisplayName is missing")
    return Person(values.identifier(row, "Id"), name, values.moment(row, "CreationDate"))


def _author(row: Attributes, id_field: str, name_field: str) -> Person | None:
    """Who wrote a post. Of those whose account is gone a name may be left: it stands for them, apart from all ids."""
    user_id = values.identifier(row, id_field, optional=True)
    name = values.person_name(values.line(row, name_field))
    if user_id:
        return Person(user_id, name)
    return Person(f"name:{name}", name) if name else None


def _status(tag: str) -> Status:
    name = tag.removeprefix(STATUS_TAG)
    return STATUSES.get(name) or Status(name.replace("-", " ").capitalize(), StatusKind.OPEN)
