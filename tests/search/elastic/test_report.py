"""What operators see of Elasticsearch in the admin."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Member
from search.backends import Kind
from search.elastic import breaker
from search.elastic.rebuild import compare
from search.models import PendingDocument

URL = "/admin/reports/elasticsearch/"


def test_without_elasticsearch_it_says_so(client: Client, administrator: Member, moderator: Member) -> None:
    client.force_login(administrator)
    assert "This site has no Elasticsearch" in client.get(URL).content.decode()
    client.force_login(moderator)
    assert client.get(URL).status_code in {302, 403}


@pytest.mark.es
def test_it_shows_lag_drift_and_what_was_refused(
    elastic: Callable[[], None], client: Client, administrator: Member, make_question: Any
) -> None:
    client.force_login(administrator)
    elastic()
    assert "Elasticsearch has been told everything." in client.get(URL).content.decode()
    make_question("Rota")
    compare(Kind.QUESTION)
    PendingDocument.objects.create(kind="idea", key=1, attempts=5, error="mapper_parsing_exception")
    breaker.failed()
    html = client.get(URL).content.decode()
    for shown in ("document waits to be sent", "idea 1", "mapper_parsing_exception", "did not answer", "-question-"):
        assert shown in html
