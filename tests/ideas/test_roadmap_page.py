"""A board's roadmap: its columns, their order and length, and what it leaves out."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from community.content import Visibility
from ideas import roadmap
from ideas.actions import cast_vote, change_status, merge_idea, place_on_roadmap, post_idea
from ideas.models import Idea, IdeaBoardPage, Status
from tests.ideas.conftest import CANARY, Reader
from tests.ideas.test_board_plan import plan
from tests.people import make_member, restrict

Move = Callable[..., Idea]


@pytest.fixture
def move(moderator: Member, status: Callable[[str], Any]) -> Move:
    """Gives an idea of the open board the status with this slug, so many days ago."""

    def change(idea: Idea, slug: str, days_ago: int = 0) -> Idea:
        moment = timezone.now() - timedelta(days=days_ago)
        return change_status(idea=idea, status=status(slug), by=moderator, occurred_at=moment)

    return change


def page(reader: Reader, board: IdeaBoardPage, by: Member | None = None) -> str:
    response = reader(by).get(f"{board.url}roadmap/")
    assert response.status_code == 200
    return response.content.decode()


def columns(html: str) -> dict[str, list[str]]:
    """The titles of each column by its kind."""
    parts = re.split(r'aria-labelledby="column-(\w+)"', html)[1:]
    return {
        kind: re.findall(r'<h3 class="c-row-title"><a href="[^"]*">([^<]*)</a>', text)
        for kind, text in zip(parts[::2], parts[1::2], strict=True)
    }


def test_what_is_open_or_declined_is_not_on_it(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], move: Move
) -> None:
    for slug in ("planned", "in-progress", "shipped", "declined"):
        move(make_idea(f"To be {slug}"), slug)
    make_idea("Still open")
    assert columns(page(reader, board)) == {
        "planned": ["To be planned"],
        "started": ["To be in-progress"],
        "shipped": ["To be shipped"],
    }


def test_placed_ideas_come_first_and_the_others_by_their_support(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    move: Move,
    moderator: Member,
    member: Member,
) -> None:
    ideas = {title: move(make_idea(title), "planned") for title in ("A", "B", "C", "D")}
    cast_vote(idea=ideas["B"], by=member)
    assert columns(page(reader, board))["planned"] == ["B", "D", "C", "A"]
    place_on_roadmap(idea=ideas["A"], before=ideas["B"], by=moderator)
    assert columns(page(reader, board))["planned"] == ["A", "B", "D", "C"]
    cast_vote(idea=ideas["C"], by=member)
    cast_vote(idea=ideas["C"], by=make_member("another"))
    assert columns(page(reader, board))["planned"] == ["A", "C", "B", "D"]


def test_in_another_column_an_idea_has_no_place_yet(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], move: Move, moderator: Member, member: Member
) -> None:
    first, second, started = (make_idea(title) for title in ("First", "Second", "Started"))
    move(first, "planned"), move(second, "planned"), move(started, "in-progress")
    place_on_roadmap(idea=first, before=second, by=moderator)
    cast_vote(idea=started, by=member)
    move(first, "in-progress")
    assert columns(page(reader, board))["started"] == ["Started", "First"]


def test_what_was_shipped_last_comes_first_whatever_was_said_later(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    move: Move,
    moderator: Member,
    status: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roadmap, "SHIPPED_SHOWN", 3)
    ideas = [move(make_idea(f"Idea {days}"), "shipped", days) for days in (40, 10, 30, 20)]
    change_status(idea=ideas[0], status=status("shipped"), by=moderator, answer="Now for everybody.")
    html = page(reader, board)
    assert columns(html)["shipped"] == ["Idea 10", "Idea 20", "Idea 30"]
    assert 'href="/ideas/?status=shipped">All 4 in “Shipped”</a>' in html
    move(ideas[0], "open", 5)
    assert "All 4" not in page(reader, board)
    move(ideas[0], "shipped", 1)
    assert columns(page(reader, board))["shipped"] == ["Idea 40", "Idea 10", "Idea 20"]


def test_a_long_column_leads_to_the_list(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    move: Move,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(roadmap, "SHOWN", 2)
    for number in range(3):
        move(make_idea(f"Idea {number}"), "planned")
    html = page(reader, board)
    assert columns(html)["planned"] == ["Idea 2", "Idea 1"]
    assert 'href="/ideas/?status=planned">All 3 in “Planned”</a>' in html
    assert reader(None).get("/ideas/?status=planned").content.decode().count('class="c-idea-row"') == 3


def test_several_statuses_of_a_kind_share_a_column_and_are_named(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], move: Move
) -> None:
    Status.objects.create(board=board, name="In beta", slug="in-beta", kind="started", sort_order=9)
    assert "In beta" not in page(reader, board)
    move(make_idea("One"), "in-progress")
    move(make_idea("Other"), "in-beta")
    html = page(reader, board)
    assert columns(html)["started"] == ["Other", "One"]
    assert html.count('class="c-status-badge is-') == 2
    assert "In beta" in html


def test_a_card_says_for_which_quarter_an_idea_is_planned(
    reader: Reader, board: IdeaBoardPage, idea: Idea, move: Move
) -> None:
    move(idea, "planned")
    Idea.objects.filter(pk=idea.pk).update(target_quarter="2027-Q1")
    html = page(reader, board)
    assert "Q1 2027" in html
    assert "design" in html


def test_votes_are_cast_from_the_roadmap(
    reader: Reader, board: IdeaBoardPage, idea: Idea, move: Move, member: Member
) -> None:
    move(idea, "planned")
    assert f'action="/i/{idea.pk}/vote/?next=/ideas/roadmap/%23vote-{idea.pk}"' in page(reader, board, member)
    cast_vote(idea=idea, by=member)
    assert 'aria-pressed="true"' in page(reader, board, member)
    assert "/accounts/login/?next=/ideas/roadmap/" in page(reader, board)


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_is_not_on_it_for_anybody(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    move: Move,
    author: Member,
    moderator: Member,
    visibility: Visibility,
) -> None:
    for slug in ("planned", "shipped"):
        idea = move(make_idea(f"{CANARY} {slug}"), slug)
        make_invisible(idea, visibility)
    for person in (None, author, moderator):
        html = page(reader, board, person)
        assert CANARY not in html
        assert "Nothing is on the roadmap yet" in html


def test_duplicates_are_not_on_it(
    reader: Reader, board: IdeaBoardPage, canonical: Idea, make_idea: Callable[..., Idea], move: Move, moderator: Member
) -> None:
    duplicate = move(make_idea(CANARY), "planned")
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    assert CANARY not in page(reader, board)


@pytest.mark.parametrize(
    ("person", "expected"), [(None, 404), ("member", 404), ("moderator", 200), ("product_manager", 200)]
)
def test_the_roadmap_of_a_board_of_groups_is_not_there_for_others(
    reader: Reader, staff_board: IdeaBoardPage, request: pytest.FixtureRequest, person: str | None, expected: int
) -> None:
    client = reader(request.getfixturevalue(person) if person else None)
    assert client.get(f"{staff_board.url}roadmap/").status_code == expected


def test_a_board_may_be_without(reader: Reader, board: IdeaBoardPage) -> None:
    assert 'href="/ideas/roadmap/"' in reader(None).get(board.url).content.decode()
    board.has_roadmap = False
    board.save()
    assert 'href="/ideas/roadmap/"' not in reader(None).get(board.url).content.decode()
    assert reader(None).get(f"{board.url}roadmap/").status_code == 404
    assert reader(None).get(f"{board.url}roadmap/?embed=1").status_code == 404


def test_it_is_read_and_not_posted_to(reader: Reader, board: IdeaBoardPage, member: Member) -> None:
    assert reader(member).post(f"{board.url}roadmap/").status_code == 405


def test_a_roadmap_of_members_leads_visitors_to_sign_in(reader: Reader, board: IdeaBoardPage) -> None:
    restrict(board)
    assert reader(None).get(f"{board.url}roadmap/").status_code == 302


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize("person", ["member", "moderator", "visitor"])
def test_a_roadmap_costs_few_queries_whatever_is_on_it(
    reader: Reader,
    board: IdeaBoardPage,
    move: Move,
    member: Member,
    moderator: Member,
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
    person: str,
) -> None:
    for number in range(count):
        for slug in ("planned", "in-progress", "shipped"):
            by = make_member(f"{slug}{number}")
            idea = post_idea(board=board, by=by, title=f"{slug} {number}", body="B", tags=["one", f"tag {number}"])
            move(idea, slug)
    client = reader(None if person == "visitor" else request.getfixturevalue(person))
    client.get(f"{board.url}roadmap/")
    with django_assert_max_num_queries(13):
        html = client.get(f"{board.url}roadmap/").content.decode()
    assert html.count('class="c-roadmap-card"') == 3 * count


def test_where_counts_are_hidden_the_order_does_not_tell_them(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    move: Move,
    member: Member,
    product_manager: Member,
) -> None:
    board.hides_counts = True
    board.save()
    liked, newer = move(make_idea("Liked"), "planned"), move(make_idea("Newer"), "planned")
    cast_vote(idea=liked, by=make_member("another"))
    for person in (None, member):
        html = page(reader, board, person)
        assert columns(html)["planned"] == ["Newer", "Liked"]
        assert "<span>2</span>" not in html
    assert columns(page(reader, board, product_manager))["planned"] == ["Liked", "Newer"]
    place_on_roadmap(idea=newer, after=liked, by=product_manager)
    assert columns(page(reader, board))["planned"] == ["Liked", "Newer"]


def test_columns_are_read_through_their_indexes(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], move: Move
) -> None:
    for number in range(30):
        move(make_idea(f"Idea {number}"), ("planned", "shipped", "open")[number % 3])
    client = reader(None)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{board.url}roadmap/")
    asked = [query["sql"] for query in queries.captured_queries]
    columns_plan = plan(next(sql for sql in asked if "UNION" in sql))
    wanted = {"idea_status_top", "idea_roadmap"} if connection.vendor == "sqlite" else {"idea_roadmap"}
    assert wanted <= set(re.findall(r"idea_\w+", columns_plan))
    assert "SCAN ideas_idea" not in columns_plan
    shipped = next(sql for sql in asked if "ORDER BY" in sql and "occurred_at" in sql)
    assert "status_change_newest" in plan(shipped)
