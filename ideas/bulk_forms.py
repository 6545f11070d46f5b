"""What the team fills in on the screen of all ideas: filters, and what to change of those that are ticked."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from taggit.models import Tag
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import AdminAutoHeightTextInput

from accounts.models import Member
from community.fields import MarkdownField, TagsField
from ideas.actions import Leave
from ideas.errors import AnswerWithoutStatusError, NothingChosenError
from ideas.models import Idea, IdeaBoardPage, Status
from ideas.planning import planners, possible_owners
from ideas.quarters import quarter_choices
from ideas.querysets import readable_boards

MOST_TAGS = 100
MOST_DIGITS = 18
NOBODY, NO_QUARTER = "nobody", "none"


class IdeaFilterSet(WagtailFilterSet):
    """Boards, statuses, kinds of status, tags and owners; a status says its board where there are several."""

    board = django_filters.ModelMultipleChoiceFilter(
        label=_("Board"), queryset=IdeaBoardPage.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    kind = django_filters.MultipleChoiceFilter(
        label=_("Kind of status"),
        field_name="status__kind",
        choices=Status.Kind.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    status = django_filters.MultipleChoiceFilter(label=_("Status"), widget=forms.CheckboxSelectMultiple)
    owner = django_filters.ModelChoiceFilter(
        label=_("Owner"), queryset=Member.objects.none(), null_label=_("Nobody"), null_value=NOBODY
    )
    tag = django_filters.ChoiceFilter(label=_("Tag"), field_name="tags__slug")

    class Meta:
        model = Idea
        fields: list[str] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.request.user
        boards = IdeaBoardPage.objects.filter(pk__in=readable_boards(user)).order_by("title", "pk")
        titles = dict(boards.values_list("pk", "title"))
        statuses = Status.objects.filter(board__in=titles).order_by("board__title", "board", "sort_order")
        self.filters["board"].queryset = boards
        self.filters["owner"].queryset = planners()
        self.filters["status"].extra["choices"] = [
            (status.pk, f"{titles[status.board_id]}: {status.name}" if len(titles) > 1 else status.name)
            for status in statuses
        ]
        self.filters["tag"].extra["choices"] = self._tags(user)

    def _tags(self, user: Any) -> list[tuple[str, str]]:
        """Those that are used most; the one that is chosen is among them even if it is rare."""
        used = list(Idea.objects.visible_to(user).tags_used(MOST_TAGS))
        chosen = self.data.get("tag", "").replace("\0", "")
        if chosen and chosen not in {tag.slug for tag in used}:
            used += Tag.objects.filter(slug=chosen, tagged_ideas__content_object__in=Idea.objects.visible_to(user))[:1]
        return sorted(((tag.slug, tag.name) for tag in used), key=lambda choice: choice[1].casefold())


def ticked(user: Any, numbers: Iterable[str]) -> tuple[QuerySet[Idea], bool]:
    """The ideas with these numbers that the person may see, and whether these are all that were named."""
    named = set(numbers)
    known = {int(text) for text in named if text.isdecimal() and len(text) <= MOST_DIGITS}
    ideas = Idea.objects.visible_to(user).filter(pk__in=known)
    return ideas, ideas.count() == len(named)


class ChangeForm(forms.Form):
    """What to change of these ideas. What is left empty stays as it is, idea by idea."""

    add_tags = TagsField(label=_("Add tags"))
    remove_tags = forms.MultipleChoiceField(label=_("Remove tags"), required=False, widget=forms.CheckboxSelectMultiple)
    status = forms.ModelChoiceField(
        label=_("Status"), queryset=Status.objects.none(), required=False, empty_label=_("As it is")
    )
    answer = MarkdownField(
        label=_("Public answer"),
        required=False,
        help_text=_("One answer, shown on each idea whose status changes. Markdown works."),
    )
    owner = forms.TypedChoiceField(label=_("Owner"), required=False, empty_value=Leave.AS_IS)  # type: ignore[arg-type]
    target_quarter = forms.TypedChoiceField(label=_("Target quarter"), required=False, empty_value=None)

    def __init__(self, *args: Any, ideas: list[Idea], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = {idea.board_id: idea.board for idea in ideas}
        fields: dict[str, Any] = self.fields
        fields["answer"].widget = AdminAutoHeightTextInput()
        tags = {tag.name for idea in ideas for tag in idea.tags.all()}
        fields["remove_tags"].choices = [(name, name) for name in sorted(tags, key=str.casefold)]
        if not tags:
            del fields["remove_tags"]
        fields["status"].queryset = Status.objects.filter(board__in=boards)
        if len(boards) != 1:
            del fields["status"], fields["answer"]
        self._owners = {str(member.pk): member for member in possible_owners(*boards.values())}
        fields["owner"].choices = [
            ("", gettext("As it is")),
            (NOBODY, gettext("Nobody")),
            *((pk, f"{member.name} (@{member.handle})") for pk, member in self._owners.items()),
        ]
        fields["owner"].coerce = self._owners.get
        quarters = quarter_choices(timezone.localdate())[1:]
        fields["target_quarter"].choices = [("", gettext("As it is")), (NO_QUARTER, gettext("None")), *quarters]
        fields["target_quarter"].coerce = lambda value: "" if value == NO_QUARTER else value

    @property
    def is_of_one_board(self) -> bool:
        """Whether the status can be changed: statuses belong to a board."""
        return "status" in self.fields

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return cleaned
        if cleaned.get("answer") and not cleaned.get("status"):
            self.add_error("status", AnswerWithoutStatusError.sentence)
        is_planned = cleaned["owner"] is not Leave.AS_IS or cleaned["target_quarter"] is not None
        if not (is_planned or any(cleaned.get(name) for name in ("add_tags", "remove_tags", "status", "answer"))):
            raise forms.ValidationError(NothingChosenError.sentence)
        return cleaned
