"""While Elasticsearch does not answer the embedded search does, within the same request, and not a moment longer."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from search.elastic import breaker, client
from search.engine import search
from tests.services.elasticsearch import Node

pytestmark = [pytest.mark.es, pytest.mark.django_db]
Send = Callable[[], None]
LIMITED = "Results are limited"


def page(query: str = "rota") -> str:
    response = Client().get("/search/", {"q": query})
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def rota(elastic: Send, make_question: Any) -> None:
    make_question("The rota is empty")
    elastic()
    assert LIMITED not in page()


def test_a_server_that_hangs_holds_up_one_page_for_less_than_two_seconds(rota: None, elasticsearch_node: Node) -> None:
    elasticsearch_node.pause()
    try:
        html = page()
        assert LIMITED in html
        assert "The <mark>rota</mark> is empty" in html
        assert breaker.is_open()
        assert client.ANSWER_SECONDS * 2 < 2
        assert LIMITED in page()
    finally:
        elasticsearch_node.go_on()
    cache.set(breaker._UNTIL, time.time() - 1, None)
    assert LIMITED not in page()
    assert not breaker.is_open()


def test_an_index_that_is_not_there_is_no_error(rota: None, settings: Any) -> None:
    settings.ELASTICSEARCH_PREFIX = "nobody-made-it"
    assert LIMITED in page()


def test_nobody_listens(rota: None, settings: Any) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    assert LIMITED in page()


def test_after_a_while_one_request_tries_again(rota: None, settings: Any) -> None:
    url, settings.ELASTICSEARCH_URL = settings.ELASTICSEARCH_URL, "http://127.0.0.1:9"
    page()
    assert not breaker.lets_through()
    cache.set(breaker._UNTIL, time.time() - 1, None)
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]
    cache.delete(breaker._PROBE)
    settings.ELASTICSEARCH_URL = url
    assert LIMITED not in page()
    assert breaker.lets_through()
    assert breaker.lets_through()


def test_a_cursor_of_the_other_search_begins_anew(
    elastic: Send, make_question: Any, settings: Any, visitor: Any
) -> None:
    for number in range(25):
        make_question(f"Rota {number}")
    elastic()
    cursor = search("rota", visitor).next_cursor
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    limited = search("rota", visitor, cursor=cursor)
    assert (limited.is_limited, len(limited.hits)) == (True, 20)
    assert len(search("rota", visitor, cursor=limited.next_cursor).hits) == 5
