"""Changing an idea's status on its page."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Member
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange
from tests.ideas.conftest import CANARY, Reader


def test_a_status_changes_with_a_public_answer(
    reader: Reader, idea: Idea, product_manager: Member, status: Callable[[str], Any]
) -> None:
    client = reader(product_manager)
    html = client.get(f"/i/{idea.pk}/status/").content.decode()
    assert "In progress" in html
    planned = status("planned")
    response = client.post(f"/i/{idea.pk}/status/", {"status": planned.pk, "answer": "In the **autumn**."})
    assert response["Location"] == idea.get_absolute_url()
    idea.refresh_from_db()
    change = StatusChange.objects.get()
    assert (idea.status, change.old_status, change.new_status) == (planned, status("open"), planned)
    assert (change.answer_html, change.changed_by) == ("<p>In the <strong>autumn</strong>.</p>\n", product_manager)


def test_an_answer_alone_is_a_change(
    reader: Reader, idea: Idea, moderator: Member, status: Callable[[str], Any]
) -> None:
    data = {"status": status("open").pk, "answer": "We read this."}
    assert reader(moderator).post(f"/i/{idea.pk}/status/", data).status_code == 302
    assert StatusChange.objects.get().answer == "We read this."


def test_the_same_status_without_an_answer_is_refused(
    reader: Reader, idea: Idea, moderator: Member, status: Callable[[str], Any]
) -> None:
    response = reader(moderator).post(f"/i/{idea.pk}/status/", {"status": status("open").pk, "answer": " "})
    assert response.status_code == 422
    assert "It has this status already." in response.content.decode()
    assert not StatusChange.objects.exists()


@pytest.mark.parametrize("forged", ["", "0", "999999", "x", "99999999999999999999999"])
def test_forged_statuses_are_refused_and_the_answer_is_kept(
    reader: Reader, idea: Idea, moderator: Member, forged: str
) -> None:
    response = reader(moderator).post(f"/i/{idea.pk}/status/", {"status": forged, "answer": CANARY})
    assert response.status_code == 422
    assert CANARY in response.content.decode()


def test_a_status_of_another_board_is_refused(
    reader: Reader, idea: Idea, staff_board: IdeaBoardPage, moderator: Member
) -> None:
    foreign = Status.objects.get(board=staff_board, slug="planned")
    response = reader(moderator).post(f"/i/{idea.pk}/status/", {"status": foreign.pk, "answer": ""})
    assert response.status_code == 422
    assert not StatusChange.objects.exists()
