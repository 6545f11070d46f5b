"""Posts that mean the same in other words: by vectors that are made in the background and kept in the database."""

from collections.abc import Callable

import numpy as np
import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Member
from community.actions import ask_question, edit_content, post_answer, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from search.models import Vector
from search.similar import similar_posts, similar_to
from search.similar.meaning import model
from search.similar.ranking import fused
from search.similar.traits import Traits
from search.similar.vectors import embed_pending, pending_count

OTHERS = (
    "How do I print the rota?",
    "Where do holiday requests go?",
    "Can managers see the wages of others?",
    "The calendar feed shows yesterday",
)


@pytest.fixture
def ask(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, body: str = "", on: ForumPage = forum, by: Member = author) -> Question:
        return ask_question(forum=on, by=by, title=title, body=body)

    return make


@pytest.fixture
def asked(ask: Callable[..., Question], embedding_model: str) -> Question:
    for title in OTHERS:
        ask(title)
    return ask("I can't log in any more, my password is gone")


def like(title: str, user: object = None) -> list[Question]:
    return [each.post for each in similar_posts(title, user=user or AnonymousUser())]


def test_what_means_the_same_is_found_once_its_vector_is_made(asked: Question) -> None:
    wanted = "unable to authenticate, forgot credentials"
    assert asked not in like(wanted)[:1]
    assert embed_pending() == len(OTHERS) + 1
    assert like(wanted)[0] == asked
    assert embed_pending() == 0


def test_a_post_is_near_to_others_by_what_it_says(asked: Question, ask: Callable[..., Question]) -> None:
    other = ask("Credentials forgotten, authentication refused")
    embed_pending()
    assert similar_to(other, user=AnonymousUser())[0].post == asked


def test_meaning_says_more_in_the_order_where_there_are_few_words() -> None:
    by_words, near = np.array([[1.0] * 5, [0.5] * 5]), np.array([0.2, 0.8])
    few, many = Traits.of("forgot credentials"), Traits.of("forgot credentials", " ".join(f"w{n}" for n in range(30)))
    order_of_few, likeness_of_few = fused(few, by_words, near)
    order_of_many, likeness_of_many = fused(many, by_words, near)
    assert order_of_few[1] > order_of_few[0]
    assert order_of_many[0] > order_of_many[1]
    assert list(likeness_of_few) == list(likeness_of_many)


def test_vectors_follow_the_text(asked: Question, author: Member) -> None:
    embed_pending()
    edit_content(content=asked, by=author, body="", title="The printer prints empty pages")
    assert pending_count() == 1
    assert embed_pending() == 1
    assert like("blank sheets of paper")[0] == asked
    before = Vector.objects.get(profile=2 * asked.pk).made_at
    edit_content(content=asked, by=author, body=" ", title="The printer prints empty pages")
    embed_pending()
    assert Vector.objects.get(profile=2 * asked.pk).made_at == before, "the text is the same"


def test_another_model_makes_all_of_them_anew(asked: Question, settings: object) -> None:
    embed_pending()
    name = model().name
    assert set(Vector.objects.values_list("model", flat=True)) == {name}
    Vector.objects.update(model="another")
    assert like("My password is gone")[0] == asked, "by words, if not by meaning"
    assert pending_count() == len(OTHERS) + 1
    embed_pending(limit=2)
    assert Vector.objects.filter(model=name).count() == 2
    embed_pending()
    assert set(Vector.objects.values_list("model", flat=True)) == {name}


def test_vectors_are_kept_small_and_of_length_one(asked: Question) -> None:
    embed_pending()
    numbers = np.frombuffer(bytes(Vector.objects.get(profile=2 * asked.pk).numbers), np.float16)
    assert len(numbers) == 384
    assert np.linalg.norm(numbers.astype(float)) == pytest.approx(1, abs=0.01)


def test_meaning_passes_no_gate(
    asked: Question,
    ask: Callable[..., Question],
    staff_forum: ForumPage,
    moderator: Member,
    member: Member,
) -> None:
    secret = ask("Codename for the acquisition of our competitor", on=staff_forum, by=moderator)
    hidden = ask("We are going to buy the other company")
    embed_pending()
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    wanted = "takeover of a rival firm"
    assert secret in like(wanted, moderator)
    for person in (member, AnonymousUser()):
        assert {secret, hidden}.isdisjoint(like(wanted, person))
    assert not Vector.objects.filter(profile=2 * hidden.pk).exists()


def test_without_a_model_nothing_is_made(question: Question, settings: object) -> None:
    settings.EMBEDDING_MODEL = ""
    assert embed_pending() == pending_count() == 0


def test_a_model_that_fails_leaves_what_words_find(
    asked: Question, settings: object, tmp_path: object, advocate: Member
) -> None:
    (tmp_path / "model.onnx").write_bytes(b"nonsense")
    (tmp_path / "config.json").write_text('{"hidden_size": 3}')
    settings.EMBEDDING_MODEL = str(tmp_path)
    post_answer(question=asked, by=advocate, body="Reset it.")
    assert like("my password is gone")[0] == asked
