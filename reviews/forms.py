"""What the product team fills in: a review's title and note, and which ideas it holds."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ideas.models import Idea, IdeaBoardPage
from reviews.actions import MOST_IDEAS, EmptySelectionError, NotOnBoardError, TooManyIdeasError
from reviews.models import Review
from reviews.ranking import ranked

MOST_DIGITS = 18


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["title", "note"]
        widgets = {"note": AdminAutoHeightTextInput}


class RankFilterSet(WagtailFilterSet):
    """Statuses of a board, and one of the tags of its ideas."""

    status = django_filters.MultipleChoiceFilter(label=_("Status"), widget=forms.CheckboxSelectMultiple)
    tag = django_filters.ChoiceFilter(label=_("Tag"), field_name="tags__slug")

    class Meta:
        model = Idea
        fields: list[str] = []

    def __init__(self, *args: Any, board: IdeaBoardPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ideas = ranked(self.request.user, board).order_by()
        tags = Tag.objects.filter(tagged_ideas__content_object__in=ideas).distinct().order_by("name")
        self.filters["status"].extra["choices"] = list(board.statuses.values_list("pk", "name"))
        self.filters["tag"].extra["choices"] = list(tags.values_list("slug", "name"))


class RemovalForm(forms.Form):
    """The number of an idea to take out of a draft."""

    idea = forms.IntegerField(min_value=1, max_value=10**MOST_DIGITS)


class IdeasField(forms.ModelMultipleChoiceField):
    """Ideas by their numbers; whatever is no number of an idea that may be chosen is answered with one sentence."""

    default_error_messages = {"invalid_choice": NotOnBoardError.sentence}

    def clean(self, value: Any) -> Any:
        if any(not is_number(text) for text in value or ()):
            raise forms.ValidationError(NotOnBoardError.sentence)
        return super().clean(value)


def is_number(text: str) -> bool:
    """Whether it may be somebody's number: digits, and few enough of them for the database."""
    return text.isdecimal() and len(text) <= MOST_DIGITS


class SelectionForm(forms.Form):
    """Ideas chosen in a ranked list: those that are ticked or, by the button of that name, so many from the top.

    Valid, it has their ids in `cleaned_data["ideas"]`.
    """

    idea = IdeasField(queryset=Idea.objects.none(), required=False)
    top = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_IDEAS,
        error_messages={"max_value": TooManyIdeasError.sentence, "min_value": EmptySelectionError.sentence},
    )

    def __init__(self, *args: Any, on_board: QuerySet[Idea], listed: QuerySet[Idea], **kwargs: Any) -> None:
        """`on_board` are the ideas that may be chosen, `listed` those that the list is filtered to."""
        super().__init__(*args, **kwargs)
        self.listed = listed
        self.fields["idea"].queryset = on_board  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "take_top" in self.data:
            top = self.listed[: cleaned.get("top") or 0]
        else:
            top = cleaned.get("idea", ())
        cleaned["ideas"] = [idea.pk for idea in top]
        if not cleaned["ideas"] and not self.errors:
            raise forms.ValidationError(EmptySelectionError.sentence)
        return cleaned

    def still_there(self) -> list[int]:
        """Of the ideas that are ticked, those that may be chosen: what to show again after an error."""
        data: Any = self.data
        numbers = [text for text in data.getlist("idea") if is_number(text)]
        on_board = self.fields["idea"].queryset  # type: ignore[attr-defined]
        return list(on_board.filter(pk__in=numbers).values_list("pk", flat=True)[:MOST_IDEAS])

    @property
    def sentence(self) -> str:
        """What is wrong, as one text."""
        return " ".join(str(error) for errors in self.errors.values() for error in errors)
