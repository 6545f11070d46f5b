"""How things look: icons, initials and tones of avatars, short forms of large counts."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from zlib import crc32

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

register = template.Library()

AVATAR_TONES = 8
DATED_AFTER = timedelta(days=30)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """Draw an icon of the sprite; without a label assistive technology passes over it."""
    return _drawn(name, str(label))


@lru_cache(maxsize=1_024, typed=True)
def _drawn(name: str, label: str) -> SafeString:
    address = f"{static('img/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="c-icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, address)
    return format_html('<svg class="c-icon" aria-hidden="true"><use href="{}"></use></svg>', address)


@register.filter
def lang(language: str) -> str:
    """Return ` lang="de"` for an element whose text is known to be in another language than the page."""
    return format_html(' lang="{}"', language) if _is_another(language) else ""


@register.simple_tag
def in_language(text: str, language: str) -> str:
    """Return the text, marked as being in this language if the page is known to be in another."""
    return (
        format_html('<span lang="{}">{}</span>', language, text) if _is_another(language) else conditional_escape(text)
    )


def _is_another(language: str) -> bool:
    return bool(language) and language != (get_language() or "").partition("-")[0]


@register.filter
def initials(name: str) -> str:
    """Return the first letters of the first and the last word, such as "AL" for Ada King Lovelace."""
    words = [word for word in str(name or "").split() if word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] if len(words) == 1 else words[0][0] + words[-1][0]
    return letters.upper()


@register.filter
def tone(key: str) -> int:
    """Return the same tone for the same key, on every machine and in every process."""
    return crc32(str(key).encode()) % AVATAR_TONES


@register.filter
def ago(moment: datetime) -> str:
    """Say how long ago it was, in one unit; what is older than a month has its date."""
    age = timezone.now() - moment
    if age < timedelta(days=1):
        return naturaltime(moment)
    if age < timedelta(weeks=1):
        return ngettext("%(count)d day ago", "%(count)d days ago", age.days) % {"count": age.days}
    if age < DATED_AFTER:
        weeks = age.days // 7
        return ngettext("%(count)d week ago", "%(count)d weeks ago", weeks) % {"count": weeks}
    return _dated(timezone.localtime(moment).date(), get_language())


@lru_cache(maxsize=4_096)
def _dated(day: date, _language: str) -> str:
    return date_format(day, "DATE_FORMAT")


@register.filter
def span(length: timedelta | None) -> str:
    """How long something took, in days, or in hours or minutes where it was less; nothing is a dash."""
    if length is None:
        return "–"
    minutes = int(length.total_seconds() // 60)
    if minutes >= 24 * 60:
        return ngettext("%(count)d day", "%(count)d days", minutes // (24 * 60)) % {"count": minutes // (24 * 60)}
    if minutes >= 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@register.filter
def quarter(value: str) -> str:
    """Say a quarter that is kept as 2027-Q1."""
    year, _separator, number = value.partition("-Q")
    # Translators: a quarter of a year, as in Q1 2027.
    return _("Q%(number)s %(year)s") % {"number": number, "year": year}


@register.filter
def compact(count: int | None) -> str:
    """Shorten a count so that it fits a small box: 9,999 stays whole, 12,480 becomes 12.4k."""
    count = count or 0
    if abs(count) < 10_000:
        return number_format(count, force_grouping=True)
    if abs(count) < 1_000_000:
        # Translators: a short form of "thousand", as in 12.4k.
        return _("%(number)sk") % {"number": _in_tenths(count, 1_000)}
    # Translators: a short form of "million", as in 1.2M.
    return _("%(number)sM") % {"number": _in_tenths(count, 1_000_000)}


def _in_tenths(count: int, unit: int) -> str:
    """Count in units, cut to one decimal, and that left out where it is zero or the number long."""
    tenths = abs(count) * 10 // unit
    if tenths >= 1_000:
        tenths -= tenths % 10
    sign = "-" if count < 0 else ""
    return sign + number_format(tenths / 10, decimal_pos=1 if tenths % 10 else 0)
