"""Articles, members, tags and the families of ideas are found as they are now."""

import pytest
from wagtail.models import Page, PageViewRestriction

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import ask_question, set_visibility
from community.content import Visibility
from ideas.actions import edit_idea, merge_idea, undo_idea_merge
from ideas.models import IdeaMerge
from pages.models import StandardPage
from search.backends import Kind
from search.engine import search, suggestions
from tests.people import make_member


@pytest.fixture
def article(home):
    body = "<p>Be <b>Kïnd</b> &amp; brief</p>"
    return home.add_child(instance=StandardPage(title="House rules", slug="rules", body=body))


# Articles


def test_articles_are_found_by_title_and_text(titles, article, visitor):
    for query in ("house rules", "kind brief", '"be kind"', "HÖUSE"):
        assert titles(query, visitor) == ["House rules"], query
    assert titles("b", visitor) == []
    (hit,) = search("kind", visitor).hits
    assert hit.kind == Kind.ARTICLE
    assert [fragment.text for fragment in hit.excerpt if fragment.is_match] == ["Kïnd"]
    assert hit.url == article.url
    assert titles("house lang:en", visitor) == ["House rules"]
    assert titles("house lang:de", visitor) == []


def test_drafts_unpublished_and_deleted_articles_are_not_found(titles, article, home, visitor):
    article.title, article.body = "House laws", "<p>Drafted</p>"
    article.save_revision()
    assert titles("laws", visitor) == titles("drafted", visitor) == []
    article.get_latest_revision().publish()
    assert titles("laws", visitor) == titles("drafted", visitor) == ["House laws"]
    assert titles("rules", visitor) == []
    article.refresh_from_db()
    article.unpublish()
    assert titles("laws", visitor) == []
    home.add_child(instance=StandardPage(title="House draft", slug="draft", live=False))
    assert titles("house", visitor) == []
    Page.objects.get(pk=article.pk).delete()
    assert titles("drafted", visitor) == []


def test_closed_articles_are_found_by_those_who_may_read_them(titles, article, home, visitor, member):
    below = article.add_child(instance=StandardPage(title="House of members", slug="below"))
    PageViewRestriction.objects.create(page=article, restriction_type="login")
    assert titles("house", visitor) == []
    assert set(titles("house", member)) == {article.title, below.title}
    assert search("house", visitor).total == 0
    assert suggestions("house", visitor) == []


# Members


def test_members_are_found_by_name_and_handle(titles, visitor):
    make_member("jo-smith", name="Zoë Adler")
    for query in ("zoe", "adler", "jo smith", "smith"):
        assert titles(query, visitor) == ["Zoë Adler"], query


def test_renamed_deactivated_and_erased_members_are_not_found(titles, visitor, administrator):
    person = make_member("zoe", name="Zoë Adler")
    person.name = "Zoë Berg"
    person.save()
    assert titles("adler", visitor) == []
    assert titles("berg", visitor) == ["Zoë Berg"]
    person.is_active = False
    person.save(update_fields=["is_active"])
    assert titles("berg", visitor) == []
    person.is_active = True
    person.save(update_fields=["is_active"])
    assert titles("berg", visitor) == ["Zoë Berg"]
    erase_member(member=person, by=administrator)
    for query in ("berg", "zoe", "former member"):
        assert titles(query, visitor) == []


def test_placeholders_and_the_system_are_not_found(titles, visitor, db):
    Member.objects.create_user("imported", name="Zoë Adler")
    assert titles("adler", visitor) == []
    assert titles("chorus", visitor) == []


# Tags


def test_tags_are_found_by_whoever_sees_something_that_carries_them(
    titles, forum, staff_forum, author, moderator, visitor
):
    ask_question(forum=staff_forum, by=moderator, title="Q", body="x", tags=["zebra crossing"])
    assert titles("zebra", visitor) == []
    assert titles("zebra", moderator) == ["zebra crossing"]
    question = ask_question(forum=forum, by=author, title="Q", body="x", tags=["zebra crossing"])
    assert titles("zebra", visitor) == ["zebra crossing"]
    (hit,) = search("zebra", visitor, Kind.TAG).hits
    assert hit.url == "/tags/zebra-crossing/"
    set_visibility(content=question, by=moderator, visibility=Visibility.HIDDEN)
    assert titles("zebra", visitor) == []


# Families of ideas


def test_an_idea_is_found_by_the_words_of_its_whole_family(titles, make_idea, moderator, author, visitor):
    target, duplicate = make_idea("Dark colours"), make_idea("Night theme")
    edge = merge_idea(duplicate=duplicate, into=target, by=moderator)
    for query in ("night", "night colours", "theme dark"):
        assert titles(query, visitor) == ["Dark colours"], query
    (hit,) = search("night", visitor).hits
    assert hit.quotes == "duplicate"
    edit_idea(idea=duplicate, by=author, title="Evening theme", body="x", tags=[])
    assert titles("night", visitor) == []
    assert titles("evening", visitor) == ["Dark colours"]
    set_visibility(content=duplicate, by=moderator, visibility=Visibility.HIDDEN)
    assert titles("evening", visitor) == titles("evening", moderator) == []
    set_visibility(content=duplicate, by=moderator, visibility=Visibility.VISIBLE)
    undo_idea_merge(edge=IdeaMerge.objects.get(pk=edge.pk), by=moderator)
    assert titles("evening", visitor) == ["Evening theme"]
    assert search("dark evening", visitor).is_partial


def test_words_from_another_board_count_for_its_readers_alone(
    found, titles, make_idea, staff_board, moderator, visitor, member
):
    target = make_idea("Dark colours")
    secret = make_idea("Canary launch", on=staff_board, by=moderator)
    also = make_idea("Canary again", on=staff_board, by=moderator)
    near = make_idea("Night theme")
    for duplicate in (secret, also, near):
        merge_idea(duplicate=duplicate, into=target, by=moderator)
    for query in ("canary", "canary colours", "canary night", "launch again"):
        assert found(query, moderator) == {target}, query
        for person in (visitor, member):
            results = search(query, person)
            assert results.is_partial or not results.hits, query
    assert found("canary", visitor) == set()
    (hit,) = search("canary", moderator).hits
    assert hit.quotes == "duplicate"
    for sort in ("newest", "supporters"):
        assert titles("canary", moderator, kind=Kind.IDEA, sort=sort) == ["Dark colours"]
    assert found("colours", moderator) == {target}
