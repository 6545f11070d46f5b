"""A word that somebody may not read comes to them on no path of the search, however stale the index is."""

import re
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from wagtail.models import Page

from accounts.models import Member
from community.actions import ask_question, post_answer, set_visibility
from community.content import Visibility
from community.models import Answer, ForumPage, Question
from core.words import composed, words_in
from ideas.actions import merge_idea, post_idea
from ideas.models import Idea, IdeaBoardPage
from pages.models import StandardPage
from search.backends import Kind
from search.engine import search
from search.similar.vectors import embed_pending
from tests.people import make_member, restrict

pytestmark = pytest.mark.usefixtures("search_backend")
CANARY = "xylocarp"
ROLES = ("visitor", "member", "author", "moderator", "administrator")
HTMX = {"HX-Request": "true"}
Look = Callable[[Client], str]


def _page(**query: str) -> Look:
    return lambda client: client.get("/search/", query).text


def _part(address: str, **query: str) -> Look:
    return lambda client: client.get(address, query, headers=HTMX).text


def _similar(**headers: str) -> Look:
    return lambda client: client.post("/search/similar/", {"title": "Plum", "body": "A plum"}, headers=headers).text


def _related(to: type[Question] | type[Idea]) -> Look:
    """What is like the open post that is called Plum."""

    def look(client: Client) -> str:
        post = to._default_manager.get(title="Plum")
        return client.get("/search/related/", {to._meta.model_name: post.pk}, headers=HTMX).text

    return look


def _meant(**query: str) -> Look:
    """What the page asks whether it was meant."""
    return lambda client: "".join(re.findall(r"Did you mean.*", client.get("/search/", query).text))


# Each path of the search; what was typed is echoed, so paths that echo are asked for something beside the canary.
PATHS: dict[str, Look] = {
    "results": _page(q="plum"),
    "newest": _page(q="plum", sort="newest"),
    "partial": _page(q="plum pomelo quince"),
    **{f"results of {kind}": _page(q="plum", kind=kind) for kind in Kind},
    "by support": _page(q="plum", kind="idea", sort="supporters"),
    "by a filter alone": _page(q="tag:plum"),
    "by state": _page(q="is:open"),
    "by author": _page(q="by:moderator"),
    "in the closed forum": _page(q="in:backstage"),
    "in the closed board": _page(q="in:plans plum"),
    "suggestions": _part("/search/suggestions/", q="plum"),
    "suggestions by prefix": _part("/search/suggestions/", q="plu"),
    "with a typing error": _page(q="xilocarp"),
    "as it was probably meant": _meant(q="xilocarp", kind="question"),
    "tag": lambda client: client.get("/tags/plum/").text,
    "author": lambda client: client.get("/u/moderator/", {"show": "questions"}).text,
    "author's ideas": lambda client: client.get("/u/moderator/", {"show": "ideas"}).text,
}
# By likeness, which a model of meaning has a say in too.
ALIKE: dict[str, Look] = {
    "similar": _similar(**HTMX),
    "similar without scripts": _similar(Accept="text/html"),
    "related to a question": _related(Question),
    "related to an idea": _related(Idea),
    "widened": _page(q="xylokarp", kind="question"),
}


@pytest.fixture
def closed(forum, board, staff_forum, staff_board, home, moderator, author, idea):
    """Everything that has the canary is closed to customers: by its page, by its visibility, or as a duplicate."""
    secret = f"Plum {CANARY}"
    tags = ["plum", f"plum {CANARY}"]
    ask_question(forum=staff_forum, by=moderator, title=secret, body=secret, tags=tags)
    post_idea(board=staff_board, by=moderator, title=secret, body=secret, tags=tags)
    duplicate = post_idea(board=staff_board, by=moderator, title=secret, body=f"{secret} too")
    merge_idea(duplicate=duplicate, into=idea, by=moderator)
    held = ask_question(forum=forum, by=moderator, title=secret, body=secret, tags=["plum"])
    hidden = post_idea(board=board, by=moderator, title=secret, body=secret, tags=["plum"])
    post_idea(board=board, by=author, title="Plum", body="A plum", tags=["plum"])
    open_question = ask_question(forum=forum, by=author, title="Plum", body="Plum", tags=["plum"])
    answer = post_answer(question=open_question, by=moderator, body=f"Plum pomelo quince {secret}")
    for post, visibility in ((held, "held"), (hidden, "hidden"), (answer, "deleted")):
        set_visibility(content=post, by=moderator, visibility=Visibility(visibility))
    page = home.add_child(instance=StandardPage(title=secret, slug="secret", body=f"<p>{secret}</p>"))
    restrict(page, "Moderators")
    home.add_child(instance=StandardPage(title=secret, slug="draft", body=f"<p>{secret}</p>", live=False))
    make_member("gone", name=secret, is_active=False)


def _client(role: str, people: dict[str, Any]) -> Client:
    client = Client()
    if people[role].is_authenticated:
        client.force_login(people[role])
    return client


@pytest.fixture
def people(visitor, member, author, moderator, administrator):
    return dict(zip(ROLES, (visitor, member, author, moderator, administrator), strict=True))


def test_nobody_reads_on_any_path_what_is_closed_to_them(closed, people):
    for role in ("visitor", "member", "author"):
        client = _client(role, people)
        assert [path for path, look in (PATHS | ALIKE).items() if CANARY in look(client)] == [], role


def test_the_same_paths_show_it_to_those_who_may_read(closed, people):
    client = _client("moderator", people)
    shown = {path for path, look in (PATHS | ALIKE).items() if CANARY in look(client)}
    # Of members there is nothing that only moderators may read.
    assert set(PATHS | ALIKE) - shown == {"results of member"}


def test_meaning_leads_nobody_past_the_gate(closed, people, embedding_model):
    while embed_pending():
        pass
    readers = ("visitor", "member", "author", "moderator")
    shown = {role: [path for path, look in ALIKE.items() if CANARY in look(_client(role, people))] for role in readers}
    assert shown == {"visitor": [], "member": [], "author": [], "moderator": list(ALIKE)}


def test_what_is_closed_is_not_counted(closed, forum, board, staff_forum, staff_board, visitor, moderator):
    facets = search("plum", visitor).facets
    assert {kind for kind, count in facets.kinds.items() if count} == {Kind.QUESTION, Kind.IDEA, Kind.TAG}
    assert facets.pages == {forum.pk: 1, board.pk: 1}
    assert facets.tags == {"plum": 2}
    assert search("plum", moderator).facets.pages == {forum.pk: 1, board.pk: 2, staff_forum.pk: 1, staff_board.pk: 1}


def test_asking_for_the_canary_finds_and_counts_nothing(closed, people):
    forms = [CANARY, CANARY[:5], f'"{CANARY}"', f"plum {CANARY} -quince", f'tag:"plum {CANARY}"', f"{CANARY} tag:plum"]
    for role, query in product(("visitor", "member", "author"), forms):
        results = search(query, people[role])
        facets = results.facets
        words = {fragment.text for hit in results.hits for fragment in (*hit.title, *hit.excerpt)}
        assert not any(CANARY in text for text in words), (role, query)
        if not results.is_partial:
            assert results.total == 0, (role, query)
            assert not (facets.pages or facets.tags or facets.statuses or facets.languages), (role, query)


def test_an_index_that_says_too_much_leaks_nothing(client, question, idea, article_and_member, moderator):
    """Rows that were changed past the actions: the index still knows what the pages may not show any more."""
    Question.objects.filter(pk=question.pk).update(visibility="hidden")
    Idea.objects.filter(pk=idea.pk).update(visibility="deleted")
    Page.objects.filter(pk=article_and_member[0].pk).update(live=False)
    Member.objects.filter(pk=article_and_member[1].pk).update(is_active=False)
    for query in ("start", "dark", "rules", "smith"):
        assert search(query, moderator).total == 0
        assert search(query, moderator).hits == []


@pytest.fixture
def article_and_member(home):
    return home.add_child(instance=StandardPage(title="Rules", slug="rules")), make_member("smith")


# Each role compared with a plain scan of the database


WORDS = ("plum", "quince", "pomelo", "medlar")
PLACES = ("open", "members", "staff")
POST = st.tuples(
    st.sampled_from(PLACES),
    st.sampled_from(Visibility.values),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.booleans(),
)


def scan(user: Any, words: list[str]) -> set[Question | Idea]:
    """What has the words, by reading everything that the person may see."""

    def has(*texts: str) -> bool:
        known = {word.folded for word in words_in(composed(" ".join(texts)))}
        return known.issuperset(words)

    found: set[Question | Idea] = set()
    for question in Question.objects.visible_to(user).listed():
        answers = Answer.objects.visible_to(user).filter(question=question, visibility="visible")
        if has(question.title, question.body, *answers.values_list("body", flat=True)):
            found.add(question)
    for idea in Idea.objects.visible_to(user).listed():
        family = Idea.objects.visible_to(user).filter(canonical=idea, visibility="visible")
        if has(idea.title, idea.body, *(f"{other.title} {other.body}" for other in family)):
            found.add(idea)
    return found


@given(posts=st.lists(POST, max_size=6), asked=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True))
@settings(
    max_examples=6,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_each_role_finds_what_a_scan_of_the_database_finds(people, home, moderator, begin_anew, posts, asked):
    with transaction.atomic():
        begin_anew()
        forums, boards = {}, {}
        for place in PLACES:
            forums[place] = home.add_child(instance=ForumPage(title=place, slug=f"forum-{place}"))
            boards[place] = home.add_child(instance=IdeaBoardPage(title=place, slug=f"board-{place}"))
            for page in (forums[place], boards[place]) if place != "open" else ():
                restrict(page, *(["Moderators"] if place == "staff" else []))
        for number, (place, visibility, title, body, is_question) in enumerate(posts):
            text = {"by": people["author"], "title": " ".join(title), "body": f"Post {number}"}
            if is_question:
                post: Any = ask_question(forum=forums[place], **text)
                post_answer(question=post, by=moderator, body=" ".join(body))
            else:
                post = post_idea(board=boards[place], **text)
                other = post_idea(board=boards[place], by=moderator, title=" ".join(body), body=f"Other {number}")
                merge_idea(duplicate=other, into=post, by=moderator)
            if visibility != "visible":
                set_visibility(content=post, by=moderator, visibility=Visibility(visibility))
        for role, person in people.items():
            results = search(" ".join(asked), person)
            if results.is_partial:
                assert not scan(person, asked), role
                continue
            assert {hit.post for hit in results.hits} == scan(person, asked), role
            assert results.total == len(results.hits), role
        transaction.set_rollback(True)
