import pytest
from django.utils import timezone

from accounts import roles
from accounts.actions import change_settings
from accounts.managers import SYSTEM_HANDLE
from accounts.models import Member, Organisation
from community.actions import ask_question, post_answer, set_visibility
from community.content import Visibility
from community.models import Question
from ideas.actions import merge_idea, post_idea
from tests.people import make_member

CANARY = "xylocarp"
TABS = ("questions", "answers", "ideas")


def seen(client, person, member, canary=CANARY):
    """Whether a person sees the canary on any tab of a member's page."""
    if person.is_authenticated:
        client.force_login(person)
    else:
        client.logout()
    pages = [client.get(f"/u/{member.handle}/?show={tab}") for tab in TABS]
    assert {page.status_code for page in pages} == {200}
    return any(canary in page.text for page in pages)


def test_the_page_says_who_somebody_is_and_what_they_wrote(client, question, idea, advocate):
    post_answer(question=question, by=question.author, body="I found out myself.")
    page = client.get("/u/author/").text
    assert "Author" in page
    assert "How do I start?" in page
    assert timezone.now().strftime("Joined in %B %Y") in page
    assert "I found out myself." in client.get("/u/author/?show=answers").text
    assert "Dark mode" in client.get("/u/author/?show=ideas").text


def test_the_first_tab_with_something_is_shown(client, idea):
    assert "Dark mode" in client.get("/u/author/").text
    assert client.get("/u/author/?show=nonsense").status_code == 200


def test_roles_are_shown_and_organisations_are_not(client, author):
    person = make_member(
        "both", roles.ADVOCATES, roles.MODERATORS, organisation=Organisation.objects.create(name=CANARY)
    )
    page = client.get("/u/both/").text
    assert '<span class="c-badge">Advocate</span>' in page
    assert '<span class="c-badge">Moderator</span>' in page
    assert CANARY not in page
    client.force_login(person)
    assert CANARY not in client.get("/u/both/").text
    assert "c-badge" not in client.get("/u/author/").text


def test_one_may_see_only_posts_on_pages_that_one_may_read(
    client, visitor, member, moderator, author, members_forum, staff_forum, staff_board
):
    for forum, readers in ((members_forum, {member, moderator}), (staff_forum, {moderator})):
        question = ask_question(forum=forum, by=author, title=CANARY, body="Text")
        assert {person for person in (visitor, member, moderator) if seen(client, person, author)} == readers
        set_visibility(content=question, by=moderator, visibility=Visibility.HIDDEN)
    question = ask_question(forum=staff_forum, by=moderator, title="Question", body="Text")
    post_answer(question=question, by=author, body=CANARY)
    assert {person for person in (visitor, member, moderator) if seen(client, person, author)} == {moderator}
    post_idea(board=staff_board, by=author, title="wellingtonia", body="Text")
    assert [seen(client, person, author, "wellingtonia") for person in (visitor, member, moderator)] == [0, 0, 1]


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_is_on_nobodys_page(client, visitor, forum, board, author, moderator, visibility):
    question = ask_question(forum=forum, by=author, title=CANARY, body="Text")
    answer = post_answer(question=question, by=author, body="An answer")
    idea = post_idea(board=board, by=author, title=CANARY, body="Text")
    assert seen(client, visitor, author)
    for post in (question, idea):
        set_visibility(content=post, by=moderator, visibility=visibility)
    for person in (visitor, author, moderator):
        assert not seen(client, person, author)
        assert not seen(client, person, author, answer.excerpt)


def test_counts_tell_no_more_than_lists(client, author, forum, staff_forum, moderator):
    ask_question(forum=forum, by=author, title="Open", body="Text")
    ask_question(forum=staff_forum, by=author, title="Closed", body="Text")
    assert 'Questions<span class="u-count">1</span>' in client.get("/u/author/").text
    client.force_login(moderator)
    assert 'Questions<span class="u-count">2</span>' in client.get("/u/author/").text


def test_a_merged_idea_stays_on_its_authors_page_with_the_count_of_its_family(client, make_idea, member, moderator):
    duplicate = make_idea("A duplicate", by=member)
    merge_idea(duplicate=duplicate, into=make_idea("The original"), by=moderator)
    page = client.get("/u/member/?show=ideas").text
    assert "A duplicate" in page
    assert "Counted together with another idea." in page


def test_there_is_no_page_of_the_inactive_the_system_or_nobody(client, question, moderator):
    Member.objects.system()
    placeholder = Member.objects.create_user("from-before", name="Ghost")
    Member.objects.filter(pk=question.author_id).update(is_active=False)
    client.force_login(moderator)
    for handle in ("author", SYSTEM_HANDLE, "nobody", placeholder.handle):
        assert client.get(f"/u/{handle}/").status_code == 404


def test_a_placeholder_has_a_page_for_those_who_see_something_of_them(client, staff_forum, moderator, member):
    placeholder = Member.objects.create_user("from-before", name="Ghost")
    Question.objects.create(forum=staff_forum, author=placeholder, title="Old", slug="old", body="Text")
    client.force_login(moderator)
    page = client.get("/u/from-before/")
    assert page.status_code == 200
    assert "Joined" not in page.text
    client.force_login(member)
    assert client.get("/u/from-before/").status_code == 404


def test_capitals_in_the_address_lead_to_the_page(client, author):
    response = client.get("/u/Author/")
    assert (response.status_code, response.headers["Location"]) == (301, "/u/author/")


@pytest.mark.parametrize("address", ["/u/a%00b/", "/u/a%27b/", "/u/%F0%9F%98%80/", "/u//"])
def test_hostile_addresses_lead_nowhere(client, home, address):
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("after", ["x", "W10", "%00", "e30="])
def test_a_cursor_of_nobodys_making_is_a_bad_request(client, question, after):
    assert client.get(f"/u/author/?after={after}").status_code == 400


def test_ones_own_page_leads_to_the_settings(client, author, member):
    client.force_login(author)
    assert "/accounts/settings/" in client.get("/u/author/").text.partition("<main")[2].partition("</main")[0]
    assert "/accounts/settings/" not in client.get("/u/member/").text.partition("<main")[2].partition("</main")[0]


def test_a_name_is_never_markup(client, author):
    change_settings(member=author, name="<b>A</b>", handle="author", language="en", time_zone="UTC")
    assert "&lt;b&gt;A&lt;/b&gt;" in client.get("/u/author/").text


@pytest.mark.parametrize("tab", TABS)
def test_the_pages_of_a_tab_cost_the_same_whatever_their_length(
    client, forum, board, author, member, django_assert_max_num_queries, tab
):
    client.force_login(member)

    def write(numbers):
        for n in numbers:
            question = ask_question(forum=forum, by=author, title=f"Question {n}", body="Text", tags=["a", "b"])
            post_answer(question=question, by=author, body=f"Answer {n}.")
            post_idea(board=board, by=author, title=f"Idea {n}", body="Text", tags=["a", "b"])

    write(range(1))
    with django_assert_max_num_queries(12):
        client.get(f"/u/author/?show={tab}")
    write(range(1, 41))
    with django_assert_max_num_queries(12):
        page = client.get(f"/u/author/?show={tab}")
    word = tab.removesuffix("s").capitalize()
    assert f"{word} 40" in page.text
    seen = 20
    while 'rel="next"' in page.text:
        address = page.text.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
        page = client.get(f"/u/author/{address}")
        seen += page.text.count(f">{word} " if tab != "answers" else "c-row-excerpt")
    assert seen == 41
