"""What moderators fill in when they decide on a post or a member, and whoever moves a card."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from community.models import ForumPage
from ideas.forms import OwnerField
from ideas.models import Idea, IdeaBoardPage, Status
from ideas.planning import possible_owners
from ideas.quarters import quarter_choices
from moderation.actions import EndInPastError, FamilyChoice, MergedIdeasError
from moderation.cards import Card, Place, answerers, neighbours
from moderation.models import REASON_LENGTH, QuestionCard


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The author and other moderators can read it."),
    )


class HideForm(ReasonForm):
    """Asks, of an idea that others were merged into, what becomes of those."""

    family = forms.ChoiceField(
        label=_("The ideas that were merged into it"),
        choices=FamilyChoice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": MergedIdeasError.sentence},
    )

    def __init__(self, *args: Any, has_merged: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_merged:
            del self.fields["family"]


class SuspendForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member and moderators can read it."),
    )
    ends_at = forms.DateField(
        label=_("Until"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_(
            "The day on which they may take part again. Leave it empty if you will lift the suspension yourself."
        ),
    )

    def clean_ends_at(self) -> datetime | None:
        """The day begins where the moderator is."""
        day: date | None = self.cleaned_data["ends_at"]
        if day is None:
            return None
        if day <= timezone.localdate():
            raise forms.ValidationError(EndInPastError.sentence)
        return timezone.make_aware(datetime.combine(day, time.min))


class CardForm(forms.Form):
    """Where a card goes, who looks after it, and which version of it was seen; begun with what the card says now."""

    version = forms.CharField(widget=forms.HiddenInput)
    column = forms.ChoiceField(label=_("Column"), choices=QuestionCard.Stage.choices)
    assignee = OwnerField(
        label=_("Assigned to"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, people: Iterable[Member], card: Card | None, **kwargs: Any) -> None:
        if card is not None:
            now = {"version": card.version, "column": card.column, "assignee": card.assignee, "quarter": card.quarter}
            kwargs["initial"] = now
        super().__init__(*args, **kwargs)
        keys = {member.pk for member in [*people, card and card.assignee] if member}
        self.fields["assignee"].queryset = Member.objects.filter(pk__in=keys).order_by("name", "pk")  # type: ignore[attr-defined]


FIRST = _("First of the column")
AFTER = _("After “%(title)s”")


class PlaceField(forms.CharField):
    """Beside which idea a card goes, as `before:<id>:<version>` or `after:<id>:<version>`; empty leaves it."""

    default_error_messages = {"unknown": _("There is no such place.")}

    def __init__(self, **kwargs: Any) -> None:
        # The board's script fills in the places of the column that is chosen.
        self.ideas = Idea.objects.none()
        super().__init__(widget=forms.Select(attrs={"data-first": FIRST, "data-after": AFTER}), **kwargs)

    def offer(self, cards: Sequence[Card]) -> None:
        choices: list[tuple[str, Any]] = [("", _("As it is now"))]
        if cards:
            choices.append((f"before:{cards[0].post.pk}:{cards[0].version}", FIRST))
        for card in cards:
            choices.append((f"after:{card.post.pk}:{card.version}", AFTER % {"title": card.post.title}))
        self.widget.choices = choices

    def clean(self, value: Any) -> Place | None:
        text = super().clean(value)
        if not text:
            return None
        side, _colon, rest = text.partition(":")
        key, _colon, version = rest.partition(":")
        idea = self.ideas.filter(pk=int(key)).first() if key.isdecimal() else None
        if side not in ("before", "after") or idea is None:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return Place(idea, side == "before", version)


class IdeaCardForm(CardForm):
    column = forms.ModelChoiceField(label=_("Column"), queryset=Status.objects.none(), empty_label=None)
    quarter = forms.CharField(label=_("Target quarter"), required=False, widget=forms.Select)
    place = PlaceField(label=_("Place"), required=False)

    def __init__(self, *args: Any, page: IdeaBoardPage, card: Card | None, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, people=possible_owners(page), card=card, **kwargs)
        self.fields["column"].queryset = Status.objects.filter(board=page)  # type: ignore[attr-defined]
        choices = quarter_choices(timezone.localdate(), card.quarter if card else "")
        self.fields["quarter"].widget.choices = choices
        place: PlaceField = self.fields["place"]  # type: ignore[assignment]
        place.ideas = Idea.objects.visible_to(user).filter(board=page)
        beside = neighbours(user, card.post) if card and not self.is_bound else []
        place.offer(beside)
        place.help_text = _("Choose one only if the column stays the same.") if card else ""
        if card and not beside:
            place.widget = forms.HiddenInput()


class QuestionCardForm(CardForm):
    def __init__(self, *args: Any, page: ForumPage, **kwargs: Any) -> None:
        super().__init__(*args, people=answerers(page), **kwargs)
