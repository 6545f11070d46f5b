"""What the outbox notes reaches Elasticsearch, as it is in the database, and as soon as it can."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from community.models import Question
from core.tasks import is_waiting
from ideas.models import Idea
from search import outbox
from search.backends import Kind
from search.elastic import client
from search.elastic.names import read_alias
from search.elastic.rebuild import compare
from search.elastic.sync import send, sync, targets_of
from search.models import PendingDocument

pytestmark = [pytest.mark.es, pytest.mark.django_db]
Send = Callable[[], None]


def stored(kind: Kind) -> dict[int, dict[str, Any]]:
    client.working().indices.refresh(index=read_alias(kind))
    found = client.working().search(index=read_alias(kind), size=1_000)
    return {hit["_source"]["key"]: hit["_source"] for hit in found["hits"]["hits"]}


def test_what_is_noted_is_sent(elastic: Send, make_question: Callable[..., Question]) -> None:
    question = make_question("How do I export my rota?")
    outbox.note(Kind.QUESTION, [question.pk])
    elastic()
    assert stored(Kind.QUESTION)[question.pk]["title"] == "how do i export my rota"
    assert not PendingDocument.objects.exists()


def test_what_is_gone_is_removed_and_removals_go_first(
    elastic: Send, make_question: Callable[..., Question], make_idea: Callable[..., Idea]
) -> None:
    question, idea = make_question("A question"), make_idea("An idea")
    elastic()
    PendingDocument.objects.all().delete()
    Question.objects.filter(pk=question.pk).update(visibility="hidden")
    outbox.note(Kind.IDEA, [idea.pk])
    outbox.note(Kind.QUESTION, [question.pk], is_removal=True)
    from search.elastic.sync import _waiting

    assert [row.kind for row in _waiting()] == ["question", "idea"]
    elastic()
    assert stored(Kind.QUESTION) == {}
    assert set(stored(Kind.IDEA)) == {idea.pk}


def test_late_and_doubled_batches_do_no_harm(elastic: Send, make_question: Callable[..., Question]) -> None:
    question = make_question("The newer title")
    outbox.note(Kind.QUESTION, [question.pk])
    elastic()
    index = targets_of(Kind.QUESTION)[0]
    newest = client.working().get(index=index, id=str(question.pk))["_version"]
    late = [
        {
            "_op_type": "index",
            "_index": index,
            "_id": str(question.pk),
            "version": newest - 1,
            "version_type": "external_gte",
            "_source": {"key": question.pk, "title": "the older title"},
        }
    ]
    from elasticsearch import helpers

    helpers.bulk(client.working(), late, raise_on_error=False)
    assert stored(Kind.QUESTION)[question.pk]["title"] == "the newer title"
    assert send(Kind.QUESTION, [question.pk], [index]) == {}


def test_what_is_refused_stays_and_the_rest_goes(
    elastic: Send, make_question: Callable[..., Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    from search.elastic import sync

    good, bad = make_question("Good"), make_question("Bad")
    real = sync.documents_of

    def spoiled(kind: Kind, keys: Any) -> dict[int, Any]:
        return {key: ({**made, "unheard_of": 1} if key == bad.pk else made) for key, made in real(kind, keys).items()}

    monkeypatch.setattr(sync, "documents_of", spoiled)
    outbox.note(Kind.QUESTION, [good.pk, bad.pk])
    elastic()
    assert set(stored(Kind.QUESTION)) == {good.pk}
    left = PendingDocument.objects.all()
    assert {(row.key, row.attempts) for row in left} == {(bad.pk, sync.MOST_ATTEMPTS)}
    assert all("unheard_of" in row.error for row in left)
    assert compare(Kind.QUESTION).keys == []


def test_nothing_is_noted_without_elasticsearch(db: None, make_question: Callable[..., Question]) -> None:
    make_question("Hello")
    assert not PendingDocument.objects.exists()


def test_a_transaction_notes_each_post_once(
    elastic: Send, make_question: Callable[..., Question], django_assert_num_queries: Any
) -> None:
    question = make_question("How do I export my rota?")
    noted = PendingDocument.objects.filter(kind=Kind.QUESTION)
    assert list(noted.values_list("key", "is_removal")) == [(question.pk, False)]
    outbox.note(Kind.QUESTION, [question.pk], is_removal=True)
    outbox.note(Kind.QUESTION, [question.pk], is_removal=True)
    outbox.note(Kind.QUESTION, [question.pk])
    assert [row.is_removal for row in noted.order_by("pk")] == [False, True]
    with django_assert_num_queries(1):
        outbox.note(Kind.QUESTION, [question.pk, question.pk + 1])
    elastic()
    outbox.note(Kind.QUESTION, [question.pk])
    assert noted.count() == 1, "what was sent is noted anew"


def test_what_is_rolled_back_is_noted_again(elastic: Send) -> None:
    elastic()
    DBTaskResult.objects.all().delete()
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.note(Kind.QUESTION, [1])
        raise RuntimeError
    assert not PendingDocument.objects.exists()
    assert not is_waiting(sync)
    outbox.note(Kind.QUESTION, [1])
    assert PendingDocument.objects.get().key == 1
    assert is_waiting(sync)
