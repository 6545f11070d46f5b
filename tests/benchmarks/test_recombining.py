"""A site of recombined posts is what acts of people would have left, for all that the search goes by."""

from itertools import islice
from random import Random

import pytest

from benchmarks.recombining import Source, fill
from benchmarks.relevance import Post, Set
from community.counts import wrong_questions
from community.models import ForumPage, Question
from core import markdown
from ideas.models import Idea, IdeaBoardPage
from search.backends import Kind
from search.elastic.documents import documents_of
from search.models import Profile
from search.similar import keeping
from tests.benchmarks.test_filling import indexes

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]

SIZE = 14
SETS = [
    Set(
        [Post("1", "How do I print a rota?", "It is too wide.", ("Turn it.", "Use **two** pages.\n\n- one\n- other"))],
        {},
    ),
    Set([Post("2", "Reader leaks sockets", "After a time-out."), Post("3", "Colours of shifts")], {}),
]


@pytest.fixture
def source(board: IdeaBoardPage, forum: ForumPage) -> Source:
    return Source(SETS)


def test_posts_are_compared_by_what_they_say(source: Source) -> None:
    fill(source, SIZE)
    assert Profile.objects.count() == Question.objects.count() + Idea.objects.count() == 2 * SIZE
    assert [each for kind in (Kind.QUESTION, Kind.IDEA) for each in keeping.differences(kind, repair=False)] == []


def test_what_questions_say_about_their_answers_is_right(source: Source) -> None:
    fill(source, SIZE)
    assert list(wrong_questions()) == []
    assert Question.objects.filter(is_solved=True).exists()


def test_what_is_written_is_rendered_and_can_be_found(source: Source) -> None:
    fill(source, SIZE)
    ideas = Idea.objects.listed()
    assert [idea.body_html for idea in ideas] == [markdown.render(idea.body) for idea in ideas]
    documents = documents_of(Kind.IDEA, [idea.pk for idea in ideas]).values()
    assert len(documents) == SIZE
    assert all(document["title"] and document["tags"] for document in documents)
    assert {document["status"] for document in documents} > {ideas.earliest("pk").board.first_status.pk}


def test_the_same_is_made_of_the_same(source: Source) -> None:
    one, other = (list(islice(each.texts(2, Random(1)), 9)) for each in (source, Source(SETS)))
    assert [(text.title, text.body) for text in one] == [(text.title, text.body) for text in other]


def test_indexes_and_constraints_are_back(source: Source) -> None:
    before = indexes()
    fill(source, SIZE)
    assert indexes() == before
