"""Which language a text is written in, told by py3langid; docs/explanation/search-languages.md has the figures.

Its model takes some 90 MiB, so it is loaded where it is first used: in a worker.
"""

import re
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.markdown import plain

# What somebody can say of a post besides one of LANGUAGES.
DETECT, OTHER = "detect", "other"
# Those that the search knows how to analyse.
LANGUAGES = {
    "en": _("English"),
    "de": _("German"),
    "fr": _("French"),
    "es": _("Spanish"),
    "it": _("Italian"),
    "pt": _("Portuguese"),
    "nl": _("Dutch"),
}
# What a text is compared with besides, or it would pass for the nearest of ours; zxx stands for no language at all.
_OTHERS = [
    *("ar", "bg", "bn", "ca", "cs", "da", "el", "et", "eu", "fa", "fi", "gl", "he", "hi", "hr", "hu", "id", "ja", "ko"),
    *("lt", "lv", "mk", "ms", "no", "pl", "ro", "ru", "sk", "sl", "sq", "sr", "sv", "sw", "ta", "th", "tl", "tr", "uk"),
    *("ur", "vi", "zh", "zxx"),
]
CERTAIN_FROM = 0.5
MOST_CHARACTERS = 2_000

_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*")


def language_of(title: str, body_html: str) -> str:
    """The code of one of LANGUAGES, or nothing where the text is in none of them, too short or mixed."""
    text = _ADDRESS.sub(" ", plain(body_html, without=frozenset({"pre", "code"})))
    language, certainty = _identifier().classify(f"{title}\n{text}"[:MOST_CHARACTERS])
    return language if certainty >= CERTAIN_FROM and language in LANGUAGES else ""


def load() -> None:
    """Make the first text that follows take no longer than others."""
    _identifier()


@cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([*LANGUAGES, *_OTHERS])
    return identifier
