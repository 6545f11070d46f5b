import html
import re

import pytest

from community.actions import ask_question, post_answer
from community.models import Question
from ideas.actions import post_idea
from search.backends import Kind, Sort
from search.cursors import sealed
from search.engine import PAGE_SIZE, search
from search.indexing import index_questions

HOSTILE = [
    "",
    " ",
    "\0",
    "a\0b",
    '"',
    "'",
    "' OR 1=1 --",
    "\\",
    "\\'",
    "*",
    "start*",
    "title:start",
    "NEAR(a b, 2)",
    "AND",
    "a AND",
    "NOT a",
    "a OR OR b",
    "(",
    "()",
    "^start",
    "+start -start",
    "{title} : start",
    "%s %d %(x)s %",
    "{{ 7|add:7 }} {% debug %}",
    "<script>alert(1)</script>",
    "مرحبا بالعالم",
    "שלום \u202e",
    "😀🎉",
    "検索エンジン",
    "½ ﬁ ① Ⅷ",
    "e\u0301te\u0301",
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "x" * 100_000,
    "word " * 20_000,
    '"' * 1_000,
    "1e309 -5 0x1F 3.14",
    "a" * 64 + "!" * 64,
    "foo_bar-baz.qux@example.com/path?x=1&y=2#z",
    "(a+)+$ .* [^x]{1,999} start",
    '"start unbalanced',
    '- -- -start -"',
    '""""" "" start:"',
    "tag: status: by: in: is: before: after: lang:",
    "tag:x status:x by:x in:x is:open before:2026 after:2020 lang:xx start",
    "before:9999-12-31 after:0001-01-01 before:2026-02-30 after:99999",
    f"tag:{'x' * 50_000}",
    "tag:a " * 10_000,
    "-x " * 30_000,
    "\u202estart\u2066 \ufeff\x07\x1b[31m",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_whatever_is_typed_gets_a_page(client, question, idea, query):
    response = client.get("/search/", {"q": query})
    assert response.status_code == 200
    assert len(response.content) < 150_000
    assert "<script>alert" not in response.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        "q=%ff%fe",
        "q=start&q=other",
        "q=start&kind=thing&page=-1",
        "q=s&page=99999999999999",
        "q=s&page=²",
        "kind=idea",
        "q=start&sort=thing&kind=",
        "q=start&facet=x&in=y",
    ],
)
def test_whatever_is_in_the_address_gets_a_page(client, query):
    assert client.get(f"/search/?{query}").status_code == 200


@pytest.mark.django_db
def test_only_reading_is_possible(client):
    assert client.post("/search/", {"q": "start"}).status_code == 405


def test_words_match_in_any_case_with_and_without_accents_and_as_beginnings(forum, author, visitor):
    ask_question(forum=forum, by=author, title="Überstunden im Café", body="Straße ΑΘΗΝΑ 検索エンジン été")
    for query in (
        "überstunden",
        "UBERSTUNDEN",
        "uber",
        "cafe",
        "CAFÉ",
        "cafe\u0301",
        "strasse",
        "αθηνα",
        "検索",
        "ete",
    ):
        assert search(query, visitor).total == 1, query
    for query in ("stunden", "無料", "xete"):
        assert search(query, visitor).total == 0, query


def test_words_in_the_title_weigh_more(forum, board, author, visitor):
    ask_question(forum=forum, by=author, title="Something else", body="The calendar, the calendar and the calendar.")
    idea = post_idea(board=board, by=author, title="Calendar", body="Something else, at some length, for balance.")
    assert search("calendar", visitor).hits[0].post == idea


def test_all_words_are_wanted_and_some_are_taken(forum, author, visitor):
    both = ask_question(forum=forum, by=author, title="Apples and pears", body="Fruit")
    ask_question(forum=forum, by=author, title="Apples alone", body="Fruit")
    results = search("apples pears", visitor)
    assert [hit.post for hit in results.hits] == [both]
    assert not results.is_partial
    results = search("the apples of zanzibar", visitor)
    assert results.is_partial
    assert results.total == 2


def test_kinds_can_be_told_apart(client, question, idea, author, forum):
    ask_question(forum=forum, by=author, title="Dark matter", body="What is it?")
    page = client.get("/search/", {"q": "dark"}).text
    assert "Dark mode" in strip(page)
    assert "Dark matter" in strip(page)
    page = client.get("/search/", {"q": "dark", "kind": "idea"}).text
    assert "Dark mode" in strip(page)
    assert "Dark matter" not in strip(page)
    assert 'aria-current="true">Ideas<span class="u-count">1</span>' in page


def strip(page):
    return re.sub(r"</?mark>", "", page)


def test_words_are_marked_in_title_and_text_and_nothing_else_is_markup(client, forum, author):
    ask_question(forum=forum, by=author, title="<b>Bold</b> claims", body="A <i>bold</i> & `<u>bold</u>` claim.")
    page = client.get("/search/", {"q": "bold claim"}).text
    assert "&lt;b&gt;<mark>Bold</mark>&lt;/b&gt; <mark>claims</mark>" in page
    assert "&lt;i&gt;<mark>bold</mark>&lt;/i&gt; &amp; &lt;u&gt;<mark>bold</mark>&lt;/u&gt; <mark>claim</mark>." in page


def test_the_answer_that_has_the_words_is_quoted(client, question, advocate):
    post_answer(question=question, by=advocate, body="Something about nothing.")
    post_answer(question=question, by=advocate, body="Press the *turquoise* button.")
    page = client.get("/search/", {"q": "turquoise"}).text
    assert "Press the <mark>turquoise</mark> button." in page


def test_long_texts_are_cut_around_the_word(forum, author, visitor):
    ask_question(forum=forum, by=author, title="Long", body=f"{'before ' * 300} needle {'after ' * 300}")
    (hit,) = search("needle", visitor).hits
    text = "".join(fragment.text for fragment in hit.excerpt)
    assert text.startswith("… before")
    assert " needle after" in text
    assert text.endswith("after…")
    assert len(text) < 260


def test_the_line_with_most_of_the_words_is_quoted(forum, author, visitor):
    body = f"Not this. {'filler ' * 60} not this but that. {'filler ' * 60} that."
    ask_question(forum=forum, by=author, title="Long", body=body)
    (hit,) = search("not that", visitor).hits
    text = "".join(fragment.text for fragment in hit.excerpt)
    assert "not this but that" in text


def test_the_page_says_when_another_search_stands_in(client, question, monkeypatch):
    assert "Results are limited" not in client.get("/search/", {"q": "start"}).text
    monkeypatch.setattr("search.embedded.EmbeddedBackend.is_limited", True)
    assert "Results are limited" in client.get("/search/", {"q": "start"}).text


def test_how_to_search_is_said_on_the_page(client, db):
    page = client.get("/search/").text
    assert "<summary>How to search</summary>" in page
    assert "is:unanswered" in page


def test_where_nothing_is_found_the_words_go_along_to_the_forms(client, forum, board):
    page = client.get("/search/", {"q": "flux & capacitor"}).text
    assert "Nothing found for “flux &amp; capacitor”" in page
    assert 'href="/help/ask/?title=flux+%26+capacitor"' in page
    assert 'href="/ideas/new/?title=flux+%26+capacitor"' in page


@pytest.mark.parametrize("form", ["/help/ask/", "/ideas/new/"])
def test_the_forms_begin_with_the_words(client, forum, board, member, form):
    client.force_login(member)
    page = client.get(f"{form}?title=flux+%26+%22capacitor%22").text
    assert 'value="flux &amp; &quot;capacitor&quot;"' in page
    assert client.get(f"{form}?title=%00{'x' * 5000}").status_code == 200


@pytest.mark.django_db
def test_a_visitor_is_not_sent_to_places_that_are_closed_to_them(client, staff_forum, members_forum):
    page = client.get("/search/", {"q": "nothing"}).text
    assert "/backstage/" not in page
    assert "/customers/" not in page


def test_signs_without_a_word_get_a_sentence(client, question):
    assert "Type at least one letter or digit." in client.get("/search/", {"q": "?!"}).text


def many(forum, author, number):
    Question.objects.bulk_create(
        Question(forum=forum, author=author, title=f"Bulk {n}", slug="bulk", body="x", body_html="<p>x</p>")
        for n in range(number)
    )
    index_questions(Question.objects.values_list("pk", flat=True).iterator())


@pytest.mark.parametrize("sort", [Sort.RELEVANCE, Sort.NEWEST])
@pytest.mark.parametrize("kind", [None, Kind.QUESTION])
def test_pages_follow_one_another_without_gaps_and_end(forum, board, author, sort, kind):
    many(forum, author, PAGE_SIZE * 2 + 1)
    ideas = [post_idea(board=board, by=author, title=f"Bulk {n}", body="x") for n in range(2)]
    seen, cursor = [], None
    while True:
        results = search("bulk", author, kind, sort, cursor)
        assert len(results.hits) <= PAGE_SIZE
        seen += [(hit.kind, hit.post.pk) for hit in results.hits]
        if not (cursor := results.next_cursor):
            break
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 1 + (0 if kind else len(ideas))
    if kind and sort == Sort.NEWEST:
        assert seen == sorted(seen, reverse=True)


def test_the_page_leads_to_the_next_and_back_to_the_first(client, forum, author):
    many(forum, author, PAGE_SIZE + 1)
    page = client.get("/search/", {"q": "bulk", "sort": "newest"}).text
    address = html.unescape(re.search(r'href="(/search/[^"]*cursor=[^"]*)" rel="next"', page)[1])
    page = client.get(address).text
    assert "Bulk 0" in strip(page)
    assert "Bulk 5" not in strip(page)
    assert 'rel="next"' not in page
    assert 'href="/search/?q=bulk&amp;sort=newest">First page' in page


SEALED = [[1], ["newest", "x", "idea", 1], ["newest", None, "x", 1]]
FORGED = ["x", "x" * 100_000, "WzFd", "\0", "W10:1a2b3c:AAAA", *SEALED]


@pytest.mark.parametrize("position", FORGED)
def test_a_forged_cursor_gets_a_sentence_and_the_first_page(client, question, position):
    cursor = position if isinstance(position, str) else sealed(position)
    response = client.get("/search/", {"q": "start", "sort": "newest", "cursor": cursor})
    assert response.status_code == 400
    assert "This is the first page." in response.text
    assert question.get_absolute_url() in response.text


def test_a_cursor_of_another_order_gets_a_sentence(client, forum, author):
    many(forum, author, PAGE_SIZE + 1)
    cursor = search("bulk", author, sort=Sort.NEWEST).next_cursor
    assert client.get("/search/", {"q": "bulk", "cursor": cursor}).status_code == 400


def test_the_number_of_queries_does_not_grow(client, forum, board, member, author, idea, django_assert_max_num_queries):
    client.force_login(member)
    many(forum, author, 1)
    with django_assert_max_num_queries(26):
        client.get("/search/", {"q": "bulk"})
    many(forum, author, 40)
    for n in range(40):
        post_idea(board=board, by=author, title=f"Bulk idea {n}", body="x", tags=["one", "two"])
    with django_assert_max_num_queries(26):
        assert client.get("/search/", {"q": "bulk nothing"}).status_code == 200
