"""What the product team fills in: a review's title and note, and which ideas it holds."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminAutoHeightTextInput

from ideas.models import Idea, IdeaBoardPage, Status
from reviews.actions import MOST_IDEAS, EmptySelectionError, NotOnBoardError, TooManyIdeasError
from reviews.models import Review
from reviews.ranking import ranked


class ReviewForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Review
        fields = ["title", "note"]
        widgets = {"note": AdminAutoHeightTextInput}


class RankFilterSet(WagtailFilterSet):  # type: ignore[misc]
    """Statuses of a board, and one of the tags of its ideas."""

    status = django_filters.ModelMultipleChoiceFilter(
        label=_("Status"), queryset=Status.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    tag = django_filters.ModelChoiceFilter(
        label=_("Tag"), field_name="tags", to_field_name="slug", queryset=Tag.objects.none()
    )

    class Meta:
        model = Idea
        fields: list[str] = []

    def __init__(self, *args: Any, board: IdeaBoardPage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ideas = ranked(self.request.user, board).order_by()
        self.filters["status"].queryset = board.statuses.all()
        self.filters["tag"].queryset = Tag.objects.filter(tagged_ideas__content_object__in=ideas).distinct()


class SelectionForm(forms.Form):
    """Ideas chosen in a ranked list: those that are ticked or, by the button of that name, so many from the top.

    Valid, it has their ids in `cleaned_data["ideas"]`.
    """

    idea = forms.ModelMultipleChoiceField(
        queryset=Idea.objects.none(),
        required=False,
        error_messages={"invalid_choice": NotOnBoardError.sentence, "invalid_pk_value": NotOnBoardError.sentence},
    )
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

    @property
    def sentence(self) -> str:
        """What is wrong, as one text."""
        return " ".join(error for errors in self.errors.values() for error in errors)
