"""Form fields of whatever members write: titles, Markdown and tags, with their rules. Ideas use them too."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from community.content import BODY_LENGTH, TITLE_LENGTH, LanguageSource, Topic
from community.languages import DETECT, LANGUAGES, OTHER

MOST_TAGS = 5
TAG_LENGTH = 30

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BETWEEN_TAGS = re.compile(r"[,;،，、\n]")


def _check_characters(text: str) -> None:
    """Raises ValidationError where the text holds control characters."""
    if _CONTROL.search(text):
        raise ValidationError(_("This holds characters that can't be shown. Type it anew where you pasted it."))


def _has_visible(text: str) -> bool:
    """Whether there is anything to see: not only spaces, zero-width characters and the like."""
    return any(unicodedata.category(character)[0] not in "ZC" for character in text)


class TitleField(forms.CharField):
    """One line with something to read in it; runs of white space become one space."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Title"), "max_length": TITLE_LENGTH, **kwargs})

    def to_python(self, value: Any) -> str:
        text = " ".join(str(super().to_python(value)).split())
        return text if _has_visible(text) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        _check_characters(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "off"}


class MarkdownField(forms.CharField):
    """A text in Markdown, its line ends as they are stored. What is too long is refused with a sentence, never cut."""

    def __init__(self, *, rows: int = 10, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(
            **{"label": gettext_lazy("Text"), "max_length": BODY_LENGTH, "widget": widget, **kwargs, "strip": False}
        )

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\r\n?", "\n", str(super().to_python(value)))
        return re.sub(r"^(?:[^\S\n]*\n)+", "", text).rstrip() if _has_visible(text) else ""

    def validate(self, value: str) -> None:
        super().validate(value)
        _check_characters(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without maxlength, with which browsers cut off the end of what is pasted and say nothing."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class TagsField(forms.CharField):
    """Tags separated by commas, as a list of names; the same tag in other letters is one tag."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = gettext_lazy("Up to five, separated by commas.")
        super().__init__(**{"label": gettext_lazy("Tags"), "required": False, "help_text": help_text, **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """Show a list of names, or of tags, as they are typed."""
        if isinstance(value, Iterable) and not isinstance(value, str):
            return ", ".join(sorted(str(tag) for tag in value))
        return value

    def clean(self, value: Any) -> list[str]:
        text = str(super().clean(value))
        names: dict[str, str] = {}
        for part in _BETWEEN_TAGS.split(text):
            name = " ".join(part.split()).lstrip("#")
            if name:
                names.setdefault(name.casefold(), name)
        tags = list(names.values())
        _check_tags(tags)
        return tags

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "off", "autocapitalize": "none"}


def _check_tags(tags: list[str]) -> None:
    """Raises ValidationError for too many, too long, or without a letter or digit to make an address from."""
    if len(tags) > MOST_TAGS:
        raise ValidationError(
            ngettext("At most %(most)d tag, please.", "At most %(most)d tags, please.", MOST_TAGS) % {"most": MOST_TAGS}
        )
    for tag in tags:
        _check_characters(tag)
        if len(tag) > TAG_LENGTH:
            message = _("“%(tag)s” is too long for a tag: at most %(most)d characters.")
            raise ValidationError(message % {"tag": tag, "most": TAG_LENGTH})
        if not slugify(tag, allow_unicode=True).strip("-_"):
            raise ValidationError(_("“%(tag)s” can't be a tag: it has no letter or digit.") % {"tag": tag})


class LanguageField(forms.ChoiceField):
    """Which language a post is written in: what was detected, or one that somebody says instead."""

    def __init__(self, topic: Topic) -> None:
        said = topic.language_source == LanguageSource.PERSON
        detected = _("Detect it")
        if topic.language_source == LanguageSource.DETECTED:
            name = LANGUAGES[topic.language] if topic.language else _("not recognised")
            detected = _("Detected: %(language)s") % {"language": name}
        super().__init__(
            label=gettext_lazy("Language"),
            help_text=gettext_lazy("The search and screen readers go by it."),
            choices=[(DETECT, detected), *LANGUAGES.items(), (OTHER, _("Another language"))],
            initial=(topic.language or OTHER) if said else DETECT,
            required=False,
        )
