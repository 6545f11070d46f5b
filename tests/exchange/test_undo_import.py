"""`--undo RUN`: what a run brought goes, what somebody has touched stays, and importing again brings it back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from wagtail.search.backends import get_search_backend

from accounts.models import Member
from community.actions import (
    accept_answer,
    delete_content,
    edit_question,
    merge_question,
    post_answer,
    post_comment,
    set_visibility,
    unaccept_answer,
    undo_question_merge,
)
from community.content import Visibility
from community.counts import wrong_questions
from community.models import Answer, Comment, Question, QuestionMerge
from core.models import ImportRun
from exchange import site
from exchange.actions import importing
from ideas.actions import (
    add_tracker_link,
    cast_vote,
    change_status,
    merge_idea,
    plan_idea,
    withdraw_vote,
    write_note,
)
from ideas.models import Comment as IdeaComment
from ideas.models import Idea, IdeaBoardPage, IdeaMerge, VoteEvent
from moderation.actions import move_question
from tests.exchange.commands import Said, everything, import_csv, import_dump, import_sumo, run
from tests.exchange.dumps import answer_post, comment, link, question_post, sumo_answer, sumo_question, user

Dump = Callable[..., Path]

pytestmark = pytest.mark.usefixtures("forum", "board")


def undo(number: int | None = None, command: str = "import_questions") -> Said:
    return run(command, undo=ImportRun.objects.latest("pk").pk if number is None else number)


def standing() -> set[tuple[str, str]]:
    """The posts that came from elsewhere and are not deleted."""
    return {
        (model.__name__, source_id)
        for model in (Question, Answer, Comment, Idea, IdeaComment)
        for source_id in model.objects.exclude(visibility=Visibility.DELETED)
        .exclude(source="")
        .values_list("source_id", flat=True)
    }


@pytest.fixture
def imported(dump: Dump) -> Path:
    """Two questions that are duplicates, three ideas of which two are, with answers and comments."""
    folder = dump(
        [
            question_post(1, AcceptedAnswerId=3),
            question_post(2),
            answer_post(3, 1),
            answer_post(4, 1),
            question_post(5, Tags="<feature-request>"),
            question_post(6, Tags="<feature-request>"),
            question_post(7, Tags="<feature-request>"),
            answer_post(8, 5),
        ],
        users=[user(5, "Ada"), user(6, "Bo"), user(7, "Silent")],
        comments=[comment(1, 1), comment(2, 4), comment(3, 5)],
        links=[link(1, 2, 1), link(2, 6, 5)],
    )
    import_dump(folder, ideas_tag="feature-request", ideas_board="ideas")
    return folder


ALL = {
    *{("Question", "1"), ("Question", "2"), ("Answer", "3"), ("Answer", "4"), ("Comment", "1"), ("Comment", "2")},
    *{("Idea", "5"), ("Idea", "6"), ("Idea", "7"), ("Comment", "answer:8"), ("Comment", "3")},
}


def test_all_goes_that_nobody_has_touched(imported: Path) -> None:
    said = undo()
    assert standing() == set()
    question = Question.objects.get(source_id="1")
    assert (question.visibility_by.handle, question.visibility_reason) == (
        "chorus",
        f"Import {ImportRun.objects.get().pk} was undone",
    )
    assert not QuestionMerge.objects.standing().exists() and not IdeaMerge.objects.standing().exists()
    assert not Member.objects.filter(source="stackexchange", is_active=True).exists()
    assert "Took back 3 members, 2 questions, 3 ideas, 2 answers, 4 comments, 2 duplicate links." in said.out
    run = ImportRun.objects.get()
    assert run.state == ImportRun.State.UNDONE and run.undone_at is not None
    assert run.counts["taken_back"]["questions"] == 2
    assert list(wrong_questions()) == []


def test_importing_again_brings_the_same_rows_back(imported: Path) -> None:
    def posts() -> dict[str, list[tuple[object, ...]]]:
        """Every column of the posts and members but that of the run."""
        models = (Question, Answer, Comment, Idea, IdeaComment, Member)
        columns = {
            model: [field.attname for field in model._meta.concrete_fields if field.name != "import_run"]
            for model in models
        }
        return {model._meta.label: list(model.objects.order_by("pk").values_list(*columns[model])) for model in models}

    before = posts()
    undo()
    said = import_dump(imported, ideas_tag="feature-request", ideas_board="ideas")
    assert posts() == before
    assert (
        "Brought 3 members, 2 questions, 3 ideas, 2 answers, 4 comments, 1 accepted answer, 2 duplicate links"
        in said.out
    )
    undo()
    assert standing() == set()


def test_undoing_twice_changes_nothing_more(imported: Path) -> None:
    undo()
    before = everything()
    assert "Took back nothing." in undo().out
    assert everything() == before


def test_hidden_posts_go_too_and_come_back_hidden(sumo: Dump) -> None:
    folder = sumo([sumo_question(1)], [sumo_answer(2, 1, is_spam=True)])
    import_sumo(folder)
    undo()
    assert standing() == set()
    import_sumo(folder)
    assert Answer.objects.get().visibility == Visibility.HIDDEN


Touch = Callable[[Member], object]


def question(source_id: str) -> Question:
    return Question.objects.get(source_id=source_id)


def answer(source_id: str) -> Answer:
    return Answer.objects.get(source_id=source_id)


def idea(source_id: str) -> Idea:
    return Idea.objects.get(source_id=source_id)


def hide_and_restore(post: Question, by: Member) -> None:
    set_visibility(content=post, by=by, visibility=Visibility.HIDDEN)
    set_visibility(content=post, by=by, visibility=Visibility.VISIBLE)


def merge_and_vote(by: Member) -> None:
    cast_vote(idea=idea("6"), by=by)
    withdraw_vote(idea=idea("6"), by=by)


def part_and_move(by: Member) -> None:
    undo_question_merge(edge=QuestionMerge.objects.get(), by=by)
    move_question(question=question("2"), by=by, version="0", stage="doing", assignee=None)


TOUCHES: dict[str, tuple[Touch, set[tuple[str, str]]]] = {
    "an edit": (
        lambda by: edit_question(question=question("2"), by=by, title="Better", body="Better.", tags=[]),
        {("Question", "2")},
    ),
    "an answer": (lambda by: post_answer(question=question("2"), by=by, body="Ours."), {("Question", "2")}),
    "a comment on a question": (
        lambda by: post_comment(question=question("2"), by=by, body="Ours."),
        {("Question", "2")},
    ),
    "a comment on an answer": (
        lambda by: post_comment(question=question("1"), answer=answer("4"), by=by, body="Ours."),
        {("Question", "1"), ("Answer", "4")},
    ),
    "another accepted answer": (
        lambda by: accept_answer(answer=answer("4"), by=by),
        {("Question", "1"), ("Answer", "4")},
    ),
    "an answer accepted no more": (lambda by: unaccept_answer(answer=answer("3"), by=by), {("Question", "1")}),
    "a move on the Kanban board": (part_and_move, {("Question", "2")}),
    "hiding and restoring": (lambda by: hide_and_restore(question("2"), by), {("Question", "2")}),
    "deleting": (lambda by: delete_content(content=question("2"), by=by), set()),
    "a vote that was withdrawn again": (merge_and_vote, {("Idea", "6")}),
    "a status": (
        lambda by: change_status(idea=idea("7"), status=idea("7").board.statuses.last(), by=by),
        {("Idea", "7")},
    ),
    "an owner": (lambda by: plan_idea(idea=idea("7"), by=by, owner=by, target_quarter=""), {("Idea", "7")}),
    "a target quarter": (
        lambda by: plan_idea(idea=idea("7"), by=by, owner=None, target_quarter="2027-Q1"),
        {("Idea", "7")},
    ),
    "a link to the tracker": (
        lambda by: add_tracker_link(idea=idea("7"), by=by, url="https://acme.example/browse/ABC-1"),
        {("Idea", "7")},
    ),
    "a private note": (lambda by: write_note(idea=idea("7"), by=by, body="Ours."), {("Idea", "7")}),
    "a merge": (
        lambda by: merge_idea(duplicate=idea("7"), into=idea("5"), by=by),
        {("Idea", "7"), ("Idea", "5")},
    ),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_what_somebody_has_touched_stays(imported: Path, moderator: Member, touch: str) -> None:
    act, kept = TOUCHES[touch]
    act(moderator)
    said = undo()
    assert standing() == kept
    assert "Kept, because somebody has touched or needs them: " in said.out
    assert list(wrong_questions()) == []
    assert Member.objects.get(source_id="5").is_active == bool(kept)


def test_a_merge_of_imported_with_own_questions_keeps_the_imported_one(
    imported: Path, question: Question, moderator: Member
) -> None:
    merge_question(duplicate=question, target=Question.objects.get(source_id="1"), by=moderator)
    undo()
    assert standing() == {("Question", "1")}


def test_votes_and_their_ledger_stay(imported: Path, member: Member) -> None:
    cast_vote(idea=idea("6"), by=member)
    undo()
    assert VoteEvent.objects.count() == 1
    kept = idea("6")
    assert (kept.supporter_count, kept.canonical) == (1, None)


def test_what_stays_is_found_by_what_is_left_of_it(sumo: Dump, moderator: Member) -> None:
    import_sumo(sumo([sumo_question(1)], [sumo_answer(2, 1, content="<p>quixotic</p>")]))
    edit_question(question=question("1"), by=moderator, title="Zeppelin", body="Ahoy.", tags=[])
    undo()
    assert list(get_search_backend().search("quixotic", Question)) == []
    assert len(get_search_backend().search("Ahoy", Question)) == 1


def test_a_moderators_deletion_is_not_taken_for_the_undoing(imported: Path, moderator: Member) -> None:
    delete_content(content=question("2"), by=moderator)
    undo()
    import_dump(imported, ideas_tag="feature-request", ideas_board="ideas")
    assert standing() == ALL - {("Question", "2")}


def test_of_two_runs_only_the_one_goes(dump: Dump) -> None:
    import_dump(dump([question_post(1)]))
    import_dump(dump([question_post(1), answer_post(2, 1), question_post(3)]))
    undo(ImportRun.objects.earliest("pk").pk)
    assert standing() == {("Question", "1"), ("Answer", "2"), ("Question", "3")}
    undo()
    assert standing() == {("Question", "1")}
    undo(ImportRun.objects.earliest("pk").pk)
    assert standing() == set()


def test_a_run_that_goes_on_stops(sumo: Dump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    real = site.to_markdown

    def undoing(body: object) -> str:
        if Question.objects.count() == 2:
            undo()
        return real(body)  # type: ignore[arg-type]

    monkeypatch.setattr(site, "to_markdown", undoing)
    with pytest.raises(CommandError, match=r"^Run \d+ was undone before it had finished\.$"):
        import_sumo(sumo([sumo_question(number) for number in range(1, 6)]))
    assert standing() == set()
    assert ImportRun.objects.get().state == ImportRun.State.UNDONE


def test_an_unknown_run_is_refused_with_one_sentence(tmp_path: Path, board: IdeaBoardPage) -> None:
    path = tmp_path / "ideas.csv"
    path.write_text("id,title\n1,Dark mode\n")
    import_csv(path)
    number = ImportRun.objects.get().pk
    with pytest.raises(CommandError, match=r"^There is no run \d+ of this command; there are: none\.$"):
        undo(number)
    with pytest.raises(CommandError, match=rf"there are: {number}: csv ideas\.csv\.$"):
        undo(number + 1, "import_ideas")
    with pytest.raises(CommandError, match=r"^Give --undo alone"):
        run("import_ideas", path, undo=number)
    undo(number, "import_ideas")
    assert standing() == set()
