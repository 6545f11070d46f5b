"""Choosing what to merge into, the preview, merging and undoing, on their pages."""

import re
from collections.abc import Callable

import pytest

from accounts.models import Member
from ideas.actions import cast_vote, merge_idea, post_idea, preview_merge
from ideas.models import Idea, IdeaBoardPage, IdeaMerge
from ideas.rebuild import rebuild
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict


@pytest.fixture
def pair(make_idea: Callable[..., Idea]) -> tuple[Idea, Idea]:
    """Two ideas of one author: three and five supporters, two of them the same people."""
    one, other = make_idea("Dark theme for planners"), make_idea("Planners want dark colours")
    people = [make_member(f"m{number}") for number in range(5)]
    for person in people[:2]:
        cast_vote(idea=one, by=person)
    for person in people[1:]:
        cast_vote(idea=other, by=person)
    for idea in (one, other):
        idea.refresh_from_db()
    return one, other


def test_similar_ideas_of_the_board_are_offered(
    reader: Reader, pair: tuple[Idea, Idea], make_idea: Callable[..., Idea], moderator: Member
) -> None:
    make_idea("Export invoices")
    html = reader(moderator).get(f"/i/{pair[0].pk}/merge/").content.decode()
    assert "Planners want dark colours" in html
    assert f'href="/i/{pair[0].pk}/merge/{pair[1].pk}/"' in html
    assert "Export invoices" not in html


@pytest.mark.parametrize("how", ["words", "number", "hash", "path", "address"])
def test_the_target_is_found_by_words_number_or_address(
    reader: Reader, pair: tuple[Idea, Idea], moderator: Member, how: str
) -> None:
    one, other = pair
    asked = {
        "words": "colours WANT",
        "number": str(other.pk),
        "hash": f"#{other.pk}",
        "path": other.get_absolute_url(),
        "address": f"https://community.example/i/{other.pk}/whatever/?from=3",
    }[how]
    html = reader(moderator).get(f"/i/{one.pk}/merge/", {"q": asked}).content.decode()
    assert re.findall(r'href="/i/\d+/merge/(\d+)/"', html) == [str(other.pk)]


@pytest.mark.parametrize("asked", ["nothing like it", "999999999999999999", "%", "_", "'\"<b>"])
def test_what_is_not_found_is_said(reader: Reader, pair: tuple[Idea, Idea], moderator: Member, asked: str) -> None:
    html = reader(moderator).get(f"/i/{pair[0].pk}/merge/", {"q": asked}).content.decode()
    assert "No idea has these words in its title" in html
    assert "Planners want dark colours" not in html


@pytest.mark.parametrize("asked", ["", "   ", "a" * 301, "a\x00b"])
def test_a_search_that_can_not_be_made_says_why_and_offers_similar_ideas(
    reader: Reader, pair: tuple[Idea, Idea], moderator: Member, asked: str
) -> None:
    html = reader(moderator).get(f"/i/{pair[0].pk}/merge/", {"q": asked}).content.decode()
    assert "c-form-field-error" in html
    assert "Planners want dark colours" in html


def test_the_search_obeys_the_gate(
    reader: Reader, board: IdeaBoardPage, staff_board: IdeaBoardPage, pair: tuple[Idea, Idea], administrator: Member
) -> None:
    merger = make_member("merger", "Moderators")
    secret = post_idea(board=staff_board, by=administrator, title=f"Dark {CANARY}", body="B")
    restriction = staff_board.get_view_restrictions().get()
    restriction.groups.set([])
    for query in ("dark", str(secret.pk)):
        html = reader(merger).get(f"/i/{pair[0].pk}/merge/", {"q": query}).content.decode()
        assert CANARY not in html
    assert reader(merger).get(f"/i/{pair[0].pk}/merge/{secret.pk}/").status_code == 404
    assert reader(merger).post(f"/i/{pair[0].pk}/merge/{secret.pk}/").status_code == 404
    assert not IdeaMerge.objects.exists()


def test_the_preview_tells_what_the_merge_then_does(reader: Reader, pair: tuple[Idea, Idea], moderator: Member) -> None:
    one, other = pair
    Idea.objects.filter(pk=one.pk).update(base_votes=15)
    rebuild([one.pk])
    preview = preview_merge(duplicate=one, into=other, by=moderator)
    assert (preview.duplicate_supporters, preview.target_supporters) == (3, 5)
    assert (preview.shared_supporters, preview.result_supporters, preview.result_base_votes) == (2, 6, 15)
    client = reader(moderator)
    html = client.get(f"/i/{one.pk}/merge/{other.pk}/").content.decode()
    assert re.search(r"<dd>2</dd>\s*<dt class=\"is-total\">[^<]*</dt>\s*<dd class=\"is-total\">6</dd>", html)
    assert "15 and 0 become 15, shown apart" in html
    assert Idea.objects.get(pk=one.pk).canonical_id is None
    response = client.post(f"/i/{one.pk}/merge/{other.pk}/", {"reason": "The same wish"})
    assert response["Location"] == other.get_absolute_url()
    other.refresh_from_db()
    assert (other.supporter_count, other.family_base_votes) == (6, 15)
    edge = IdeaMerge.objects.get()
    assert (edge.reason, edge.merged_by) == ("The same wish", moderator)
    html = client.get(response["Location"]).content.decode()
    assert f"/i/{one.pk}/unmerge/" in html


def test_undoing_asks_once_more_and_brings_everything_back(
    reader: Reader, pair: tuple[Idea, Idea], moderator: Member
) -> None:
    one, other = pair
    client = reader(moderator)
    client.post(f"/i/{one.pk}/merge/{other.pk}/")
    assert "Undo the merge?" in client.get(f"/i/{one.pk}/unmerge/").content.decode()
    other.refresh_from_db()
    assert other.supporter_count == 6
    assert client.post(f"/i/{one.pk}/unmerge/")["Location"] == one.get_absolute_url()
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.supporter_count, other.supporter_count, one.canonical_id) == (3, 5, None)
    assert client.post(f"/i/{one.pk}/unmerge/").status_code == 409


def test_a_duplicate_as_the_target_stands_for_its_canonical(
    reader: Reader, pair: tuple[Idea, Idea], duplicate: Idea, canonical: Idea, moderator: Member
) -> None:
    response = reader(moderator).post(f"/i/{pair[0].pk}/merge/{duplicate.pk}/")
    assert response["Location"] == canonical.get_absolute_url()
    assert IdeaMerge.objects.get(duplicate=pair[0]).target == canonical


def test_refusals_keep_the_form_and_say_why(
    reader: Reader,
    pair: tuple[Idea, Idea],
    duplicate: Idea,
    canonical: Idea,
    moderator: Member,
    staff_board: IdeaBoardPage,
    make_invisible: Callable[..., None],
) -> None:
    one, other = pair
    client = reader(moderator)
    plan = post_idea(board=staff_board, by=moderator, title="Plan", body="B")
    hidden = post_idea(board=one.board, by=moderator, title="Hidden", body="B")
    make_invisible(hidden)
    for source, target, sentence in (
        (duplicate, other, "marked as a duplicate already"),
        (canonical, duplicate, "into itself"),
        (one, one, "into itself"),
        (one, plan, "Not everyone who may read this"),
        (one, hidden, "Both have to be visible"),
        (hidden, one, "Both have to be visible"),
    ):
        before = IdeaMerge.objects.count()
        for response in (
            client.get(f"/i/{source.pk}/merge/{target.pk}/"),
            client.post(f"/i/{source.pk}/merge/{target.pk}/", {"reason": CANARY}),
        ):
            assert response.status_code == 409, (source, target)
            assert response.content.decode().count(sentence) == 1
        assert CANARY in response.content.decode()
        assert IdeaMerge.objects.count() == before
    response = client.post(f"/i/{one.pk}/merge/{other.pk}/", {"reason": "x" * 501})
    assert response.status_code == 422
    assert client.get(f"/i/{duplicate.pk}/merge/").status_code == 409


def test_merging_from_a_closed_board_into_an_open_one_is_allowed(
    reader: Reader, staff_board: IdeaBoardPage, pair: tuple[Idea, Idea], moderator: Member
) -> None:
    plan = post_idea(board=staff_board, by=moderator, title=CANARY, body="B")
    assert reader(moderator).post(f"/i/{plan.pk}/merge/{pair[0].pk}/").status_code == 302
    html = reader(None).get(pair[0].get_absolute_url()).content.decode()
    assert CANARY not in html
    assert "<span>4</span>" in html


def test_undoing_needs_both_ends_to_be_visible(
    reader: Reader, board: IdeaBoardPage, staff_board: IdeaBoardPage, administrator: Member
) -> None:
    other_board = board.get_parent().add_child(instance=IdeaBoardPage(title="Other", slug="other"))
    target = post_idea(board=other_board, by=administrator, title=CANARY, body="B")
    idea = post_idea(board=board, by=administrator, title="Visible", body="B")
    merge_idea(duplicate=idea, into=target, by=administrator)
    restrict(other_board, "Administrators")
    merger = make_member("merger", "Moderators")
    for response in (reader(merger).get(f"/i/{idea.pk}/unmerge/"), reader(merger).post(f"/i/{idea.pk}/unmerge/")):
        assert response.status_code == 404
        assert CANARY not in response.content.decode()
    assert IdeaMerge.objects.standing().exists()
