"""What members type in the forums, and what moderators type to mark duplicates."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.content import COMMENT_LENGTH
from community.fields import LanguageField, MarkdownField, TagsField, TitleField
from community.models import Question

_ADDRESS = re.compile(r"(?:^|/)q/(\d{1,18})(?:/|$)")
_NUMBER = re.compile(r"#?(\d{1,18})")


class QuestionForm(forms.Form):
    title = TitleField(
        label=gettext_lazy("Your question in one sentence"),
        help_text=gettext_lazy("Write it as you would say it to a colleague."),
    )
    body = MarkdownField(
        label=gettext_lazy("The details"), help_text=gettext_lazy("What have you tried, and what happened instead?")
    )
    tags = TagsField()


class QuestionEditForm(QuestionForm):
    def __init__(self, *args: Any, question: Question, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = LanguageField(question)


class AnswerForm(forms.Form):
    body = MarkdownField(label=gettext_lazy("Your answer"))


class CommentForm(forms.Form):
    body = MarkdownField(label=gettext_lazy("Your comment"), max_length=COMMENT_LENGTH, rows=3)


class PreviewForm(forms.Form):
    """The text of any of these, on its way to a preview."""

    text = MarkdownField(required=False)


class FindQuestionForm(forms.Form):
    """How a moderator says which question they mean: by its address, its number, or words of its title."""

    q = forms.CharField(
        label=gettext_lazy("Which question answers it?"),
        help_text=gettext_lazy("Its address, its number, or words from its title."),
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def named(self) -> int | None:
        """The number that was given, or the one in the address; None for words and for nothing."""
        wanted = self._wanted()
        found = _NUMBER.fullmatch(wanted) or _ADDRESS.search(wanted)
        return int(found[1]) if found else None

    def words(self) -> list[str]:
        """The words to look for, at most ten; none where a question was named."""
        return [] if self.named() else self._wanted().split()[:10]

    def _wanted(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_bound and self.is_valid() else ""


class MergeForm(forms.Form):
    """The question that a duplicate shall point at, among those that the moderator may see, and why."""

    target = forms.ModelChoiceField(
        label=gettext_lazy("Question"),
        queryset=Question.objects.none(),
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("There is no such question, or you may not see it.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("For the other moderators."),
        max_length=500,
        required=False,
        widget=forms.TextInput,
    )

    def __init__(self, *args: Any, questions: QuerySet[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].queryset = questions  # type: ignore[attr-defined]

    def clean_target(self) -> Question:
        """The canonical question of the one that was chosen, for that is where the merge will point."""
        chosen: Question = self.cleaned_data["target"]
        if chosen.canonical_id is None:
            return chosen
        canonical = self.fields["target"].queryset.filter(pk=chosen.canonical_id).first()  # type: ignore[attr-defined]
        if canonical is None:
            raise ValidationError(_("That question is itself a duplicate of one that you may not see."))
        return canonical
