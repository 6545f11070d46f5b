"""What was answered with a change of status: in whose name, and how it is put right without being erased."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from core.errors import ForbiddenError
from ideas import history
from ideas.actions import change_status, correct_answer
from ideas.errors import EmptyAnswerError, NothingAnsweredError, SameAnswerError, StaleAnswerError, StaleStatusError
from ideas.models import Idea, IdeaBoardPage, StatusChange
from tests.ideas.conftest import CANARY, Reader
from tests.races import together

StatusOf = Callable[[str], Any]


@pytest.fixture
def change(idea: Idea, product_manager: Member, status: StatusOf) -> StatusChange:
    """The idea was planned, with an answer."""
    change_status(idea=idea, status=status("planned"), by=product_manager, answer="In the **autumn**.")
    return StatusChange.objects.get()


def correct_url(change: StatusChange) -> str:
    return f"/i/{change.idea_id}/answers/{change.pk}/correct/"


def history_url(change: StatusChange) -> str:
    return f"/i/{change.idea_id}/answers/{change.pk}/"


def test_a_correction_is_another_line_and_leaves_the_status(
    idea: Idea, change: StatusChange, moderator: Member, status: StatusOf
) -> None:
    change_status(idea=idea, status=status("shipped"), by=moderator)
    line = correct_answer(change=change, by=moderator, answer="In the **spring**.")
    change.refresh_from_db()
    idea.refresh_from_db()
    assert (line.corrects, line.old_status, line.new_status) == (change, status("planned"), status("planned"))
    assert line.answer_html == "<p>In the <strong>spring</strong>.</p>\n"
    assert change.answer == "In the **autumn**."
    assert idea.status == status("shipped")


def test_a_correction_of_a_correction_corrects_the_first_line(change: StatusChange, moderator: Member) -> None:
    line = correct_answer(change=change, by=moderator, answer="Second")
    assert correct_answer(change=line, by=moderator, answer="Third").corrects == change


def test_what_may_not_be_corrected(
    idea: Idea, change: StatusChange, member: Member, moderator: Member, status: StatusOf
) -> None:
    correct_answer(change=change, by=moderator, answer="In spring.")
    change_status(idea=idea, status=status("shipped"), by=moderator)
    silent = StatusChange.objects.last()
    assert silent is not None
    for error, arguments in (
        (ForbiddenError, {"change": change, "by": member, "answer": "Never."}),
        (NothingAnsweredError, {"change": silent, "by": moderator, "answer": "It is there."}),
        (EmptyAnswerError, {"change": change, "by": moderator, "answer": " \n"}),
        (SameAnswerError, {"change": change, "by": moderator, "answer": "In spring."}),
        (StaleAnswerError, {"change": change, "by": moderator, "answer": "Now.", "seen": change.pk}),
    ):
        with pytest.raises(error):
            correct_answer(**arguments)
    assert StatusChange.objects.count() == 3


def test_a_corrected_answer_moves_no_status_at_any_moment(
    monkeypatch: pytest.MonkeyPatch, idea: Idea, change: StatusChange, moderator: Member, status: StatusOf
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    before = change.recorded_at - timedelta(microseconds=1)
    change_status(idea=idea, status=status("shipped"), by=moderator)
    correct_answer(change=change, by=moderator, answer="In the spring.")
    for moment, slug in ((before, "open"), (change.recorded_at, "planned"), (timezone.now(), "shipped")):
        family = Idea.objects.as_of(moment).family_of(idea)
        assert family is None or family.status == status(slug).pk
    assert Idea.objects.as_of(timezone.now()).top()[0].status == status("shipped").pk


def test_the_page_corrects_and_the_idea_shows_the_latest_version(
    reader: Reader, idea: Idea, change: StatusChange, moderator: Member
) -> None:
    client = reader(moderator)
    assert "In the **autumn**." in client.get(correct_url(change)).content.decode()
    assert correct_url(change) in client.get(idea.get_absolute_url()).content.decode()
    response = client.post(correct_url(change), {"answer": "In the **spring**.", "seen": change.pk})
    assert response["Location"] == idea.get_absolute_url()
    html = reader(None).get(idea.get_absolute_url()).content.decode()
    assert "In the <strong>spring</strong>." in html
    assert "autumn" not in html
    assert f'href="{history_url(change)}">corrected' in html
    assert correct_url(change) not in html


def test_earlier_versions_can_be_read_with_what_changed(
    reader: Reader, change: StatusChange, moderator: Member
) -> None:
    correct_answer(change=change, by=moderator, answer="In the **winter** <b>.")
    html = reader(None).get(history_url(change)).content.decode()
    assert "<del> **autumn**.</del><ins> **winter** &lt;b&gt;.</ins>" in html
    assert "In the **autumn**." in html


@pytest.mark.parametrize(
    ("answer", "expected", "sentence"),
    [
        (" ", 422, "An answer can be corrected, but not erased."),
        ("In the **autumn**.", 409, "This is what the answer says already."),
    ],
)
def test_refused_corrections_say_why(
    reader: Reader, change: StatusChange, moderator: Member, answer: str, expected: int, sentence: str
) -> None:
    response = reader(moderator).post(correct_url(change), {"answer": answer})
    assert response.status_code == expected
    assert sentence in response.content.decode()
    assert StatusChange.objects.count() == 1


def test_a_stale_correction_is_kept_and_shows_what_the_answer_says_now(
    reader: Reader, change: StatusChange, moderator: Member
) -> None:
    latest = correct_answer(change=change, by=moderator, answer="In May.")
    response = reader(moderator).post(correct_url(change), {"answer": CANARY, "seen": change.pk})
    html = response.content.decode()
    assert response.status_code == 409
    for part in ("Somebody has corrected this answer", CANARY, "<p>In May.</p>", f'name="seen" value="{latest.pk}"'):
        assert part in html
    assert StatusChange.objects.count() == 2


def test_a_change_without_an_answer_has_nothing_to_correct(
    reader: Reader, idea: Idea, moderator: Member, status: StatusOf
) -> None:
    change_status(idea=idea, status=status("planned"), by=moderator)
    response = reader(moderator).get(correct_url(StatusChange.objects.get()))
    assert response.status_code == 409
    assert "nothing to correct" in response.content.decode()


def test_the_answer_of_another_idea_is_not_there(
    reader: Reader, change: StatusChange, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    other = make_idea("Other")
    for tail in ("", "correct/"):
        assert reader(moderator).get(f"/i/{other.pk}/answers/{change.pk}/{tail}").status_code == 404


def test_answers_are_as_private_as_their_idea(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    idea = make_idea("Plan", on=staff_board)
    change_status(idea=idea, status=idea.status, by=moderator, answer=CANARY)
    change = StatusChange.objects.get()
    for tail in ("", "correct/"):
        response = reader(member).get(f"/i/{idea.pk}/answers/{change.pk}/{tail}")
        assert response.status_code == 404
        assert CANARY not in response.content.decode()
    assert CANARY in reader(moderator).get(history_url(change)).content.decode()


def test_members_may_read_but_not_correct(reader: Reader, change: StatusChange, member: Member) -> None:
    assert reader(member).get(history_url(change)).status_code == 200
    assert reader(member).get(correct_url(change)).status_code == 403
    assert reader(member).post(correct_url(change), {"answer": "Never."}).status_code == 403
    assert "/accounts/login/" in reader(None).get(correct_url(change))["Location"]


def test_the_company_answers_and_only_the_team_reads_who_wrote_it(
    reader: Reader, idea: Idea, change: StatusChange, member: Member, product_manager: Member
) -> None:
    Member.objects.filter(pk=product_manager.pk).update(name=CANARY)
    correct_answer(change=change, by=product_manager, answer="In spring.")
    pages = [idea.get_absolute_url(), history_url(change), idea.board.url, "/search/?q=dark", "/u/author/"]
    for page in pages:
        for person in (None, member):
            assert CANARY not in reader(person).get(page).content.decode()
    for page in pages[:2]:
        html = reader(product_manager).get(page).content.decode()
        assert f"<bdi>{CANARY}</bdi></span>" in html
        assert "<bdi>Chorus</bdi>" in html


def test_a_stale_status_form_keeps_what_was_typed_and_shows_the_present_status(
    reader: Reader, idea: Idea, change: StatusChange, moderator: Member, status: StatusOf
) -> None:
    data = {"status": status("shipped").pk, "answer": CANARY, "seen": "0"}
    response = reader(moderator).post(f"/i/{idea.pk}/status/", data)
    html = response.content.decode()
    idea.refresh_from_db()
    assert response.status_code == 409
    assert idea.status == status("planned")
    for part in ("Somebody has changed the status", CANARY, "In the <strong>autumn</strong>."):
        assert part in html
    assert f'name="seen" value="{change.pk}"' in html
    assert reader(moderator).post(f"/i/{idea.pk}/status/", {**data, "seen": change.pk}).status_code == 302


def test_a_correction_makes_no_status_form_stale(
    reader: Reader, idea: Idea, change: StatusChange, moderator: Member, status: StatusOf
) -> None:
    correct_answer(change=change, by=moderator, answer="In spring.")
    data = {"status": status("shipped").pk, "answer": "", "seen": change.pk}
    assert reader(moderator).post(f"/i/{idea.pk}/status/", data).status_code == 302


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_changes_made_of_one_form_one_is_written(idea: Idea, moderator: Member, status: StatusOf) -> None:
    wanted = [status(slug) for slug in ("planned", "in-progress", "shipped", "declined")] * 4
    errors = together(*[partial(change_status, idea=idea, status=each, by=moderator, seen=0) for each in wanted])
    assert [type(error) for error in errors] == [StaleStatusError] * (len(wanted) - 1)
    change = StatusChange.objects.get()
    idea.refresh_from_db()
    assert idea.status == change.new_status
