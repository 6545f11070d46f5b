import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange import files
from exchange.files import UnreadableSourceError
from exchange.formats import parsing
from exchange.formats.sumo import OLDER_FORM, SPAM, Sumo
from exchange.records import Person, Problem, Row
from tests.exchange.dumps import sumo_answer, sumo_question, write_jsonl

Folder = Callable[..., Path]


def test_questions_and_answers_come_with_all_that_is_kept(sumo: Folder) -> None:
    source = Sumo(sumo([sumo_question(1, solution=7, is_locked=True, is_spam=True)], [sumo_answer(7, 1)]))
    (question,) = source.questions()
    assert isinstance(question, Row)
    record = question.record
    assert (record.source_id, record.title, record.tags, record.score) == ("1", "Question 1", ("profile",), 2)
    assert record.created_at == datetime(2024, 1, 1, 1, 4, 34, tzinfo=UTC)
    assert (record.accepted_answer_id, record.is_locked, record.hidden_because) == ("7", True, SPAM)
    assert record.author == Person("ada", "ada")
    (answer,) = source.answers()
    assert isinstance(answer, Row)
    assert (answer.record.question_id, answer.record.score, answer.record.hidden_because) == ("1", -2, "")


def test_what_the_older_form_leaves_open_is_not_guessed(sumo: Folder) -> None:
    nulls = dict.fromkeys(("is_solved", "solution", "solved_by", "is_spam", "is_locked", "is_archived", "num_votes"))
    source = Sumo(sumo([sumo_question(1, **nulls, category=None), sumo_question(2)]))
    first, _ = source.questions()
    assert isinstance(first, Row)
    record = first.record
    assert (record.score, record.accepted_answer_id, record.is_locked, record.hidden_because) == (0, "", False, "")
    assert source.remarks == {OLDER_FORM: 1}


def test_of_an_address_only_the_name_is_shown_and_a_mask_is_nobody(sumo: Folder) -> None:
    source = Sumo(
        sumo([sumo_question(1, creator="jo@mail.example"), sumo_question(2, creator="masked@example.invalid")])
    )
    first, second = source.questions()
    assert isinstance(first, Row) and first.record.author == Person("jo@mail.example", "jo")
    assert isinstance(second, Row) and second.record.author is None


def test_numbers_of_tools_without_absent_whole_numbers_are_understood(sumo: Folder) -> None:
    question = sumo_question(1, solution=7.0, num_votes=3.0, is_spam=0, is_locked=1)
    first, second = Sumo(sumo([question, sumo_question(2, solution=float("nan"), num_votes=float("nan"))])).questions()
    assert isinstance(first, Row) and isinstance(second, Row)
    assert (first.record.accepted_answer_id, first.record.score, first.record.is_locked) == ("7", 3, True)
    assert (second.record.accepted_answer_id, second.record.score) == ("", 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "the line is not JSON"),
        ("[" * 100_000, "the line is not JSON"),
        ("[1]", "the line is not a JSON object"),
        (sumo_question(1, id=None), "id is missing"),
        (sumo_question(1, id={"a": 1}), "id is not text"),
        (sumo_question(1, title="\n\u200b"), "title is missing"),
        (sumo_question(1, created="2024-13-01"), "created is not a date: 2024-13-01"),
        (sumo_question(1, num_votes="2.5"), "num_votes is not a whole number"),
        (sumo_question(1, num_votes=2.5), "num_votes is not a whole number"),
        (sumo_question(1, num_votes=float("inf")), "num_votes is not a whole number"),
        (sumo_question(1, num_votes=10**12), "num_votes is too large a number"),
        (sumo_question(1, num_votes=True), "num_votes is not a whole number"),
        (sumo_question(1, is_spam="yes"), "is_spam is neither true nor false"),
        (sumo_question(1, tags="profile"), "tags is not a list"),
        (sumo_question(1, tags=[["profile"]]), "a tag is not text"),
        (sumo_question(1, creator="a" * 121), "creator is too long"),
        (sumo_question(1, content="a" * 100_001), "content is longer than 100,000 characters"),
    ],
)
def test_a_bad_row_is_a_problem_with_its_number_and_the_rest_goes_on(sumo: Folder, line: object, reason: str) -> None:
    problem, row = Sumo(sumo([line, sumo_question(2)])).questions()
    assert problem == Problem("questions.jsonl.gz", 1, reason)
    assert isinstance(row, Row) and row.number == 2


def test_a_line_without_end_and_one_in_another_encoding_are_bad_rows(
    sumo: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LONGEST_LINE", 2_000)
    folder = sumo([])
    lines = ['{"a": "' + "x" * 9_000 + '"}', '{"title": "\xe9"}']
    data = "\n".join([*lines, ""]).encode("latin-1")
    (folder / "questions.jsonl.gz").write_bytes(gzip.compress(data))
    reasons = [(row.number, row.reason) for row in Sumo(folder).questions() if isinstance(row, Problem)]
    assert reasons == [(1, f"the line is longer than {parsing.LONGEST_LINE >> 20} MiB"), (2, "the line is not UTF-8")]


def test_no_character_comes_through_that_can_not_be_stored_or_shown(sumo: Folder) -> None:
    question = sumo_question(1, title="a\x00b\ud800\n", content="c\x00\r\n\x07d\udfff", tags=["d\x00", "!!", "D", "😀"])
    (row,) = Sumo(sumo([question])).questions()
    assert isinstance(row, Row)
    assert (row.record.title, row.record.body.text, row.record.tags) == ("ab", "c\nd", ("d",))


def test_a_truncated_file_is_refused_with_one_sentence(sumo: Folder) -> None:
    folder = sumo([sumo_question(number) for number in range(50)])
    path = folder / "questions.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableSourceError, match=r"questions.jsonl.gz can't be read: it ends too early\.$"):
        list(Sumo(folder).questions())
    path.write_bytes(b"not compressed")
    with pytest.raises(UnreadableSourceError, match=r"questions.jsonl.gz can't be read: .*\.$"):
        list(Sumo(folder).questions())


def test_a_folder_without_the_files_is_refused_with_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match=r"There is no questions.jsonl.gz in"):
        Sumo(tmp_path)
    with pytest.raises(UnreadableSourceError, match="is not a folder"):
        Sumo(write_jsonl(tmp_path / "questions.jsonl.gz", []))
