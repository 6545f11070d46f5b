"""Questions that the team ties to ideas: who may, and who sees them on either side."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from community.actions import ask_question, merge_question
from community.models import ForumPage, Question
from ideas import history
from ideas.actions import merge_idea, relate_question
from ideas.models import Idea, RelatedQuestion
from tests.ideas.conftest import CANARY, Reader

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def secret_question(staff_forum: ForumPage, moderator: Member) -> Question:
    return ask_question(forum=staff_forum, by=moderator, title=CANARY, body=CANARY)


def test_the_team_ties_and_unties_a_question(
    reader: Reader, idea: Idea, question: Question, product_manager: Member
) -> None:
    client = reader(product_manager)
    address = f"/i/{idea.pk}/questions/"
    assert f'href="{address}"' in client.get(idea.get_absolute_url()).content.decode()
    for named in (f"http://testserver{question.get_absolute_url()}", str(question.pk), f"#{question.pk}"):
        assert client.post(address, {"question": named})["Location"] == address
    assert RelatedQuestion.objects.get().added_by == product_manager
    assert question.title in client.get(address).content.decode()
    assert question.title in reader(None).get(idea.get_absolute_url()).content.decode()
    client.post(f"{address}{question.pk}/remove/")
    assert not RelatedQuestion.objects.standing().exists()
    assert client.post(f"{address}{question.pk}/remove/").status_code == 302


@pytest.mark.parametrize("named", ["", "x", "0", "99999", "9" * 30, "/i/1/", "\0"])
def test_what_is_no_question_is_kept_in_the_form(
    reader: Reader, idea: Idea, question: Question, moderator: Member, named: str
) -> None:
    assert reader(moderator).post(f"/i/{idea.pk}/questions/", {"question": named}).status_code == 422


def test_only_the_team_ties_questions(
    reader: Reader, idea: Idea, question: Question, member: Member, author: Member, advocate: Member
) -> None:
    for person in (member, author, advocate):
        client = reader(person)
        assert client.post(f"/i/{idea.pk}/questions/", {"question": question.pk}).status_code == 403
        assert client.post(f"/i/{idea.pk}/questions/{question.pk}/remove/").status_code == 403
        assert f"/i/{idea.pk}/questions/" not in client.get(idea.get_absolute_url()).content.decode()
    assert reader(None).post(f"/i/{idea.pk}/questions/")["Location"].startswith("/accounts/login/")
    assert not RelatedQuestion.objects.exists()


def test_a_question_that_not_everybody_sees_is_not_tied(
    reader: Reader, idea: Idea, question: Question, moderator: Member, make_invisible: Callable[..., None]
) -> None:
    make_invisible(question)
    assert reader(moderator).post(f"/i/{idea.pk}/questions/", {"question": question.pk}).status_code == 409


def test_questions_of_a_closed_forum_are_shown_to_its_readers_alone(
    reader: Reader, idea: Idea, secret_question: Question, member: Member, moderator: Member
) -> None:
    relate_question(idea=idea, question=secret_question, by=moderator)
    for person in (None, member):
        assert CANARY not in reader(person).get(idea.get_absolute_url()).content.decode()
        response = reader(person).get(f"/i/for-question/{secret_question.pk}/")
        assert response.status_code == 404
        assert CANARY not in response.content.decode()
    assert CANARY in reader(moderator).get(idea.get_absolute_url()).content.decode()


def test_a_hidden_question_is_shown_to_nobody(
    reader: Reader, idea: Idea, question: Question, moderator: Member, make_invisible: Callable[..., None]
) -> None:
    relate_question(idea=idea, question=question, by=moderator)
    make_invisible(question)
    for person in (None, moderator):
        assert question.title not in reader(person).get(idea.get_absolute_url()).content.decode()


def test_questions_of_the_family_are_read_in_place(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    question: Question,
    moderator: Member,
    make_invisible: Callable[..., None],
) -> None:
    relate_question(idea=duplicate, question=question, by=moderator)
    assert question.title in reader(None).get(canonical.get_absolute_url()).content.decode()
    html = reader(None).get(f"/i/for-question/{question.pk}/", **HTMX).content.decode()
    assert "<html" not in html
    assert "Dark mode" in html
    assert "Night theme" not in html
    make_invisible(duplicate)
    assert question.title not in reader(None).get(canonical.get_absolute_url()).content.decode()
    assert "Dark mode" not in reader(None).get(f"/i/for-question/{question.pk}/").content.decode()


def test_the_page_of_a_question_leads_to_the_ideas(
    reader: Reader, idea: Idea, question: Question, moderator: Member, make_invisible: Callable[..., None]
) -> None:
    relate_question(idea=idea, question=question, by=moderator)
    address = f"/i/for-question/{question.pk}/"
    html = reader(None).get(question.get_absolute_url()).content.decode()
    assert f'hx-get="{address}"' in html
    assert f'<a href="{address}">' in html
    assert idea.title in reader(None).get(address).content.decode()
    make_invisible(idea)
    assert idea.title not in reader(None).get(address).content.decode()
    assert reader(None).get(address, **HTMX).content.decode().strip() == ""


@pytest.mark.parametrize("count", [1, 8])
def test_the_ideas_for_a_question_cost_few_queries(
    reader: Reader,
    question: Question,
    make_idea: Callable[..., Idea],
    moderator: Member,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        relate_question(idea=make_idea(f"Idea {number}"), question=question, by=moderator)
    client = reader(None)
    client.get(f"/i/for-question/{question.pk}/", **HTMX)
    with django_assert_max_num_queries(6):
        client.get(f"/i/for-question/{question.pk}/", **HTMX)


def test_only_questions_that_every_reader_of_the_board_may_read_ask_for_an_idea(
    idea: Idea,
    make_idea: Callable[..., Idea],
    question: Question,
    secret_question: Question,
    forum: ForumPage,
    moderator: Member,
    make_invisible: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    duplicate = make_idea("Night theme")
    same, hidden = (ask_question(forum=forum, by=moderator, title=title, body="So?") for title in ("Same", "Spam"))
    for each in (question, secret_question, hidden):
        relate_question(idea=idea, question=each, by=moderator)
    for each in (question, same):
        relate_question(idea=duplicate, question=each, by=moderator)
    make_invisible(hidden)
    merge_idea(duplicate=duplicate, into=idea, by=moderator)
    apart = timezone.now()
    merge_question(duplicate=same, target=question, by=moderator)
    family = Idea.objects.as_of(apart).family_of(idea)
    assert family is not None and family.questions == (question.pk, same.pk)
    family = Idea.objects.as_of(timezone.now()).family_of(idea)
    assert family is not None and family.questions == (question.pk,)
