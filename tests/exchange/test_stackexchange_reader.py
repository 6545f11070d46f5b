import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exchange import files
from exchange.files import UnreadableSourceError
from exchange.formats.stackexchange import OTHER_POSTS, StackExchange
from exchange.records import Answer, Idea, Person, Problem, Question, Row, Status, StatusKind
from tests.exchange.dumps import answer_post, comment, link, pack, question_post, user, write_xml

Dump = Callable[..., Path]


def test_each_part_gives_its_records_with_their_row_numbers(dump: Dump) -> None:
    source = StackExchange(
        dump(
            [answer_post(2, 1), question_post(1, AcceptedAnswerId=2, Score=-4, LastEditDate="2012-05-03T00:00:00.000")],
            comments=[comment(9, 2)],
            links=[link(1, 1, 7, kind=1), link(2, 1, 8)],
        )
    )
    (question,) = source.questions()
    assert isinstance(question, Row) and isinstance(question.record, Question)
    assert (question.file, question.number) == ("Posts.xml", 2)
    assert question.record.created_at == datetime(2012, 5, 1, 10, 0, 0, 120_000, tzinfo=UTC)
    assert question.record.edited_at == datetime(2012, 5, 3, tzinfo=UTC)
    assert (question.record.score, question.record.tags) == (-4, ("chain", "oil"))
    assert question.record.accepted_answer_id == "2"
    assert question.record.author == Person("5")
    (answer,) = source.answers()
    assert isinstance(answer, Row) and isinstance(answer.record, Answer)
    assert (answer.number, answer.record.question_id) == (1, "1")
    (remark,) = source.comments()
    assert isinstance(remark, Row) and (remark.record.post_id, remark.record.body.text) == ("2", "See `man oil`.")
    (duplicate,) = source.duplicates()
    assert isinstance(duplicate, Row) and (duplicate.number, duplicate.record.target_id) == (2, "8")
    assert [row.record.name for row in source.people() if isinstance(row, Row)] == ["Ada", "Bo"]


def test_tags_between_bars_are_read_too(dump: Dump) -> None:
    (row,) = StackExchange(dump([question_post(1, Tags="|chain|oil|")])).questions()
    assert isinstance(row, Row) and isinstance(row.record, Question) and row.record.tags == ("chain", "oil")


def test_a_closed_question_is_locked(dump: Dump) -> None:
    (row,) = StackExchange(dump([question_post(1, ClosedDate="2013-01-01T00:00:00.000")])).questions()
    assert isinstance(row, Row) and isinstance(row.record, Question) and row.record.is_locked


def test_of_a_removed_account_the_name_is_kept(dump: Dump) -> None:
    removed = question_post(1, OwnerDisplayName="user77")
    del removed["OwnerUserId"]
    nobody = question_post(2)
    del nobody["OwnerUserId"]
    authors = [row.record.author for row in StackExchange(dump([removed, nobody])).questions() if isinstance(row, Row)]
    assert authors == [Person("name:user77", "user77"), None]


def test_questions_with_the_tag_are_ideas_and_their_status_tag_is_a_status(dump: Dump) -> None:
    folder = dump(
        [
            question_post(1, Tags="<feature-request><status-completed><oil>"),
            question_post(2, Tags="<feature-request><status-in-the-works>"),
            question_post(3, Tags="<discussion>"),
        ]
    )
    first, second, third = (
        row.record for row in StackExchange(folder, "Feature-Request").questions() if isinstance(row, Row)
    )
    assert isinstance(first, Idea) and isinstance(second, Idea) and isinstance(third, Question)
    assert first.status == Status("Completed", StatusKind.SHIPPED)
    assert first.tags == ("feature-request", "oil")
    assert second.status == Status("In the works", StatusKind.OPEN)


def test_other_kinds_of_post_are_counted_and_left_out(dump: Dump) -> None:
    source = StackExchange(dump([question_post(1), question_post(2, PostTypeId=4), question_post(3, PostTypeId=5)]))
    assert len(list(source.questions())) == 1
    assert source.remarks == {OTHER_POSTS: 2}


def test_a_bad_row_is_a_problem_with_its_number_and_the_rest_goes_on(dump: Dump) -> None:
    source = StackExchange(
        dump(
            [
                question_post(1, CreationDate="yesterday"),
                question_post(2, Score="many"),
                question_post(3, Title=" "),
                question_post(4, CreationDate="2999-01-01T00:00:00.000"),
                question_post(5),
                answer_post(6, 5, ParentId=""),
            ],
            users=[user(5, " "), user(6, "Bo")],
        )
    )
    *bad, good = source.questions()
    assert [str(problem) for problem in bad] == [
        "Posts.xml row 1: CreationDate is not a date: yesterday",
        "Posts.xml row 2: Score is not a whole number",
        "Posts.xml row 3: Title is missing",
        "Posts.xml row 4: CreationDate lies in the future: 2999-01-01T00:00:00.000",
    ]
    assert isinstance(good, Row)
    assert list(source.answers()) == [Problem("Posts.xml", 6, "ParentId is missing")]
    assert next(source.people()) == Problem("Users.xml", 1, "DisplayName is missing")


def test_an_archive_gives_what_its_folder_gives(dump: Dump) -> None:
    folder = dump([question_post(1), answer_post(2, 1)])
    source = StackExchange(pack(folder))
    assert list(source.questions()) == list(StackExchange(folder).questions())
    source.close()
    assert not source.folder.exists()


def test_a_dump_without_comments_and_links_has_none(dump: Dump) -> None:
    folder = dump([question_post(1)])
    (folder / "Comments.xml").unlink()
    (folder / "PostLinks.xml").unlink()
    assert list(StackExchange(folder).comments()) == list(StackExchange(folder).duplicates()) == []


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE posts [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><posts><row Id="1" Body="&c;"/></posts>"""
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE posts SYSTEM "file:///etc/passwd"><posts/>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (BILLION_LAUGHS, "declares a document type"),
        (OUTSIDE, "declares a document type"),
        ("<posts><row Id='1'/>", "not well-formed XML"),
        ("<users></users>", "holds <users> where <posts> is expected"),
        ("", "not well-formed XML"),
    ],
)
def test_a_file_that_is_no_dump_is_refused_with_one_sentence(dump: Dump, text: str, reason: str) -> None:
    folder = dump([])
    (folder / "Posts.xml").write_text(text)
    with pytest.raises(UnreadableSourceError, match=reason) as refusal:
        list(StackExchange(folder).questions())
    assert str(refusal.value).endswith(".") and "\n" not in str(refusal.value)


def test_a_row_without_end_is_refused(dump: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LONGEST_XML_ROW", 1024 * 1024)
    folder = dump([question_post(1), question_post(2, Body="x" * 2_000_000)])
    with pytest.raises(UnreadableSourceError, match="a row after row 1 is larger than 1 MiB"):
        list(StackExchange(folder).questions())


def test_what_is_not_there_is_refused_with_one_sentence(dump: Dump, tmp_path: Path) -> None:
    folder = dump([])
    (folder / "Users.xml").unlink()
    with pytest.raises(UnreadableSourceError, match=r"There is no Users.xml in"):
        StackExchange(folder)
    with pytest.raises(UnreadableSourceError, match=r"There is no Users.xml in"):
        StackExchange(pack(folder))
    with pytest.raises(UnreadableSourceError, match=r"There is no .*nowhere"):
        StackExchange(tmp_path / "nowhere")
    with pytest.raises(UnreadableSourceError, match="neither a folder nor a"):
        StackExchange(write_xml(tmp_path / "Posts.xml", "posts", []))


@pytest.mark.parametrize("damage", ["cut", "cut at a file", "changed", "other"])
def test_a_damaged_archive_is_refused_with_one_sentence(dump: Dump, damage: str) -> None:
    archive = pack(dump([question_post(number) for number in range(200)]))
    whole = archive.read_bytes()
    if damage == "cut":
        archive.write_bytes(whole[: len(whole) // 2])
    elif damage == "cut at a file":
        inner = gzip.decompress(whole)
        archive.write_bytes(gzip.compress(inner[: inner.rindex(b"bikes/") // 512 * 512]))
    elif damage == "changed":
        middle = len(whole) // 2
        archive.write_bytes(whole[:middle] + bytes(40) + whole[middle + 40 :])
    else:
        archive.write_bytes(b"no archive")
    with pytest.raises(UnreadableSourceError, match="can't be read"):
        StackExchange(archive)


def test_an_archive_of_two_sites_is_refused(dump: Dump, tmp_path: Path) -> None:
    outer = tmp_path / "both"
    outer.mkdir()
    for name in ("one", "two"):
        dump([], name=name).rename(outer / name)
    with pytest.raises(UnreadableSourceError, match="holds more than one"):
        StackExchange(pack(outer))
