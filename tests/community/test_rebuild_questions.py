"""The command that counts anew what questions say about the posts below them."""

from io import StringIO
from itertools import count

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from community.actions import accept_answer, post_answer, post_comment, set_visibility, unaccept_answer
from community.content import Visibility
from community.counts import wrong_questions
from community.models import Answer, Comment, Question


def run(*args: str) -> str:
    out = StringIO()
    call_command("rebuild_questions", *args, stdout=out)
    return out.getvalue()


def test_nothing_is_wrong_after_ordinary_acts(answer: Answer, comment: Comment, author: Member) -> None:
    accept_answer(answer=answer, by=author)
    assert run("--check") == "What questions say about their answers and comments is right.\n"


def test_a_check_names_what_differs_and_changes_nothing(question: Question, answer: Answer) -> None:
    Question.objects.update(answer_count=7, is_solved=True)
    out = StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("rebuild_questions", "--check", stdout=out)
    assert stopped.value.code == 1
    assert f"question {question.pk}: answer_count is 7 and should be 1\n" in out.getvalue()
    assert f"question {question.pk}: is_solved is True and should be False\n" in out.getvalue()
    question.refresh_from_db()
    assert question.answer_count == 7


def test_without_check_it_is_put_right(question: Question, answer: Answer, comment: Comment) -> None:
    Question.objects.update(answer_count=7, comment_count=9, is_solved=True)
    assert "1 questions were wrong and are right now." in run()
    question.refresh_from_db()
    assert (question.answer_count, question.comment_count, question.is_solved) == (1, 1, False)
    assert list(wrong_questions()) == []


# Each example asks anew, and the same question twice in a minute is refused.
NUMBERS = count()
ACTS = st.lists(
    st.tuples(st.sampled_from(["answer", "comment", "accept", "unaccept", *Visibility.values]), st.integers(0, 9)),
    max_size=20,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_stored_counts_are_right_after_any_acts(
    acts: list[tuple[str, int]], make_question, author: Member, moderator: Member
) -> None:
    question = make_question(f"Question {next(NUMBERS)}")
    posts: list[Answer | Comment] = []
    for verb, which in acts:
        post = posts[which % len(posts)] if posts else None
        if verb == "answer":
            posts.append(post_answer(question=question, by=author, body=f"Answer {len(posts)}"))
        elif verb == "comment":
            posts.append(post_comment(question=question, by=author, body=f"Comment {len(posts)}"))
        elif verb in Visibility.values and post:
            set_visibility(content=post, by=moderator, visibility=Visibility(verb))
        elif verb == "accept" and isinstance(post, Answer) and Answer.objects.get(pk=post.pk).is_visible:
            accept_answer(answer=post, by=author)
        elif verb == "unaccept" and isinstance(post, Answer):
            unaccept_answer(answer=post, by=author)
    assert list(wrong_questions()) == []
