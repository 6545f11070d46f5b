"""Forms that lead to an action."""

import pytest
from django import forms

from core.errors import ConflictError, ForbiddenError
from core.forms import submit


class NameForm(forms.Form):
    name = forms.CharField()


def greet(*, name: str, by: str) -> str:
    if name == "taken":
        raise ConflictError("Somebody else has that.")
    if name == "secret":
        raise ForbiddenError("Not you.")
    return f"{by} greets {name}"


def test_what_was_not_sent_calls_nothing() -> None:
    assert submit(NameForm(), greet, by="Ada") == (None, 200)


def test_what_is_wrong_calls_nothing() -> None:
    assert submit(NameForm({}), greet, by="Ada") == (None, 422)


def test_the_action_gets_what_was_typed_and_what_is_known() -> None:
    assert submit(NameForm({"name": "Eve"}), greet, by="Ada") == ("Ada greets Eve", 302)


def test_a_conflict_becomes_an_error_of_the_form() -> None:
    form = NameForm({"name": "taken"})
    assert submit(form, greet, by="Ada") == (None, 409)
    assert form.non_field_errors() == ["Somebody else has that."]


def test_what_is_forbidden_is_not_a_matter_of_the_form() -> None:
    with pytest.raises(ForbiddenError):
        submit(NameForm({"name": "secret"}), greet, by="Ada")
