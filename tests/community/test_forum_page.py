"""A forum's page: which questions it lists, in which order, page by page."""

import base64
import json
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from community.actions import delete_content, merge_question, post_answer, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from tests.community.conftest import Browse


class Rows(HTMLParser):
    """The titles of the questions on a page, and where its links lead by their rel or text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.titles: list[str] = []
        self.links: dict[str, str] = {}
        self.current: dict[str, str] = {}
        self._in_title = False
        self._href = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "h3" and "c-row-title" in (given.get("class") or ""):
            self._in_title = True
        if tag == "a":
            self._href = given.get("href") or ""
            if rel := given.get("rel"):
                self.links[rel] = self._href

    def handle_endtag(self, tag: str) -> None:
        if tag == "h3":
            self._in_title = False
        if tag == "a":
            self._href = ""

    def handle_data(self, data: str) -> None:
        if self._in_title and data.strip():
            self.titles.append(data.strip())
        elif self._href and data.strip():
            self.links[data.strip()] = self._href


def rows_of(client: Client, forum: ForumPage, query: str = "") -> Rows:
    response = client.get(f"{forum.url}{query}")
    assert response.status_code == 200
    return Rows(response.content.decode())


def at(question: Question, **moments: Any) -> None:
    Question.objects.filter(pk=question.pk).update(**moments)


def test_the_newest_stand_first_unless_another_order_is_asked_for(make_question, forum, member, browse: Browse) -> None:
    old, _new = make_question("Old"), make_question("New")
    post_answer(question=old, by=member, body="At last.")
    assert rows_of(browse(), forum).titles == ["New", "Old"]
    assert rows_of(browse(), forum, "?sort=newest").titles == ["New", "Old"]
    assert rows_of(browse(), forum, "?sort=active").titles == ["Old", "New"]
    assert rows_of(browse(), forum, "?sort=unanswered").titles == ["New"]
    assert rows_of(browse(), forum, "?sort=cheapest").titles == ["New", "Old"]


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
@pytest.mark.parametrize("reader", ["visitor", "author", "moderator"])
def test_lists_leave_out_what_not_everybody_sees(
    reader: str, visibility: Visibility, make_question, forum, moderator, request, browse: Browse
) -> None:
    shown, hidden = make_question("Shown", tags=["seen"]), make_question("Hidden", tags=["unseen"])
    set_visibility(content=hidden, by=moderator, visibility=visibility)
    page = rows_of(browse(request.getfixturevalue(reader)), forum)
    assert page.titles == [shown.title]
    assert "seen" in page.links
    assert "unseen" not in page.links


def test_lists_leave_out_duplicates(make_question, forum, moderator, browse: Browse) -> None:
    merge_question(duplicate=make_question("Again"), target=make_question("First"), by=moderator)
    assert rows_of(browse(), forum).titles == ["First"]


def test_another_forums_questions_are_not_listed(make_question, forum, members_forum, member, browse: Browse) -> None:
    make_question("Here", tags=["here"])
    make_question("There", on=members_forum, tags=["there"])
    page = rows_of(browse(member), forum)
    assert page.titles == ["Here"]
    assert "there" not in page.links


def test_a_question_counts_as_unanswered_while_no_answer_is_visible(
    question, answer, forum, advocate, browse: Browse
) -> None:
    assert rows_of(browse(), forum, "?sort=unanswered").titles == []
    delete_content(content=answer, by=advocate)
    assert rows_of(browse(), forum, "?sort=unanswered").titles == [question.title]


# Tags


def test_a_tag_narrows_the_list_in_every_order(make_question, forum, browse: Browse) -> None:
    make_question("Red", tags=["red", "warm"])
    make_question("Blue", tags=["blue"])
    make_question("Orange", tags=["warm"])
    assert rows_of(browse(), forum, "?tag=warm").titles == ["Orange", "Red"]
    assert rows_of(browse(), forum, "?tag=warm&sort=unanswered").titles == ["Orange", "Red"]
    links = rows_of(browse(), forum, "?sort=active&tag=red").links
    assert links["warm"] == "?sort=active&tag=warm"
    assert links["Newest"] == "?tag=red"
    assert links["Unanswered"] == "?sort=unanswered&tag=red"


def test_the_tags_are_those_of_the_forums_questions_the_most_used_first(make_question, forum, browse: Browse) -> None:
    for number in range(3):
        make_question(f"Question {number}", tags=["often", *(["seldom"] if number == 1 else [])])
    html = browse().get(forum.url).content.decode()
    aside = html[html.index("<aside") :]
    assert aside.index("often") < aside.index("seldom")
    assert '<span class="u-count">3</span>' in aside


def test_of_a_long_list_the_tags_are_those_of_its_newest_questions(
    make_question, forum, monkeypatch: pytest.MonkeyPatch, browse: Browse
) -> None:
    monkeypatch.setattr("community.querysets.SAMPLE", 3)
    for number in range(4):
        make_question(f"Question {number}", tags=["often", f"tag-{number}"])
    html = browse().get(forum.url).content.decode()
    aside = html[html.index("<aside") :]
    assert [tag for tag in ("often", "tag-0", "tag-1", "tag-3") if tag in aside] == ["often", "tag-1", "tag-3"]
    assert "u-count" not in aside


@pytest.mark.parametrize(("name", "is_private"), [("forum", False), ("members_forum", True)])
def test_a_forum_that_is_not_public_says_so(name: str, is_private: bool, member, request, browse: Browse) -> None:
    html = browse(member).get(request.getfixturevalue(name).url).content.decode()
    assert ('aria-label="Not public"' in html) == is_private


def test_tags_in_other_scripts_have_addresses(make_question, forum, browse: Browse) -> None:
    make_question("Layout", tags=["設計"])
    slug = Question.objects.get().tags.get().slug
    assert rows_of(browse(), forum, f"?tag={slug}").titles == ["Layout"]


@pytest.mark.parametrize("tag", ["nothing", "red%00", "'%3B--", "%3Cscript%3E", "a" * 3000, "%ED%A0%80", "%F0"])
def test_an_unknown_tag_has_no_questions(tag: str, make_question, forum, browse: Browse) -> None:
    make_question("Red", tags=["crimson"])
    response = browse().get(f"{forum.url}?tag={tag}")
    html = response.content.decode()
    assert response.status_code == 200
    assert "No question here has this tag" in html
    assert "<script>" not in html


# Empty


def test_an_empty_forum_says_so(forum, browse: Browse) -> None:
    assert "No questions yet" in browse().get(forum.url).content.decode()


def test_a_forum_whose_questions_all_have_answers_says_so(answer, forum, browse: Browse) -> None:
    assert "Every question has an answer" in browse().get(f"{forum.url}?sort=unanswered").content.decode()


def test_the_introduction_and_the_way_to_ask_are_there(forum, browse: Browse) -> None:
    forum.intro = "<p>Ask <b>anything</b>.</p>"
    forum.save()
    html = browse().get(forum.url).content.decode()
    assert "Ask <b>anything</b>." in html
    assert f'href="{forum.url}ask/"' in html


def test_a_forum_can_be_previewed_before_it_exists(db: None) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    page = ForumPage(title="New forum", intro="<p>Soon.</p>")
    response = page.serve_preview(request, page.default_preview_mode)
    assert response.status_code == 200
    assert "New forum" in response.content.decode()


def test_a_draft_can_be_viewed_in_the_admin(forum, question, administrator: Member, client: Client) -> None:
    forum.title = "Renamed"
    forum.save_revision()
    client.force_login(administrator)
    response = client.get(f"/admin/pages/{forum.pk}/view_draft/")
    assert response.status_code == 200
    assert "Renamed" in response.content.decode()


# Page by page


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


HOSTILE = [
    "x",
    "☃",
    "%00",
    "=" * 9,
    "a" * 5000,
    encoded([]),
    encoded({}),
    encoded(None),
    encoded(["n"]),
    encoded(["n", 1]),
    encoded(["n", "2024-01-01T00:00:00Z", "1\0"]),
    encoded(["n", "2024-01-01T00:00:00Z", 2**70]),
    encoded(["n", "2024-01-01T00:00:00Z", -(2**70)]),
    encoded(["n", "2024-01-01T00:00:00Z", 1e308]),
    encoded(["n", "2024-01-01T00:00:00Z", [1]]),
    encoded(["n", "2024-01-01T00:00:00Z", 1, 1]),
    encoded(["n", "2024-13-01T00:00:00Z", 1]),
    encoded(["n", "soon", 1]),
    encoded(["n", 5, 5]),
    encoded(["q", "2024-01-01T00:00:00Z", 1]),
    encoded(["n", "9999-12-31T23:59:59-14:00", 1]),
    encoded(["n", "0001-01-01T00:00:00+14:00", 1]),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
]


@pytest.mark.parametrize("cursor", HOSTILE)
def test_a_cursor_that_no_page_gave_out_is_a_bad_request(cursor: str, question, forum, browse: Browse) -> None:
    response = browse().get(forum.url, {"after": cursor})
    assert response.status_code == 400
    assert "400" in response.content.decode()


SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.datetimes().map(str), st.dates().map(str)
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(), st.lists(SCALARS, max_size=4).map(lambda values: encoded(["n", *values])), SCALARS.map(encoded)
    )
)
def test_no_cursor_breaks_the_page(question, forum, client: Client, cursor: str) -> None:
    assert client.get(forum.url, {"after": cursor}).status_code in (200, 400)


def walk(client: Client, forum: ForumPage, query: str, direction: str, interfere: Any = None) -> list[list[str]]:
    """The pages that follow one another from here, until there is none."""
    pages = []
    while True:
        page = rows_of(client, forum, query)
        pages.append(page.titles)
        if direction not in page.links:
            return pages
        query = page.links[direction]
        if interfere:
            interfere(len(pages))


NOW = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minutes=st.lists(st.integers(0, 12), min_size=1, max_size=70), sort=st.sampled_from(["newest", "active"]))
def test_pages_together_list_each_question_once_in_order(forum, author, minutes: list[int], sort: str) -> None:
    """Moments repeat, and while one reads on, new questions come in before the page."""
    Question.objects.all().delete()
    moments = [NOW + timedelta(minutes=minute) for minute in minutes]
    Question.objects.bulk_create(
        Question(forum=forum, author=author, title=f"{pk}", slug="-", created_at=moment, last_activity_at=moment)
        for pk, moment in enumerate(moments)
    )
    rows = Question.objects.order_by("-created_at", "-pk")
    expected = list(rows.values_list("title", flat=True))
    client = Client()

    def interfere(page: int) -> None:
        later = NOW + timedelta(days=page)
        Question.objects.create(
            forum=forum, author=author, title=f"new {page}", slug="-", created_at=later, last_activity_at=later
        )

    pages = walk(client, forum, f"?sort={sort}", "next", interfere)
    assert sum(pages, []) == expected
    assert all(len(page) == 20 for page in pages[:-1])
    last = _last_address(client, forum, f"?sort={sort}")
    back = walk(client, forum, last, "prev")
    everything = list(Question.objects.order_by("-created_at", "-pk").values_list("title", flat=True))
    assert sum(reversed(back), []) == everything


def _last_address(client: Client, forum: ForumPage, query: str) -> str:
    while "next" in (links := rows_of(client, forum, query).links):
        query = links["next"]
    return query
