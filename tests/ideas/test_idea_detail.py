"""An idea's page: what stands on it, where duplicates lead, and what it keeps to itself."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from community.actions import edit_content
from community.content import Visibility
from core.access import readable_page_ids
from ideas.actions import (
    cast_vote,
    change_status,
    merge_idea,
    post_comment,
    post_idea,
    rejoin_votes,
    set_votes_apart,
)
from ideas.models import Idea, IdeaBoardPage
from ideas.querysets import MODERATE
from ideas.rebuild import rebuild
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict


def show(reader: Reader, address: str, by: Member | None = None) -> str:
    response = reader(by).get(address, follow=False)
    assert response.status_code == 200, response.get("Location")
    return response.content.decode()


def test_it_shows_the_idea(reader: Reader, idea: Idea, author: Member) -> None:
    html = show(reader, idea.get_absolute_url())
    for part in ("Dark mode", "My eyes <em>hurt</em>.", "design", author.name, "Open", "No comments yet"):
        assert part in html
    assert f'rel="canonical" href="http://testserver{idea.get_absolute_url()}"' in html


@pytest.mark.parametrize("slug", ["", "wrong/", "dark/", "%E2%80%AE/"])
def test_another_slug_leads_to_the_right_one(reader: Reader, idea: Idea, slug: str) -> None:
    response = reader(None).get(f"/i/{idea.pk}/{slug}?after=x")
    assert response.status_code == 302
    assert response["Location"] == f"{idea.get_absolute_url()}?after=x"


@pytest.mark.parametrize(
    "title", ["Edit", "Delete", "Merge", "Status", "History", "Vote", "🌒", "暗いモード", "..", "?"]
)
def test_every_title_has_an_address_of_its_own(reader: Reader, make_idea: Callable[..., Idea], title: str) -> None:
    idea = make_idea(title)
    assert title in show(reader, idea.get_absolute_url())


@pytest.mark.parametrize("pk", [0, 99_999, 10**30])
def test_an_idea_that_is_not_there_is_not_found(reader: Reader, db: None, pk: int) -> None:
    assert reader(None).get(f"/i/{pk}/x/").status_code == 404


def test_votes_from_before_are_told_apart_from_supporters(reader: Reader, idea: Idea) -> None:
    Idea.objects.filter(pk=idea.pk).update(base_votes=15)
    rebuild([idea.pk])
    html = show(reader, idea.get_absolute_url())
    assert "15 votes were brought along without names" in html
    assert "+15" in html
    assert "<span>16</span>" not in html


def test_the_history_of_its_status_is_public_with_the_answers(
    reader: Reader, idea: Idea, product_manager: Member, status: Callable[[str], Any]
) -> None:
    change_status(idea=idea, status=status("planned"), by=product_manager, answer="In the **autumn**.")
    change_status(idea=idea, status=status("shipped"), by=product_manager, answer="It is there <script>.")
    html = show(reader, idea.get_absolute_url())
    assert "In the <strong>autumn</strong>." in html
    assert "It is there &lt;script&gt;." in html
    assert html.index("It is there") < html.index("In the <strong>")
    assert product_manager.name not in html


def test_what_was_edited_says_so_and_leads_to_its_history(reader: Reader, idea: Idea, author: Member) -> None:
    assert "/history/" not in show(reader, idea.get_absolute_url())
    edit_content(content=idea, by=author, title=idea.title, body="Better words.", moderate=MODERATE)
    assert f"/i/{idea.pk}/history/" in show(reader, idea.get_absolute_url())


# Duplicates


def test_a_duplicates_address_leads_to_the_canonical_idea_and_is_remembered(
    reader: Reader, canonical: Idea, duplicate: Idea
) -> None:
    for address in (duplicate.get_absolute_url(), f"/i/{duplicate.pk}/old-slug/"):
        response = reader(None).get(address)
        assert response.status_code == 302
        assert response["Location"] == f"{canonical.get_absolute_url()}?from={duplicate.pk}"
    html = show(reader, response["Location"])
    assert "You came from “Night theme”." in html


def test_a_vote_on_the_page_that_one_was_led_to_is_cast_on_the_duplicate(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    html = show(reader, f"{canonical.get_absolute_url()}?from={duplicate.pk}", by=member)
    assert f'action="/i/{duplicate.pk}/vote/' in html
    assert f'action="/i/{canonical.pk}/vote/' not in html


@pytest.mark.parametrize("origin", ["0", "x", "-1", "9" * 40, "²", "", "1%00"])
def test_a_forged_origin_changes_nothing(reader: Reader, canonical: Idea, member: Member, origin: str) -> None:
    html = show(reader, f"{canonical.get_absolute_url()}?from={origin}", by=member)
    assert "You came from" not in html
    assert f'action="/i/{canonical.pk}/vote/' in html


def test_an_origin_that_was_never_merged_here_changes_nothing(
    reader: Reader, canonical: Idea, make_idea: Callable[..., Idea]
) -> None:
    other = make_idea(CANARY)
    assert CANARY not in show(reader, f"{canonical.get_absolute_url()}?from={other.pk}")


def test_its_own_text_can_still_be_read(reader: Reader, canonical: Idea, duplicate: Idea, member: Member) -> None:
    post_comment(idea=duplicate, by=member, body="Said on the duplicate.")
    html = show(reader, f"{duplicate.get_absolute_url()}?stay=1")
    assert "About Night theme." in html
    assert "Said on the duplicate." in html
    assert f'href="{canonical.get_absolute_url()}?from={duplicate.pk}"' in html
    assert 'name="robots" content="noindex"' in html


def test_a_chain_of_merges_leads_to_its_end(
    reader: Reader, canonical: Idea, duplicate: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    top = make_idea("Top")
    merge_idea(duplicate=canonical, into=top, by=moderator)
    assert reader(None).get(duplicate.get_absolute_url())["Location"] == f"{top.get_absolute_url()}?from={duplicate.pk}"
    html = show(reader, top.get_absolute_url())
    assert "2 ideas were merged into this one" in html


def test_comments_of_the_whole_family_are_read_in_place(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    post_comment(idea=duplicate, by=member, body="First, on the duplicate.")
    post_comment(idea=canonical, by=member, body="Second, on the canonical.")
    html = show(reader, canonical.get_absolute_url())
    assert html.index("First, on") < html.index("Second, on")
    assert html.count("On “Night theme”") == 1
    assert "2 comments" in html


def test_comments_come_in_pages_and_each_can_be_reached(
    reader: Reader, idea: Idea, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ideas.threads.COMMENTS_ON_A_PAGE", 3)
    comments = [post_comment(idea=idea, by=member, body=f"Number {number}.") for number in range(8)]
    first = show(reader, idea.get_absolute_url())
    assert "Number 2." in first
    assert "Number 3." not in first
    for comment in comments:
        response = reader(None).get(comment.get_absolute_url())
        assert response["Location"].endswith(f"#comment-{comment.pk}")
        assert comment.body in show(reader, response["Location"])


# What one's own vote says


def test_a_supporter_through_a_duplicate_may_say_that_it_was_not_meant(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    address = canonical.get_absolute_url()
    assert "That is not what I meant" not in show(reader, address, by=member)
    cast_vote(idea=duplicate, by=member)
    html = show(reader, address, by=member)
    assert f'action="/i/{duplicate.pk}/apart/"' in html
    assert f'action="/i/{canonical.pk}/unvote/' in html
    set_votes_apart(duplicate=duplicate, by=member)
    html = show(reader, address, by=member)
    assert f'action="/i/{duplicate.pk}/rejoin/"' in html
    assert f'action="/i/{canonical.pk}/vote/' in html
    rejoin_votes(duplicate=duplicate, by=member)
    assert f'action="/i/{canonical.pk}/unvote/' in show(reader, address, by=member)


def test_whoever_set_votes_apart_reads_the_duplicate_with_its_own_count(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    for number in range(3):
        cast_vote(idea=canonical, by=make_member(f"m{number}"))
    cast_vote(idea=duplicate, by=member)
    set_votes_apart(duplicate=duplicate, by=member)
    html = show(reader, duplicate.get_absolute_url(), by=member)
    assert "Your vote counts here, with this idea alone." in html
    assert f'action="/i/{duplicate.pk}/rejoin/"' in html
    assert f'action="/i/{duplicate.pk}/unvote/' in html
    assert "<span>1</span>" in html
    other = show(reader, f"{duplicate.get_absolute_url()}?stay=1", by=make_member("other"))
    assert "<span>4</span>" in other
    assert "Your vote counts here" not in other


def test_an_origin_at_which_votes_were_set_apart_does_not_take_the_vote(
    reader: Reader, canonical: Idea, duplicate: Idea, member: Member
) -> None:
    set_votes_apart(duplicate=duplicate, by=member)
    html = show(reader, f"{canonical.get_absolute_url()}?from={duplicate.pk}", by=member)
    assert f'action="/i/{canonical.pk}/vote/' in html


# What stays secret

TRACES = (CANARY, "canary-author", "canary-commenter", "canary-comment")


@pytest.fixture
def hidden_duplicate(
    canonical: Idea,
    board: IdeaBoardPage,
    moderator: Member,
    member: Member,
    make_invisible: Callable[..., None],
) -> Idea:
    """A hidden duplicate full of canaries, with a supporter and a comment of its own."""
    writer, commenter = make_member("canary-author", name=CANARY), make_member("canary-commenter", name=CANARY)
    idea = post_idea(board=board, by=writer, title=CANARY, body=CANARY, tags=[CANARY])
    cast_vote(idea=idea, by=commenter)
    cast_vote(idea=idea, by=member)
    post_comment(idea=idea, by=commenter, body="canary-comment")
    merge_idea(duplicate=idea, into=canonical, by=moderator, reason=CANARY)
    make_invisible(idea)
    return idea


def test_of_a_hidden_duplicate_only_the_total_crosses(
    reader: Reader, board: IdeaBoardPage, canonical: Idea, hidden_duplicate: Idea, member: Member, advocate: Member
) -> None:
    address = canonical.get_absolute_url()
    for person in (None, member, advocate):
        for path in (address, f"{address}?from={hidden_duplicate.pk}", board.url):
            html = show(reader, path, by=person)
            assert not [trace for trace in TRACES if trace in html], path
            assert "<span>4</span>" in html
            assert "merged into this one" not in html
            assert "duplicate counted in" not in html
    assert "No comments yet" in show(reader, address)


def test_a_hidden_duplicate_has_no_address_but_for_its_author_and_moderators(
    reader: Reader, hidden_duplicate: Idea, member: Member, moderator: Member
) -> None:
    for path in ("", "?stay=1"):
        address = hidden_duplicate.get_absolute_url() + path
        assert reader(None).get(address).status_code == 404
        assert reader(member).get(address).status_code == 404
        assert reader(moderator).get(address).status_code in (200, 302)
        assert reader(hidden_duplicate.author).get(address).status_code in (200, 302)


def test_moderators_see_the_hidden_duplicate_and_can_undo_it(
    reader: Reader, canonical: Idea, hidden_duplicate: Idea, moderator: Member
) -> None:
    html = show(reader, canonical.get_absolute_url(), by=moderator)
    assert CANARY in html
    assert f"/i/{hidden_duplicate.pk}/unmerge/" in html


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_the_duplicates_of_what_one_may_not_see_are_not_there_either(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    member: Member,
    moderator: Member,
    make_invisible: Callable[..., None],
    visibility: Visibility,
) -> None:
    make_invisible(canonical, visibility)
    for path in ("", "?stay=1"):
        for person in (None, member):
            response = reader(person).get(duplicate.get_absolute_url() + path)
            assert response.status_code == 404
            assert "Dark mode" not in response.content.decode()
        assert reader(moderator).get(duplicate.get_absolute_url() + path).status_code in (200, 302)


def test_a_canonical_on_a_board_that_closed_later_hides_its_duplicates(
    reader: Reader, home: Any, board: IdeaBoardPage, author: Member, member: Member, moderator: Member
) -> None:
    other_board = home.add_child(instance=IdeaBoardPage(title="Other", slug="other"))
    target = post_idea(board=other_board, by=author, title=CANARY, body="B")
    idea = post_idea(board=board, by=author, title="Visible", body="B")
    merge_idea(duplicate=idea, into=target, by=moderator)
    restrict(other_board, "Moderators")
    assert not readable_page_ids(member, IdeaBoardPage) & {other_board.pk}
    for person in (None, member):
        for path in (idea.get_absolute_url(), f"{idea.get_absolute_url()}?stay=1", board.url):
            assert CANARY not in reader(person).get(path, follow=True).content.decode()
        assert reader(person).get(idea.get_absolute_url()).status_code == 404


def test_hidden_comments_are_seen_by_their_author_and_moderators_alone(
    reader: Reader, idea: Idea, member: Member, author: Member, moderator: Member, make_invisible: Callable[..., None]
) -> None:
    comment = post_comment(idea=idea, by=member, body=CANARY)
    make_invisible(comment)
    address = idea.get_absolute_url()
    assert CANARY not in show(reader, address)
    assert CANARY not in show(reader, address, by=author)
    assert CANARY in show(reader, address, by=member)
    assert "Advertising" in show(reader, address, by=moderator)
    assert reader(author).get(comment.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("visibility", "for_author", "for_others"),
    [(Visibility.HELD, 200, 404), (Visibility.HIDDEN, 200, 404), (Visibility.DELETED, 404, 404)],
)
def test_an_idea_that_is_not_visible(
    reader: Reader,
    idea: Idea,
    author: Member,
    member: Member,
    moderator: Member,
    product_manager: Member,
    make_invisible: Callable[..., None],
    visibility: Visibility,
    for_author: int,
    for_others: int,
) -> None:
    make_invisible(idea, visibility)
    address = idea.get_absolute_url()
    assert reader(author).get(address).status_code == for_author
    for person in (None, member, product_manager):
        assert reader(person).get(address).status_code == for_others
    html = show(reader, address, by=moderator)
    assert "Advertising" in html
    assert "noindex" in html
    assert "takes no comments" in html


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("person", ["member", "moderator", "visitor"])
@pytest.mark.parametrize(
    "path", ["/i/{canonical}/dark-mode/", "/i/{canonical}/dark-mode/?from={other}", "/i/{other}/{slug}/"]
)
def test_an_idea_costs_few_queries_whatever_stands_below_it(
    reader: Reader,
    canonical: Idea,
    make_idea: Callable[..., Idea],
    author: Member,
    moderator: Member,
    member: Member,
    product_manager: Member,
    status: Callable[[str], Any],
    request: pytest.FixtureRequest,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
    person: str,
    path: str,
) -> None:
    canonical.tags.set([f"tag {number}" for number in range(5)])
    for number in range(count):
        other = make_idea(f"Duplicate {number}")
        post_comment(idea=other, by=make_member(f"writer{number}"), body="Yes")
        post_comment(idea=canonical, by=moderator, body=f"Number {number}")
        cast_vote(idea=other, by=member)
        merge_idea(duplicate=other, into=canonical, by=moderator)
        set_votes_apart(duplicate=other, by=member)
        change_status(
            idea=canonical, status=status("planned" if number % 2 else "open"), by=product_manager, answer="Soon."
        )
    client = reader(None if person == "visitor" else request.getfixturevalue(person))
    address = path.format(canonical=canonical.pk, other=other.pk, slug=other.slug)
    client.get(address)
    with django_assert_max_num_queries(18 if person == "moderator" else 15):  # links, notes, how much it is needed
        status_code = client.get(address).status_code
    assert status_code == (302 if "{slug}" in path and person != "member" else 200)
