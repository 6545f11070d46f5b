"""Icons, initials, tones, times and short counts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.templatetags import appearance


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (None, "0"),
        (0, "0"),
        (-4, "-4"),
        (9_999, "9,999"),
        (10_000, "10k"),
        (12_480, "12.4k"),
        (-12_480, "-12.4k"),
        (999_999, "999k"),
        (1_000_000, "1M"),
        (1_250_000, "1.2M"),
    ],
)
def test_counts_fit_a_small_box(count: int | None, shown: str) -> None:
    assert appearance.compact(count) == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada King Lovelace", "AL"),
        ("Nikolai", "N"),
        ("émile zola", "ÉZ"),
        ("", "?"),
        ("(Ada) !", "?"),
        ("李 小龙", "李小"),
    ],
)
def test_initials_come_from_the_first_and_last_word(name: str, letters: str) -> None:
    assert appearance.initials(name) == letters


def test_tone_is_the_same_everywhere() -> None:
    assert appearance.tone("ines") == appearance.tone("ines")
    assert {appearance.tone(f"member-{n}") for n in range(200)} == set(range(appearance.AVATAR_TONES))


@pytest.mark.parametrize(
    ("age", "shown"),
    [
        (timedelta(seconds=0), "now"),
        (timedelta(hours=3, minutes=20), "3\xa0hours ago"),
        (timedelta(days=1, hours=3), "1 day ago"),
        (timedelta(days=9), "1 week ago"),
    ],
)
def test_recent_moments_are_told_in_one_unit(age: timedelta, shown: str) -> None:
    assert appearance.ago(timezone.now() - age) == shown


def test_older_moments_have_their_date() -> None:
    assert str((timezone.now() - timedelta(days=400)).year) in appearance.ago(timezone.now() - timedelta(days=400))


def test_icons_are_silent_unless_labelled() -> None:
    assert 'aria-hidden="true"' in appearance.icon("lock")
    assert 'aria-label="Not &lt;public&gt;"' in appearance.icon("lock", "Not <public>")
