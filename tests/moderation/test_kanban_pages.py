"""The Kanban boards in the admin: who opens them, what they show, and how a stale move is answered."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from community.actions import ask_question, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from ideas.actions import change_status, place_on_roadmap, plan_idea, post_idea
from ideas.errors import NotArrangedError
from ideas.log import PLACED
from ideas.models import Idea, IdeaBoardPage, Status
from ideas.roadmap import read_roadmap
from moderation.actions import StaleNeighbourError, move_question
from moderation.cards import idea_card, idea_columns
from moderation.models import PostLogEntry, QuestionCard
from tests.people import make_member, restrict

INDEX = "/admin/kanban/"
CANARY = "Canary7Q"
SCRIPT = {"X-Kanban": "move"}


def of_ideas(board: IdeaBoardPage) -> str:
    return f"{INDEX}ideas/{board.pk}/"


def of_questions(forum: ForumPage) -> str:
    return f"{INDEX}questions/{forum.pk}/"


def screens(board: IdeaBoardPage, idea: Idea) -> list[str]:
    return [of_ideas(board), f"{of_ideas(board)}columns/", f"{of_ideas(board)}{idea.pk}/"]


def question_screens(forum: ForumPage, question: Question) -> list[str]:
    return [of_questions(forum), f"{of_questions(forum)}columns/", f"{of_questions(forum)}{question.pk}/"]


def move_of(idea: Idea, slug: str, **changed: Any) -> dict[str, Any]:
    """What the board sends to move the idea's card as it is now."""
    card = idea_card(idea)
    assignee = card.assignee.pk if card.assignee else ""
    column = Status.objects.get(board=idea.board, slug=slug).pk
    return {"version": card.version, "column": column, "assignee": assignee, "quarter": card.quarter, **changed}


@pytest.mark.parametrize(
    ("role", "ideas", "questions"),
    [
        ("member", 403, 403),
        ("advocate", 403, 403),
        ("product_manager", 200, 403),
        ("moderator", 200, 200),
        ("administrator", 200, 200),
    ],
)
def test_who_opens_which_board(
    role: str, ideas: int, questions: int, client: Client, idea: Idea, question: Question, request: Any
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert [client.get(page).status_code for page in screens(idea.board, idea)] == [ideas] * 3
    assert [client.get(page).status_code for page in question_screens(question.forum, question)] == [questions] * 3
    index = client.get(INDEX)
    assert index.status_code == ideas
    text = index.content.decode()
    assert (of_ideas(idea.board) in text, of_questions(question.forum) in text) == (ideas == 200, questions == 200)


def test_visitors_are_asked_to_sign_in(client: Client, idea: Idea) -> None:
    for page in (INDEX, *screens(idea.board, idea)):
        assert client.get(page)["Location"].startswith(reverse("account_login"))


def test_the_menu_leads_those_who_may_move_cards(
    client: Client, product_manager: Member, administrator: Member
) -> None:
    from django.contrib.auth.models import Permission

    for person in (product_manager, administrator):
        client.force_login(person)
        assert f'"{INDEX}"' in client.get("/admin/").content.decode()
    editor = make_member("editor")
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor)
    assert f'"{INDEX}"' not in client.get("/admin/").content.decode()


def test_boards_that_one_may_not_read_are_not_there(
    client: Client, home: Any, board: IdeaBoardPage, forum: ForumPage, author: Member, moderator: Member
) -> None:
    idea = post_idea(board=board, by=author, title=CANARY, body="?")
    question = ask_question(forum=forum, by=author, title=CANARY, body="?")
    pages = [*screens(board, idea), *question_screens(forum, question)]
    client.force_login(moderator)
    assert all(CANARY in client.get(page).content.decode() for page in pages)
    for page in (board, forum):
        page.title = f"{page.title} {CANARY}"
        page.save_revision().publish()
        restrict(page, "Product managers")
    assert [client.get(page).status_code for page in pages] == [404] * 6
    assert CANARY not in client.get(INDEX).content.decode()
    assert client.post(pages[2], move_of(idea, "planned"), headers=SCRIPT).status_code == 404
    assert client.post(pages[5], {"version": "0", "column": "doing", "assignee": ""}).status_code == 404
    idea.refresh_from_db()
    assert idea.status.slug == "open"
    assert not QuestionCard.objects.exists()


def test_a_card_is_only_found_on_its_own_board(
    client: Client, idea: Idea, staff_board: IdeaBoardPage, product_manager: Member
) -> None:
    client.force_login(product_manager)
    assert client.get(f"{of_ideas(staff_board)}{idea.pk}/").status_code == 404


def test_what_is_hidden_is_on_no_board(
    client: Client, board: IdeaBoardPage, forum: ForumPage, author: Member, moderator: Member
) -> None:
    idea = post_idea(board=board, by=author, title=CANARY, body="?")
    question = ask_question(forum=forum, by=author, title=CANARY, body="?")
    for post in (idea, question):
        set_visibility(content=post, by=moderator, visibility=Visibility.HIDDEN, reason="Spam")
    client.force_login(moderator)
    for page in (of_ideas(board), of_questions(forum)):
        assert CANARY not in client.get(page).content.decode()


def test_a_card_says_what_the_team_wants_to_know(
    client: Client, idea: Idea, moderator: Member, product_manager: Member
) -> None:
    plan_idea(idea=idea, by=moderator, owner=product_manager, target_quarter="2027-Q2")
    client.force_login(moderator)
    page = client.get(of_ideas(idea.board)).content.decode()
    for said in ("Dark mode", "One supporter", "design", "Product", "Q2 2027"):
        assert said in page


def test_lanes_divide_the_cards(client: Client, make_idea: Callable[..., Idea], moderator: Member) -> None:
    mine, free = make_idea("Mine"), make_idea("Free")
    plan_idea(idea=mine, by=moderator, owner=moderator, target_quarter="2027-Q2")
    client.force_login(moderator)
    for lanes, first, last in (
        ("assignee", "Moderator", "Assigned to nobody"),
        ("quarter", "Q2 2027", "Without a target quarter"),
    ):
        text = client.get(f"{of_ideas(free.board)}?lanes={lanes}").content.decode()
        found = [text.index(part) for part in (f'aria-label="{first}"', ">Mine<", f'aria-label="{last}"', ">Free<")]
        assert found == sorted(found)
    for odd in ("nonsense", ""):
        assert "c-kanban-lane-name" not in client.get(f"{of_ideas(free.board)}?lanes={odd}").content.decode()


def test_without_a_script_a_card_is_moved_by_its_form(client: Client, idea: Idea, product_manager: Member) -> None:
    client.force_login(product_manager)
    page = f"{of_ideas(idea.board)}{idea.pk}/?lanes=assignee"
    assert idea_card(idea).version in client.get(page).content.decode()
    response = client.post(page, move_of(idea, "planned", assignee=product_manager.pk, quarter="2027-Q1"), follow=True)
    assert response.redirect_chain == [(f"{of_ideas(idea.board)}?lanes=assignee", 302)]
    assert "“Dark mode” is in “Planned”, assigned to Product." in response.content.decode()
    assert reverse("ideas:idea-status", args=[idea.pk]) in response.content.decode()
    idea.refresh_from_db()
    assert (idea.status.slug, idea.owner, idea.target_quarter) == ("planned", product_manager, "2027-Q1")


def test_without_a_script_a_stale_move_is_refused_and_the_card_shown_as_it_is(
    client: Client, idea: Idea, product_manager: Member, moderator: Member
) -> None:
    client.force_login(product_manager)
    page, stale = f"{of_ideas(idea.board)}{idea.pk}/", move_of(idea, "shipped")
    change_status(idea=idea, status=Status.objects.get(board=idea.board, slug="planned"), by=moderator)
    response = client.post(page, stale)
    assert response.status_code == 409
    text = response.content.decode()
    assert "Moderator changed this card" in text
    assert idea_card(idea).version in text
    assert client.post(page, move_of(idea, "shipped")).status_code == 302


def test_the_script_gets_the_columns_with_every_answer(
    client: Client, idea: Idea, product_manager: Member, moderator: Member
) -> None:
    client.force_login(product_manager)
    page, stale = f"{of_ideas(idea.board)}{idea.pk}/", move_of(idea, "shipped")
    moved = client.post(page, move_of(idea, "planned"), headers=SCRIPT)
    assert moved.status_code == 200
    assert moved.json()["said"] == "“Dark mode” is in “Planned”, assigned to nobody."
    assert moved.json()["answer_url"] == reverse("ideas:idea-status", args=[idea.pk])
    refused = client.post(page, stale, headers=SCRIPT)
    assert refused.status_code == 409
    assert "Product changed this card" in refused.json()["said"]
    assert f'data-version="{idea_card(idea).version}"' in refused.json()["columns"]
    assert client.post(page, {"version": "1"}, headers=SCRIPT).status_code == 422


@pytest.mark.parametrize("wrong", [{"column": "x"}, {"column": ""}, {"assignee": "member"}, {"version": ""}])
def test_what_does_not_fit_moves_nothing(
    wrong: dict[str, str], client: Client, idea: Idea, member: Member, moderator: Member
) -> None:
    client.force_login(moderator)
    if wrong.get("assignee"):
        wrong = {"assignee": str(member.pk)}
    response = client.post(f"{of_ideas(idea.board)}{idea.pk}/", move_of(idea, "planned", **wrong))
    assert response.status_code == 422
    refused = client.post(f"{of_ideas(idea.board)}{idea.pk}/", move_of(idea, "planned", quarter="soon"))
    assert refused.status_code == 409
    idea.refresh_from_db()
    assert idea.status.slug == "open"


def test_questions_are_moved_the_same_way(client: Client, question: Question, moderator: Member) -> None:
    client.force_login(moderator)
    page = f"{of_questions(question.forum)}{question.pk}/"
    wanted = {"version": "0", "column": "doing", "assignee": moderator.pk}
    moved = client.post(page, wanted, headers=SCRIPT)
    assert moved.json()["said"] == "“How do I start?” is in “In progress”, assigned to Moderator."
    assert client.post(page, wanted, headers=SCRIPT).status_code == 409
    assert client.post(page, {**wanted, "version": "1", "column": "waiting"}).status_code == 302
    assert QuestionCard.objects.get().stage == "waiting"
    history = client.get(page)
    assert 'value="2"' in history.content.decode()


def test_the_sites_history_says_who_moved_a_question(
    client: Client, question: Question, moderator: Member, administrator: Member
) -> None:
    move_question(question=question, by=moderator, version="0", stage="doing", assignee=moderator)
    client.force_login(administrator)
    page = client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert "In “In progress”, assigned to Moderator" in page


def test_a_poll_costs_no_page_while_nothing_changes(client: Client, idea: Idea, moderator: Member) -> None:
    client.force_login(moderator)
    page = f"{of_ideas(idea.board)}columns/"
    first = client.get(page)
    assert f'data-tag="{first["ETag"]}"' in unescape(client.get(of_ideas(idea.board)).content.decode())
    same = client.get(page, headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    change_status(idea=idea, status=Status.objects.get(board=idea.board, slug="planned"), by=moderator)
    changed = client.get(page, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


@pytest.mark.parametrize("lanes", ["", "?lanes=assignee"])
def test_a_board_costs_the_same_for_many_cards(
    lanes: str,
    client: Client,
    board: IdeaBoardPage,
    forum: ForumPage,
    author: Member,
    moderator: Member,
    django_assert_max_num_queries: Any,
) -> None:
    people = [moderator, *(make_member(f"moderator{number}", "Moderators") for number in range(4))]
    statuses = list(Status.objects.filter(board=board))
    for number in range(15):
        idea = post_idea(board=board, by=author, title=f"Idea {number}", body="?", tags=["design"])
        change_status(idea=idea, status=statuses[number % 5], by=moderator)
        plan_idea(idea=idea, by=moderator, owner=people[number % 5], target_quarter="")
        question = ask_question(forum=forum, by=author, title=f"Question {number}", body=f"{number}?", tags=["setup"])
        move_question(question=question, by=moderator, version="0", stage="doing", assignee=people[number % 5])
    client.force_login(moderator)
    client.get(of_ideas(board))
    for page, most in ((of_ideas(board), 24), (of_questions(forum), 24)):
        with django_assert_max_num_queries(most):
            client.get(page + lanes)
        with django_assert_max_num_queries(most - 3):
            client.get(f"{page}columns/{lanes}")


def test_empty_boards_say_so(client: Client, board: IdeaBoardPage, forum: ForumPage, moderator: Member) -> None:
    client.force_login(moderator)
    assert "There is no idea on this board yet." in client.get(of_ideas(board)).content.decode()
    assert "No question of this forum needs an answer." in client.get(of_questions(forum)).content.decode()


# Places on the roadmap


@pytest.fixture
def planned(make_idea: Callable[..., Idea], moderator: Member) -> list[Idea]:
    """Three planned ideas, as they stand in their column."""
    ideas = [make_idea(title) for title in ("Third", "Second", "First")]
    status = Status.objects.get(board=ideas[0].board, slug="planned")
    return [change_status(idea=idea, status=status, by=moderator) for idea in reversed(ideas)]


def order(board: IdeaBoardPage, by: Member) -> list[str]:
    """The titles of the planned ideas on the Kanban board, which are those of the roadmap."""
    column = idea_columns(by, board)[1]
    titles = [card.post.title for card in column.cards]
    assert titles == [card.idea.title for card in read_roadmap(board, by)[0].cards]
    return titles


def beside(side: str, idea: Idea) -> str:
    return f"{side}:{idea.pk}:{idea_card(idea).version}"


def place_of(idea: Idea, side: str, other: Idea, **changed: Any) -> dict[str, Any]:
    """What the board sends to put the idea beside another, both as they are now."""
    idea.refresh_from_db()
    return move_of(idea, idea.status.slug, place=beside(side, other), **changed)


def test_a_card_is_placed_within_its_column(client: Client, planned: list[Idea], product_manager: Member) -> None:
    first, second, third = planned
    board = first.board
    client.force_login(product_manager)
    polled = client.get(f"{of_ideas(board)}columns/")
    moved = client.post(f"{of_ideas(board)}{third.pk}/", place_of(third, "before", first), headers=SCRIPT)
    assert moved.status_code == 200
    assert "“Third” is in “Planned”, assigned to nobody. It stands before “First”." in moved.json()["said"]
    assert order(board, product_manager) == ["Third", "First", "Second"]
    assert client.get(f"{of_ideas(board)}columns/", headers={"If-None-Match": polled["ETag"]}).status_code == 200
    entry = PostLogEntry.objects.for_instance(third).first()
    assert (entry.action, entry.user, entry.message) == (
        PLACED,
        product_manager,
        f"Placed before idea {first.pk} on the roadmap",
    )
    page = f"{of_ideas(board)}{third.pk}/?lanes=assignee"
    answer = client.post(page, place_of(third, "after", second), follow=True)
    assert "It stands after “Second”." in answer.content.decode()
    assert order(board, product_manager) == ["First", "Second", "Third"]


def test_the_form_offers_the_places_of_the_column(
    client: Client, planned: list[Idea], make_idea: Callable[..., Idea], moderator: Member
) -> None:
    first, second, third = planned
    client.force_login(moderator)
    page = client.get(f"{of_ideas(first.board)}{second.pk}/").content.decode()
    offered = [beside("before", first), beside("after", first), beside("after", third)]
    found = [page.index(f'<option value="{value}">') for value in offered]
    assert found == sorted(found)
    assert "After “Second”" not in page
    waiting = make_idea("Waiting")
    assert "First of the column" not in client.get(f"{of_ideas(first.board)}{waiting.pk}/").content.decode()


def test_a_card_can_go_into_a_column_and_to_a_place_of_it(
    client: Client, planned: list[Idea], make_idea: Callable[..., Idea], moderator: Member
) -> None:
    waiting = make_idea("Waiting")
    client.force_login(moderator)
    wanted = move_of(waiting, "planned", place=beside("before", planned[1]))
    assert client.post(f"{of_ideas(waiting.board)}{waiting.pk}/", wanted, headers=SCRIPT).status_code == 200
    assert order(waiting.board, moderator) == ["First", "Waiting", "Second", "Third"]


def test_a_stale_placement_is_refused_and_says_who_placed_the_card(
    client: Client, planned: list[Idea], moderator: Member, product_manager: Member
) -> None:
    first, second, third = planned
    stale = place_of(third, "before", second)
    place_on_roadmap(idea=third, before=first, by=moderator)
    client.force_login(product_manager)
    page = f"{of_ideas(first.board)}{third.pk}/"
    refused = client.post(page, stale, headers=SCRIPT)
    assert refused.status_code == 409
    assert "Moderator changed this card. It is in “Planned” now" in refused.json()["said"]
    assert client.post(page, stale).status_code == 409
    assert order(first.board, product_manager) == ["Third", "First", "Second"]
    assert client.post(page, place_of(third, "before", second), headers=SCRIPT).status_code == 200
    assert order(first.board, product_manager) == ["First", "Third", "Second"]


def test_nothing_goes_beside_a_card_that_was_placed_elsewhere_meanwhile(
    client: Client, planned: list[Idea], moderator: Member
) -> None:
    first, second, third = planned
    stale = place_of(third, "before", second)
    place_on_roadmap(idea=second, before=first, by=moderator)
    client.force_login(moderator)
    refused = client.post(f"{of_ideas(first.board)}{third.pk}/", stale, headers=SCRIPT)
    assert (refused.status_code, refused.json()["said"]) == (409, StaleNeighbourError.sentence)
    assert order(first.board, moderator) == ["Second", "First", "Third"]


def test_those_above_a_placed_card_are_as_they_were_seen(planned: list[Idea], moderator: Member) -> None:
    before = [idea_card(idea).version for idea in planned]
    place_on_roadmap(idea=planned[1], after=planned[2], by=moderator)
    after = [idea_card(idea).version for idea in planned]
    assert [one == other for one, other in zip(before, after, strict=True)] == [True, False, True]


@pytest.mark.parametrize("slug", ["open", "shipped", "declined"])
def test_other_columns_are_not_arranged(
    slug: str, client: Client, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    ideas = [make_idea("One"), make_idea("Other")]
    for idea in ideas:
        change_status(idea=idea, status=Status.objects.get(board=idea.board, slug=slug), by=moderator)
    client.force_login(moderator)
    page = f"{of_ideas(ideas[0].board)}{ideas[0].pk}/"
    refused = client.post(page, place_of(ideas[0], "before", ideas[1]), headers=SCRIPT)
    assert (refused.status_code, refused.json()["said"]) == (409, NotArrangedError.sentence)
    assert not PostLogEntry.objects.filter(action=PLACED).exists()


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("advocate", 403), ("product_manager", 302)])
def test_who_places_cards(
    role: str, status: int, client: Client, planned: list[Idea], moderator: Member, request: Any
) -> None:
    client.force_login(request.getfixturevalue(role))
    wanted = place_of(planned[2], "before", planned[0])
    assert client.post(f"{of_ideas(planned[0].board)}{planned[2].pk}/", wanted).status_code == status
    assert (order(planned[0].board, moderator)[0] == "Third") == (status == 302)


def test_a_card_goes_beside_none_that_one_may_not_see(
    client: Client, planned: list[Idea], staff_board: IdeaBoardPage, author: Member, moderator: Member
) -> None:
    hidden, elsewhere = planned[0], post_idea(board=staff_board, by=moderator, title="Elsewhere", body="?")
    moved = move_of(planned[2], "planned", place=beside("before", hidden))
    set_visibility(content=hidden, by=moderator, visibility=Visibility.DELETED, reason="Spam")
    client.force_login(moderator)
    page = f"{of_ideas(planned[2].board)}{planned[2].pk}/"
    assert client.post(page, moved, headers=SCRIPT).status_code in (409, 422)
    for place in (beside("after", elsewhere), "after:x:1", "beside:1:1", f"after:{'9' * 30}:1", "nonsense"):
        assert client.post(page, {**moved, "place": place}, headers=SCRIPT).status_code == 422
    assert not PostLogEntry.objects.filter(action=PLACED).exists()
