"""What changed between two versions of a text, marked for the eye."""

import re
from difflib import SequenceMatcher

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

# Comparing takes time that grows with the product of both lengths.
MOST_COMPARISONS = 100_000

# A word with the space before it, so that what is added at the end leaves the last word alone.
_WORDS = re.compile(r"\s*\S+|\s+")
_LINES = re.compile(r"[^\n]*\n|[^\n]+")


def marked_changes(before: str, after: str) -> SafeString:
    """The later text as safe HTML, with what was put in as <ins> and what was taken out as <del>.

    Words are compared, lines where the texts are long, and nothing where even those are too many: then the earlier text
    is taken out as a whole.
    """
    for pattern in (_WORDS, _LINES):
        old, new = pattern.findall(before), pattern.findall(after)
        start = _alike(old, new)
        end = _alike(old[start:][::-1], new[start:][::-1])
        middle = slice(start, len(old) - end), slice(start, len(new) - end)
        if len(old[middle[0]]) * len(new[middle[1]]) <= MOST_COMPARISONS:
            head, tail = escape("".join(new[:start])), escape("".join(new[len(new) - end :]))
            return head + _marked(old[middle[0]], new[middle[1]]) + tail
    return _marked([before], [after])


def _alike(old: list[str], new: list[str]) -> int:
    """How many parts at the beginning of both are the same."""
    pairs = zip(old, new, strict=False)
    return next((place for place, (one, other) in enumerate(pairs) if one != other), min(len(old), len(new)))


def _marked(old: list[str], new: list[str]) -> SafeString:
    parts: list[str] = []
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(escape("".join(new[k:m])))
            continue
        if i < j:
            parts.append(f"<del>{escape(''.join(old[i:j]))}</del>")
        if k < m:
            parts.append(f"<ins>{escape(''.join(new[k:m]))}</ins>")
    return mark_safe("".join(parts))  # noqa: S308 - every part is escaped above
