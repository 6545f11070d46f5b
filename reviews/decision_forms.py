"""What the product team fills in when it decides on the ideas of a review."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminAutoHeightTextInput

from community.fields import MarkdownField
from ideas.choosers import idea_chooser
from ideas.forms import AnswerForm, SeenField
from ideas.models import Idea, IdeaBoardPage, Status
from reviews.decision_actions import Statuses, Verdict
from reviews.decision_errors import NoTargetError
from reviews.models import DecisionKind, ProposedDecision

USUAL_STATUS = {DecisionKind.ACCEPTED: Status.Kind.PLANNED, DecisionKind.DECLINED: Status.Kind.DECLINED}


class DecisionForm(AnswerForm):
    """What is decided on an idea, and what the public is told. Valid, it has a Verdict in `cleaned_data["verdict"]`."""

    kind = forms.ChoiceField(
        label=_("Decision"),
        choices=[(kind.value, capfirst(kind.label)) for kind in DecisionKind],
        widget=forms.RadioSelect,
    )
    merge_into = forms.ModelChoiceField(
        label=_("Merged into"),
        queryset=Idea.objects.none(),
        required=False,
        widget=idea_chooser.widget_class,
        help_text=_("Only where the decision is “merged”."),
        error_messages={"invalid_choice": _("There is no such idea, or you may not see it.")},
    )
    answer = MarkdownField(
        label=_("Public answer"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=_(
            "Shown on the idea, in the name of the company, and told to everybody who takes part in it. Say what was "
            "decided and why. It can be corrected later, but not erased. Markdown."
        ),
    )
    seen = SeenField()
    seen_change = SeenField()

    def __init__(self, *args: Any, user: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.idea = idea
        for translation in self.translation_fields:
            translation.field.widget = AdminAutoHeightTextInput()
        field: Any = self.fields["merge_into"]
        field.queryset = Idea.objects.visible_to(user)
        field.widget.reader = user

    @property
    def main_fields(self) -> list[forms.BoundField]:
        """All that are seen but the answer in other languages."""
        apart = {field.name for field in self.translation_fields}
        return [field for field in self.visible_fields() if field.name not in apart]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kind, target = cleaned.pop("kind", None), cleaned.pop("merge_into", None)
        answer, translations = cleaned.pop("answer", ""), cleaned.pop("translations")
        if kind == DecisionKind.MERGED and target == self.idea:
            self.add_error("merge_into", gettext("An idea can't be merged into itself."))
        elif "merge_into" not in self.errors and kind and (kind == DecisionKind.MERGED) != (target is not None):
            self.add_error("merge_into", NoTargetError.sentence)
        if kind:
            cleaned["verdict"] = Verdict(kind, target, answer, translations)
        cleaned["seen_change"] = cleaned.get("seen_change") or 0
        cleaned["seen"] = cleaned.get("seen") or 0
        return cleaned


class CorrectedDecisionForm(DecisionForm):
    """The same once it was carried out, with the status that the idea gets."""

    status = forms.ModelChoiceField(
        label=_("Status"), queryset=Status.objects.none(), required=False, empty_label=_("As it is")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        statuses: Any = self.fields["status"]
        statuses.queryset = Status.objects.filter(board=self.idea.board_id)
        self.order_fields(["kind", "merge_into", "status", "answer"])


class StatusesForm(forms.Form):
    """Which status the ideas get, by the kind of what is decided on them, for each board among them.

    Valid, it has them in `cleaned_data["statuses"]`, {(board id, kind): Status}, without those that stay as they are.
    """

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposals: Sequence[ProposedDecision], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pairs = _pairs(proposals)
        boards = IdeaBoardPage.objects.in_bulk({board for board, _kind in self.pairs})
        for board, kind in self.pairs:
            statuses = Status.objects.filter(board=board)
            usual = statuses.filter(kind=USUAL_STATUS[kind]).first() if kind in USUAL_STATUS else None
            label = gettext("Status of what is “%(kind)s”") % {"kind": kind.label}
            if len(boards) > 1:
                label = f"{boards[board].title}: {label}"
            self.fields[_name(board, kind)] = forms.ModelChoiceField(
                label=label, queryset=statuses, required=False, initial=usual, empty_label=_("As it is")
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        chosen = {(board, kind): cleaned.get(_name(board, kind)) for board, kind in self.pairs}
        statuses: Statuses = {(board, kind.value): status for (board, kind), status in chosen.items() if status}
        return {"seen": cleaned["seen"], "statuses": statuses}


def _pairs(proposals: Sequence[ProposedDecision]) -> list[tuple[int, DecisionKind]]:
    """The boards and kinds of the proposals, in the order of the kinds."""
    pairs = {(proposal.idea.board_id, DecisionKind(proposal.kind)) for proposal in proposals}
    order = list(DecisionKind)
    return sorted(pairs, key=lambda pair: (pair[0], order.index(pair[1])))


def _name(board: int, kind: DecisionKind) -> str:
    return f"status_{board}_{kind.value}"
