"""Filters, facets and orders, as the reader may know them."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from community.actions import accept_answer, ask_question, post_answer
from community.models import Question
from ideas.actions import cast_vote, post_idea
from ideas.models import Idea
from search.backends import MOST_COUNTED, Kind, Sort
from search.engine import search

pytestmark = pytest.mark.usefixtures("search_backend")


@pytest.fixture
def posts(forum, staff_forum, board, author, member, moderator, advocate):
    """Several posts that all have the word apple."""
    open_question = ask_question(forum=forum, by=author, title="Apple pie", body="x", tags=["fruit", "Baking Day"])
    solved = ask_question(forum=forum, by=member, title="Apple tree", body="x", tags=["fruit"])
    accept_answer(answer=post_answer(question=solved, by=advocate, body="Dig"), by=member)
    ask_question(forum=staff_forum, by=moderator, title="Apple secret", body="x", tags=["fruit", "secret"])
    idea = post_idea(board=board, by=author, title="Apple idea", body="x", tags=["fruit"])
    Question.objects.filter(pk=solved.pk).update(created_at=datetime(2024, 5, 17, 12, tzinfo=UTC))
    Question.objects.filter(pk=open_question.pk).update(language="de")
    Idea.objects.filter(pk=idea.pk).update(language="fr")
    return {"open": open_question, "solved": solved, "idea": idea}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("apple", {"open", "solved", "idea"}),
        ("apple tag:fruit", {"open", "solved", "idea"}),
        ('apple tag:fruit tag:"Baking day"', {"open"}),
        ("tag:baking-day", {"open"}),
        ("apple tag:nothing", set()),
        ("apple tag:secret", set()),
        ("apple is:unanswered", {"open"}),
        ("apple is:answered", {"solved"}),
        ("is:solved", {"solved"}),
        ("is:solved is:unanswered", set()),
        ("apple status:open", {"idea"}),
        ("apple status:planned", set()),
        ("apple is:open", {"idea"}),
        ("apple is:open is:solved", set()),
        ("apple is:shipped", set()),
        ("apple by:author", {"open", "idea"}),
        ("apple by:@Author by:member", {"open", "solved", "idea"}),
        ("apple by:nobody", set()),
        ("apple by:me", {"solved"}),
        ("apple in:help", {"open", "solved"}),
        ("apple in:ideas", {"idea"}),
        ("apple in:help in:Ideas", {"open", "solved", "idea"}),
        ("apple in:backstage", set()),
        ("apple before:2025", {"solved"}),
        ("apple before:2024-05-17", set()),
        ("apple after:2024-05-17 before:2024-05-18", {"solved"}),
        ("apple after:2025-01", {"open", "idea"}),
        ("apple lang:xx", set()),
        ("apple lang:fr", {"idea"}),
        ("apple lang:de lang:FR", {"open", "idea"}),
        ("apple -pie", {"solved", "idea"}),
        ("apple -pie -tree", {"idea"}),
        ("apple -app", {"open", "solved", "idea"}),
        ('apple -"apple pie"', {"solved", "idea"}),
        ("tag:fruit -pie", {"solved", "idea"}),
        ('"apple pie"', {"open"}),
        ('"pie apple"', set()),
        ('"appl"', set()),
        ("appl", {"open", "solved", "idea"}),
    ],
)
def test_filters(posts, member, query, expected):
    results = search(query, member)
    assert {name for name, post in posts.items() if post in [hit.post for hit in results.hits]} == expected
    assert sum(results.counts[kind] for kind in (Kind.QUESTION, Kind.IDEA)) == len(expected)


def test_what_is_left_out_takes_its_other_forms_along_unless_it_is_quoted(found, make_question, visitor):
    reports, formats = make_question("Rota reports"), make_question("Rota formats")
    assert found("rota -report", visitor) == {formats}
    assert found('rota -"report"', visitor) == {reports, formats}
    assert found('rota -"reports"', visitor) == {formats}
    # Most of what begins with a short word is another word.
    assert found("rota -form", visitor) == {reports, formats}


def test_a_visitor_has_written_nothing(posts, visitor):
    assert search("apple by:me", visitor).total == 0


def test_facets_count_what_this_reader_finds(posts, forum, staff_forum, board, member, moderator):
    facets = search("apple", member).facets
    assert facets.kinds == {Kind.QUESTION: 2, Kind.IDEA: 1, Kind.ARTICLE: 0, Kind.MEMBER: 0, Kind.TAG: 0}
    assert facets.pages == {forum.pk: 2, board.pk: 1}
    assert facets.tags == {"fruit": 3, "baking-day": 1}
    assert facets.statuses == {posts["idea"].status_id: 1}
    assert facets.languages == {"de": 1, "fr": 1}
    facets = search("apple", moderator).facets
    assert facets.pages == {forum.pk: 2, board.pk: 1, staff_forum.pk: 1}
    assert facets.tags == {"fruit": 4, "baking-day": 1, "secret": 1}
    facets = search("apple tag:fruit", member, Kind.IDEA).facets
    assert facets.kinds[Kind.QUESTION] == 2
    assert facets.pages == {board.pk: 1}


def test_facets_lead_to_what_they_promise(client, posts, member):
    client.force_login(member)
    page = client.get("/search/", {"q": "apple"}).text
    assert re.search(r'href="/search/\?q=apple\+in%3Ahelp">.*?Help.*?<span class="u-count">2<', page)
    assert re.search(r'href="/search/\?q=apple\+tag%3Afruit">', page)
    assert re.search(r'href="/search/\?q=apple\+status%3AOpen">', page)
    assert "secret" not in page
    narrowed = client.get("/search/?q=apple+in%3Ahelp").text
    assert re.search(r'class="c-chip" aria-current="true" href="/search/\?q=apple"><bdi>in:help', narrowed)


@pytest.mark.parametrize("search_backend", ["embedded"], indirect=True)
def test_more_than_can_be_counted_is_said_to_be_more(client, forum, author, monkeypatch, posts, visitor):
    for module in ("embedded", "narrowing"):
        monkeypatch.setattr(f"search.{module}.MOST_COUNTED", 2)
    results = search("apple", visitor)
    assert results.facets.is_sampled
    assert results.counts[Kind.QUESTION] == 2
    assert results.counts[Kind.IDEA] == 1
    page = client.get("/search/", {"q": "apple"}).text
    assert 'Questions<span class="u-count">2+</span>' in page
    assert MOST_COUNTED == 10_000


def test_nothing_found_says_which_filter_to_leave_out(client, posts):
    page = client.get("/search/", {"q": "apple tag:nothing"}).text
    assert "Leave out a filter" in page
    assert 'href="/search/?q=apple">Without tag:nothing' in page
    assert "?title=apple" in page


# Orders


def test_the_newest_first(posts, visitor):
    assert [hit.post for hit in search("apple", visitor, sort=Sort.NEWEST).hits] == [
        posts["idea"],
        posts["open"],
        posts["solved"],
    ]


def test_ideas_by_their_supporters_where_that_may_be_known(board, make_idea, home, member, visitor, product_manager):
    first, second, third = (make_idea(f"Apple {n}") for n in range(3))
    cast_vote(idea=second, by=member)
    assert [hit.post for hit in search("apple", visitor, Kind.IDEA, Sort.SUPPORTERS).hits] == [second, third, first]
    board.hides_counts = True
    board.save()
    for person in (visitor, member):
        assert [hit.post for hit in search("apple", person, Kind.IDEA, Sort.SUPPORTERS).hits] == [third, second, first]
    shown = {hit.post: hit.supporter_count for hit in search("apple", member, Kind.IDEA).hits}
    assert shown == {first: None, second: 2, third: None}
    ranked = search("apple", product_manager, Kind.IDEA, Sort.SUPPORTERS).hits
    assert [hit.post for hit in ranked] == [second, third, first]


def test_only_ideas_have_supporters(client, posts, visitor):
    assert search("apple", visitor, sort=Sort.SUPPORTERS).sort == Sort.RELEVANCE
    assert "sort=supporters" not in client.get("/search/", {"q": "apple"}).text
    assert "sort=supporters" in client.get("/search/", {"q": "apple", "kind": "idea"}).text


def test_days_begin_when_they_do_for_the_reader(posts, visitor):
    Question.objects.filter(pk=posts["open"].pk).update(created_at=datetime(2024, 6, 1, 2, tzinfo=UTC))
    assert posts["open"] in [hit.post for hit in search("apple after:2024-06-01 before:2024-06-02", visitor).hits]
    with timezone.override("America/New_York"):
        assert search("apple after:2024-06-01 before:2024-06-02", visitor).total == 0
