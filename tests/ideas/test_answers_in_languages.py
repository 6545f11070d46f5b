"""A public answer in several languages: who reads which, and what becomes of them when it is corrected."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from ideas.actions import change_status, correct_answer
from ideas.answers import read_answers, told_in
from ideas.errors import SameAnswerError, UntranslatedAnswerError
from ideas.models import Idea, StatusChange
from tests.ideas.conftest import Reader

StatusOf = Callable[[str], Any]


@pytest.fixture
def change(idea: Idea, product_manager: Member, status: StatusOf) -> StatusChange:
    """Planned, with an answer for everybody and one for those who read German."""
    change_status(
        idea=idea,
        status=status("planned"),
        by=product_manager,
        answer="In the **autumn**.",
        translations={"de": "Im **Herbst**.", "fr": ""},
    )
    return StatusChange.objects.get()


def page_in(language: str, idea: Idea) -> str:
    response = Client(headers={"accept-language": language}).get(idea.get_absolute_url())
    return str(response.content.decode())


def test_each_reads_the_answer_in_their_language(idea: Idea, change: StatusChange) -> None:
    german = page_in("de", idea)
    assert '<div class="c-prose" lang="de"><p>Im <strong>Herbst</strong>.</p>' in german
    assert "autumn" not in german
    for other in ("fr", "en"):
        assert '<div class="c-prose"><p>In the <strong>autumn</strong>.</p>' in page_in(other, idea)
        assert "Herbst" not in page_in(other, idea)


@pytest.mark.parametrize(
    ("language", "said"), [("de-ch", "Im **Herbst**."), ("d", "In the **autumn**."), ("", "In the")]
)
def test_a_kind_of_a_language_reads_that_language(change: StatusChange, language: str, said: str) -> None:
    assert told_in(change, language).answer.startswith(said)


def test_the_form_takes_and_gives_back_all_languages(
    reader: Reader, idea: Idea, moderator: Member, status: StatusOf
) -> None:
    data = {"status": status("planned").pk, "answer": "Soon.", "answer_de": "Bald.", "answer_fr": "", "seen": "0"}
    assert reader(moderator).post(f"/i/{idea.pk}/status/", data).status_code == 302
    [answered] = read_answers(idea)
    assert (answered.answer, answered.translations) == ("Soon.", {"de": "Bald."})
    html = reader(moderator).get(f"/i/{idea.pk}/answers/{answered.change.pk}/correct/").content.decode()
    assert "Bald." in html
    assert '<details class="c-details" open>' in html


def test_nobody_is_answered_in_other_languages_alone(
    reader: Reader, idea: Idea, moderator: Member, status: StatusOf
) -> None:
    data = {"status": status("planned").pk, "answer": "", "answer_de": "Bald."}
    response = reader(moderator).post(f"/i/{idea.pk}/status/", data)
    assert response.status_code == 422
    assert "Write the public answer itself too" in response.content.decode()
    with pytest.raises(UntranslatedAnswerError):
        change_status(idea=idea, status=status("planned"), by=moderator, translations={"de": "Bald."})
    assert not StatusChange.objects.exists()


def test_a_correction_says_all_languages_anew(change: StatusChange, idea: Idea, moderator: Member) -> None:
    correct_answer(change=change, by=moderator, answer="In **spring**.", translations={"fr": "Au printemps."})
    [answered] = read_answers(idea)
    assert answered.translations == {"fr": "Au printemps."}
    with pytest.raises(SameAnswerError):
        correct_answer(change=change, by=moderator, answer="In **spring**.", translations={"fr": "Au printemps."})
    correct_answer(change=change, by=moderator, answer="In **spring**.", translations={"fr": "Au printemps !"})
    correct_answer(change=change, by=moderator, answer="In **May**.")
    [answered] = read_answers(idea)
    assert answered.translations == {"fr": "Au printemps !"}
    change.refresh_from_db()
    assert change.translations["de"]["answer"] == "Im **Herbst**."


def test_earlier_versions_show_what_changed_in_each_language(
    reader: Reader, change: StatusChange, moderator: Member
) -> None:
    correct_answer(change=change, by=moderator, answer="In the **autumn**.", translations={"de": "Im **Winter**."})
    html = reader(None).get(f"/i/{change.idea_id}/answers/{change.pk}/").content.decode()
    assert "<h2>German</h2>" in html
    assert "<ins> **Winter**.</ins>" in html
