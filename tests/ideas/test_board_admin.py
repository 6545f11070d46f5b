"""Making and editing a board in the Wagtail admin, and what becomes of its statuses."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import Member
from ideas.actions import change_status
from ideas.models import Idea, IdeaBoardPage, Status
from tests.ideas.conftest import Reader

FIVE = ["Open", "Planned", "In progress", "Shipped", "Declined"]


@pytest.fixture
def admin(reader: Reader, administrator: Member) -> Client:
    administrator.is_superuser = True
    administrator.save()
    return reader(administrator)


def form(statuses: list[dict[str, Any]], **fields: Any) -> dict[str, Any]:
    rows = [
        {"id": "", "name": "", "slug": "", "kind": "open", "colour": "grey", "accepts_votes": "on", **status}
        for status in statuses
    ]
    initial = sum(1 for row in rows if row["id"])
    return nested_form_data(
        {
            "title": "Ideas",
            "slug": "ideas",
            "intro": rich_text("<p>Tell us.</p>"),
            "half_life_days": "14",
            "statuses": inline_formset(rows, initial=initial),
            "comments": inline_formset([]),
            "action-publish": "1",
            **fields,
        }
    )


def rows_of(board: IdeaBoardPage) -> list[dict[str, Any]]:
    """The board's statuses as the form sends them back unchanged."""
    return [
        {"id": status.pk, "name": status.name, "slug": status.slug, "kind": status.kind}
        for status in Status.objects.filter(board=board)
    ]


def edit(admin: Client, board: IdeaBoardPage, statuses: list[dict[str, Any]], **fields: Any) -> Any:
    return admin.post(reverse("wagtailadmin_pages:edit", args=[board.pk]), form(statuses, **fields))


def names(board: IdeaBoardPage) -> list[str]:
    return list(Status.objects.filter(board=board).values_list("name", flat=True))


def test_a_board_made_without_statuses_gets_the_usual_five(admin: Client, home: Page) -> None:
    address = reverse("wagtailadmin_pages:add", args=["ideas", "ideaboardpage", home.pk])
    assert admin.get(address).status_code == 200
    response = admin.post(address, form([], title="Wishes", slug="wishes"))
    assert response.status_code == 302
    board = IdeaBoardPage.objects.get(slug="wishes")
    assert names(board) == FIVE
    assert board.live
    assert [status.name for status in board.get_latest_revision_as_object().statuses.all()] == FIVE
    html = admin.get(reverse("wagtailadmin_pages:edit", args=[board.pk])).content.decode()
    assert 'value="In progress"' in html


def test_a_board_made_with_statuses_has_those(admin: Client, home: Page) -> None:
    address = reverse("wagtailadmin_pages:add", args=["ideas", "ideaboardpage", home.pk])
    own = [{"name": "New", "slug": "new"}, {"name": "Done", "slug": "done", "kind": "shipped"}]
    admin.post(address, form(own, title="Wishes", slug="wishes"))
    assert names(IdeaBoardPage.objects.get(slug="wishes")) == ["New", "Done"]


def test_statuses_are_added_renamed_and_reordered(admin: Client, board: IdeaBoardPage, idea: Idea) -> None:
    rows = rows_of(board)
    rows[0]["name"] = "Collecting votes"
    rows.append({"name": "In beta", "slug": "in-beta", "kind": "started"})
    order = [1, 2, 3, 4, 5, 6]
    order[-1] = 3
    order[2:5] = [4, 5, 6]
    for row, position in zip(rows, order, strict=True):
        row["ORDER"] = position
    response = edit(admin, board, rows)
    assert response.status_code == 302, response.context["form"].errors
    assert names(board) == ["Collecting votes", "Planned", "In beta", "In progress", "Shipped", "Declined"]
    idea.refresh_from_db()
    assert idea.status.name == "Collecting votes"


def test_a_status_that_no_idea_has_or_had_can_be_removed(admin: Client, board: IdeaBoardPage, idea: Idea) -> None:
    rows = rows_of(board)
    rows[1]["DELETE"] = "on"
    assert edit(admin, board, rows).status_code == 302
    assert names(board) == ["Open", "In progress", "Shipped", "Declined"]


@pytest.mark.parametrize("is_left_out", [False, True])
@pytest.mark.parametrize("is_in_the_past", [False, True])
def test_a_used_status_is_not_removed(
    admin: Client,
    board: IdeaBoardPage,
    idea: Idea,
    moderator: Member,
    status: Callable[[str], Any],
    is_left_out: bool,
    is_in_the_past: bool,
) -> None:
    """Neither with the button, nor by a form that began with a version of the page which did not have it."""
    if is_in_the_past:
        change_status(idea=idea, status=status("planned"), by=moderator)
    rows = rows_of(board)
    if is_left_out:
        del rows[0]
    else:
        rows[0]["DELETE"] = "on"
    response = edit(admin, board, rows)
    assert response.status_code == 200
    assert "The status “Open” can&#x27;t be removed: ideas have it or had it." in response.content.decode()
    assert names(board) == FIVE


def test_a_board_keeps_at_least_one_status(admin: Client, board: IdeaBoardPage) -> None:
    rows = [{**row, "DELETE": "on"} for row in rows_of(board)]
    response = edit(admin, board, rows)
    assert response.status_code == 200
    assert "A board needs at least one status." in response.content.decode()
    assert names(board) == FIVE


def test_two_statuses_with_one_short_name_are_refused(admin: Client, board: IdeaBoardPage) -> None:
    response = edit(admin, board, [*rows_of(board), {"name": "Again", "slug": "open"}])
    assert response.status_code == 200
    assert names(board) == FIVE


@pytest.mark.parametrize("days", ["0", "366", "-1", "x", ""])
def test_an_impossible_half_life_is_refused(admin: Client, board: IdeaBoardPage, days: str) -> None:
    assert edit(admin, board, rows_of(board), half_life_days=days).status_code == 200


def test_drafts_change_nothing_on_the_board(admin: Client, board: IdeaBoardPage, idea: Idea) -> None:
    data = form([{**row, "name": "X"} for row in rows_of(board)], half_life_days="3")
    del data["action-publish"]
    before = idea.trending
    assert admin.post(reverse("wagtailadmin_pages:edit", args=[board.pk]), data).status_code == 302
    assert names(board) == FIVE
    idea.refresh_from_db()
    assert idea.trending == before


def test_another_half_life_is_published_and_counted(admin: Client, board: IdeaBoardPage, idea: Idea) -> None:
    before = idea.trending
    assert edit(admin, board, rows_of(board), half_life_days="3").status_code == 302
    idea.refresh_from_db()
    assert idea.trending == pytest.approx(before * 14 / 3)


def test_a_board_is_previewed_before_and_after_it_is_made(admin: Client, home: Page, board: IdeaBoardPage) -> None:
    for name, args, fields in (
        ("preview_on_add", ["ideas", "ideaboardpage", home.pk], {"title": "Wishes", "slug": "wishes"}),
        ("preview_on_edit", [board.pk], {"title": "Wishes"}),
    ):
        address = reverse(f"wagtailadmin_pages:{name}", args=args)
        data = form([{"name": "Fresh", "slug": "fresh"}], **fields)
        assert admin.post(address, data).json()["is_valid"]
        response = admin.get(address)
        assert response.status_code == 200
        assert "Wishes" in response.content.decode()
        assert "Fresh" in response.content.decode()


def test_the_form_shows_the_colours_beside_their_names(admin: Client, board: IdeaBoardPage) -> None:
    html = admin.get(reverse("wagtailadmin_pages:edit", args=[board.pk])).content.decode()
    assert '<span class="c-swatch is-violet"></span>violet' in html
    assert "css/admin.css" in html


def test_a_status_is_shown_in_the_colour_that_was_chosen(
    admin: Client, board: IdeaBoardPage, idea: Idea, reader: Reader
) -> None:
    statuses = [{**row, "colour": "violet"} for row in rows_of(board)]
    assert edit(admin, board, statuses).status_code == 302
    assert 'class="c-status-badge is-violet"' in reader(None).get(idea.get_absolute_url()).content.decode()
    html = reader(None).get(board.url).content.decode()
    assert 'class="c-status-badge is-violet"' in html
    assert 'class="c-status-dot is-violet"' in html
