"""Pages that hold what members wrote stay, with a sentence in the admin."""

import pytest
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

from accounts.models import Member
from community.models import ForumPage, Question
from ideas.models import Idea, IdeaBoardPage


@pytest.fixture
def admin(administrator: Member, client: Client) -> Client:
    client.force_login(administrator)
    return client


def delete(page: Page) -> str:
    return reverse("wagtailadmin_pages:delete", args=[page.pk])


def delete_all(*pages: Page) -> str:
    query = "&".join(f"id={page.pk}" for page in pages)
    return f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'delete'])}?next=/admin/&{query}"


@pytest.mark.parametrize("content", ["question", "idea"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_page_in_use_is_not_deleted(content: str, method: str, request: pytest.FixtureRequest, admin: Client) -> None:
    page = request.getfixturevalue(content).page
    response = getattr(admin, method)(delete(page), follow=True)
    assert response.redirect_chain == [(f"/admin/pages/{page.get_parent().pk}/", 302)]
    assert f"“{page.title}” holds what members wrote" in response.content.decode()
    assert Page.objects.filter(pk=page.pk).exists()


def test_nor_are_the_pages_above_it(home: Page, question: Question, idea: Idea, admin: Client) -> None:
    response = admin.post(delete(home), follow=True)
    assert "“Help”, “Ideas” holds what members wrote" in response.content.decode()
    assert Page.objects.filter(pk=home.pk).exists()


def test_nor_are_several_at_once(forum: ForumPage, question: Question, board: IdeaBoardPage, admin: Client) -> None:
    response = admin.post(delete_all(board, forum), follow=True)
    assert "“Help” holds what members wrote" in response.content.decode()
    assert Page.objects.filter(pk__in=[forum.pk, board.pk]).count() == 2


def test_even_a_deleted_question_keeps_its_forum(question: Question, admin: Client) -> None:
    Question.objects.update(visibility="deleted")
    admin.post(delete(question.forum))
    assert ForumPage.objects.filter(pk=question.forum.pk).exists()


def test_a_page_whose_path_begins_alike_is_no_page_below(home: Page, question: Question, admin: Client) -> None:
    empty = home.add_child(instance=ForumPage(title="Empty", slug="empty"))
    assert admin.post(delete(empty)).status_code == 302
    assert not ForumPage.objects.filter(pk=empty.pk).exists()


def test_empty_pages_are_deleted(forum: ForumPage, board: IdeaBoardPage, admin: Client) -> None:
    admin.post(delete(forum))
    admin.post(delete_all(board))
    assert not Page.objects.filter(pk__in=[forum.pk, board.pk]).exists()
