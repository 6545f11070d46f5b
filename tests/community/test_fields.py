"""The rules for titles, texts and tags."""

import pytest
from django import forms
from django.core.exceptions import ValidationError
from taggit.models import Tag

from community.content import BODY_LENGTH, COMMENT_LENGTH, TITLE_LENGTH
from community.fields import MarkdownField, TagsField, TitleField

BLANK = ["", "   ", "\n\t \r\n", "\u00a0\u2003", "\u200b\u200d\u2060\ufeff"]
CONTROL = ["a\x00b", "a\x07b", "a\x1bb", "a\x7fb", "a\ud800b"]


@pytest.mark.parametrize("field", [TitleField(), MarkdownField()])
@pytest.mark.parametrize("value", BLANK)
def test_what_has_nothing_to_see_is_empty(field: forms.Field, value: str) -> None:
    with pytest.raises(ValidationError, match="required"):
        field.clean(value)


@pytest.mark.parametrize("value", CONTROL)
@pytest.mark.parametrize("field", [TitleField(), MarkdownField(), TagsField()])
def test_control_characters_are_refused(field: forms.Field, value: str) -> None:
    with pytest.raises(ValidationError):
        field.clean(value)


def test_a_title_is_one_line() -> None:
    assert TitleField().clean("  Dark\r\n mode\t now ") == "Dark mode now"


@pytest.mark.parametrize("title", ["暗いモード", "الوضع الداكن", "🌒", "C++ & <b>", "a" * TITLE_LENGTH])
def test_a_title_may_be_in_any_script(title: str) -> None:
    assert TitleField().clean(title) == title


@pytest.mark.parametrize(
    ("field", "most"),
    [
        (TitleField(), TITLE_LENGTH),
        (MarkdownField(), BODY_LENGTH),
        (MarkdownField(max_length=COMMENT_LENGTH), COMMENT_LENGTH),
    ],
)
def test_what_is_too_long_is_refused(field: forms.Field, most: int) -> None:
    assert field.clean("a" * most)
    with pytest.raises(ValidationError, match="at most"):
        field.clean("a" * (most + 1))


def test_lines_end_as_they_are_stored_and_count_once() -> None:
    assert MarkdownField(max_length=3).clean("a\r\nb\r\n") == "a\nb"


def test_blank_lines_around_a_text_go_and_its_first_indent_stays() -> None:
    assert MarkdownField().clean("\n  \n    code\n\n  more  \n\n") == "    code\n\n  more"


def test_a_pasted_text_is_not_cut_by_the_browser() -> None:
    assert "maxlength" not in MarkdownField().widget.attrs


def test_tags_are_a_list_of_names_each_once() -> None:
    assert TagsField().clean(" design,  Dark   mode ;DESIGN,, #api ") == ["design", "Dark mode", "api"]


def test_no_tags_are_none() -> None:
    assert TagsField().clean("  , ,") == []


@pytest.mark.parametrize("value", ["a,b,c,d,e,f", "a" * 31, "design, ???", "___"])
def test_too_many_too_long_or_unreadable_tags_are_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        TagsField().clean(value)


@pytest.mark.parametrize("value", ["a,b,c,d,e,A", "a" * 30, "日本語、設計"])
def test_as_many_and_as_long_as_allowed(value: str) -> None:
    assert TagsField().clean(value)


def test_tags_are_shown_as_they_are_typed() -> None:
    assert TagsField().prepare_value([Tag(name="b"), Tag(name="a")]) == "a, b"
    assert TagsField().prepare_value("b, a,") == "b, a,"
