"""Dumps on disk."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.exchange.dumps import Attributes, user, write_jsonl, write_xml


@pytest.fixture
def dump(tmp_path: Path) -> Callable[..., Path]:
    """Writes a Stack Exchange dump and gives its folder."""

    def write(
        posts: Iterable[Attributes],
        users: Iterable[Attributes] = (user(5, "Ada"), user(6, "Bo")),
        comments: Iterable[Attributes] = (),
        links: Iterable[Attributes] = (),
        name: str = "bikes",
    ) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        write_xml(folder / "Posts.xml", "posts", posts)
        write_xml(folder / "Users.xml", "users", users)
        write_xml(folder / "Comments.xml", "comments", comments)
        write_xml(folder / "PostLinks.xml", "postlinks", links)
        return folder

    return write


@pytest.fixture
def sumo(tmp_path: Path) -> Callable[..., Path]:
    """Writes a folder of support.mozilla.org and gives it."""

    def write(questions: Iterable[Any], answers: Iterable[Any] = (), name: str = "sumo") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        write_jsonl(folder / "questions.jsonl.gz", questions)
        write_jsonl(folder / "answers.jsonl.gz", answers)
        return folder

    return write
