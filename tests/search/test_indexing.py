import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.models import Answer, Question
from core.words import LONGEST, MOST_TEXT, WordsField, composed, folded_words, words_in
from ideas.models import Idea
from search.engine import search
from search.indexing import BATCH, index_ideas, index_questions


def folded(text):
    words = list(folded_words(composed(text)))
    assert words == [word.folded for word in words_in(composed(text))]
    return words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop — it's 3.5 km!", ["don", "t", "stop", "it", "s", "3", "5", "km"]),
        ("snake_case and kebab-case", ["snake", "case", "and", "kebab", "case"]),
        ("Ünïcödé Straße ΣΊΣΥΦΟΣ", ["unicode", "strasse", "σισυφοσ"]),
        ("検索 ひらがな", ["検", "索", "ひ", "ら", "が", "な"]),
        ("한국어 검색", ["한국어", "검색"]),
        ("x" * 99, ["x" * LONGEST]),
        ("\0\u200b🎉 ... ", []),
    ],
)
def test_words_are_folded_alike_for_every_database(text, words):
    assert folded(text) == words


def test_a_words_place_is_its_place_in_the_text():
    text = composed("Ein Cafe\u0301, bitte")
    assert [text[word.start : word.end] for word in words_in(text)] == ["Ein", "Café", "bitte"]


def test_rows_written_past_the_actions_are_indexed_on_demand(
    forum, board, author, visitor, django_assert_max_num_queries
):
    questions = Question.objects.bulk_create(
        Question(forum=forum, author=author, title=f"Bulk {n}", slug="bulk") for n in range(BATCH + 1)
    )
    Answer.objects.bulk_create(
        [
            Answer(question=questions[0], author=author, body="An early kumquat"),
            Answer(question=questions[1], author=author, body="A hidden kumquat", visibility="hidden"),
        ]
    )
    assert search("bulk", visitor).total == 0
    index_questions(question.pk for question in questions)
    assert search("bulk", visitor).total == BATCH + 1
    assert [hit.post for hit in search("kumquat", visitor).hits] == [questions[0]]
    ideas = Idea.objects.bulk_create(
        Idea(board=board, author=author, status=board.first_status, title=f"Bulk {n}", slug="bulk") for n in range(40)
    )
    with django_assert_max_num_queries(16):
        index_ideas(idea.pk for idea in ideas)
    assert search("bulk", visitor).total == BATCH + 41
    index_ideas([])


def test_the_whole_index_can_be_built_anew(question, answer, idea, visitor):
    Question.objects.filter(pk=question.pk).update(title="Aubergine")
    Answer.objects.filter(pk=answer.pk).update(body="Courgette")
    assert search("aubergine", visitor).total == search("courgette", visitor).total == 0
    call_command("update_index", verbosity=0)
    assert search("aubergine", visitor).total == search("courgette", visitor).total == 1
    assert search("dark", visitor).total == 1


def test_very_long_threads_are_indexed_up_to_a_limit(question, advocate, visitor):
    """PostgreSQL refuses entries of more than a megabyte, and with them the answer that would be posted."""
    words = " ".join(f"{n:07d}" for n in range(MOST_TEXT // 8))
    Answer.objects.bulk_create(
        Answer(question=question, author=advocate, body=body) for body in (f"first {words}", "下" * MOST_TEXT, "last")
    )
    index_questions([question.pk])
    assert search("first", visitor).total == 1
    assert search("last", visitor).total == 0


def test_a_text_field_gives_the_index_its_words(idea):
    idea.title = "Dark, darker"
    assert WordsField("title").get_value(idea) == "dark darker"


def test_the_text_index_is_asked_once_and_not_for_each_post(question, idea, visitor):
    """As SQLite would plan it by itself, a search among 6,000 posts took 15 seconds."""
    with CaptureQueriesContext(connection) as queries:
        search("how do start", visitor)
    searches = [query["sql"] for query in queries if "wagtailsearch_indexentry" in query["sql"]]
    assert len(searches) == 2, "counts, and posts"
    if connection.vendor == "sqlite":
        for sql in searches:
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                plan = [row[3] for row in cursor.fetchall()]
            assert "VIRTUAL TABLE" in plan[0], plan
            assert "=" not in plan[0], plan


def test_pages_are_found_in_wagtails_admin(client, forum, administrator):
    client.force_login(administrator)
    for path in ("/admin/pages/search/?q=help", "/admin/pages/search/results/?q=hel"):
        assert "Help" in client.get(path).text
