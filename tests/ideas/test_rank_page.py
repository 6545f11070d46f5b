"""Why this rank? The arithmetic of an idea's place, in every order, and who may see which of it."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member, Organisation
from community.content import Visibility
from ideas import history
from ideas.actions import cast_vote, explain_vote, merge_idea, post_comment, publish_policy, score_board, withdraw_vote
from ideas.models import Idea, IdeaBoardPage, Policy
from ideas.orders import SORTS
from ideas.rebuild import rebuild
from tests.ideas.conftest import CANARY, Reader, make_policy
from tests.people import make_member

OFF = "The list was ordered by another number"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing runs beside these tests, so nothing has to settle."""
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))


def ask(reader: Reader, idea: Idea, sort: str = "top", by: Member | None = None, **headers: str) -> str:
    response = reader(by).get(f"/i/{idea.pk}/rank/?sort={sort}", headers=headers)
    assert response.status_code == 200
    return response.content.decode()


def amounts(html: str) -> tuple[list[Decimal], Decimal | None]:
    """The last column of the sum, and its total."""
    body, _, foot = html.partition("<tfoot>")
    cells = re.findall(r"<td>([-\d.,]+)</td></tr>", body)
    total = re.search(r"<td>([-\d.,]+)</td></tr>", foot)
    return [Decimal(cell.replace(",", "")) for cell in cells], Decimal(total[1].replace(",", "")) if total else None


@pytest.fixture
def three(make_idea: Callable[..., Idea], moderator: Member) -> list[Idea]:
    """The first has the most votes, old ones; the second new ones, through a duplicate too; all have one of before."""
    ideas = [make_idea(title) for title in ("Much liked", "Just now", "Newest")]
    now = timezone.now()
    for number in range(6):
        cast_vote(idea=ideas[0], by=make_member(f"a{number}"), occurred_at=now - timedelta(days=20 * number))
    duplicate = make_idea("The same")
    for number in range(2):
        cast_vote(idea=duplicate, by=make_member(f"b{number}"))
    merge_idea(duplicate=duplicate, into=ideas[1], by=moderator)
    Idea.objects.filter(pk__in=[idea.pk for idea in ideas]).update(base_votes=1)
    rebuild([idea.pk for idea in ideas])
    return ideas


def test_top_adds_up(reader: Reader, three: list[Idea]) -> None:
    html = ask(reader, three[1])
    assert amounts(html) == ([3, 1], 4)
    assert "Place 2 of 3" in html
    assert "those of 1 merged idea included" in html
    assert f'<a href="{three[0].get_absolute_url()}">Much liked</a> (8)' in html
    assert f'<a href="{three[2].get_absolute_url()}">Newest</a> (2)' in html
    assert OFF not in html


def test_trending_adds_up_by_age(reader: Reader, three: list[Idea]) -> None:
    html = ask(reader, three[0], "trending")
    parts, total = amounts(html)
    assert sum(parts) == total
    assert float(total or 0) == pytest.approx(1 + sum(2 ** (-20 * number / 14) for number in range(6)), abs=0.01)
    assert [f"{count} supporter" in html for count in (2, 1)] == [True, True]
    assert f"Stored is {Idea.objects.get(pk=three[0].pk).trending:.9f}" in html
    assert OFF not in html


def test_newest_says_when(reader: Reader, three: list[Idea]) -> None:
    html = ask(reader, three[2], "newest")
    assert "Place 1 of 3" in html
    assert "Just ahead" not in html
    assert "Just behind" in html


def test_discussed_counts_the_comments_of_duplicates_that_readers_see(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    make_idea: Callable[..., Idea],
    member: Member,
    moderator: Member,
    make_invisible: Callable[..., None],
) -> None:
    hidden = make_idea(CANARY)
    for idea, count in ((canonical, 2), (duplicate, 3), (hidden, 4)):
        for number in range(count):
            post_comment(idea=idea, by=member, body=f"Yes {number}")
    merge_idea(duplicate=hidden, into=canonical, by=moderator)
    make_invisible(hidden)
    html = ask(reader, canonical, "discussed")
    assert amounts(html) == ([2, 3], 5)
    assert CANARY not in html
    assert OFF not in html


def test_a_stored_number_that_is_not_what_the_votes_say_is_owned_up_to(reader: Reader, idea: Idea) -> None:
    Idea.objects.filter(pk=idea.pk).update(supporter_count=9, trending=5, discussion_count=3)
    for sort in ("top", "trending", "discussed"):
        assert OFF in ask(reader, idea, sort)


def test_equal_ideas_stand_with_the_newer_first_in_every_order(
    reader: Reader, board: IdeaBoardPage, make_idea: Callable[..., Idea], product_manager: Member
) -> None:
    ideas = [make_idea(f"Idea {number}") for number in range(3)]
    moment = timezone.now()
    Idea.objects.update(created_at=moment, trending=1.0)
    score_board(policy=publish_policy(policy=make_policy(), by=product_manager), board=board)
    for sort in (*SORTS, "policy-needs"):
        places = [re.findall(r"Place (\d) of 3", ask(reader, idea, sort))[0] for idea in ideas]
        assert places == ["3", "2", "1"]


# Policies


@pytest.fixture
def by_policy(board: IdeaBoardPage, product_manager: Member) -> Callable[..., Policy]:
    def rank(**numbers: Any) -> Policy:
        policy = publish_policy(policy=make_policy(**numbers), by=product_manager)
        score_board(policy=policy, board=board)
        return policy

    return rank


def voters(idea: Idea, stem: str, count: int, segment: str, importance: str = "") -> None:
    organisation = Organisation.objects.get_or_create(name=f"{segment} Ltd", segment=segment)[0]
    for number in range(count):
        voter = make_member(f"{stem}{number}", organisation=organisation)
        cast_vote(idea=idea, by=voter, occurred_at=timezone.now() - timedelta(days=number + 0.5))
        explain_vote(idea=idea, by=voter, importance=importance)


WEIGHED: dict[str, Any] = {
    "segments": {"Chains": 2},
    "critical_multiplier": 3,
    "half_life_days": 7,
    "organisation_weight": Decimal("0.4"),
    "base_weight": Decimal("0.05"),
}


def test_a_policys_terms_add_up_to_the_stored_score(
    reader: Reader, idea: Idea, by_policy: Callable[..., Policy], product_manager: Member
) -> None:
    voters(idea, "a", 3, "Chains", "critical")
    voters(idea, "b", 6, "Cafés")
    by_policy(**WEIGHED)
    html = ask(reader, idea, "policy-needs", by=product_manager)
    parts, total = amounts(html)
    assert len(parts) == 4
    assert sum(parts) == total == idea.scores.get().points
    assert "Supporters: Chains, critical" in html
    assert "Version 1, with the votes of up to" in html
    assert OFF not in html


def test_groups_of_fewer_than_five_people_are_for_the_team_alone(
    reader: Reader,
    make_idea: Callable[..., Idea],
    idea: Idea,
    by_policy: Callable[..., Policy],
    product_manager: Member,
    member: Member,
) -> None:
    """Nor can they be computed: from the score, from what is left, or from the scores of neighbours."""
    voters(idea, "a", 3, "Chains")
    voters(idea, "b", 6, "Cafés")
    neighbour = make_idea("Neighbour")
    by_policy(**WEIGHED)
    score = f"{idea.scores.get().points.normalize():f}"
    assert score in ask(reader, idea, "policy-needs", by=product_manager)
    assert score in ask(reader, neighbour, "policy-needs", by=product_manager)
    for person in (None, member):
        html = ask(reader, idea, "policy-needs", by=person)
        assert amounts(html) == ([], None) or amounts(html)[1] is None
        assert "<td>10</td>" in html
        assert "only the team sees the amounts" in html
        assert score not in html + ask(reader, neighbour, "policy-needs", by=person)


def test_groups_of_five_and_more_are_public(
    reader: Reader, idea: Idea, author: Member, by_policy: Callable[..., Policy]
) -> None:
    withdraw_vote(idea=idea, by=author)
    voters(idea, "a", 5, "Chains")
    voters(idea, "b", 6, "Cafés")
    by_policy(segments={"chains": 2})
    parts, total = amounts(ask(reader, idea, "policy-needs"))
    assert (parts, total) == ([10, 6], 16)


def test_votes_after_the_ranking_do_not_change_what_it_says(
    reader: Reader, idea: Idea, by_policy: Callable[..., Policy], member: Member
) -> None:
    by_policy()
    cast_vote(idea=idea, by=member)
    html = ask(reader, idea, "policy-needs")
    assert amounts(html) == ([1], 1)
    assert OFF not in html


def test_an_idea_that_came_after_the_ranking_is_not_ranked_yet(
    reader: Reader, make_idea: Callable[..., Idea], idea: Idea, by_policy: Callable[..., Policy]
) -> None:
    by_policy()
    assert "Not ranked yet" in ask(reader, make_idea("Later"), "policy-needs")


# Who sees what


def test_orders_that_tell_what_a_board_hides_are_for_the_team(
    reader: Reader,
    board: IdeaBoardPage,
    three: list[Idea],
    by_policy: Callable[..., Policy],
    member: Member,
    product_manager: Member,
) -> None:
    by_policy()
    board.hides_counts = True
    board.save()
    cast_vote(idea=three[0], by=member)
    for sort in ("", "top", "trending", "policy-needs"):
        for person in (None, member):
            html = ask(reader, three[0], sort, by=person)
            assert "Newest goes by" in html
            assert "Needs" not in html
            listed = reader(person).get(f"{board.url}?sort={sort}").content.decode()
            assert "Needs" not in listed
            assert "Ranked by" not in listed
        assert amounts(ask(reader, three[0], sort, by=product_manager))[1]


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_may_not_be_seen_has_no_rank_and_is_nobodys_neighbour(
    reader: Reader,
    idea: Idea,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    by_policy: Callable[..., Policy],
    visibility: Visibility,
    moderator: Member,
) -> None:
    hidden = make_idea(CANARY)
    by_policy()
    make_invisible(hidden, visibility)
    for sort in (*SORTS, "policy-needs"):
        assert CANARY not in ask(reader, idea, sort)
        assert "Place 1 of 1" in ask(reader, idea, sort)
        assert reader(None).get(f"/i/{hidden.pk}/rank/?sort={sort}").status_code == 404
        assert "Not on the lists of the board" in ask(reader, hidden, sort, by=moderator)


def test_an_idea_of_a_closed_board_is_not_there(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], member: Member, moderator: Member
) -> None:
    secret = make_idea(CANARY, on=staff_board)
    for person, expected in ((None, 404), (member, 404), (moderator, 200)):
        assert reader(person).get(f"/i/{secret.pk}/rank/").status_code == expected
        assert reader(person).get(f"{staff_board.url}policies/").status_code == expected


def test_a_duplicates_rank_is_that_of_its_canonical_idea(reader: Reader, canonical: Idea, duplicate: Idea) -> None:
    response = reader(None).get(f"/i/{duplicate.pk}/rank/?sort=trending")
    assert response["Location"] == f"/i/{canonical.pk}/rank/?sort=trending"


def test_it_opens_in_place(reader: Reader, board: IdeaBoardPage, idea: Idea) -> None:
    html = ask(reader, idea, "newest", **{"HX-Request": "true"})
    assert "Place 1 of 1" in html
    assert "<html" not in html
    rows = reader(None).get(f"{board.url}?sort=newest").content.decode()
    assert f'hx-get="/i/{idea.pk}/rank/?sort=newest"' in rows
    assert f'<a href="/i/{idea.pk}/rank/?sort=newest" rel="nofollow">' in rows
    assert reader(None).post(f"/i/{idea.pk}/rank/").status_code == 405


@pytest.mark.parametrize("sort", ["nonsense", "policy-nonsense", "%00", ""])
def test_an_unknown_order_is_the_usual_one(reader: Reader, idea: Idea, sort: str) -> None:
    assert "Top goes by" in ask(reader, idea, sort)


def test_a_boards_policies_are_public_with_their_formula(
    reader: Reader, board: IdeaBoardPage, idea: Idea, by_policy: Callable[..., Policy]
) -> None:
    assert "No policy ranks this board" in reader(None).get(f"{board.url}policies/").content.decode()
    by_policy(**WEIGHED, description="For <b>quarters</b>")
    html = reader(None).get(f"{board.url}policies/").content.decode()
    assert "Chains × 2, all others × 1" in html
    assert "For &lt;b&gt;quarters&lt;/b&gt;" in html
    assert "?sort=policy-needs" in html


@pytest.mark.parametrize("count", [1, 30])
def test_a_rank_costs_few_queries(
    reader: Reader,
    make_idea: Callable[..., Idea],
    idea: Idea,
    moderator: Member,
    by_policy: Callable[..., Policy],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        make_idea(f"Idea {number}")
        merge_idea(duplicate=make_idea(f"Duplicate {number}", by=make_member(f"m{number}")), into=idea, by=moderator)
    by_policy(**WEIGHED)
    client = reader(None)
    for sort in (*SORTS, "policy-needs"):
        with django_assert_max_num_queries(26):
            client.get(f"/i/{idea.pk}/rank/?sort={sort}")
