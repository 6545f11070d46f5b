import pytest
from taggit.models import Tag

from community.actions import ask_question, set_visibility
from community.content import Visibility
from ideas.actions import merge_idea, post_idea
from tests.people import make_member


def test_a_tag_gathers_questions_and_ideas(client, question, idea, forum, author):
    ask_question(forum=forum, by=author, title="Design question", body="Text", tags=["design"])
    page = client.get("/tags/design/").text
    assert "Design question" in page
    assert 'Questions<span class="u-count">1</span>' in page
    assert 'Ideas<span class="u-count">1</span>' in page
    assert "Dark mode" in client.get("/tags/design/?show=ideas").text
    assert "Dark mode" not in page


def test_a_tag_is_there_for_those_who_see_what_carries_it(
    client, visitor, member, moderator, author, members_forum, staff_forum, staff_board
):
    ask_question(forum=members_forum, by=author, title="Q", body="Text", tags=["among-members"])
    ask_question(forum=staff_forum, by=author, title="Q", body="Text", tags=["among-staff"])
    post_idea(board=staff_board, by=author, title="I", body="Text", tags=["plans"])
    boss = make_member("boss", is_superuser=True)
    for tag, readers in (
        ("among-members", {member, moderator, boss}),
        ("among-staff", {moderator, boss}),
        ("plans", {moderator, boss}),
    ):
        for person in (visitor, member, moderator, boss):
            client.force_login(person) if person.is_authenticated else client.logout()
            assert client.get(f"/tags/{tag}/").status_code == (200 if person in readers else 404), (tag, person)


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_does_not_count(client, question, idea, moderator, author, visibility):
    for post, tag in ((question, "setup"), (idea, "design")):
        assert client.get(f"/tags/{tag}/").status_code == 200
        set_visibility(content=post, by=moderator, visibility=visibility)
        for person in (author, moderator):
            client.force_login(person)
            assert client.get(f"/tags/{tag}/").status_code == 404


def test_duplicates_do_not_count(client, idea, make_idea, moderator):
    merge_idea(duplicate=idea, into=make_idea("Other"), by=moderator)
    assert client.get("/tags/design/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/tags/none/", "/tags/a%00b/", "/tags/%F0%9F%98%80/", "/tags/%27/"])
def test_tags_that_nothing_carries_are_not_there(client, address):
    Tag.objects.create(name="none")
    assert client.get(address).status_code == 404


def test_tags_of_any_script_have_pages(client, forum, author):
    ask_question(forum=forum, by=author, title="Question", body="Text", tags=["Überstunden", "検索"])
    for tag in Tag.objects.all():
        assert tag.slug
        assert client.get(f"/tags/{tag.slug}/").status_code == 200


def test_the_number_of_queries_does_not_grow(client, forum, board, author, member, django_assert_max_num_queries):
    client.force_login(member)
    for numbers in (range(1), range(1, 41)):
        for n in numbers:
            ask_question(forum=forum, by=author, title=f"Question {n}", body="Text", tags=["one", "two", f"q{n}"])
            post_idea(board=board, by=author, title=f"Idea {n}", body="Text", tags=["one", "two", f"i{n}"])
        for tab in ("questions", "ideas"):
            with django_assert_max_num_queries(12):
                assert client.get(f"/tags/one/?show={tab}").status_code == 200
