"""Posts that are like what somebody writes, or like another post: found by words, and never past the gate."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command

from accounts.models import Member
from community.actions import (
    ask_question,
    edit_content,
    merge_question,
    post_answer,
    set_visibility,
    undo_question_merge,
)
from community.content import Visibility
from community.models import ForumPage, Question
from ideas.actions import merge_idea
from ideas.models import Idea, IdeaBoardPage
from search.backends import Kind
from search.indexing import index_questions
from search.models import Posting, Profile
from search.similar import similar_posts, similar_to

OTHERS = (
    "How do I change my password?",
    "Where can I see the invoices of last year?",
    "The app closes when I open a picture",
    "Can a colleague sign in on my tablet?",
    "Is there a shortcut for the next week?",
    "How are holidays counted for part-time staff?",
)


@pytest.fixture
def ask(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, body: str = "", on: ForumPage = forum, by: Member = author) -> Question:
        return ask_question(forum=on, by=by, title=title, body=body)

    return make


@pytest.fixture
def others(ask: Callable[..., Question]) -> list[Question]:
    return [ask(title) for title in OTHERS]


def like(title: str, text: str = "", user: Member | AnonymousUser | None = None, **options: object) -> list[object]:
    return [each.post for each in similar_posts(title, text, user=user or AnonymousUser(), **options)]


@pytest.mark.parametrize(
    "words",
    [
        "Exporting the rota to a spreadsheet",
        "is it possible to exprot rotas as spredsheets",
        "EXPORT ROTA",
    ],
)
def test_other_words_for_the_same_lead_to_it(words: str, ask: Callable[..., Question], others: list[Question]) -> None:
    asked = ask("Can I export my rota as a spreadsheet?")
    assert like(words)[0] == asked


def test_a_text_and_answers_lead_to_a_question_too(
    ask: Callable[..., Question], others: list[Question], advocate: Member
) -> None:
    asked = ask("Nothing works", "The kiosk shows a grey screen in the morning.")
    assert like("Grey kiosk screen")[0] == asked
    answer = post_answer(question=asked, by=advocate, body="Unplug the bluetooth beacon.")
    assert like("bluetooth beacon")[0] == asked
    set_visibility(content=answer, by=advocate, visibility=Visibility.HIDDEN)
    assert asked not in like("bluetooth beacon")


def test_nothing_is_like_nothing(others: list[Question]) -> None:
    for text in ("", "?!…", "\0", "🎉", "zzzzqqqq"):
        assert like(text, text) == []


def test_an_edit_leads_elsewhere_at_once(ask: Callable[..., Question], others: list[Question], author: Member) -> None:
    asked = ask("Printing is slow")
    edit_content(content=asked, by=author, body="", title="Scanner makes a noise")
    assert asked not in like("slow printing")
    assert like("noisy scanner")[0] == asked


def test_kinds_are_found_together_or_apart(
    ask: Callable[..., Question], make_idea: Callable[..., Idea], others: list[Question]
) -> None:
    idea, asked = make_idea("Calendar for absences"), ask("Is there a calendar for absences?")
    assert set(like("absence calendar")[:2]) == {idea, asked}
    assert like("absence calendar", kinds={Kind.IDEA}) == [idea]
    assert idea not in like("absence calendar", kinds={Kind.QUESTION})


def test_a_post_is_not_like_itself_nor_like_its_family(make_idea: Callable[..., Idea], moderator: Member) -> None:
    one, two, three = (make_idea(f"Night mode for {where}") for where in ("phones", "tablets", "kiosks"))
    merge_idea(duplicate=two, into=one, by=moderator)
    assert [each.post for each in similar_to(one, user=moderator)] == [three]
    assert [each.post for each in similar_to(two, user=moderator)] == [three]
    assert [each.post for each in similar_to(three, user=moderator)] == [one]


def test_a_duplicates_words_lead_to_what_it_was_merged_into(
    ask: Callable[..., Question], others: list[Question], moderator: Member
) -> None:
    target, duplicate = ask("Signing in twice"), ask("Lost my phone")
    edge = merge_question(duplicate=duplicate, target=target, by=moderator)
    assert like("phone lost")[0] == target
    set_visibility(content=duplicate, by=moderator, visibility=Visibility.HIDDEN)
    assert target not in like("phone lost")
    set_visibility(content=duplicate, by=moderator, visibility=Visibility.VISIBLE)
    undo_question_merge(edge=edge, by=moderator)
    assert like("phone lost")[0] == duplicate


def test_likeness_tells_the_same_from_the_merely_related(ask: Callable[..., Question], others: list[Question]) -> None:
    ask("Can I export my rota as a spreadsheet?")
    same, other = (
        similar_posts(words, user=AnonymousUser())[0].likeness
        for words in ("Can I export my rota as a spreadsheet?", "Why is the rota empty?")
    )
    assert 0 < other < 0.5 < same <= 1


# The gate


def test_what_one_may_not_see_is_never_like_anything(
    ask: Callable[..., Question],
    make_idea: Callable[..., Idea],
    members_forum: ForumPage,
    staff_forum: ForumPage,
    staff_board: IdeaBoardPage,
    forum: ForumPage,
    visitor: AnonymousUser,
    member: Member,
    moderator: Member,
    author: Member,
) -> None:
    canary = "Canary7Q payroll secret"
    for_members = ask(canary, on=members_forum, by=moderator)
    for_staff = ask(canary, on=staff_forum, by=moderator)
    plan = make_idea(canary, on=staff_board, by=moderator)
    hidden = ask(canary)
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    assert like(canary, user=visitor) == []
    assert like(canary, user=member) == [for_members]
    assert set(like(canary, user=moderator)) == {for_members, for_staff, plan}
    assert like(canary, user=author) == [for_members], "not even one's own, while it is hidden"


def test_a_duplicate_that_one_may_not_see_leads_nowhere(
    make_idea: Callable[..., Idea], staff_board: IdeaBoardPage, member: Member, moderator: Member
) -> None:
    target = make_idea("Faster start")
    duplicate = make_idea("Codename Canary7Q", on=staff_board, by=moderator)
    merge_idea(duplicate=duplicate, into=target, by=moderator)
    assert like("canary7q codename", user=moderator) == [target]
    assert like("canary7q codename", user=member) == []


def test_an_index_that_lags_behind_leaks_nothing(question: Question, visitor: AnonymousUser) -> None:
    Question.objects.filter(pk=question.pk).update(visibility=Visibility.HIDDEN)
    assert Profile.objects.filter(post=2 * question.pk).exists()
    assert like("How do I start?", user=visitor) == []


# The command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = 0
    try:
        call_command("rebuild_similar", *arguments)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, capsys.readouterr().out


def test_what_posts_are_compared_by_is_checked_and_mended(
    others: list[Question], idea: Idea, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "--check")[0] == 0
    gone, changed, unled, kept = others[:4]
    Profile.objects.filter(post=2 * gone.pk).delete()
    Question.objects.filter(pk=changed.pk).update(title="Something else")
    Posting.objects.filter(post=2 * unled.pk).delete()
    Idea.objects.filter(pk=idea.pk).update(visibility=Visibility.HIDDEN)
    Profile.objects.create(post=2 * 10**6, page=1, traits=Profile.objects.get(post=2 * kept.pk).traits)
    code, printed = run(capsys, "--check")
    assert code == 1
    assert "5 differences" in printed
    for post in (gone, changed, unled):
        assert f"question {post.pk}:" in printed
    assert f"idea {idea.pk}:" in printed
    assert "put right" in run(capsys)[1]
    assert run(capsys, "--check")[0] == 0
    assert like("something else")[0] == changed
    assert unled in like(OTHERS[2])


def test_rows_written_past_the_actions_are_compared_on_demand(forum: ForumPage, author: Member) -> None:
    rows = Question.objects.bulk_create(
        Question(forum=forum, author=author, title=f"Broken printer {n}", slug="bulk") for n in range(3)
    )
    assert like("broken printer") == []
    index_questions(row.pk for row in rows)
    index_questions(row.pk for row in rows)
    assert set(like("broken printer")) == set(rows)
