"""The history of merges, for everyone who may see both ideas."""

from collections.abc import Callable

import pytest
from wagtail.models import Page

from accounts.models import Member
from ideas.actions import merge_idea, undo_idea_merge
from ideas.models import Idea, IdeaBoardPage
from tests.ideas.conftest import CANARY, Reader
from tests.people import restrict


def test_everybody_reads_who_merged_and_who_undid_it_and_why(
    reader: Reader, canonical: Idea, duplicate: Idea, moderator: Member
) -> None:
    undo_idea_merge(edge=duplicate.merges.get(), by=moderator)
    for idea in (canonical, duplicate):
        html = reader(None).get(f"/i/{idea.pk}/merges/").content.decode()
        for words in ("Night theme", "Dark mode", "The same wish", "Moderator", "Undone"):
            assert words in html


def test_it_tells_of_the_whole_family(
    reader: Reader, canonical: Idea, duplicate: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    top = make_idea("Themes")
    merge_idea(duplicate=canonical, into=top, by=moderator, reason="All about themes")
    for idea in (top, canonical, duplicate):
        html = reader(None).get(f"/i/{idea.pk}/merges/").content.decode()
        assert "The same wish" in html
        assert "All about themes" in html


def test_an_idea_without_merges_says_so(reader: Reader, idea: Idea) -> None:
    assert "Nothing was merged here" in reader(None).get(f"/i/{idea.pk}/merges/").content.decode()


@pytest.mark.parametrize("how", ["hidden", "private"])
def test_nothing_of_a_duplicate_that_one_may_not_see(
    reader: Reader,
    home: Page,
    canonical: Idea,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    moderator: Member,
    how: str,
) -> None:
    inner = home.add_child(instance=IdeaBoardPage(title="Inner", slug="inner"))
    duplicate = make_idea(CANARY, on=inner)
    merge_idea(duplicate=duplicate, into=canonical, by=moderator, reason=f"Because of {CANARY}")
    if how == "private":
        restrict(inner, "Moderators")
    else:
        make_invisible(duplicate)
    assert CANARY not in reader(None).get(f"/i/{canonical.pk}/merges/").content.decode()
    assert CANARY in reader(moderator).get(f"/i/{canonical.pk}/merges/").content.decode()


def test_the_history_of_what_one_may_not_see_is_not_there(
    reader: Reader, staff_board: IdeaBoardPage, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    plan = make_idea("Secret", on=staff_board, by=moderator)
    assert reader(None).get(f"/i/{plan.pk}/merges/").status_code == 404
    assert reader(moderator).get(f"/i/{plan.pk}/merges/").status_code == 200
