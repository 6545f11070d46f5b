"""The changelog: its entries, the ideas that they name, what readers may not see of either, and ideas' own pages."""

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries
from wagtail.models import Page

from accounts.models import Member
from community.content import Visibility
from ideas.actions import merge_idea, post_idea
from ideas.models import ChangelogEntryPage, ChangelogPage, Idea, IdeaBoardPage, ShippedIdea
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict

Write = Callable[..., ChangelogEntryPage]


@pytest.fixture
def changelog(home: Page) -> ChangelogPage:
    return home.add_child(instance=ChangelogPage(title="What is new", slug="news"))


@pytest.fixture
def write(changelog: ChangelogPage) -> Write:
    """A published entry of the changelog that names these ideas."""

    def make(title: str, *ideas: Idea, day: date = date(2026, 5, 4), live: bool = True) -> ChangelogEntryPage:
        entry = ChangelogEntryPage(title=title, date=day, body=f"<p>About {title}.</p>", live=live)
        entry.shipped_ideas.add(*(ShippedIdea(idea=idea) for idea in ideas))
        return changelog.add_child(instance=entry)

    return make


def html(reader: Reader, address: str, by: Member | None = None) -> str:
    response = reader(by).get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_entries_stand_newest_first_with_the_ideas_that_they_name(
    reader: Reader, changelog: ChangelogPage, write: Write, idea: Idea
) -> None:
    write("Earlier", day=date(2026, 1, 1))
    write("Latest", idea, day=date(2026, 9, 1))
    write("Between", day=date(2026, 3, 1))
    text = html(reader, changelog.url)
    assert re.findall(r"<h2><a href=\"[^\"]*\">(\w+)</a>", text) == ["Latest", "Between", "Earlier"]
    assert "About Latest." in text
    assert f'<a href="{idea.get_absolute_url()}">{idea.title}</a>' in text
    assert "From this idea" in text


def test_a_long_changelog_has_pages(reader: Reader, changelog: ChangelogPage, write: Write) -> None:
    for number in range(12):
        write(f"Entry{number:02}", day=date(2026, 1, 1) + timedelta(days=number // 2))
    first = html(reader, changelog.url)
    assert re.findall(r">(Entry\d+)</a>", first) == [f"Entry{number:02}" for number in range(11, 1, -1)]
    (rest,) = re.findall(r'href="(\?after=[^"]*)" rel="next"', first)
    second = html(reader, changelog.url + rest)
    assert re.findall(r">(Entry\d+)</a>", second) == ["Entry01", "Entry00"]
    assert 'rel="prev"' in second
    assert reader(None).get(f"{changelog.url}?after=x").status_code == 400


def test_drafts_and_entries_for_others_are_not_listed(
    reader: Reader, changelog: ChangelogPage, write: Write, idea: Idea, member: Member
) -> None:
    write(f"{CANARY} draft", idea, live=False)
    entry = write(f"{CANARY} for members", idea)
    restrict(entry)
    for address in (changelog.url, idea.get_absolute_url()):
        assert CANARY not in html(reader, address)
        assert f"{CANARY} for members" in html(reader, address, member)
        assert f"{CANARY} draft" not in html(reader, address, member)
    assert reader(None).get(entry.url).status_code == 302
    assert CANARY in html(reader, entry.url, member)


def test_an_entry_does_not_reveal_ideas_that_its_reader_may_not_see(
    reader: Reader,
    changelog: ChangelogPage,
    write: Write,
    staff_board: IdeaBoardPage,
    moderator: Member,
    member: Member,
) -> None:
    secret = post_idea(board=staff_board, by=moderator, title=CANARY, body="B")
    entry = write("Public news", secret)
    for address in (changelog.url, entry.url):
        for person in (None, member):
            text = html(reader, address, person)
            assert CANARY not in text
            assert f"/i/{secret.pk}/" not in text
            assert "From this idea" not in text
        assert CANARY in html(reader, address, moderator)


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_hidden_ideas_are_not_named_to_anybody(
    reader: Reader,
    write: Write,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    author: Member,
    moderator: Member,
    visibility: Visibility,
) -> None:
    idea = make_idea(CANARY)
    entry = write("News", idea)
    make_invisible(idea, visibility)
    for person in (None, author, moderator):
        assert CANARY not in html(reader, entry.url, person)


def test_a_merged_idea_is_named_by_its_canonical_one_and_once(
    reader: Reader, write: Write, canonical: Idea, duplicate: Idea
) -> None:
    entry = write("News", duplicate, canonical)
    text = html(reader, entry.url)
    assert text.count(f'href="{canonical.get_absolute_url()}"') == 1
    assert duplicate.title not in text


def test_an_idea_says_in_which_entries_it_is(
    reader: Reader, write: Write, canonical: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    duplicate = make_idea("Night theme")
    entry = write("Darker evenings", duplicate)
    assert "Darker evenings" in html(reader, duplicate.get_absolute_url())
    assert "Darker evenings" not in html(reader, canonical.get_absolute_url())
    merge_idea(duplicate=duplicate, into=canonical, by=moderator)
    text = html(reader, canonical.get_absolute_url())
    assert "In the changelog:" in text
    assert f'<a href="{entry.url}">Darker evenings</a>' in text
    Idea.objects.filter(pk=canonical.pk).update(status=canonical.board.statuses.get(kind="shipped"))
    assert "Shipped in" in html(reader, canonical.get_absolute_url())


def test_an_empty_changelog_says_what_to_do_next(
    reader: Reader, changelog: ChangelogPage, member: Member, administrator: Member
) -> None:
    for person in (None, member):
        text = html(reader, changelog.url, person)
        assert "No entries yet" in text
        assert "Write the first entry" not in text
    administrator.is_superuser = True
    administrator.save()
    text = html(reader, changelog.url, administrator)
    assert f'href="/admin/pages/{changelog.pk}/add_subpage/"' in text


def test_texts_are_escaped(
    reader: Reader, changelog: ChangelogPage, write: Write, make_idea: Callable[..., Idea]
) -> None:
    idea = make_idea("<script>alert(1)</script>")
    entry = write("<i>News</i>", idea)
    for address in (changelog.url, entry.url, idea.get_absolute_url()):
        text = html(reader, address)
        assert "<script>alert" not in text
        assert "<i>News" not in text.replace("<p>About <i>News</i>.</p>", "")


@pytest.mark.parametrize("count", [1, 10])
def test_the_changelog_costs_few_queries_whatever_is_in_it(
    reader: Reader,
    board: IdeaBoardPage,
    changelog: ChangelogPage,
    write: Write,
    member: Member,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(count):
        ideas = [
            post_idea(board=board, by=make_member(f"writer{number}x{other}"), title=f"Idea {other}", body="B")
            for other in range(3)
        ]
        write(f"Entry {number}", *ideas)
    client = reader(member)
    client.get(changelog.url)
    with django_assert_max_num_queries(14):
        assert client.get(changelog.url).content.decode().count("From these ideas") == count
