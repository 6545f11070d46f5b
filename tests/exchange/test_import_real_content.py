"""Whole dumps of real sites: all that is in the files is in the database, once, and reads as it did there."""

import gzip
import json
import re
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

from accounts.models import Member
from community.content import Visibility
from community.counts import wrong_questions
from community.models import Answer, Comment, ForumPage, Question, QuestionMerge, TaggedQuestion
from core.markdown import ALLOWED_TAGS
from core.models import ImportRun
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaBoardPage, Status
from tests.exchange.commands import everything, import_dump, import_sumo, run
from tests.exchange.dumps import sumo_question

pytestmark = pytest.mark.usefixtures("forum")


def lines(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def rows(archive: Path, name: str) -> list[dict[str, str]]:
    with tarfile.open(archive) as tar:
        member = next(member for member in tar if member.name.endswith(f"/{name}"))
        content = tar.extractfile(member)
        assert content is not None
        return [dict(row.attrib) for row in ElementTree.parse(content).getroot()]  # noqa: S314


def words(text: str) -> str:
    """What is shown of a text, but for white space, with what stands for pictures here, and addresses readable."""
    soup = BeautifulSoup(f"<div>{text}</div>", "html.parser")
    for picture in soup.find_all("img"):
        picture.replace_with(str(picture.get("alt") or picture.get("title") or "image"))
    return re.sub(r"\s+", "", unquote(soup.get_text()))


def share_read_as_written(posts: Iterator[tuple[str, str]]) -> float:
    """How many of the pairs of a source's HTML and ours show the same words."""
    same = [words(source) == words(ours) for source, ours in posts]
    return sum(same) / len(same)


@pytest.mark.postgres
def test_all_of_support_mozilla_org(shared_data: Path) -> None:
    questions = lines(shared_data / "sumo" / "questions.jsonl.gz")
    answers = lines(shared_data / "sumo" / "answers.jsonl.gz")
    said = import_sumo(shared_data / "sumo")
    assert said.error == ""
    assert Question.objects.count() == len(questions) and Answer.objects.count() == len(answers)
    assert TaggedQuestion.objects.count() == sum(len(question["tags"]) for question in questions)
    assert Question.objects.filter(is_solved=True).count() == sum(bool(row["is_solved"]) for row in questions)
    assert Question.objects.filter(is_locked=True).count() == sum(bool(row["is_locked"]) for row in questions)
    assert Answer.objects.filter(visibility=Visibility.HIDDEN).count() == sum(row["is_spam"] for row in answers)
    votes = {str(row["id"]): row["num_helpful"] - row["num_unhelpful"] for row in answers}
    assert dict(Answer.objects.values_list("source_id", "base_votes")) == votes
    solved = {str(row["id"]): str(row["solution"]) for row in questions if row["solution"]}
    chosen = Question.objects.exclude(accepted_answer=None).values_list("source_id", "accepted_answer__source_id")
    assert dict(chosen) == solved
    names = {row["creator"] for row in (*questions, *answers)} - {"masked@example.invalid"}
    assert Member.objects.filter(source="sumo").exclude(source_id="").count() == len(names)
    assert sum(row["is_solved"] is None for row in questions) == 174 and "174 questions in an older form" in said.out
    assert list(wrong_questions()) == []
    bodies = dict(Answer.objects.values_list("source_id", "body_html"))
    assert share_read_as_written((row["content"], bodies[str(row["id"])]) for row in answers[::10]) > 0.99

    before = everything()
    assert "Brought nothing." in import_sumo(shared_data / "sumo").out
    assert everything() == before


def test_all_of_a_stack_exchange_site(shared_data: Path) -> None:
    archive = shared_data / "stackexchange" / "bicycles.meta.tar.gz"
    posts = rows(archive, "Posts.xml")
    users = rows(archive, "Users.xml")
    comments = rows(archive, "Comments.xml")
    questions = {row["Id"]: row for row in posts if row["PostTypeId"] == "1"}
    answers = {row["Id"]: row for row in posts if row["PostTypeId"] == "2"}
    said = import_dump(archive)
    assert dict(Question.objects.values_list("source_id", "base_votes")) == {
        key: int(row["Score"]) for key, row in questions.items()
    }
    assert dict(Answer.objects.values_list("source_id", "question__source_id")) == {
        key: row["ParentId"] for key, row in answers.items()
    }
    assert Comment.objects.count() == len(comments)
    assert Member.objects.filter(source="stackexchange", source_id__regex=r"^-?\d+$").count() == len(users)
    chosen = Question.objects.exclude(accepted_answer=None).values_list("source_id", "accepted_answer__source_id")
    assert dict(chosen) == {key: row["AcceptedAnswerId"] for key, row in questions.items() if "AcceptedAnswerId" in row}
    assert TaggedQuestion.objects.count() == sum(row["Tags"].count("<") for row in questions.values())
    assert said.error.splitlines() == ["PostLinks.xml row 156: the question 1219 is missing"]
    assert QuestionMerge.objects.standing().count() == 9
    bodies = dict(Answer.objects.values_list("source_id", "body_html"))
    assert share_read_as_written((row["Body"], bodies[key]) for key, row in answers.items()) > 0.99

    before = everything()
    assert "Brought nothing." in import_dump(archive).out
    assert everything() == before


def test_the_feature_requests_of_a_stack_exchange_site(shared_data: Path, board: IdeaBoardPage) -> None:
    archive = shared_data / "stackexchange" / "bicycles.meta.tar.gz"
    import_dump(archive, ideas_tag="feature-request", ideas_board="ideas")
    assert (Question.objects.count(), Idea.objects.count()) == (414, 39)
    assert Answer.objects.count() + IdeaComment.objects.filter(source_id__startswith="answer:").count() == 971
    assert Idea.objects.filter(status__name="Completed", status__kind=Status.Kind.SHIPPED).count() == 6
    assert Idea.objects.filter(status__name="By design", status__kind=Status.Kind.DECLINED).count() == 1


def test_all_proposals_of_a_city(shared_data: Path, board: IdeaBoardPage) -> None:
    path = shared_data / "ideas" / "decide_madrid_proposals.jsonl.gz"
    proposals = lines(path)
    said = run("import_ideas", path, format="decide-madrid", board="ideas")
    assert said.error == ""
    expected = {str(row["id"]): row["votes"] for row in proposals}
    assert dict(Idea.objects.values_list("source_id", "base_votes")) == expected
    assert Idea.objects.filter(status__name="Retired").count() == sum(bool(row["retired_at"]) for row in proposals)
    top = Idea.objects.order_by("-top_score", "-pk").first()
    assert top is not None and top.base_votes == max(expected.values())


def test_taking_back_a_whole_site(shared_data: Path, forum: ForumPage) -> None:
    archive = shared_data / "stackexchange" / "bicycles.meta.tar.gz"
    import_dump(archive)
    run("import_questions", undo=ImportRun.objects.get().pk)
    for model in (Question, Answer, Comment):
        assert not model.objects.exclude(visibility=Visibility.DELETED).exists()
    assert not Member.objects.filter(source="stackexchange", is_active=True).exists()


def test_no_attack_on_sanitizers_comes_through(shared_data: Path, sumo: Callable[..., Path]) -> None:
    with (shared_data / "xss" / "dompurify_fixtures.jsonl").open(encoding="utf-8") as file:
        attacks = [json.loads(line)["payload"] for line in file]
    import_sumo(sumo([sumo_question(number, content=attack, title=attack) for number, attack in enumerate(attacks)]))
    assert Question.objects.count() > 200
    for question in Question.objects.all():
        for element in BeautifulSoup(question.body_html, "html.parser").find_all(True):
            assert element.name in ALLOWED_TAGS
            assert set(element.attrs) <= {"href", "title", "rel", "start"}
            assert urlsplit(str(element.get("href", ""))).scheme in ("", "http", "https", "mailto")
