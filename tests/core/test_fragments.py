"""Fragments: what is drawn once for all who are shown the same, and what makes another of them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from core import fragments
from core.fragments import fragment

NOTICE = "components/notice.html"
ROW = "components/question_row.html"


@pytest.fixture(autouse=True)
def forgotten() -> None:
    fragments._drawn.cache_clear()


def drawn() -> int:
    """How many fragments have been drawn."""
    return fragments._drawn.cache_info().misses


def test_the_same_values_are_drawn_once() -> None:
    first = fragment(NOTICE, text="Welcome")
    assert "<p>Welcome</p>" in first
    assert fragment(NOTICE, text="Welcome") == first
    assert drawn() == 1


@pytest.mark.parametrize("value", [True, 1, "1", 0, None])
def test_values_that_differ_in_kind_alone_are_told_apart(value: object) -> None:
    for other in (True, 1, 1.0, "1", 0, False, "", None):
        fragment(NOTICE, text=other)
    before = drawn()
    assert fragment(NOTICE, text=value) == fragment(NOTICE, text=value)
    assert (before, drawn()) == (8, 8)


def test_what_counts_as_safe_lends_nothing_to_what_does_not() -> None:
    markup = "<script>1</script>"
    assert markup in fragment(NOTICE, text=mark_safe(markup))  # noqa: S308 -- that is the point
    assert markup not in fragment(NOTICE, text=markup)


def test_names_belong_to_the_values() -> None:
    assert "<strong>Welcome</strong>" in fragment(NOTICE, title="Welcome", text="")
    assert "<p>Welcome</p>" in fragment(NOTICE, text="Welcome", title="")


def test_each_language_and_time_zone_has_its_own() -> None:
    values = {"title": "Hello", "is_solved": True, "at": datetime(2026, 11, 1, 23, 30, tzinfo=UTC)}
    english = fragment(ROW, {"ago": "then"}, **values)
    with translation.override("de"):
        german = fragment(ROW, {"ago": "then"}, **values)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        later = fragment(ROW, {"ago": "then"}, **values)
    assert "Solved" in english
    assert "Solved" not in german
    assert "2026-11-02T00:30:00+01:00" in later
    assert "2026-11-02T00:30:00+01:00" not in english


def test_what_is_filled_in_is_not_remembered() -> None:
    one = fragment(ROW, {"ago": "a minute ago"}, title="Hello", at=datetime(2026, 11, 1, tzinfo=UTC))
    other = fragment(ROW, {"ago": "<b>an hour ago</b>"}, title="Hello", at=datetime(2026, 11, 1, tzinfo=UTC))
    assert ">a minute ago</time>" in one
    assert ">&lt;b&gt;an hour ago&lt;/b&gt;</time>" in other
    assert drawn() == 1


def test_what_would_be_equal_to_itself_after_a_change_is_refused(member) -> None:
    for value in (member, gettext_lazy("Solved")):
        with pytest.raises(TypeError):
            fragment(NOTICE, text=value)


def test_no_more_are_kept_than_fit() -> None:
    assert fragments._drawn.cache_info().maxsize == fragments.KEPT
