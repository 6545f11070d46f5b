"""`import_questions`: what it brings, what it leaves as it is, and what it refuses."""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from wagtail.search.backends import get_search_backend

from accounts.models import Member
from community.actions import accept_answer, edit_question, post_answer, undo_question_merge
from community.content import Visibility
from community.counts import wrong_questions
from community.models import Answer, Comment, ForumPage, Question, QuestionMerge
from core.models import ImportRun
from exchange import site
from exchange.actions import importing
from exchange.formats.sumo import SPAM
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange, VoteEvent
from tests.exchange.commands import everything, import_dump, import_sumo, run
from tests.exchange.dumps import answer_post, comment, link, pack, question_post, sumo_answer, sumo_question, user

Dump = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("forum")


def by_source(model: type, source_id: str) -> object:
    return model.objects.get(source_id=source_id)


# What comes


def test_a_question_comes_with_its_answers_votes_tags_and_times(sumo: Dump, forum: ForumPage) -> None:
    said = import_sumo(
        sumo(
            [sumo_question(1, solution=8, is_locked=True)],
            [sumo_answer(7, 1, created="2024-01-03 00:00:00 +0000"), sumo_answer(8, 1, creator="cy")],
        )
    )
    question = Question.objects.get()
    assert (question.forum, question.title, question.source, question.source_id) == (forum, "Question 1", "sumo", "1")
    assert question.body == "Where is my [profile](https://support.mozilla.org/kb/profile)?"
    assert 'href="https://support.mozilla.org/kb/profile"' in question.body_html
    assert (question.base_votes, question.is_locked, question.is_solved, question.answer_count) == (2, True, True, 2)
    assert question.created_at == datetime(2024, 1, 1, 1, 4, 34, tzinfo=UTC)
    assert question.last_activity_at == datetime(2024, 1, 3, tzinfo=UTC)
    assert question.accepted_answer == by_source(Answer, "8")
    assert list(question.tags.names()) == ["profile"]
    assert Answer.objects.get(source_id="7").base_votes == -2
    assert list(wrong_questions()) == []
    assert "Brought 3 members, 1 question, 2 answers, 1 accepted answer." in said.out


def test_authors_are_placeholders_and_never_namesakes(sumo: Dump) -> None:
    namesake = Member.objects.create_user("ada", "ada@example.com", name="ada")
    import_sumo(sumo([sumo_question(1), sumo_question(2)]))
    author = Question.objects.get(source_id="1").author
    assert author != namesake and author == Question.objects.get(source_id="2").author
    assert (author.name, author.handle, author.source, author.source_id) == ("ada", "ada-2", "sumo", "ada")
    assert author.is_placeholder and not author.has_usable_password() and author.groups.count() == 0
    assert author.date_joined == datetime(2024, 1, 1, 1, 4, 34, tzinfo=UTC)


def test_unknown_authors_are_one_former_user(sumo: Dump) -> None:
    import_sumo(sumo([sumo_question(1, creator=None)], [sumo_answer(2, 1, creator="masked@example.invalid")]))
    (former,) = Member.objects.filter(source="sumo")
    assert former.name == "Former user of support.mozilla.org"
    assert Question.objects.get().author == Answer.objects.get().author == former


def test_spam_is_hidden_with_a_reason(sumo: Dump) -> None:
    import_sumo(sumo([sumo_question(1)], [sumo_answer(2, 1, is_spam=True), sumo_answer(3, 1)]))
    spam = Answer.objects.get(source_id="2")
    assert (spam.visibility, spam.visibility_reason) == (Visibility.HIDDEN, SPAM)
    assert Question.objects.get().answer_count == 1


def test_a_body_comes_without_what_could_harm(sumo: Dump) -> None:
    body = '<p onclick="x()">Hi<script>alert(1)</script><img src="https://a.example/t.gif" alt="cat"></p>'
    import_sumo(sumo([sumo_question(1, content=body)]))
    question = Question.objects.get()
    assert "script" not in question.body_html and "<img" not in question.body_html
    assert question.body == "Hi[cat](https://a.example/t.gif)"


def test_a_title_that_is_too_long_is_whole_in_the_body(sumo: Dump) -> None:
    title = "Why " + "x" * 300
    import_sumo(sumo([sumo_question(1, title=title, content="<p>So.</p>")]))
    question = Question.objects.get()
    assert len(question.title) == 255 and question.title.endswith("…")
    assert question.body == f"**{title}**\n\nSo."


def test_what_came_is_found_by_the_search(sumo: Dump) -> None:
    import_sumo(sumo([sumo_question(1, title="Zeppelin ahoy")], [sumo_answer(2, 1, content="<p>quixotic</p>")]))
    for word in ("Zeppelin", "quixotic"):
        assert [found.title for found in get_search_backend().search(word, Question)] == ["Zeppelin ahoy"]


def test_a_dump_brings_users_comments_and_links_between_duplicates(dump: Dump) -> None:
    folder = dump(
        [
            question_post(1),
            question_post(2, Score=-3),
            answer_post(3, 2),
            question_post(4, ClosedDate="2013-01-01T00:00:00.000"),
        ],
        users=[user(5, "Ada"), user(6, "Bo"), user(7, "Silent")],
        comments=[comment(1, 2), comment(2, 3, Text="<b>raw</b>")],
        links=[link(1, 2, 1), link(2, 4, 1, kind=1)],
    )
    said = import_dump(pack(folder))
    assert set(Member.objects.filter(source="stackexchange").values_list("name", flat=True)) == {"Ada", "Bo", "Silent"}
    question = Question.objects.get(source_id="2")
    assert (question.base_votes, question.comment_count, question.canonical) == (-3, 2, by_source(Question, "1"))
    assert Comment.objects.get(source_id="2").answer == Answer.objects.get()
    assert "<b>" not in Comment.objects.get(source_id="2").body_html
    assert [question.is_locked for question in Question.objects.order_by("source_id")] == [False, False, True]
    edge = QuestionMerge.objects.get()
    assert (edge.merged_by.handle, edge.import_run) == ("chorus", ImportRun.objects.get())
    assert "1 duplicate link" in said.out


def test_a_run_is_recorded(sumo: Dump) -> None:
    import_sumo(sumo([sumo_question(1), "{"], name="my dump"))
    run = ImportRun.objects.get()
    assert (run.kind, run.format, run.name, run.state) == ("questions", "sumo", "my dump", ImportRun.State.DONE)
    assert run.options == {"forum": "help", "source": "sumo"}
    assert run.counts["brought"] == {"questions": 1, "members": 1}
    assert run.finished_at is not None
    assert Question.objects.get().import_run == Member.objects.get(source="sumo").import_run == run


# Ideas among questions


@pytest.fixture
def mixed(dump: Dump) -> Path:
    return dump(
        [
            question_post(1, Tags="<feature-request><status-completed>", Score=9),
            question_post(2, Tags="<feature-request><status-planned>"),
            question_post(3, Tags="<feature-request>"),
            question_post(4),
            answer_post(5, 1, Score=4),
            answer_post(6, 4),
        ],
        comments=[comment(1, 1), comment(2, 5), comment(5, 6)],
        links=[link(1, 4, 1), link(2, 3, 2)],
    )


def test_questions_with_the_tag_become_ideas_on_the_board(mixed: Path, board: IdeaBoardPage) -> None:
    said = import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas")
    first = Idea.objects.get(source_id="1")
    assert (first.board, first.status.name, first.status.kind) == (board, "Completed", Status.Kind.SHIPPED)
    assert (first.base_votes, first.family_base_votes, first.top_score, first.supporter_count) == (9, 9, 9, 0)
    assert list(first.tags.names()) == ["feature-request"]
    assert not VoteEvent.objects.exists()
    assert Idea.objects.get(source_id="2").status == Status.objects.get(board=board, slug="planned")
    assert Idea.objects.get(source_id="3").status == board.first_status
    change = StatusChange.objects.get(idea=first)
    assert (change.old_status, change.new_status, change.import_run) == (None, first.status, ImportRun.objects.get())
    assert list(IdeaComment.objects.order_by("pk").values_list("source_id", flat=True)) == ["answer:5", "1", "2"]
    assert first.comment_count == 3
    assert list(Question.objects.values_list("source_id", flat=True)) == ["4"]
    assert list(Comment.objects.values_list("source_id", flat=True)) == ["5"]
    assert Idea.objects.get(source_id="3").canonical == Idea.objects.get(source_id="2")
    assert said.error.splitlines() == ["PostLinks.xml row 1: a question and an idea can't be duplicates of each other"]


def test_a_status_that_the_board_lacks_is_made_once(mixed: Path, board: IdeaBoardPage) -> None:
    import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas")
    import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas", source="other")
    completed = Status.objects.get(board=board, name="Completed")
    assert (completed.slug, completed.accepts_votes) == ("completed", False)
    assert Idea.objects.filter(status=completed).count() == 2


def test_the_tag_needs_a_board(mixed: Path, board: IdeaBoardPage) -> None:
    before = everything()
    with pytest.raises(CommandError, match=r"^Give --ideas-tag and --ideas-board together.*\.$"):
        import_dump(mixed, ideas_tag="feature-request")
    with pytest.raises(CommandError, match=r"^There is no idea board with the slug plans; there are: ideas\.$"):
        import_dump(mixed, ideas_tag="feature-request", ideas_board="plans")
    assert everything() == before


# Again


def test_running_again_changes_nothing(mixed: Path, board: IdeaBoardPage) -> None:
    import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas")
    before = everything()
    said = import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas")
    assert everything() == before
    assert "Brought nothing." in said.out
    assert "Already here: 1 question, 3 ideas, 1 answer, 4 comments, 1 duplicate link." in said.out


def test_what_somebody_has_changed_here_is_not_changed_back(dump: Dump, moderator: Member) -> None:
    folder = dump(
        [question_post(1, AcceptedAnswerId=2), answer_post(2, 1), answer_post(3, 1), question_post(4)],
        links=[link(1, 4, 1)],
    )
    import_dump(folder)
    question = Question.objects.get(source_id="1")
    edit_question(question=question, by=moderator, title="Better", body="Much better.", tags=["new"])
    accept_answer(answer=Answer.objects.get(source_id="3"), by=moderator)
    undo_question_merge(edge=QuestionMerge.objects.get(), by=moderator)
    before = everything()
    import_dump(folder)
    assert everything() == before


def test_a_later_dump_brings_only_what_is_new(dump: Dump, moderator: Member) -> None:
    import_dump(dump([question_post(1), question_post(2)]))
    own = post_answer(question=Question.objects.get(source_id="2"), by=moderator, body="Ours.")
    accept_answer(answer=own, by=moderator)
    later = dump(
        [
            question_post(1, AcceptedAnswerId=3, Title="Renamed"),
            question_post(2, AcceptedAnswerId=4),
            answer_post(3, 1),
            answer_post(4, 2),
        ]
    )
    said = import_dump(later)
    assert "Brought 2 answers, 1 accepted answer." in said.out
    first, second = Question.objects.order_by("source_id")
    assert (first.title, first.accepted_answer, first.is_solved) == ("Question 1", by_source(Answer, "3"), True)
    assert second.accepted_answer == own


def test_another_site_with_the_same_ids_needs_another_name(dump: Dump) -> None:
    import_dump(dump([question_post(1), question_post(2)]))
    other = dump([question_post(1, CreationDate="2019-05-01T10:00:00.000")], name="other")
    before = everything()
    with pytest.raises(CommandError, match=r"give this source a name of its own with --source\.$"):
        import_dump(other)
    assert everything() == before
    import_dump(other, source="other.example")
    assert Question.objects.filter(source="other.example").count() == 1
    assert Member.objects.filter(name="Ada").count() == 2


# Rehearsal


def test_a_dry_run_says_the_same_and_changes_nothing(mixed: Path, board: IdeaBoardPage) -> None:
    before = everything()
    rehearsed = import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas", dry_run=True)
    assert everything() == before and not ImportRun.objects.exists()
    real = import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas")
    assert rehearsed.error == real.error
    assert rehearsed.out.splitlines()[0].replace("Would bring", "Brought") == real.out.splitlines()[0]
    again = import_dump(mixed, ideas_tag="feature-request", ideas_board="ideas", dry_run=True)
    assert "Would bring nothing." in again.out


# Bad rows


def test_a_bad_row_is_reported_with_its_reason_and_the_rest_goes_on(dump: Dump) -> None:
    folder = dump(
        [
            question_post(1, AcceptedAnswerId=99),
            question_post(2, CreationDate="soon"),
            answer_post(3, 77),
            answer_post(4, 1),
            question_post(5, AcceptedAnswerId=4),
            question_post(5),
            question_post(7),
        ],
        comments=[comment(1, 88), comment(2, 4)],
        links=[link(1, 5, 1), link(2, 1, 5), link(3, 5, 7), link(4, 9, 1), link(5, 1, 1)],
    )
    expected = [
        "Posts.xml row 2: CreationDate is not a date: soon",
        "Posts.xml row 6: the id 5 came before",
        "Posts.xml row 3: the post 77 that it belongs to is missing",
        "Comments.xml row 1: the post 88 that it belongs to is missing",
        "Posts.xml row 1: its accepted answer 99 is missing",
        "Posts.xml row 5: its accepted answer 4 belongs to another question",
        "PostLinks.xml row 2: It can't be merged into itself, or into something that was merged into it.",
        "PostLinks.xml row 3: This is marked as a duplicate already. Undo that first.",
        "PostLinks.xml row 4: the question 9 is missing",
        "PostLinks.xml row 5: It can't be merged into itself, or into something that was merged into it.",
    ]
    assert sorted(import_dump(folder, dry_run=True).error.splitlines()) == sorted(expected)
    said = import_dump(folder)
    assert sorted(said.error.splitlines()) == sorted(expected)
    assert "Could not use 10 rows, each with its reason above." in said.out
    assert (Question.objects.count(), Answer.objects.count(), Comment.objects.count()) == (3, 1, 1)
    run = ImportRun.objects.get()
    assert run.problem_count == 10
    assert {"file": "Comments.xml", "row": 1, "reason": "the post 88 that it belongs to is missing"} in run.problems


def test_only_the_first_problems_are_kept(sumo: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "PROBLEMS_KEPT", 2)
    import_sumo(sumo(["{"] * 5))
    run = ImportRun.objects.get()
    assert (len(run.problems), run.problem_count) == (2, 5)


# Refusals


def test_an_unreadable_file_ends_with_one_sentence_and_changes_nothing(sumo: Dump, dump: Dump) -> None:
    before = everything()
    folder = sumo([sumo_question(1)], [sumo_answer(number, 1) for number in range(99)])
    answers = folder / "answers.jsonl.gz"
    answers.write_bytes(answers.read_bytes()[:-30])
    with pytest.raises(CommandError, match=r"answers.jsonl.gz can't be read: it ends too early\.$"):
        import_sumo(folder)
    laughs = dump([question_post(1)])
    entities = '<!DOCTYPE users [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    (laughs / "Users.xml").write_text(f'{entities}<users><row DisplayName="&b;"/></users>')
    with pytest.raises(CommandError, match=r"Users.xml can't be read: it declares a document type[^.]*\.$"):
        import_dump(laughs)
    assert everything() == before and not ImportRun.objects.exists()


def test_what_is_missing_is_said_in_one_sentence(sumo: Dump, tmp_path: Path) -> None:
    folder = sumo([])
    with pytest.raises(CommandError, match=r"^There is no forum with the slug nowhere; there are: help\.$"):
        import_sumo(folder, forum="nowhere")
    with pytest.raises(CommandError, match=r"^Name the --forum that takes the questions\.$"):
        import_sumo(folder, forum=None)
    with pytest.raises(CommandError, match=r"^Give the path and its --format, or the run to --undo\.$"):
        run("import_questions")
    with pytest.raises(CommandError, match=r"^--ideas-tag is for Stack Exchange dumps\.$"):
        import_sumo(folder, ideas_tag="a", ideas_board="b")
    with pytest.raises(CommandError, match="nowhere"):
        import_sumo(tmp_path / "nowhere")


def test_a_run_that_fails_is_recorded_and_completed_by_the_next(sumo: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = sumo([sumo_question(number) for number in range(1, 6)], [sumo_answer(9, 1, content="<p>quixotic</p>")])
    monkeypatch.setattr(importing, "BATCH", 2)
    real = site.to_markdown

    def breaking(body: object) -> str:
        if Question.objects.count() == 4:
            raise KeyboardInterrupt
        return real(body)  # type: ignore[arg-type]

    monkeypatch.setattr(site, "to_markdown", breaking)
    with pytest.raises(CommandError, match=r"^Stopped: --undo \d+ takes back what came, the same command goes on\.$"):
        import_sumo(folder)
    failed = ImportRun.objects.get()
    assert (failed.state, failed.counts["brought"]["questions"]) == (ImportRun.State.FAILED, 4)
    monkeypatch.setattr(site, "to_markdown", real)
    said = import_sumo(folder)
    assert "Brought 1 member, 1 question, 1 answer." in said.out
    assert (Question.objects.count(), Answer.objects.count()) == (5, 1)
    assert len(get_search_backend().search("profile", Question)) == 5


def test_compressed_lines_may_be_in_any_number_of_parts(sumo: Dump) -> None:
    folder = sumo([sumo_question(1)])
    path = folder / "questions.jsonl.gz"
    second = sumo([sumo_question(2)], name="second") / "questions.jsonl.gz"
    path.write_bytes(path.read_bytes() + second.read_bytes())
    assert gzip.decompress(path.read_bytes()).count(b"\n") == 2
    import_sumo(folder)
    assert Question.objects.count() == 2
