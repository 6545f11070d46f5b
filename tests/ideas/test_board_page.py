"""A board's page: orders, filters, pages, vote buttons, and what it leaves out."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from community.content import Visibility
from ideas.actions import cast_vote, change_status, merge_idea, post_comment, post_idea
from ideas.models import Idea, IdeaBoardPage
from ideas.rebuild import rebuild
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict


def titles(html: str) -> list[str]:
    return re.findall(r'<h3 class="c-row-title"><a href="[^"]*">([^<]*)</a>', html)


def page(reader: Reader, board: IdeaBoardPage, query: str = "", by: Member | None = None) -> str:
    response = reader(by).get(f"{board.url}{query}")
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def three(make_idea: Callable[..., Idea]) -> list[Idea]:
    """Posted in this order; the first has the most supporters, and those of the second are the latest."""
    ideas = [make_idea(title) for title in ("Much liked", "Just now", "Newest")]
    now = timezone.now()
    for number in range(3):
        cast_vote(idea=ideas[0], by=make_member(f"a{number}"), occurred_at=now - timedelta(days=90))
    for number in range(2):
        cast_vote(idea=ideas[1], by=make_member(f"b{number}"), occurred_at=now)
    return ideas


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Much liked", "Just now", "Newest"]),
        ("?sort=top", ["Much liked", "Just now", "Newest"]),
        ("?sort=trending", ["Just now", "Much liked", "Newest"]),
        ("?sort=newest", ["Newest", "Just now", "Much liked"]),
        ("?sort=nonsense", ["Much liked", "Just now", "Newest"]),
    ],
)
def test_ideas_stand_in_the_order_that_was_chosen(
    reader: Reader, board: IdeaBoardPage, three: list[Idea], query: str, expected: list[str]
) -> None:
    assert titles(page(reader, board, query)) == expected


def test_votes_from_before_lift_an_idea_in_top_and_are_shown_apart(
    reader: Reader, board: IdeaBoardPage, three: list[Idea]
) -> None:
    Idea.objects.filter(pk=three[2].pk).update(base_votes=15)
    rebuild([three[2].pk])
    html = page(reader, board)
    assert titles(html)[0] == "Newest"
    assert "+15" in html
    assert "and 15 votes from before, which may overlap" in html
    assert "<span>1</span>" in html
    assert "<span>16</span>" not in html


def test_ideas_are_filtered_by_status_and_tag(
    reader: Reader, board: IdeaBoardPage, author: Member, product_manager: Member, status: Callable[[str], Any]
) -> None:
    for title, tags in (("One", ["api", "design"]), ("Two", ["api"]), ("Three", [])):
        post_idea(board=board, by=author, title=title, body="Text.", tags=tags)
    change_status(idea=Idea.objects.get(title="Two"), status=status("planned"), by=product_manager)
    assert titles(page(reader, board, "?status=planned")) == ["Two"]
    assert titles(page(reader, board, "?tag=api&sort=newest")) == ["Two", "One"]
    assert titles(page(reader, board, "?tag=api&status=open")) == ["One"]
    assert "No idea here is like that" in page(reader, board, "?tag=design&status=planned")


def test_links_keep_what_was_chosen(reader: Reader, board: IdeaBoardPage, idea: Idea) -> None:
    html = page(reader, board, "?tag=design&status=open&sort=newest")
    assert 'href="?sort=newest&amp;status=planned&amp;tag=design"' in html
    assert 'href="?sort=trending&amp;status=open&amp;tag=design"' in html
    assert 'href="?status=open&amp;tag=design"' in html


def test_a_status_that_the_board_does_not_have_is_not_found(reader: Reader, board: IdeaBoardPage) -> None:
    assert reader(None).get(f"{board.url}?status=imaginary").status_code == 404


@pytest.mark.parametrize("query", ["?tag=unknown", "?tag=%00", "?tag=%27%20or%201=1", "?tag=" + "x" * 500])
def test_an_unknown_tag_finds_nothing(reader: Reader, board: IdeaBoardPage, query: str) -> None:
    page(reader, board, query)


def test_pages_follow_each_other_without_gaps_in_every_order(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea]
) -> None:
    made = {make_idea(f"Idea {number:02}").title for number in range(45)}
    for sort in ("top", "trending", "newest", "discussed"):
        seen, address, back = [], f"?sort={sort}", []
        while address:
            html = page(reader, board, address)
            seen += titles(html)
            back.append(titles(html))
            found = re.search(r'href="([^"]*)" rel="next"', html)
            address = found[1].replace("&amp;", "&") if found else ""
        assert len(seen) == 45
        assert set(seen) == made
        previous = re.search(r'href="([^"]*)" rel="prev"', html)
        assert previous
        assert titles(page(reader, board, previous[1].replace("&amp;", "&"))) == back[-2]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "%00", "W10", "a" * 3000])
def test_a_forged_cursor_is_a_bad_request(reader: Reader, board: IdeaBoardPage, cursor: str) -> None:
    assert reader(None).get(f"{board.url}?after={cursor}").status_code == 400


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_is_not_listed_for_anybody(
    reader: Reader,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    author: Member,
    moderator: Member,
    visibility: Visibility,
) -> None:
    make_invisible(make_idea(CANARY), visibility)
    for person in (None, author, moderator):
        assert CANARY not in page(reader, board, by=person)


def test_duplicates_are_not_listed_and_the_visible_ones_are_counted(
    reader: Reader, board: IdeaBoardPage, canonical: Idea, duplicate: Idea, make_invisible: Callable[..., None]
) -> None:
    html = page(reader, board)
    assert titles(html) == ["Dark mode"]
    assert "1 duplicate counted in" in html
    make_invisible(duplicate)
    assert "duplicate counted in" not in page(reader, board)


def test_tags_of_hidden_ideas_are_not_offered(
    reader: Reader, board: IdeaBoardPage, author: Member, make_invisible: Callable[..., None]
) -> None:
    make_invisible(post_idea(board=board, by=author, title="T", body="B", tags=[CANARY]))
    assert CANARY not in page(reader, board)
    assert CANARY.lower() not in page(reader, board).lower()


def test_each_row_says_whether_one_supports_it(
    reader: Reader, board: IdeaBoardPage, three: list[Idea], member: Member
) -> None:
    cast_vote(idea=three[1], by=member)
    html = page(reader, board, by=member)
    assert html.count('aria-pressed="true"') == 1
    assert f'action="/i/{three[1].pk}/unvote/' in html
    assert f'action="/i/{three[0].pk}/vote/' in html


def test_a_vote_through_a_duplicate_shows_on_the_canonical_row(
    reader: Reader, board: IdeaBoardPage, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    cast_vote(idea=duplicate, by=member)
    assert f'action="/i/{canonical.pk}/unvote/' in page(reader, board, by=member)


def test_visitors_are_led_to_sign_in_and_back_to_the_row(reader: Reader, board: IdeaBoardPage, idea: Idea) -> None:
    html = page(reader, board, "?sort=newest")
    assert f'href="/accounts/login/?next=/ideas/%3Fsort%3Dnewest%23vote-{idea.pk}"' in html
    assert "/vote/" not in html


def test_a_board_without_ideas_says_so(reader: Reader, board: IdeaBoardPage) -> None:
    assert "No ideas yet" in page(reader, board)


def test_texts_of_members_are_escaped(reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea]) -> None:
    idea = make_idea("<script>alert(1)</script>")
    idea.tags.set(["<b>x</b>"])
    html = page(reader, board)
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html


@pytest.mark.parametrize(
    ("person", "expected"), [(None, 404), ("member", 404), ("moderator", 200), ("product_manager", 200)]
)
def test_a_board_of_groups_is_not_there_for_others(
    reader: Reader, staff_board: IdeaBoardPage, request: pytest.FixtureRequest, person: str | None, expected: int
) -> None:
    client = reader(request.getfixturevalue(person) if person else None)
    for address in ("", "new/"):
        response = client.get(f"{staff_board.url}{address}")
        assert response.status_code == expected


def test_a_board_of_members_leads_visitors_to_sign_in(reader: Reader, board: IdeaBoardPage, idea: Idea) -> None:
    restrict(board)
    response = reader(None).get(board.url)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_board_is_read_and_not_posted_to(reader: Reader, board: IdeaBoardPage, member: Member) -> None:
    assert reader(member).post(board.url).status_code == 405


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("person", ["member", "moderator", "visitor"])
def test_a_board_costs_few_queries_whatever_its_size(
    reader: Reader,
    board: IdeaBoardPage,
    author: Member,
    moderator: Member,
    member: Member,
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
    person: str,
) -> None:
    for number in range(count):
        tags = ["one", "two", f"tag {number}"]
        idea = post_idea(board=board, by=make_member(f"writer{number}"), title=f"Idea {number}", body="B", tags=tags)
        post_comment(idea=idea, by=author, body="Yes")
        other = post_idea(board=board, by=author, title=f"Duplicate {number}", body="B")
        merge_idea(duplicate=other, into=idea, by=moderator)
        cast_vote(idea=other, by=member)
    client = reader(None if person == "visitor" else request.getfixturevalue(person))
    client.get(board.url)
    with django_assert_max_num_queries(12):
        assert len(titles(client.get(board.url).content.decode())) == min(count, 20)
