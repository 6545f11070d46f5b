"""The team's screen of all ideas, and changing tags, statuses, owners and quarters of many at once."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from wagtail.log_actions import registry

from accounts.models import Member
from community.content import Visibility
from core.errors import ForbiddenError
from ideas.actions import Outcome, change_ideas, change_status, merge_idea, plan_idea
from ideas.errors import (
    AnswerWithoutStatusError,
    DifferentBoardsError,
    NoPlannerError,
    NothingChosenError,
    OtherBoardsStatusError,
    UnknownQuarterError,
)
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange
from tests.ideas.conftest import CANARY, Reader
from tests.people import restrict
from tests.races import together

SCREEN, CHANGE = "/admin/ideas/", "/admin/ideas/change/"

MakeIdea = Callable[..., Idea]
StatusOf = Callable[[str], Any]


@pytest.fixture
def ideas(make_idea: MakeIdea) -> list[Idea]:
    return [make_idea(f"Idea {number}") for number in range(3)]


@pytest.fixture
def product(reader: Reader, product_manager: Member) -> Client:
    return reader(product_manager)


def tags_of(idea: Idea) -> set[str]:
    return set(Idea.objects.get(pk=idea.pk).tags.names())


# The action


def test_tags_are_added_and_removed_whatever_their_letters(ideas: list[Idea], product_manager: Member) -> None:
    ideas[0].tags.set(["Mobile", "old"])
    ideas[1].tags.set(["old"])
    outcomes = change_ideas(ideas=ideas, by=product_manager, add_tags=["mobile", "2027"], remove_tags=["OLD"])
    assert [tags_of(idea) for idea in ideas] == [{"Mobile", "2027"}] * 3
    assert outcomes == {"add_tags": Outcome(3, 0), "remove_tags": Outcome(2, 1)}
    line = registry.get_logs_for_instance(ideas[0]).get()
    assert line.formatter.format_message(line) == "Tags: +2027, −old"
    assert not change_ideas(ideas=ideas, by=product_manager, add_tags=["MOBILE"])["add_tags"].changed


def test_statuses_change_with_one_answer_and_those_that_have_it_are_left_alone(
    ideas: list[Idea], product_manager: Member, status: StatusOf
) -> None:
    change_status(idea=ideas[1], status=status("planned"), by=product_manager)
    outcomes = change_ideas(ideas=ideas, by=product_manager, status=status("planned"), answer="In **spring**.")
    assert outcomes == {"status": Outcome(2, 1)}
    lines = StatusChange.objects.exclude(answer="").order_by("idea")
    assert [line.idea for line in lines] == [ideas[0], ideas[2]]
    assert {line.answer_html for line in lines} == {"<p>In <strong>spring</strong>.</p>\n"}
    assert {line.old_status.slug for line in lines if line.old_status} == {"open"}
    assert set(Idea.objects.values_list("status__slug", flat=True)) == {"planned"}
    assert registry.get_logs_for_instance(ideas[0]).get().action == "ideas.change_status"


def test_owner_and_quarter_are_set_and_taken_back(ideas: list[Idea], product_manager: Member) -> None:
    change = partial(change_ideas, ideas=ideas, by=product_manager)
    plan_idea(idea=ideas[0], by=product_manager, owner=product_manager, target_quarter="")
    assert change(owner=product_manager, target_quarter="2027-Q1") == {
        "owner": Outcome(2, 1),
        "target_quarter": Outcome(3, 0),
    }
    change(target_quarter="")
    change(owner=None)
    assert set(Idea.objects.values_list("owner", "target_quarter")) == {(None, "")}


def test_all_or_nothing(
    ideas: list[Idea],
    staff_board: IdeaBoardPage,
    make_idea: MakeIdea,
    member: Member,
    product_manager: Member,
    status: StatusOf,
) -> None:
    other = make_idea("Other", on=staff_board)
    foreign = Status.objects.filter(board=staff_board).last()
    change = partial(change_ideas, ideas=ideas, by=product_manager, add_tags=["new"])
    for error, act in (
        (ForbiddenError, partial(change, by=member)),
        (NoPlannerError, partial(change, owner=member)),
        (UnknownQuarterError, partial(change, target_quarter="soon")),
        (OtherBoardsStatusError, partial(change, status=foreign)),
        (DifferentBoardsError, partial(change, ideas=[*ideas, other], status=status("planned"))),
        (AnswerWithoutStatusError, partial(change, answer="Yes")),
        (NothingChosenError, partial(change, add_tags=[])),
    ):
        with pytest.raises(error):
            act()
    restrict(staff_board, "Administrators")
    with pytest.raises(ForbiddenError):
        change(ideas=[*ideas, other])
    assert not any(map(tags_of, [*ideas, other]))
    assert not StatusChange.objects.exists()


def test_families_are_changed_idea_by_idea(
    canonical: Idea, duplicate: Idea, product_manager: Member, status: StatusOf
) -> None:
    change_ideas(ideas=[canonical], by=product_manager, status=status("planned"), add_tags=["new"])
    duplicate.refresh_from_db()
    assert duplicate.status == status("open")
    assert not tags_of(duplicate)


# The screen


@pytest.mark.parametrize(
    ("role", "expected"),
    [("member", 403), ("advocate", 403), ("moderator", 200), ("product_manager", 200), ("administrator", 200)],
)
def test_who_opens_the_screen(
    reader: Reader, ideas: list[Idea], role: str, expected: int, request: pytest.FixtureRequest
) -> None:
    client = reader(request.getfixturevalue(role))
    for page in (SCREEN, f"{SCREEN}results/", f"{CHANGE}?idea={ideas[0].pk}"):
        response = client.get(page)
        assert response.status_code == expected
        assert ("Idea 0" in response.content.decode()) == (expected == 200)
    post = client.post(CHANGE, {"idea": ideas[0].pk, "add_tags": "new"})
    assert post.status_code == (302 if expected == 200 else 403)
    assert tags_of(ideas[0]) == ({"new"} if expected == 200 else set())


def test_visitors_are_asked_to_sign_in(reader: Reader, db: None) -> None:
    assert "/accounts/login/" in reader(None).get(SCREEN)["Location"]


def test_nothing_of_a_closed_board_is_on_it(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: MakeIdea, administrator: Member
) -> None:
    idea = make_idea(CANARY, on=staff_board)
    idea.tags.set([f"tag{CANARY}"])
    Status.objects.filter(board=staff_board).update(name=f"status{CANARY}")
    client = reader(administrator)
    pages = ["", "?q=canary", f"?tag=tag{CANARY.lower()}", f"?status={idea.status_id}", f"?board={staff_board.pk}"]
    for page in pages:
        assert CANARY not in client.get(f"{SCREEN}{page}").content.decode().replace(f"tag{CANARY.lower()}", "")
    response = client.get(f"{CHANGE}?idea={idea.pk}", follow=True)
    assert CANARY not in response.content.decode()
    client.post(CHANGE, {"idea": idea.pk, "add_tags": "forged"})
    assert tags_of(idea) == {f"tag{CANARY}"}


def test_hidden_ideas_are_on_it_for_moderators_alone(
    reader: Reader,
    ideas: list[Idea],
    make_invisible: Callable[..., None],
    moderator: Member,
    product_manager: Member,
) -> None:
    make_invisible(ideas[0], Visibility.HIDDEN)
    assert "Idea 0" in reader(moderator).get(SCREEN).content.decode()
    assert "Idea 0" not in reader(product_manager).get(SCREEN).content.decode()


def test_filters_words_and_orders(
    product: Client, ideas: list[Idea], product_manager: Member, status: StatusOf, staff_board: IdeaBoardPage
) -> None:
    ideas[0].tags.set(["mobile"])
    change_status(idea=ideas[1], status=status("shipped"), by=product_manager)
    plan_idea(idea=ideas[2], by=product_manager, owner=product_manager, target_quarter="2027-Q1")

    def found(query: str) -> list[str]:
        html = product.get(f"{SCREEN}results/?{query}").content.decode()
        places = {html.index(title): title[-1] for title in ("Idea 0", "Idea 1", "Idea 2") if title in html}
        return [places[place] for place in sorted(places)]

    assert found("") == ["2", "1", "0"]
    assert found("ordering=title") == ["0", "1", "2"]
    assert found("ordering=nonsense") == ["2", "1", "0"]
    assert found("tag=mobile") == ["0"]
    assert found("kind=shipped") == ["1"]
    assert found(f"status={status('shipped').pk}") == ["1"]
    assert found(f"owner={product_manager.pk}") == ["2"]
    assert found("owner=nobody") == ["1", "0"]
    assert found(f"board={staff_board.pk}") == []
    assert found(f"board={ideas[0].board_id}&kind=open") == ["2", "0"]
    assert found("q=IDEA+1") == ["1"]
    assert found("q=idea+nowhere") == []


@pytest.mark.parametrize("count", [1, 30])
def test_the_screen_costs_few_queries(
    product: Client,
    make_idea: MakeIdea,
    product_manager: Member,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        idea = make_idea(f"Idea {number}")
        idea.tags.set([f"tag {number}", "all"])
        plan_idea(idea=idea, by=product_manager, owner=product_manager, target_quarter="2027-Q1")
    product.get(SCREEN)
    with django_assert_max_num_queries(22):
        assert product.get(SCREEN).status_code == 200


def test_many_are_changed_after_a_look_at_them(
    product: Client, ideas: list[Idea], product_manager: Member, status: StatusOf
) -> None:
    change_status(idea=ideas[1], status=status("planned"), by=product_manager)
    html = product.get(CHANGE, {"idea": [idea.pk for idea in ideas]}).content.decode()
    assert all(f'name="idea" value="{idea.pk}"' in html for idea in ideas)
    assert "ordering=" not in html
    data = {
        "idea": [idea.pk for idea in ideas],
        "add_tags": "mobile, 2027",
        "status": status("planned").pk,
        "answer": "In **spring**.",
        "owner": product_manager.pk,
        "target_quarter": "",
    }
    html = product.post(CHANGE, data, follow=True).content.decode()
    for sentence in (
        "Tags added: 3 ideas changed.",
        "Status: 2 ideas changed. 1 was so already and was left alone.",
        "Owner: 3 ideas changed.",
    ):
        assert sentence in html
    assert set(Idea.objects.values_list("status__slug", "owner", "target_quarter")) == {
        ("planned", product_manager.pk, "")
    }
    product.post(CHANGE, {"idea": ideas[0].pk, "owner": "nobody", "remove_tags": "mobile"})
    assert tags_of(ideas[0]) == {"2027"}
    assert Idea.objects.get(pk=ideas[0].pk).owner is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Say what to change"),
        ({"answer": CANARY}, "Choose the status that the answer goes with."),
        ({"owner": "999999", "add_tags": CANARY}, "Select a valid choice"),
        ({"status": "0", "add_tags": CANARY}, "Select a valid choice"),
        ({"target_quarter": "1999-Q1", "add_tags": CANARY}, "Select a valid choice"),
        ({"add_tags": f"{CANARY}, b, c, d, e, f"}, "At most 5 tags"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    product: Client, ideas: list[Idea], data: dict[str, str], sentence: str
) -> None:
    response = product.post(CHANGE, {"idea": [idea.pk for idea in ideas], **data})
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert (CANARY in html) == bool(data)
    assert not any(map(tags_of, ideas))


def test_ideas_of_several_boards_keep_their_statuses(
    product: Client, ideas: list[Idea], staff_board: IdeaBoardPage, make_idea: MakeIdea, status: StatusOf
) -> None:
    other = make_idea("Other", on=staff_board)
    chosen = [ideas[0].pk, other.pk]
    html = product.get(CHANGE, {"idea": chosen}).content.decode()
    assert "choose ideas of one board alone" in html
    assert 'name="status"' not in html
    product.post(CHANGE, {"idea": chosen, "status": status("planned").pk, "add_tags": "both"})
    assert tags_of(other) == tags_of(ideas[0]) == {"both"}
    assert not StatusChange.objects.exists()


@pytest.mark.parametrize("numbers", [[], ["0"], ["x"], ["9" * 30], ["-1"]])
def test_nothing_that_can_be_changed_leads_back(product: Client, ideas: list[Idea], numbers: list[str]) -> None:
    for response in (product.get(CHANGE, {"idea": numbers}), product.post(CHANGE, {"idea": numbers, "add_tags": "x"})):
        assert response["Location"] == SCREEN


def test_an_idea_that_went_away_meanwhile_is_said_before_anything_changes(
    product: Client, ideas: list[Idea], make_invisible: Callable[..., None]
) -> None:
    make_invisible(ideas[0])
    response = product.post(CHANGE, {"idea": [idea.pk for idea in ideas], "add_tags": "new"})
    html = response.content.decode()
    assert response.status_code == 422
    assert "not there any more" in html
    assert "Idea 0" not in html
    assert not any(map(tags_of, ideas))


def test_merged_ideas_say_so(product: Client, canonical: Idea, duplicate: Idea) -> None:
    html = product.get(SCREEN).content.decode()
    assert "Merged into another idea" in html
    assert f"{duplicate.get_absolute_url()}?stay=1" in html


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_people_change_the_same_ideas_at_once(
    ideas: list[Idea], make_idea: MakeIdea, moderator: Member, product_manager: Member, status: StatusOf
) -> None:
    """In whichever order they ticked them, with merges between them: nobody waits for ever, no line is doubled."""
    duplicate = make_idea("Duplicate")
    chosen = [*ideas, duplicate]
    planned = status("planned")
    acts: list[Callable[[], object]] = [
        partial(change_ideas, ideas=chosen[:: 1 if turn % 2 else -1], by=product_manager, status=planned, add_tags=tags)
        for turn, tags in enumerate([["a", "b"], ["b", "a"], ["c"], ["a"]] * 3)
    ]
    acts.append(partial(merge_idea, duplicate=duplicate, into=ideas[0], by=moderator))
    errors = together(*acts)
    assert not errors
    assert StatusChange.objects.count() == len(chosen)
    assert all(tags_of(idea) == {"a", "b", "c"} for idea in chosen)
