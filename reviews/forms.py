"""What the product team fills in: a review's title and note, and which ideas it holds."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateTimeInput

from accounts.models import Organisation
from community.languages import LANGUAGES
from ideas.models import Idea, IdeaBoardPage, Policy, Status
from ideas.querysets import readable_boards
from reviews.actions import (
    MOST_IDEAS,
    EmptySelectionError,
    NotOnBoardError,
    TooManyIdeasError,
    UnsettledCutOffError,
)
from reviews.models import NOTE_LENGTH, REASON_LENGTH, THEME_LENGTH, Interpretation, Review
from reviews.ranking import ranked
from reviews.rules import BUILT_IN
from reviews.selection import latest_cut_off

MOST_DIGITS = 18
USUAL_SIZE = 20


class ReviewForm(forms.ModelForm):
    class Meta:
        model = Review
        fields = ["title", "note"]
        widgets = {"note": AdminAutoHeightTextInput}


class BuildForm(forms.ModelForm):
    """By which policy and from which boards a review chooses its ideas, for whoever may read these boards."""

    boards = forms.ModelMultipleChoiceField(
        IdeaBoardPage.objects.none(), label=_("Boards"), widget=forms.CheckboxSelectMultiple
    )
    policy = forms.ChoiceField(label=_("Policy"))
    tags = forms.CharField(
        label=_("Tags"),
        required=False,
        help_text=_("With commas between. Only ideas with one of them. Empty: whatever their tags."),
    )
    statuses = forms.MultipleChoiceField(
        label=_("Statuses"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only ideas that had one of them at the cut-off. None ticked: whatever their status."),
    )
    segments = forms.MultipleChoiceField(
        label=_("Segments"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only ideas with a supporter from one of them. None ticked: whoever their supporters are."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        required=False,
        choices=lambda: LANGUAGES.items(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only ideas that are written in one of them. None ticked: in whichever."),
    )
    field_order = ["title", "boards", "policy", "cut_off", "size", "tags", "statuses", "segments", "languages", "note"]

    class Meta:
        model = Review
        fields = ["title", "cut_off", "size", "note"]
        widgets = {"note": AdminAutoHeightTextInput, "cut_off": AdminDateTimeInput}

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        boards = IdeaBoardPage.objects.filter(pk__in=readable_boards(user)).order_by("title", "pk")
        fields["boards"].queryset = boards
        built_in = [("supporters", _("Supporters alone")), ("top", _("Top: supporters and votes from before"))]
        fields["policy"].choices = [*built_in, *((str(policy.pk), str(policy)) for policy in self.policies())]
        statuses = (
            Status.objects.filter(board__in=boards).select_related("board").order_by("board__title", "sort_order")
        )
        fields["statuses"].choices = [(str(row.pk), f"{row.board.title}: {row.name}") for row in statuses]
        known = Organisation.objects.exclude(segment="").values_list("segment", flat=True).distinct()
        fields["segments"].choices = [(segment, segment) for segment in sorted(known)]
        review = self.instance
        if review.pk:
            filters = review.filters
            self.initial.update(
                boards=review.board_ids,
                policy=str(review.ranking_id or review.policy),
                tags=", ".join(filters.get("tags", ())),
                statuses=[str(pk) for pk in filters.get("statuses", ())],
                segments=filters.get("segments", ()),
                languages=filters.get("languages", ()),
            )
        else:
            self.initial.setdefault("size", USUAL_SIZE)
            if len(boards) == 1:
                self.initial.setdefault("boards", [boards[0].pk])

    def policies(self) -> list[Policy]:
        kept = [self.instance.ranking] if self.instance.ranking else []
        return [*Policy.objects.published(), *(policy for policy in kept if not policy.is_published)]

    def clean_cut_off(self) -> datetime | None:
        cut_off: datetime | None = self.cleaned_data["cut_off"]
        if cut_off is not None and cut_off > latest_cut_off():
            raise forms.ValidationError(UnsettledCutOffError.sentence)
        return cut_off

    def clean_policy(self) -> Policy | str:
        chosen: str = self.cleaned_data["policy"]
        if chosen in BUILT_IN:
            return chosen
        return next(policy for policy in self.policies() if str(policy.pk) == chosen)

    def clean_tags(self) -> list[str]:
        names = {name.strip().casefold() for name in self.cleaned_data["tags"].split(",")} - {""}
        found = {tag.name.casefold(): tag.slug for tag in Tag.objects.all()} | {
            tag.slug: tag.slug for tag in Tag.objects.all()
        }
        if unknown := sorted(names - found.keys()):
            raise forms.ValidationError(_("There is no tag “%(tag)s”."), params={"tag": unknown[0]})
        return sorted({found[name] for name in names})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        policy = cleaned.get("policy")
        for board in cleaned.get("boards", ()):
            if isinstance(policy, Policy) and not policy.applies_to(board):
                sentence = _("The policy “%(policy)s” is not for the board “%(board)s”.")
                self.add_error(
                    "policy", forms.ValidationError(sentence, params={"policy": policy.name, "board": board.title})
                )
        return cleaned

    def wishes(self) -> dict[str, Any]:
        """What an action takes: the filters together."""
        cleaned = dict(self.cleaned_data)
        cleaned["filters"] = {
            "tags": cleaned.pop("tags"),
            "statuses": sorted(int(pk) for pk in cleaned.pop("statuses")),
            "segments": sorted(cleaned.pop("segments")),
            "languages": sorted(cleaned.pop("languages")),
        }
        return cleaned


class ItemForm(forms.Form):
    """What somebody says of an idea in a draft: one act, with a reason or a theme where it has one."""

    ACTS = ("pin", "unpin", "exclude", "include", "group")

    idea = forms.IntegerField(min_value=1, max_value=10**18)
    act = forms.ChoiceField(choices=[(act, act) for act in ACTS])
    reason = forms.CharField(required=False, max_length=REASON_LENGTH, label=_("Reason"))
    theme = forms.CharField(required=False, max_length=THEME_LENGTH, label=_("Theme"))


class InterpretationForm(forms.ModelForm):
    text = forms.CharField(
        label=_("Interpretation"),
        max_length=NOTE_LENGTH,
        widget=AdminAutoHeightTextInput,
        help_text=_("What is behind the votes, in your words: who asks, what for, what would do. Markdown."),
    )

    class Meta:
        model = Interpretation
        fields = ["text"]


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
