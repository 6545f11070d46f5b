"""Answering questions, changing answers, and accepting them."""

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import accept_answer, delete_content, post_answer, set_visibility
from community.content import Visibility
from community.models import Answer, Question
from tests.community.conftest import Browse
from tests.community.typing import WRONG_BODIES, Fields


def address(question: Question) -> str:
    return f"/q/{question.pk}/answer/"


def test_an_answer_is_posted_and_one_is_led_to_it(question: Question, member: Member, browse: Browse) -> None:
    response = browse(member).post(address(question), {"body": "Press **it**."}, follow=True)
    answer = Answer.objects.get()
    assert response.redirect_chain == [
        (f"/a/{answer.pk}/", 302),
        (f"{question.get_absolute_url()}#answer-{answer.pk}", 302),
    ]
    assert "<p>Press <strong>it</strong>.</p>" in response.content.decode()
    question.refresh_from_db()
    assert question.answer_count == 1


@pytest.mark.parametrize("body", WRONG_BODIES, ids=lambda value: repr(value)[:20])
def test_what_is_wrong_is_said_below_the_question(body: str, question: Question, member, browse: Browse) -> None:
    response = browse(member).post(address(question), {"body": body})
    html = response.content.decode()
    assert response.status_code == 422
    assert question.body_html in html
    assert not Answer.objects.exists()
    if len(body) > 100:
        assert Fields(html).typed("body") == body


def test_a_doubled_click_posts_once(question: Question, member: Member, browse: Browse) -> None:
    client = browse(member)
    client.post(address(question), {"body": "Press it."})
    response = client.post(address(question), {"body": "Press it."})
    assert response.status_code == 409
    assert Fields(response.content.decode()).typed("body") == "Press it."
    assert Answer.objects.count() == 1


def test_a_closed_question_keeps_the_text_and_says_why(question: Question, member: Member, browse: Browse) -> None:
    Question.objects.filter(pk=question.pk).update(is_locked=True)
    response = browse(member).post(address(question), {"body": "Too late?"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "This question is closed" in html
    assert Fields(html).typed("body") == "Too late?"


def test_what_was_typed_before_the_session_ended_is_kept(question, member: Member, client: Client) -> None:
    response = client.post(address(question), {"body": "A long answer"})
    assert response.headers["Location"] == f"/accounts/login/?next={address(question)}"
    client.force_login(member, backend="accounts.backends.MemberBackend")
    assert Fields(client.get(address(question)).content.decode()).typed("body") == "A long answer"
    assert Fields(client.get(address(question)).content.decode()).typed("body") == ""


def test_a_form_without_its_token_shows_what_was_typed(question, member: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="accounts.backends.MemberBackend")
    response = client.post(address(question), {"body": "A long <answer>"})
    assert response.status_code == 403
    assert "A long &lt;answer&gt;" in response.content.decode()


# Editing


def test_an_edit_changes_the_answer_and_leads_back_to_it(answer: Answer, advocate: Member, browse: Browse) -> None:
    client = browse(advocate)
    assert Fields(client.get(f"/a/{answer.pk}/edit/").content.decode()).typed("body") == answer.body
    response = client.post(f"/a/{answer.pk}/edit/", {"body": "Press the red button."})
    assert response.headers["Location"] == f"/a/{answer.pk}/"
    answer.refresh_from_db()
    assert answer.body == "Press the red button."
    assert answer.revisions.get().body == "Press the **green** button."


@pytest.mark.parametrize("body", WRONG_BODIES, ids=lambda value: repr(value)[:20])
def test_a_wrong_edit_changes_nothing(body: str, answer: Answer, advocate: Member, browse: Browse) -> None:
    assert browse(advocate).post(f"/a/{answer.pk}/edit/", {"body": body}).status_code == 422
    answer.refresh_from_db()
    assert answer.body == "Press the **green** button."


# Accepting


def test_the_asker_accepts_another_and_takes_it_back(
    question: Question, answer: Answer, member: Member, author: Member, browse: Browse
) -> None:
    other = post_answer(question=question, by=member, body="Or the red one.")
    client = browse(author)
    for chosen in (answer, other):
        response = client.post(f"/a/{chosen.pk}/accept/")
        assert response.headers["Location"] == f"/a/{chosen.pk}/"
        question.refresh_from_db()
        assert (question.accepted_answer, question.is_solved) == (chosen, True)
    client.post(f"/a/{answer.pk}/unaccept/")
    question.refresh_from_db()
    assert question.accepted_answer == other
    client.post(f"/a/{other.pk}/unaccept/")
    question.refresh_from_db()
    assert (question.accepted_answer, question.is_solved) == (None, False)


def test_the_author_of_an_answer_does_not_accept_it(answer: Answer, advocate: Member, browse: Browse) -> None:
    response = browse(advocate).post(f"/a/{answer.pk}/accept/")
    assert response.status_code == 403
    assert "Only the person who asked" in response.content.decode()


def test_a_hidden_answer_is_not_accepted(answer: Answer, author, moderator, browse: Browse) -> None:
    set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN)
    assert browse(author).post(f"/a/{answer.pk}/accept/").status_code == 404
    response = browse(moderator).post(f"/a/{answer.pk}/accept/")
    assert response.status_code == 409
    assert "not on the site any more" in response.content.decode()


def test_whoever_has_been_signed_out_comes_back_to_the_answer(answer: Answer, browse: Browse) -> None:
    response = browse().post(f"/a/{answer.pk}/accept/")
    assert response.headers["Location"] == f"/accounts/login/?next=/a/{answer.pk}/"


def test_signing_in_first_says_nothing_about_what_is_there(browse: Browse, db: None) -> None:
    assert browse().post("/a/999/accept/").headers["Location"] == "/accounts/login/?next=/a/999/"


def test_an_accepted_answer_that_is_deleted_solves_nothing(
    question: Question, answer: Answer, author: Member, advocate: Member
) -> None:
    accept_answer(answer=answer, by=author)
    delete_content(content=answer, by=advocate)
    question.refresh_from_db()
    assert not question.is_solved
