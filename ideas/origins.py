"""Origins of other sites, as browsers and their policies for frames write them."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ORIGIN = re.compile(r"https?://(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?", re.ASCII)


def origins_in(text: str) -> list[str]:
    """The origins of a text that names one a line."""
    return text.split()


def validate_origins(text: str) -> None:
    """Raises ValidationError at the first that is more or less than an origin."""
    for origin in origins_in(text):
        if not _ORIGIN.fullmatch(origin):
            sentence = _("“%(origin)s” is not the address of a site, such as https://www.example.com.")
            raise ValidationError(sentence % {"origin": origin})
