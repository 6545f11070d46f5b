"""Many people at once: what questions say about the posts below them stays right."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from accounts.models import Member
from community.actions import (
    accept_answer,
    ask_question,
    delete_content,
    merge_question,
    post_answer,
    post_comment,
    set_visibility,
    undo_question_merge,
)
from community.content import Visibility
from community.counts import wrong_questions
from community.families import root
from community.models import ForumPage, Question, QuestionMerge
from core.errors import ConflictError
from tests.people import make_member
from tests.races import together

THREADS = 32

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


def test_answers_and_comments_are_all_counted(question: Question) -> None:
    members = [make_member(f"person{number}") for number in range(THREADS)]
    acts = [post_answer, post_comment]
    errors = together(
        *(
            lambda act=acts[number % 2], by=by: act(question=question, by=by, body="Me too.")
            for number, by in enumerate(members)
        )
    )
    question.refresh_from_db()
    assert not errors
    assert (question.answer_count, question.comment_count) == (THREADS // 2, THREADS // 2)


def test_a_button_pressed_many_times_posts_once(forum: ForumPage, question: Question, member: Member) -> None:
    for act in (
        lambda: ask_question(forum=forum, by=member, title="Same", body="Same"),
        lambda: post_answer(question=question, by=member, body="Same"),
        lambda: post_comment(question=question, by=member, body="Same"),
    ):
        errors = together(*[act] * 8)
        assert [type(error).__name__ for error in errors] == ["AlreadyPostedError"] * 7


def test_counts_stay_right_while_answers_are_accepted_hidden_and_deleted(
    question: Question, author: Member, moderator: Member
) -> None:
    members = [make_member(f"person{number}") for number in range(8)]
    answers = [post_answer(question=question, by=by, body="So.") for by in members]

    def try_to(act: Callable[..., object], **given: object) -> None:
        with suppress(ConflictError):
            act(**given)

    errors = together(
        *(lambda answer=answer: try_to(accept_answer, answer=answer, by=author) for answer in answers),
        *(lambda answer=answer: try_to(delete_content, content=answer, by=answer.author) for answer in answers[:3]),
        *(
            lambda answer=answer: set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN)
            for answer in answers[2:5]
        ),
        *(lambda by=by: try_to(post_comment, question=question, by=by, body="Thanks") for by in members),
    )
    assert not errors
    assert list(wrong_questions()) == []


def test_questions_that_are_merged_and_undone_at_once_agree_with_their_edges(
    make_question: Callable[..., Question], moderator: Member
) -> None:
    questions = [make_question(f"Question {number}") for number in range(6)]

    def merge(number: int) -> None:
        one, other = questions[number % 6], questions[(number * 5 + 1) % 6]
        try:
            edge = merge_question(duplicate=one, target=other, by=moderator)
            if number % 3 == 0:
                undo_question_merge(edge=edge, by=moderator)
        except ConflictError:
            pass

    errors = together(*(lambda number=number: merge(number) for number in range(THREADS)))
    assert not errors
    parents = dict(QuestionMerge.objects.standing().values_list("duplicate", "target"))
    for question in Question.objects.all():
        canonical = root(parents, question.pk)
        assert question.canonical_id == (None if canonical == question.pk else canonical)
