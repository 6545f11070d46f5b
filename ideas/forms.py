"""What members type on the boards, and what moderators and product teams decide there."""

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Member, Organisation
from community.content import COMMENT_LENGTH
from community.fields import LanguageField, MarkdownField, TagsField, TitleField
from community.models import Question
from ideas.errors import EmptyAnswerError, UnknownTrackerError, UntranslatedAnswerError
from ideas.models import SENTENCE_LENGTH, Idea, Importance, Status, TrackerLink, Vote, VoteEvent
from ideas.models.policies import MOST_COST
from ideas.planning import possible_owners
from ideas.quarters import quarter_choices
from ideas.stakes import Stake
from ideas.trackers import recognise
from ideas.voters import found_customers

REASON_LENGTH = 500
MOST_PEOPLE_FOUND = 12
EARLIEST_YEAR = 2000

_QUESTION_ADDRESS = re.compile(r"(?:^|/)q/(\d{1,18})(?:/|$)")
_ADDRESS = re.compile(r"(?:^|/)i/(\d{1,18})(?:/|$)")
_NUMBER = re.compile(r"#?(\d{1,18})")


class IdeaForm(forms.Form):
    title = TitleField(
        label=_("Your idea in one sentence"),
        help_text=_("What should be possible, in words that others would search for."),
    )
    body = MarkdownField(
        label=_("Why it matters"), help_text=_("What are you trying to do, and what stands in the way today?")
    )
    tags = TagsField()


class IdeaEditForm(IdeaForm):
    def __init__(self, *args: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = LanguageField(idea)


class CommentForm(forms.Form):
    body = MarkdownField(label=_("Your comment"), max_length=COMMENT_LENGTH, rows=3)


class SeenField(forms.IntegerField):
    """What somebody was shown when they began, for the action to compare with what is there now; see templates."""

    def __init__(self) -> None:
        super().__init__(required=False, min_value=0, widget=forms.HiddenInput)


class AnswerForm(forms.Form):
    """A form with a public answer, which can say the same in other languages too.

    Valid, it has them in `cleaned_data["translations"]`, {language: Markdown}.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = self.initial.get("translations", {})
        for language, name in settings.LANGUAGES:
            label = format_lazy(gettext_lazy("Public answer in {language}"), language=name)
            field = MarkdownField(label=label, required=False, rows=5, initial=said.get(language))
            self.fields[_in(language)] = field

    @property
    def translation_fields(self) -> list[forms.BoundField]:
        """The answer in each of the site's languages, for those who read it in that one."""
        return [self[_in(language)] for language, _name in settings.LANGUAGES]

    @property
    def is_translated(self) -> bool:
        """Whether there is something to see in another language, or something wrong with it."""
        return any(field.value() or field.errors for field in self.translation_fields)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        texts = {language: cleaned.pop(_in(language), "") for language, _name in settings.LANGUAGES}
        cleaned["translations"] = {language: text for language, text in texts.items() if text}
        if cleaned["translations"] and not cleaned.get("answer") and "answer" not in self.errors:
            self.add_error("answer", UntranslatedAnswerError.sentence)
        return cleaned


def _in(language: str) -> str:
    return f"answer_{language}"


class StatusForm(AnswerForm):
    """A status of the idea's board, and what the public is told about it."""

    status = forms.ModelChoiceField(
        label=_("Status"), queryset=Status.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    answer = MarkdownField(
        label=_("Public answer"),
        required=False,
        rows=5,
        help_text=_(
            "Shown on the idea, in the name of the company. Say what was decided and why; everyone who may read the "
            "board can read it. It can be corrected later, but not erased."
        ),
    )
    seen = SeenField()

    def __init__(self, *args: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.idea = idea
        self.fields["status"].queryset = Status.objects.filter(board=idea.board_id)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        status = cleaned.get("status")
        if status is not None and status.pk == self.idea.status_id and not cleaned.get("answer"):
            raise ValidationError(_("It has this status already. Choose another one, or write a public answer."))
        return cleaned


class CorrectionForm(AnswerForm):
    """What an answer should have said."""

    answer = MarkdownField(
        label=_("Public answer"),
        rows=5,
        help_text=_("It says when it was corrected, and what it said before stays readable."),
        error_messages={"required": EmptyAnswerError.sentence},
    )
    seen = SeenField()


class OwnerField(forms.ModelChoiceField):
    """One of the members who plan ideas; people of one name are told apart by their handles."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} (@{obj.handle})"


class PlanForm(forms.Form):
    """Who looks after an idea, and for which quarter it is planned."""

    owner = OwnerField(label=_("Owner"), queryset=Member.objects.none(), required=False, empty_label=_("Nobody"))
    target_quarter = forms.ChoiceField(
        label=_("Target quarter"),
        required=False,
        help_text=_("Everybody who may read the board sees it, until the idea is shipped or declined."),
    )

    def __init__(self, *args: Any, idea: Idea, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = [member.pk for member in possible_owners(idea.board)]
        owners += [idea.owner_id] if idea.owner_id else []
        self.fields["owner"].queryset = Member.objects.filter(pk__in=owners).order_by("name", "pk")  # type: ignore[attr-defined]
        quarters = quarter_choices(timezone.localdate(), idea.target_quarter)
        self.fields["target_quarter"].choices = quarters  # type: ignore[attr-defined]


class CostForm(forms.Form):
    """What an idea is estimated to cost."""

    cost = forms.IntegerField(
        label=_("Estimated cost"),
        required=False,
        min_value=0,
        max_value=MOST_COST,
        help_text=_("A whole number in the unit that your team counts in, such as days. Empty: no estimate."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class TrackerLinkForm(forms.Form):
    url = forms.URLField(
        label=_("Address in the tracker"),
        help_text=_("Of an item in Jira, GitHub, GitLab, Linear or Azure DevOps."),
        max_length=TrackerLink._meta.get_field("url").max_length,
        assume_scheme="https",
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        if recognise(url) is None:
            raise ValidationError(UnknownTrackerError.sentence)
        return url


class NoteForm(forms.Form):
    body = MarkdownField(label=_("Private note"), rows=4, help_text=_("Only people who plan ideas can read it."))


class FindIdeaForm(forms.Form):
    """How a moderator says which idea they mean: by its address, its number, or words of its title."""

    q = forms.CharField(
        label=_("Which idea does it belong to?"),
        help_text=_("Its address, its number, or words from its title."),
        max_length=300,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    def named(self) -> int | None:
        """The number that was given, or the one in the address; None for words."""
        wanted = self.cleaned_data["q"]
        found = _NUMBER.fullmatch(wanted) or _ADDRESS.search(wanted)
        return int(found[1]) if found else None

    def words(self) -> list[str]:
        return self.cleaned_data["q"].split()[:10]


class MergeForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Whoever may see both ideas can read it beside the merge."),
        max_length=REASON_LENGTH,
        required=False,
        widget=forms.TextInput,
    )


class OneLineField(forms.CharField):
    """A text in which every run of white space is one space."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(super().to_python(value)).split())


def _importances() -> list[tuple[str, Any]]:
    return [("", _("I would rather not say")), *((each.value, capfirst(each.label)) for each in Importance)]


class VoteReasonForm(forms.Form):
    """How much a voter needs the idea, and what it would let them do; all of it may be left out."""

    importance = forms.ChoiceField(
        label=_("How much do you need it?"),
        choices=_importances,
        required=False,
        widget=forms.RadioSelect,
    )
    sentence = OneLineField(
        label=_("What would this let you do?"),
        required=False,
        max_length=SENTENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_public = forms.BooleanField(
        label=_("Others may read this"),
        required=False,
        help_text=_("Your name stands beside it. Otherwise only the team reads it."),
    )


def reason_of(stake: Stake | None) -> dict[str, Any]:
    """What VoteReasonForm begins with: what the voter said before."""
    if stake is None:
        return {}
    return {"importance": stake.importance, "sentence": stake.sentence, "is_public": stake.is_public}


class SentenceReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept in the log, where moderators can read it."),
    )


class FindQuestionForm(forms.Form):
    """How the team says which question it means: by its address or its number."""

    question = forms.CharField(
        label=_("Question"),
        help_text=_("Its address or its number."),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, questions: QuerySet[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions

    def clean_question(self) -> Question:
        """The question, which has to be among those that the person may see."""
        wanted = self.cleaned_data["question"].strip()
        found = _NUMBER.fullmatch(wanted) or _QUESTION_ADDRESS.search(wanted)
        question = self.questions.filter(pk=int(found[1])).first() if found else None
        if question is None:
            raise ValidationError(_("There is no such question, or you may not see it."))
        return question


class CustomerVoteForm(forms.Form):
    """The vote of somebody who called or wrote: who it was, how and when they said so, and what they said.

    `q` finds people, who are then choices of `voter`; the last choice is a customer without an account. With
    `is_search` only that is wanted: nothing that was typed is judged.
    """

    use_required_attribute = False
    NOBODY_YET = "new"
    CHANNELS = (VoteEvent.Channel.EMAIL, VoteEvent.Channel.PHONE, VoteEvent.Channel.CHAT)

    q = forms.CharField(
        label=_("Find a member or customer"),
        help_text=_("Words of their name, handle or email address."),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    voter = forms.ChoiceField(label=_("Whose vote is it?"), widget=forms.RadioSelect, initial=NOBODY_YET)
    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        error_messages={"required": _("Say whose vote it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact_email = forms.EmailField(
        label=_("Email address"),
        required=False,
        help_text=_("If they ever sign up with it, they can claim their votes."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), required=False, queryset=Organisation.objects.all(), empty_label=_("None known")
    )
    channel = forms.ChoiceField(
        label=_("How did they tell us?"),
        choices=[(channel.value, capfirst(channel.label)) for channel in CHANNELS],
        widget=forms.RadioSelect,
    )
    occurred_at = forms.DateTimeField(
        label=_("When?"),
        required=False,
        help_text=_("Left empty: now."),
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
    )
    importance = forms.ChoiceField(
        label=_("How much do they need it?"),
        required=False,
        choices=[("", _("They did not say")), *((each.value, capfirst(each.label)) for each in Importance)],
        widget=forms.RadioSelect,
    )
    sentence = forms.CharField(
        label=_("What would it let them do?"),
        required=False,
        max_length=SENTENCE_LENGTH,
        help_text=_("In their words. The product team and moderators can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    evidence_url = forms.URLField(
        label=_("Where is it written?"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("The address of a ticket or a conversation."),
    )
    note = forms.CharField(label=_("Note for the team"), required=False, max_length=500)

    def __init__(self, *args: Any, by: Member, is_search: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("occurred_at", timezone.localtime().replace(second=0, microsecond=0))
        self.by, self.is_search = by, is_search
        self.people = self._named()
        self.fields["name"].required = self["voter"].value() in (self.NOBODY_YET, None)
        self._offer()

    def _named(self) -> dict[int, Member]:
        """Who was found by the words, and who was chosen before."""
        words, chosen = str(self["q"].value() or ""), str(self["voter"].value() or "")
        people = {member.pk: member for member in found_customers(words, self.by, MOST_PEOPLE_FOUND)}
        if chosen.isdecimal() and len(chosen) < 19 and int(chosen) not in people:
            known = Member.objects.with_words("").exclude(pk=self.by.pk).select_related("organisation")
            people |= {member.pk: member for member in known.filter(pk=int(chosen))}
        return people

    def _offer(self) -> None:
        choices: list[tuple[str, Any]] = [(str(pk), _described(member)) for pk, member in self.people.items()]
        nobody = (self.NOBODY_YET, gettext("A customer without an account"))
        self.fields["voter"].choices = [*choices, nobody]  # type: ignore[attr-defined]

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_search:
            self.errors.clear()

    def clean_occurred_at(self) -> Any:
        moment = self.cleaned_data["occurred_at"]
        if moment is not None and moment > timezone.now():
            raise ValidationError(_("This is in the future."))
        if moment is not None and moment.year < EARLIEST_YEAR:
            raise ValidationError(_("This is too long ago."))
        return moment

    def clean_evidence_url(self) -> str:
        address: str = self.cleaned_data["evidence_url"]
        if address and urlsplit(address).scheme not in ("http", "https"):
            raise ValidationError(_("Give an address that begins with https:// or http://."))
        return address

    def clean(self) -> dict[str, Any]:
        """What the action takes: `voter` is a member, or None for a customer without an account."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        cleaned.pop("q", None)
        chosen = cleaned.get("voter")
        if chosen == self.NOBODY_YET:
            cleaned["voter"] = None
            self._check_customer(cleaned)
        elif chosen is not None:
            cleaned["voter"] = self.people[int(chosen)]
        return cleaned

    def _check_customer(self, cleaned: dict[str, Any]) -> None:
        email = cleaned.get("contact_email")
        account = Member.objects.with_address(email) if email else None
        if account is not None:
            self.people[account.pk] = account
            self._offer()
            sentence = gettext("{name} has an account with this email address. Choose them here.")
            self.add_error("voter", sentence.format(name=account.name))

    def standing_vote(self, idea: Idea) -> Vote | None:
        """The vote of the person named, where it stands already; None as long as the form is not right."""
        if not (self.is_bound and self.is_valid()):
            return None
        voter, email = self.cleaned_data["voter"], self.cleaned_data["contact_email"]
        if voter is None:
            voter = Member.objects.unclaimed().filter(contact_email__iexact=email).first() if email else None
        return Vote.objects.filter(idea=idea.pk, member=voter).standing().first() if voter else None


def _described(member: Member) -> Any:
    """A person as a choice: enough to tell two of the same name apart."""
    known = [f"@{member.handle}" if member.email else gettext("no account"), member.email or member.contact_email]
    known.append(member.organisation.name if member.organisation else "")
    return format_html('<span>{} <span class="u-muted">{}</span></span>', member.name, " · ".join(filter(None, known)))
