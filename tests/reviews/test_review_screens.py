"""The product team's screens in the admin, as each role finds them."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from accounts.models import Member
from accounts.roles import MODERATORS
from community.actions import delete_content
from ideas.actions import change_status, edit_idea, merge_idea
from ideas.models import Idea, IdeaBoardPage
from moderation.actions import hide_post
from reviews import views
from reviews.actions import create_draft, publish_review
from reviews.models import Review, ReviewLogEntry, ReviewSnapshot
from tests.people import make_member, restrict

HISTORY = reverse("wagtailadmin_reports:site_history")


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


@pytest.fixture
def product(client: Client, product_manager: Member) -> Client:
    """The product manager's browser."""
    client.force_login(product_manager)
    return client


def text_of(response: Any) -> str:
    return str(response.getvalue().decode())


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return text_of(response)


# The whole way


def test_from_the_ranked_board_to_the_files(product: Client, board: IdeaBoardPage, ideas: list[Idea]) -> None:
    page = text_of(product.get(url("boards"), follow=True))
    assert page.index("Dark mode") < page.index("Offline use") < page.index("Export")
    page = text_at(product, f"{url('create', board.pk)}?idea={ideas[0].pk}&idea={ideas[2].pk}&take_ticked=")
    assert "Dark mode" in page
    assert "Export" not in page
    response = product.post(
        url("create", board.pk), {"title": "Autumn", "note": "*Soon*", "idea": [ideas[0].pk, ideas[2].pk]}
    )
    review = Review.objects.get()
    assert response["Location"] == url("detail", review.pk)
    page = text_at(product, url("detail", review.pk))
    assert "<em>Soon</em>" in page
    product.post(url("add", review.pk), {"idea": [ideas[1].pk], "take_ticked": ""})
    product.post(url("remove", review.pk), {"idea": ideas[2].pk})
    product.post(url("edit", review.pk), {"title": "Late autumn", "note": ""})
    assert "Late autumn" in text_at(product, url("publish", review.pk))
    product.post(url("publish", review.pk))
    page = text_at(product, url("detail", review.pk))
    snapshot = ReviewSnapshot.objects.get(review=review)
    assert snapshot.content_hash in page
    assert [idea["title"] for idea in snapshot.facts()] == ["Dark mode", "Export"]
    file = product.get(url("export", review.pk, "csv"))
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert file["Content-Disposition"] == f'attachment; filename="review-{review.pk}.csv"'
    rows = list(csv.DictReader(io.StringIO(text_of(file), newline="")))
    assert [row["title"] for row in rows] == ["Dark mode", "Export"]
    assert text_at(product, url("export", review.pk, "md")).startswith("# Late autumn\n")
    assert ReviewLogEntry.objects.filter(review=review, action="reviews.download").count() == 2


def test_the_top_comes_with_one_click_under_the_filters_chosen(
    product: Client, board: IdeaBoardPage, ideas: list[Idea], moderator: Member
) -> None:
    page = text_at(product, f"{url('create', board.pk)}?top=2&take_top=")
    assert "Dark mode" in page
    assert "Offline use" in page
    assert "Export" not in page
    planned = board.statuses.get(slug="planned")
    change_status(idea=ideas[1], status=planned, by=moderator)
    page = text_at(product, f"{url('create', board.pk)}?top=2&take_top=&status={planned.pk}")
    assert "Export" in page
    assert "Dark mode" not in page


def test_the_ranked_board_shows_its_figures_and_filters_them(
    product: Client,
    board: IdeaBoardPage,
    ideas: list[Idea],
    author: Member,
    moderator: Member,
    make_idea: Callable[..., Idea],
) -> None:
    edit_idea(idea=ideas[2], by=author, title="Offline use", body="In the field.", tags=["mobile"])
    merge_idea(duplicate=make_idea("Night theme"), into=ideas[0], by=moderator)
    page = text_at(product, url("ranked", board.pk))
    assert "Night theme" not in page
    page = text_at(product, f"{url('ranked', board.pk)}?tag=mobile")
    results = page.partition("listing-results")[2]
    assert "Offline use" in results
    assert "Dark mode" not in results
    page = text_at(product, f"{url('ranked-results', board.pk)}?status={board.statuses.get(slug='shipped').pk}")
    assert "No idea on this board has the status and the tag" in page


def test_a_long_board_is_read_page_by_page(
    product: Client, board: IdeaBoardPage, ideas: list[Idea], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    response = product.get(url("ranked", board.pk))
    assert [row.idea.title for row in response.context["object_list"]] == ["Dark mode", "Offline use"]
    following = response.context["page"].next_cursor
    response = product.get(url("ranked", board.pk), {"cursor": following})
    assert [row.idea.title for row in response.context["object_list"]] == ["Export"]
    previous = response.context["page"].previous_cursor
    response = product.get(url("ranked", board.pk), {"cursor": previous})
    assert [row.idea.title for row in response.context["object_list"]] == ["Dark mode", "Offline use"]


def test_the_screens_cost_the_same_for_many_ideas(
    product: Client,
    board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    product_manager: Member,
    django_assert_max_num_queries: Any,
) -> None:
    pks = [make_idea(f"Idea {number}").pk for number in range(40)]
    review = create_draft(board=board, by=product_manager, title="Many", note="", ideas=pks)
    published = create_draft(board=board, by=product_manager, title="Many", note="", ideas=pks)
    publish_review(review=published, by=product_manager)
    for address in (
        url("ranked", board.pk),
        url("add", review.pk),
        url("detail", review.pk),
        url("detail", published.pk),
        url("index"),
    ):
        with django_assert_max_num_queries(40):
            text_at(product, address)


def test_an_empty_list_says_what_to_do(product: Client, board: IdeaBoardPage) -> None:
    assert "There is no product review yet" in text_at(product, url("index"))
    assert "There is no idea on this board yet" in text_at(product, url("ranked", board.pk))


def test_several_boards_are_offered(product: Client, board: IdeaBoardPage, staff_board: IdeaBoardPage) -> None:
    page = text_at(product, url("boards"))
    assert board.title in page
    assert staff_board.title in page


# Who may


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("visitor", 302),
        ("member", 403),
        ("advocate", 403),
        ("moderator", 403),
        ("product_manager", 200),
        ("administrator", 200),
    ],
)
def test_who_opens_which_screen(
    role: str,
    status: int,
    client: Client,
    draft: Review,
    published: ReviewSnapshot,
    board: IdeaBoardPage,
    ideas: list[Idea],
    product_manager: Member,
    request: pytest.FixtureRequest,
) -> None:
    other = create_draft(board=board, by=product_manager, title="Other", note="", ideas=[ideas[0].pk])
    if role != "visitor":
        client.force_login(request.getfixturevalue(role))
    for address in (
        url("index"),
        url("ranked", board.pk),
        url("create", board.pk) + f"?idea={ideas[0].pk}",
        url("detail", draft.pk),
        url("export", draft.pk, "csv"),
        url("export", draft.pk, "md"),
        url("detail", other.pk),
        url("edit", other.pk),
        url("add", other.pk),
        url("publish", other.pk),
        url("discard", other.pk),
    ):
        response = client.get(address)
        assert response.status_code == status, address
        assert ("Dark mode" in text_of(response) or "Other" in text_of(response)) is (status == 200), address
    for address in (url("remove", other.pk), url("publish", other.pk), url("discard", other.pk)):
        if status != 200:
            assert client.post(address, {"idea": ideas[0].pk}).status_code == status
    other.refresh_from_db()
    assert not other.is_published


def test_only_the_product_team_has_it_in_its_menu(client: Client, product_manager: Member, moderator: Member) -> None:
    for person, is_there in ((product_manager, True), (moderator, False)):
        client.force_login(person)
        assert (f'"{url("index")}"' in text_of(client.get("/admin/"))) == is_there


def preparer(*permissions: str) -> Member:
    """Somebody with a role of their own."""
    person = make_member("preparer")
    person.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", *permissions]))
    return person


def test_whoever_may_only_read_is_told_so(
    client: Client, draft: Review, board: IdeaBoardPage, ideas: list[Idea]
) -> None:
    client.force_login(preparer("view_review"))
    page = text_at(client, url("detail", draft.pk))
    for name in ("publish", "edit", "discard", "add", "remove"):
        assert url(name, draft.pk) not in page
        assert client.post(url(name, draft.pk), {"title": "T", "idea": ideas[0].pk}).status_code == 403
    assert client.post(url("create", board.pk), {"title": "T", "idea": ideas[0].pk}).status_code == 403
    assert Review.objects.count() == 1


def test_somebody_elses_draft_is_not_published_without_the_permission(client: Client, draft: Review) -> None:
    client.force_login(preparer("view_review", "change_review"))
    response = client.post(url("publish", draft.pk))
    assert response.status_code == 403
    assert "not publish them" in text_of(response)
    draft.refresh_from_db()
    assert not draft.is_published


def test_reviews_of_a_board_that_is_closed_to_one_are_not_there(
    product: Client, draft: Review, published: ReviewSnapshot, board: IdeaBoardPage
) -> None:
    assert "What customers want" in text_at(product, url("index"))
    restrict(board, MODERATORS)
    assert "What customers want" not in text_at(product, url("index"))
    for address in (
        url("detail", draft.pk),
        url("export", draft.pk, "csv"),
        url("export", draft.pk, "md"),
        url("publish", draft.pk),
        url("edit", draft.pk),
        url("add", draft.pk),
        url("ranked", board.pk),
        url("create", board.pk),
    ):
        assert product.get(address).status_code == 404, address
    assert product.post(url("remove", draft.pk), {"idea": 1}).status_code == 404
    assert product.post(url("publish", draft.pk)).status_code == 404
    assert "What customers want" not in text_at(product, HISTORY)
    assert ReviewLogEntry.objects.filter(action="reviews.download").count() == 0


def test_an_unpublished_board_closes_its_reviews_too(product: Client, draft: Review, board: IdeaBoardPage) -> None:
    Page.objects.get(pk=board.pk).unpublish()
    assert product.get(url("detail", draft.pk)).status_code == 404


def test_the_sites_history_tells_who_took_what(
    client: Client, product: Client, draft: Review, published: ReviewSnapshot, administrator: Member
) -> None:
    product.get(url("export", draft.pk, "csv"))
    client.force_login(administrator)
    page = text_at(client, HISTORY)
    assert "Downloaded as CSV" in page
    assert url("detail", draft.pk) in page


# Bad input


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?take_ticked=",
        "?top=0&take_top=",
        "?top=&take_top=",
        "?top=201&take_top=",
        "?top=x&take_top=",
        "?idea=987654",
        "?idea=x",
        "?idea=1&idea=%00",
    ],
)
def test_a_bad_selection_leads_back_with_a_sentence(
    query: str, product: Client, board: IdeaBoardPage, ideas: list[Idea]
) -> None:
    response = product.get(url("create", board.pk) + query, follow=True)
    assert response.redirect_chain == [(url("ranked", board.pk), 302)]
    assert [str(message) for message in response.context["messages"]]


@pytest.mark.parametrize("wrong", ["elsewhere", "hidden", "987654", "x", "", "9" * 30])
def test_a_forged_selection_keeps_what_was_typed(
    wrong: str,
    product: Client,
    board: IdeaBoardPage,
    ideas: list[Idea],
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
) -> None:
    elsewhere, hidden = make_idea("Elsewhere", on=staff_board), make_idea("Hidden one")
    hide_post(post=hidden, by=moderator, reason="Spam")
    forged = {"elsewhere": elsewhere.pk, "hidden": hidden.pk}.get(wrong, wrong)
    data = {"title": "My title", "note": "My note", "idea": [ideas[0].pk, forged]}
    response = product.post(url("create", board.pk), data)
    page = text_of(response)
    assert response.status_code == 422
    assert "not on this board" in page
    assert "My title" in page
    assert "My note" in page
    assert "Dark mode" in page
    assert "Elsewhere" not in page
    assert "Hidden one" not in page
    assert not Review.objects.exists()


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"title": "", "note": "kept"}, "required"),
        ({"title": "x" * 201, "note": "kept"}, "at most 200 characters"),
        ({"title": "T", "note": "kept" + "x" * 20_000}, "at most 20000 characters"),
    ],
)
def test_a_bad_title_or_note_is_said_and_kept(
    data: dict[str, str], sentence: str, product: Client, board: IdeaBoardPage, draft: Review, ideas: list[Idea]
) -> None:
    for address in (url("create", board.pk), url("edit", draft.pk)):
        response = product.post(address, {**data, "idea": [ideas[0].pk]})
        assert response.status_code == 422
        assert sentence in text_of(response)
        assert "kept" in text_of(response)
    draft.refresh_from_db()
    assert draft.title == "What customers want"


def test_a_new_review_without_ideas_is_refused(product: Client, board: IdeaBoardPage, ideas: list[Idea]) -> None:
    response = product.post(url("create", board.pk), {"title": "T", "note": ""})
    assert response.status_code == 422
    assert "Choose at least one idea" in text_of(response)


@pytest.mark.parametrize("data", [{}, {"idea": ["987654"]}, {"idea": ["x"]}, {"top": "0", "take_top": ""}])
def test_adding_what_is_not_there_changes_nothing(data: dict[str, Any], product: Client, draft: Review) -> None:
    response = product.post(url("add", draft.pk), data)
    assert response.status_code == 422
    assert "Dark mode" in text_of(response)
    assert draft.items.count() == 3


@pytest.mark.parametrize(("idea", "status"), [("x", 404), ("", 404), ("987654", 302), ("9" * 30, 404)])
def test_removing_what_is_not_there_changes_nothing(idea: str, status: int, product: Client, draft: Review) -> None:
    assert product.post(url("remove", draft.pk), {"idea": idea}).status_code == status
    assert draft.items.count() == 3


def test_publishing_twice_is_a_conflict(product: Client, draft: Review, published: ReviewSnapshot) -> None:
    response = product.post(url("publish", draft.pk))
    assert response.status_code == 409
    assert "can&#x27;t be changed any more" in text_of(response)
    assert ReviewSnapshot.objects.count() == 1


def test_a_published_review_is_not_changed_through_any_screen(
    product: Client, draft: Review, published: ReviewSnapshot, ideas: list[Idea]
) -> None:
    for name in ("edit", "add", "remove", "discard"):
        response = product.post(url(name, draft.pk), {"title": "T", "note": "", "idea": ideas[0].pk})
        assert response.status_code == 409, name
        assert "can&#x27;t be changed any more" in text_of(response)
    draft.refresh_from_db()
    assert (draft.title, draft.items.count()) == ("What customers want", 3)


def test_an_empty_draft_is_kept_and_not_published(product: Client, draft: Review) -> None:
    draft.items.all().delete()
    response = product.post(url("publish", draft.pk))
    assert response.status_code == 409
    assert "Choose at least one idea" in text_of(response)
    assert "No idea is chosen" in text_at(product, url("detail", draft.pk))


def test_a_draft_names_what_left_the_board_as_far_as_one_may_see_it(
    product: Client, draft: Review, ideas: list[Idea], moderator: Member
) -> None:
    merge_idea(duplicate=ideas[1], into=ideas[0], by=moderator)
    hide_post(post=ideas[2], by=moderator, reason="Spam")
    response = product.post(url("publish", draft.pk))
    assert response.status_code == 409
    assert "were not on the board at its cut-off, or are not any more" in text_of(response)
    page = text_at(product, url("detail", draft.pk))
    assert "“Export”, merged into “Dark mode”" in page
    assert f"idea {ideas[2].pk}, which you may not see" in page
    assert "Offline use" not in page
    for idea in ideas[1:]:
        product.post(url("remove", draft.pk), {"idea": idea.pk})
    assert product.post(url("publish", draft.pk)).status_code == 302


def test_a_draft_does_not_name_what_an_idea_was_merged_into_where_that_is_out_of_sight(
    product: Client, draft: Review, ideas: list[Idea], make_idea: Callable[..., Idea], author: Member, moderator: Member
) -> None:
    target = make_idea("Rude words")
    merge_idea(duplicate=ideas[1], into=target, by=moderator)
    delete_content(content=target, by=author)
    page = text_at(product, url("detail", draft.pk))
    assert "Export" in page
    assert "Rude words" not in page


def test_a_draft_has_no_files(product: Client, draft: Review) -> None:
    assert product.get(url("export", draft.pk, "csv")).status_code == 404
    assert product.get(url("export", draft.pk, "xlsx")).status_code == 404


def test_a_draft_can_be_discarded(product: Client, draft: Review) -> None:
    assert "will be gone" in text_at(product, url("discard", draft.pk))
    assert product.post(url("discard", draft.pk))["Location"] == url("index")
    assert not Review.objects.exists()
    assert ReviewLogEntry.objects.filter(action="reviews.discard", label="What customers want").exists()


@pytest.mark.parametrize("cursor", ["x", "bm90IGpzb24", "W10", "WyJuIiwxXQ"])
def test_a_forged_cursor_is_a_bad_request(cursor: str, product: Client, board: IdeaBoardPage) -> None:
    assert product.get(url("ranked", board.pk), {"cursor": cursor}).status_code == 400


@pytest.mark.parametrize("query", ["?status=x", f"?status={'9' * 30}", "?tag=nothing", "?tag=%00", "?status=1&tag=x"])
def test_odd_filters_do_no_harm(query: str, product: Client, board: IdeaBoardPage, ideas: list[Idea]) -> None:
    assert "Dark mode" in text_at(product, url("ranked", board.pk) + query)
    assert product.get(f"{url('create', board.pk)}{query}&take_top=&top=2").status_code == 200


def test_writing_takes_a_post_with_its_token(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(product_manager)
    assert client.get(url("remove", draft.pk)).status_code == 405
    for name in ("publish", "discard", "remove", "add", "edit"):
        assert client.post(url(name, draft.pk), {"idea": ideas[0].pk}).status_code == 403
    draft.refresh_from_db()
    assert not draft.is_published
    assert draft.items.count() == 3


def test_what_members_wrote_is_shown_as_text(
    product: Client, board: IdeaBoardPage, idea: Idea, author: Member, product_manager: Member
) -> None:
    edit_idea(idea=idea, by=author, title="<script>alert(1)</script>", body="x", tags=["<b>bold</b>"])
    note = "<script>alert(2)</script> [x](javascript:alert(3))"
    review = create_draft(board=board, by=product_manager, title="<i>T</i>", note=note, ideas=[idea.pk])
    for address in (url("ranked", board.pk), url("detail", review.pk), url("publish", review.pk), url("index")):
        page = text_at(product, address)
        for forged in ("<script>alert", "<b>bold", "<i>T", 'href="javascript:alert(3)'):
            assert forged not in page
    publish_review(review=review, by=product_manager)
    page = text_at(product, url("detail", review.pk))
    assert "<script>alert" not in page
