"""How what is typed is read."""

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.words import composed, words_in
from search.parsing import (
    FILTERS,
    LONGEST,
    MOST_FILTERS,
    MOST_TERMS,
    STATES,
    Query,
    Typed,
    clean,
    first_day,
    parse,
)


def typed(query: Query) -> list[str]:
    return [f'"{" ".join(part.words)}"' if part.is_quoted else " ".join(part.words) for part in query.typed]


def filters(query: Query) -> list[tuple[str, str]]:
    return [(part.name, part.value) for part in query.filters]


@pytest.mark.parametrize(
    ("text", "words", "excluded"),
    [
        ("dark mode", ["dark", "mode"], []),
        ('"dark mode" theme', ['"dark mode"', "theme"], []),
        ("“dark mode” «Thème»", ['"dark mode"', '"theme"'], []),
        ("dark dark Dark", ["dark"], []),
        ("e-mail snake_case", ["e", "mail", "snake", "case"], []),
        ("dark -light", ["dark"], ["light"]),
        ('dark -"light mode" -e-mail', ["dark"], ["light mode", "e mail"]),
        ("https://example.com/a?b=c", ["https", "example", "com", "a", "b", "c"], []),
        ("at 10:30", ["at", "10", "30"], []),
        ("- -- dark", ["dark"], []),
        ('"" dark', ["dark"], []),
    ],
)
def test_words_phrases_and_exclusions(text: str, words: list[str], excluded: list[str]) -> None:
    query = parse(text)
    assert typed(query) == words
    assert [" ".join(part.words) for part in query.excluded] == excluded
    assert not query.filters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tag:billing", ("tag", "billing")),
        ('TAG:"sign in"', ("tag", "sign in")),
        ('status:"Under review"', ("status", "Under review")),
        ("by:@Anna", ("by", "anna")),
        ("is:Unanswered", ("is", "unanswered")),
        ("is:planned", ("is", "planned")),
        ("before:2026-05-17", ("before", "2026-05-17")),
        ("after:2026-5", ("after", "2026-05-01")),
        ("after:2026", ("after", "2026-01-01")),
        ("in:help", ("in", "help")),
        ("lang:pt-BR", ("lang", "pt-br")),
    ],
)
def test_filters(text: str, expected: tuple[str, str]) -> None:
    query = parse(f"dark {text}")
    assert filters(query) == [expected]
    assert typed(query) == ["dark"]
    assert query.without(query.filters[0]) == query.words == "dark"


def test_filters_are_called_as_the_reader_calls_them_and_in_english() -> None:
    names, states = {"schlagwort": "tag"}, {"offen": "open"}
    query = parse("Schlagwort:x tag:y is:offen is:open", names, states)
    assert filters(query) == [("tag", "x"), ("tag", "y"), ("is", "open"), ("is", "open")]


def test_a_translation_does_not_take_the_place_of_an_english_filter() -> None:
    assert filters(parse("in:help", {"in": "tag"})) == [("in", "help")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour:red", ["colour", "red"]),
        ("is:purple", ["is", "purple"]),
        ("before:yesterday", ["before", "yesterday"]),
        ("before:2026-02-30", ["before", "2026", "02", "30"]),
        ("after:0000", ["after", "0000"]),
        ("lang:12", ["lang", "12"]),
        ("tag:", ["tag"]),
        ("tag: billing", ["tag", "billing"]),
        ('tag:""', ["tag"]),
        ('say "dark mode', ["say", "dark", "mode"]),
        ('dark" mode', ["dark", "mode"]),
        ("-dark", ["dark"]),
        ('-"dark mode" -light', ["dark", "mode", "light"]),
        ("dark AND (mode OR NOT light)", ["dark", "and", "mode", "or", "not", "light"]),
        (".*[a-z]+(?=x)\\d{1,}", ["a", "z", "x", "d", "1"]),
        ("dark\u202emode\0x", ["dark", "mode", "x"]),
    ],
)
def test_what_is_no_query_is_read_as_words(text: str, words: list[str]) -> None:
    query = parse(text)
    assert typed(query) == words
    assert not query.excluded
    assert not query.filters


def test_exclusions_beside_a_filter_stay_what_they_are() -> None:
    query = parse("tag:billing -android")
    assert query.typed == ()
    assert query.excluded == (Typed(("android",)),)


def test_what_is_left_out_is_exact_where_it_is_quoted_or_several_words() -> None:
    excluded = parse('dark -light -"bright" -"very bright" -e-mail').excluded
    assert [(part.words, part.is_quoted) for part in excluded] == [
        (("light",), False),
        (("bright",), True),
        (("very", "bright"), True),
        (("e", "mail"), True),
    ]


def test_words_for_a_title_leave_out_what_only_searching_knows() -> None:
    assert parse('export "as PDF" tag:billing -android is:open to mail').words == "export as PDF to mail"


def test_signs_that_nobody_sees_are_left_out() -> None:
    assert clean(" a\0b\u202ec\u200bd\ufeff \n e\u2066 ") == "a b c d e"


@pytest.mark.parametrize(
    ("value", "day"),
    [("2026-12-31", date(2026, 12, 31)), ("9999-12-31", None), ("0001-01-01", None), ("2026-13", None), ("²026", None)],
)
def test_days(value: str, day: date | None) -> None:
    assert first_day(value) == day


PIECES = st.sampled_from(
    ['"', "-", ":", " ", "(", "*", "\\", "\0", "\u202e", "é", "x", "dark", *FILTERS, *STATES, "2026-05-01", "検索", "“"]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
@example('"' * 1_000)
@example("tag:x " * 100)
@example("-" * 100_000)
@example("a" * 100_000)
@settings(max_examples=60)
def test_every_text_has_a_reading_within_bounds(text: str) -> None:
    query = parse(text)
    assert len(query.text) <= LONGEST
    assert len(query.typed) <= MOST_TERMS
    assert len(query.excluded) <= MOST_TERMS
    assert len(query.filters) <= MOST_FILTERS
    for part in (*query.typed, *query.excluded):
        assert part.words
        assert all(word.isalnum() or not word.isascii() for word in part.words)
    for part in query.filters:
        assert query.text[part.start : part.end] == part.typed
        assert part.name in FILTERS
        assert filters(parse(part.typed)) == [(part.name, part.value)]
        assert len(parse(query.without(part)).text) < len(query.text)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6, unique=True))
@settings(max_examples=30)
def test_plain_words_are_what_they_are(words: list[str]) -> None:
    assert typed(parse(" ".join(words))) == words
    assert typed(parse(f'"{" ".join(words)}"')) == [f'"{" ".join(words)}"']


@given(TEXTS)
@settings(max_examples=60)
def test_a_text_with_a_word_asks_for_something(text: str) -> None:
    has_words = any(words_in(composed(clean(text))))
    query = parse(text)
    assert bool(query.typed or query.filters) == has_words
