import json

import pytest
from wagtail.rich_text import RichText

from accounts import roles
from community.actions import ask_question, merge_question, post_answer, set_visibility
from community.content import Visibility
from community.models import Question
from ideas.actions import cast_vote, change_status, merge_idea, post_idea
from ideas.models import IdeaBoardPage
from pages.models import HomePage, StandardPage
from tests.people import make_member, restrict

CANARY = "xylocarp"
LISTS = ("top_ideas", "newest_questions", "unanswered_questions")


def show(home, *blocks):
    """Put these blocks on the home page, each a kind or a kind and its values."""
    pairs = [block if isinstance(block, tuple) else (block, {}) for block in blocks]
    home.body = json.dumps([{"type": kind, "value": {"heading": "", "count": 5, **value}} for kind, value in pairs])
    home.save()


def main(client, person=None):
    """What somebody sees on the home page between its header and its footer."""
    if person is not None and person.is_authenticated:
        client.force_login(person)
    else:
        client.logout()
    response = client.get("/")
    assert response.status_code == 200
    return response.text.partition("<main")[2].partition("</main>")[0]


def test_it_says_what_the_community_is_and_where_to_go(client, home, forum, board):
    page = client.get("/").text
    assert "<title>Welcome · Acme</title>" in page
    assert "Customers help customers." in page
    assert 'href="/help/ask/"' in page
    assert 'href="/ideas/new/"' in page
    assert 'action="/search/"' in page


def test_a_new_home_page_shows_ideas_and_questions(client, home, question, idea):
    page = main(client)
    assert "Top ideas" in page
    assert "Dark mode" in page
    assert page.count("How do I start?") == 2


def test_an_empty_site_invites(client, home, forum, board):
    page = main(client)
    assert "No ideas yet." in page
    assert "No questions yet." in page
    assert "Every question has an answer." in page


@pytest.mark.parametrize("block", LISTS)
def test_each_reader_sees_the_rows_that_they_may(
    client, home, visitor, member, moderator, author, block, members_forum, staff_forum, board, staff_board
):
    show(home, block)
    ask_question(forum=members_forum, by=author, title="Pomelo", body="Text")
    ask_question(forum=staff_forum, by=author, title=CANARY, body="Text")
    post_idea(board=staff_board, by=author, title=CANARY, body="Text")
    boss = make_member("boss", is_superuser=True)
    seen = {person for person in (visitor, member, moderator, boss) if CANARY in main(client, person)}
    assert seen == {moderator, boss}
    if block != "top_ideas":
        assert "Pomelo" in main(client, member)
        assert "Pomelo" not in main(client, visitor)


@pytest.mark.parametrize("block", LISTS)
@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_is_shown_to_nobody(
    client, home, visitor, author, moderator, forum, board, block, visibility
):
    show(home, block)
    question = ask_question(forum=forum, by=author, title=CANARY, body="Text")
    idea = post_idea(board=board, by=author, title=CANARY, body="Text")
    assert CANARY in main(client, visitor)
    for post in (question, idea):
        set_visibility(content=post, by=moderator, visibility=visibility)
    for person in (visitor, author, moderator):
        assert CANARY not in main(client, person)


def test_duplicates_are_left_out(client, home, forum, author, moderator, make_idea):
    duplicate = ask_question(forum=forum, by=author, title=CANARY, body="Text")
    target = ask_question(forum=forum, by=author, title="Target", body="Text")
    merge_question(duplicate=duplicate, target=target, by=moderator)
    merge_idea(duplicate=make_idea(CANARY), into=make_idea("Other"), by=moderator)
    assert CANARY not in main(client)


def test_a_block_narrowed_to_a_place_is_shown_to_those_who_may_enter_it(
    client, home, visitor, moderator, author, forum, staff_forum, staff_board, board
):
    show(
        home,
        ("newest_questions", {"forum": staff_forum.pk, "heading": "Whispers"}),
        ("top_ideas", {"board": staff_board.pk, "heading": "Plans of ours"}),
    )
    ask_question(forum=forum, by=author, title="Elsewhere", body="Text")
    ask_question(forum=staff_forum, by=author, title=CANARY, body="Text")
    page = main(client, moderator)
    assert "Whispers" in page
    assert "Plans of ours" in page
    assert CANARY in page
    assert "Elsewhere" not in page
    page = main(client, visitor)
    assert "Whispers" not in page
    assert "Plans of ours" not in page


def test_blocks_narrowed_to_what_is_gone_do_not_break_the_page(client, home, forum, board, question):
    show(home, ("newest_questions", {"forum": 987654}), ("top_ideas", {"board": forum.pk}))
    assert client.get("/").status_code == 200
    IdeaBoardPage.objects.get().unpublish()
    show(home, ("top_ideas", {"board": board.pk, "heading": "Gone"}))
    assert "Gone" not in main(client)


def test_cards_and_figures_tell_no_more_than_lists(
    client, home, visitor, member, moderator, author, forum, staff_forum, board
):
    restrict(board)
    forum.intro = "<p>Anything about <b>setting up</b>.</p>"
    forum.save()
    question = ask_question(forum=forum, by=author, title="One", body="Text")
    hidden = ask_question(forum=forum, by=author, title="Two", body="Text")
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN)
    post_idea(board=board, by=author, title="Idea", body="Text")
    page = main(client, visitor)
    assert "Anything about setting up." in page
    assert "1 question · 1 unanswered" in page
    assert "Backstage" not in page
    assert "1 idea" not in page
    post_answer(question=question, by=member, body="Yes.")
    page = main(client, member)
    assert "1 question\n" in page or "1 question<" in page
    assert "1 idea" in page
    assert "Not public" in page
    assert "Backstage" in main(client, moderator)


def test_top_ideas_of_a_board_that_hides_counts_come_last_and_newest_first(
    client, home, board, make_idea, member, product_manager
):
    secretive = home.add_child(instance=IdeaBoardPage(title="Wishes", slug="wishes", hides_counts=True))
    popular = make_idea("Popular", on=secretive)
    make_idea("Newer", on=secretive)
    make_idea("Known")
    cast_vote(idea=popular, by=product_manager)
    show(home, ("top_ideas", {"count": 3}))

    def order(person=None):
        page = main(client, person)
        return sorted(("Popular", "Newer", "Known"), key=page.index)

    assert order() == order(member) == ["Known", "Newer", "Popular"]
    assert order(product_manager)[0] == "Popular"


def test_top_ideas_are_those_that_most_people_still_vote_for(client, home, board, make_idea, member, product_manager):
    show(home, ("top_ideas", {"count": 2}))
    first, second, third = make_idea("First"), make_idea("Second"), make_idea("Third")
    cast_vote(idea=third, by=member)
    change_status(idea=second, status=board.statuses.get(kind="declined"), by=product_manager)
    page = main(client)
    assert page.index("Third") < page.index("First")
    assert "Second" not in page
    assert "/accounts/login/?next=" in page
    page = main(client, member)
    assert f"/i/{third.pk}/unvote/" in page
    assert f"/i/{first.pk}/vote/" in page


def test_the_newest_and_the_unanswered_come_newest_first(client, home, forum, author, member):
    show(home, ("newest_questions", {"count": 2}))
    questions = [ask_question(forum=forum, by=author, title=f"Number {n}", body="Text") for n in range(3)]
    page = main(client)
    assert page.index("Number 2") < page.index("Number 1")
    assert "Number 0" not in page
    post_answer(question=questions[2], by=member, body="Yes.")
    show(home, "unanswered_questions")
    page = main(client)
    assert page.index("Number 1") < page.index("Number 0")
    assert "Number 2" not in page


def test_an_announcement_stands_above_and_is_cleaned(client, home, forum):
    home.body = [
        ("newest_questions", {"heading": "", "count": 5}),
        (
            "announcement",
            {
                "heading": "<i>News</i>",
                "text": RichText('<p>Hello <b>all</b><script>alert(1)</script><a href="javascript:x">y</a></p>'),
                "link": "https://example.com/news",
                "link_label": "Read on",
                "tone": "warning",
            },
        ),
        ("text", RichText("<h2>Who we are</h2>")),
    ]
    home.save()
    page = main(client)
    assert page.index("&lt;i&gt;News&lt;/i&gt;") < page.index("Newest questions") < page.index("Who we are")
    assert "is-warning" in page
    assert 'href="https://example.com/news"' in page


def test_editors_arrange_it_in_the_admin(client, home, board, administrator):
    client.force_login(administrator)
    address = f"/admin/pages/{home.pk}/edit/"
    assert client.get(address).status_code == 200
    fields = {
        "title": "New title",
        "slug": home.slug,
        "intro": "New introduction",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "top_ideas",
        "body-0-id": "",
        "body-0-value-heading": "Vote now",
        "body-0-value-count": "3",
        "body-0-value-board": str(board.pk),
        "action-publish": "1",
    }
    response = client.post(address, fields)
    assert response.status_code == 302
    page = main(client)
    assert "New introduction" in page
    assert "Vote now" in page


def test_a_page_of_text(client, home, visitor, member):
    page = home.add_child(
        instance=StandardPage(title="Guidelines", slug="guidelines", body="<h2>Be kind</h2>", show_in_menus=True)
    )
    text = client.get("/guidelines/").text
    assert "Be kind" in text
    assert '<a href="/guidelines/">Guidelines</a>' in client.get("/").text.partition("<footer")[2]
    below = page.add_child(instance=StandardPage(title="More", body="<p>More</p>"))
    assert client.get("/guidelines/more/").status_code == 200
    restrict(page, roles.MODERATORS)
    assert client.get(below.url).status_code == 404
    assert "/guidelines/" not in client.get("/").text


def test_page_types_stand_where_they_make_sense(home, forum, board):
    root = home.get_parent()
    assert not StandardPage.can_create_at(root)
    assert not HomePage.can_create_at(root)
    assert StandardPage.can_create_at(home)
    assert not StandardPage.can_create_at(forum)
    assert not StandardPage.can_create_at(board)
    for model in (HomePage, StandardPage):
        assert model.private_page_options == ["login", "groups"]


def test_the_number_of_queries_does_not_grow(
    client, home, forum, members_forum, staff_forum, board, staff_board, member, author, django_assert_max_num_queries
):
    client.force_login(member)
    show(home, *((block, {"count": 20}) for block in LISTS))
    for numbers in (range(1), range(1, 41)):
        for n in numbers:
            ask_question(forum=forum, by=author, title=f"Question {n}", body="Text", tags=["one", f"q{n}"])
            post_idea(board=board, by=author, title=f"Idea {n}", body="Text", tags=["one", f"i{n}"])
        with django_assert_max_num_queries(12):
            assert client.get("/").status_code == 200
    assert Question.objects.count() == 41
