"""Similar posts by meaning with Elasticsearch: it holds the vectors, and finds the nearest among what may be read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Member
from community.actions import edit_content, merge_question, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from search.backends import Kind
from search.elastic import breaker, client
from search.elastic.rebuild import build_missing, compare, rebuild, reconcile
from search.engine import search, widened
from search.models import PendingDocument, SearchIndex, Vector
from search.similar import similar_posts
from search.similar.vectors import embed_pending
from tests.search.conftest import Send, sender

pytestmark = [pytest.mark.es, pytest.mark.django_db]

WANTED = "unable to authenticate, forgot credentials"
OTHERS = ("How do I print the rota?", "Where do holiday requests go?", "The calendar feed shows yesterday")


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, no other search stands in."""
    monkeypatch.setattr(client, "ANSWER_SECONDS", 30.0)


@pytest.fixture
def send(embedding_model: str, request: pytest.FixtureRequest) -> Iterator[Send]:
    """Elasticsearch has indexes for the model; calling it sends what waits."""
    yield request.getfixturevalue("elastic")
    assert not breaker.is_open()


def ask(make_question: Callable[..., Question]) -> Question:
    for title in OTHERS:
        make_question(title)
    return make_question("I can't log in any more, my password is gone")


@pytest.fixture
def asked(send: Send, make_question: Callable[..., Question]) -> Question:
    """A question about logging in, among others."""
    return ask(make_question)


def like(title: str, user: Any = None) -> list[Question]:
    return [each.post for each in similar_posts(title, user=user or AnonymousUser())]


def test_what_means_the_same_is_found_once_its_vector_was_sent(asked: Question, send: Send) -> None:
    send()
    assert asked not in like(WANTED)
    embed_pending()
    assert PendingDocument.objects.count() == len(OTHERS) + 1
    send()
    assert like(WANTED)[0] == asked


def test_what_was_noted_and_not_sent_is_found_all_the_same(asked: Question) -> None:
    assert like("password gone")[0] == asked


def test_the_search_page_is_widened_by_it(asked: Question, send: Send, visitor: AnonymousUser) -> None:
    embed_pending()
    send()
    results = search(WANTED, visitor)
    assert not results.hits
    assert widened(results, visitor)[0].post == asked


def test_a_duplicate_leads_to_what_it_was_merged_into(
    asked: Question, send: Send, make_question: Callable[..., Question], moderator: Member, visitor: AnonymousUser
) -> None:
    target = make_question("Access")
    merge_question(duplicate=asked, target=target, by=moderator)
    embed_pending()
    send()
    assert like(WANTED)[0] == target
    assert asked not in like(WANTED)
    assert [hit.post for hit in search("password", visitor).hits] == []
    drift = compare(Kind.QUESTION)
    assert (drift.keys, drift.compared) == ([], len(OTHERS) + 2)


def test_meaning_passes_no_gate(
    asked: Question,
    send: Send,
    make_question: Callable[..., Question],
    staff_forum: ForumPage,
    moderator: Member,
    member: Member,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    secrets = [make_question(f"{WANTED} {number}", on=staff_forum) for number in range(3)]
    embed_pending()
    send()
    # The nearest so many are those that the reader may see, not what is left of others.
    monkeypatch.setattr("search.similar.elastic.MOST_FOUND", 2)
    assert set(like(WANTED, moderator)) & set(secrets)
    assert asked in like(WANTED, member)
    assert not set(like(WANTED, member)) & set(secrets)
    set_visibility(content=asked, by=moderator, visibility=Visibility.HIDDEN)
    assert asked not in like(WANTED, member), "before Elasticsearch has heard of it"


def test_vectors_are_part_of_what_is_compared(asked: Question, send: Send) -> None:
    embed_pending()
    PendingDocument.objects.all().delete()
    send()
    assert compare(Kind.QUESTION).missing, "nothing was sent"
    reconcile.call()
    assert compare(Kind.QUESTION).keys == []
    Vector.objects.filter(profile=2 * asked.pk).update(
        numbers=Vector.objects.exclude(profile=2 * asked.pk).first().numbers
    )
    assert compare(Kind.QUESTION).different == [asked.pk]
    reconcile.call()
    assert compare(Kind.QUESTION).keys == []


def test_an_edit_sends_the_new_vector(asked: Question, send: Send, author: Member) -> None:
    embed_pending()
    send()
    edit_content(content=asked, by=author, title="The printer prints empty pages", body="")
    send()
    embed_pending()
    send()
    assert like("blank sheets of paper")[0] == asked


def test_another_model_gets_another_index(
    own_indexes: str, embedding_model: str, make_question: Callable[..., Question], settings: Any, tmp_path: Path
) -> None:
    for kind in (Kind.QUESTION, Kind.IDEA):
        rebuild(kind)
    asked, send = ask(make_question), sender(own_indexes)
    embed_pending()
    send()
    other = tmp_path / "another-model"
    other.symlink_to(embedding_model)
    settings.EMBEDDING_MODEL = str(other)
    assert asked not in like(WANTED), "the vectors of one model are no match for those of another"
    embed_pending()
    send()
    assert not PendingDocument.objects.exists(), "the index that knows only the first model takes the documents"
    assert asked not in like(WANTED)
    build_missing.call()
    live = SearchIndex.objects.get(kind=Kind.QUESTION, state=SearchIndex.State.LIVE)
    mapping = client.working().indices.get_mapping(index=live.name)[live.name]["mappings"]
    assert [field["dims"] for field in mapping["properties"]["meaning"]["properties"].values()] == [384]
    assert like(WANTED)[0] == asked
    assert compare(Kind.QUESTION).keys == []


def test_a_model_that_is_new_to_the_site_needs_no_haste(
    elastic: Send, make_question: Callable[..., Question], embedding_folder: Path, settings: Any
) -> None:
    question = ask(make_question)
    settings.EMBEDDING_MODEL = str(embedding_folder)
    embed_pending()
    elastic()
    assert not PendingDocument.objects.exists()
    assert like("password is gone")[0] == question
