"""Similar posts with Elasticsearch: it knows other forms of words, and nobody misses it when it is away."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Member
from community.actions import set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from search.elastic import breaker
from search.similar import similar_posts

pytestmark = [pytest.mark.es, pytest.mark.django_db]
Send = Callable[[], None]

OTHERS = ("Print the rota", "Where are my invoices?", "The kiosk is grey", "Approve leave on the phone")


@pytest.fixture
def posted(elastic: Send, make_question: Callable[..., Question]) -> Question:
    """A question about mice, among others."""
    for title in OTHERS:
        make_question(title)
    question = make_question("The mice ran away")
    Question.objects.update(language="en")
    elastic()
    return question


def like(title: str, user: Any) -> list[Question]:
    found = [each.post for each in similar_posts(title, user=user)]
    assert not breaker.is_open()
    return found


def test_other_forms_of_words_lead_to_a_post(
    posted: Question, elastic: Send, make_question: Callable[..., Question], visitor: Any, settings: Any
) -> None:
    question = make_question("Trouble", body="Printing takes ages.")
    Question.objects.filter(pk=question.pk).update(language="en")
    elastic()
    assert question in like("Prints", visitor)
    settings.ELASTICSEARCH_URL = ""
    assert question not in like("Prints", visitor)


def test_an_index_that_lags_behind_leaks_nothing(
    posted: Question, elastic: Send, staff_forum: ForumPage, make_question: Any, member: Member, moderator: Member
) -> None:
    secret = make_question("Canary7Q mice", on=staff_forum)
    elastic()
    assert secret in like("canary7q mice", moderator)
    assert secret not in like("canary7q mice", member)
    set_visibility(content=posted, by=moderator, visibility=Visibility.HIDDEN)
    assert posted not in like("mice ran away", member)


def test_while_it_is_away_words_are_enough(posted: Question, visitor: Any, settings: Any) -> None:
    assert like("the mice ran", visitor)[0] == posted
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    assert similar_posts("the mice ran", user=visitor)[0].post == posted
    assert breaker.is_open()
    cache.clear()
