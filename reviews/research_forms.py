"""What is filled in about research: the request, what is collected for it, and the answer."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput, AdminDateInput

from community.fields import MarkdownField, TitleField
from community.models import Answer, Question
from ideas.forms import SeenField
from ideas.models import Comment, Idea, IdeaBoardPage, Vote
from ideas.permissions import may_see_voters
from ideas.querysets import readable_boards
from reviews.models.research import BRIEF_LENGTH

_ADDRESSES: list[tuple[str, type[Any], re.Pattern[str]]] = [
    ("comment", Comment, re.compile(r"(?:^|/)i/comments/(\d{1,18})(?:/|$)")),
    ("idea", Idea, re.compile(r"(?:^|/)i/(\d{1,18})(?:/|$)")),
    ("reply", Answer, re.compile(r"(?:^|/)a/(\d{1,18})(?:/|$)|#answer-(\d{1,18})$")),
    ("question", Question, re.compile(r"(?:^|/)q/(\d{1,18})(?:/|$)")),
]


class ChangeResearchForm(forms.Form):
    title = TitleField(label=_("Topic"))
    brief = MarkdownField(
        label=_("Brief"),
        max_length=BRIEF_LENGTH,
        widget=AdminAutoHeightTextInput,
        help_text=_(
            "What you want to know and what for. Everybody reads it where the request is a public call. Markdown."
        ),
    )
    questions = forms.CharField(
        label=_("Questions"),
        required=False,
        max_length=BRIEF_LENGTH,
        widget=AdminAutoHeightTextInput,
        help_text=_("One a line."),
    )
    due_on = forms.DateField(label=_("Due on"), widget=AdminDateInput)
    is_public = forms.BooleanField(
        label=_("A public call"),
        required=False,
        help_text=_("It stands on the board, for whoever may read the board, until it is answered or withdrawn."),
    )
    seen = SeenField()


class ResearchForm(ChangeResearchForm):
    """The same for a new request, with its board."""

    board = forms.ModelChoiceField(label=_("Board"), queryset=IdeaBoardPage.objects.none())

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        boards = IdeaBoardPage.objects.filter(pk__in=readable_boards(user)).order_by("title", "pk")
        field: Any = self.fields["board"]
        field.queryset = boards
        if len(boards) == 1:
            field.initial = boards[0]
        del self.fields["seen"]
        self.order_fields(["board"])


class AttachForm(forms.Form):
    """Something to collect: a post by its address, somebody's vote for an idea, or a note alone.

    Valid, it has what the action takes: the note, and at most one of the targets of a ResearchItem.
    """

    address = forms.CharField(
        label=_("Address of a post"),
        required=False,
        max_length=500,
        help_text=_("Of a question, an answer, an idea or a comment on an idea."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    voter = forms.CharField(
        label=_("Only the vote of"),
        required=False,
        max_length=41,
        help_text=_("The handle of somebody who voted for the idea, if it is their vote that counts here."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1_000, widget=AdminAutoHeightTextInput(attrs={"maxlength": 1_000})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        address, handle = cleaned.pop("address", ""), cleaned.pop("voter", "").strip().lstrip("@")
        cleaned |= self._target(address, handle) if address or handle else {}
        if not cleaned.get("note") and len(cleaned) == 1 and not self.errors:
            raise ValidationError(gettext("Give the address of a post, or write a note."))
        return cleaned

    def _target(self, address: str, handle: str) -> dict[str, Any]:
        """What is named, as far as the person may see it."""
        for name, model, pattern in _ADDRESSES:
            if found := pattern.search(address.strip()):
                post = model.objects.visible_to(self.user).filter(pk=int(found[1] or found[2])).first()
                if post is not None:
                    return {name: post} if not handle else self._vote(post, handle)
                break
        self.add_error("address", gettext("There is no such post, or you may not see it."))
        return {}

    def _vote(self, post: Any, handle: str) -> dict[str, Any]:
        is_open = isinstance(post, Idea) and may_see_voters(self.user)
        vote = Vote.objects.standing().filter(idea=post.pk, member__handle=handle).first() if is_open else None
        if vote is None:
            self.add_error("voter", gettext("Nobody of this name has a vote on this idea."))
            return {}
        return {"vote": vote}


class ResearchAnswerForm(forms.Form):
    answer = MarkdownField(
        label=_("Answer"),
        widget=AdminAutoHeightTextInput,
        help_text=_("What came of it. Reviews can include it. Markdown."),
    )
    seen = SeenField()
