"""The card of an idea: the picture that other sites show beside a link to it, 1200 by 630 pixels."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from importlib.resources import files
from io import BytesIO

from django.conf import settings
from django.utils.translation import ngettext, override
from PIL import Image, ImageDraw, ImageFont

from core.access import known_pages
from ideas.models import Idea

# Another number where cards are drawn in another way, so that nobody keeps the old ones.
EDITION = 1

WIDTH, HEIGHT = 1200, 630
MARGIN = 80
MOST_LINES = 4
# Marks that only choose how the sign before them looks, as behind an emoji.
VARIANTS = "\ufe00", "\ufe0f"
PAPER, INK, QUIET, ACCENT, SOFT = "#fcfcfa", "#1b1f1d", "#5d6661", "#0b6b4b", "#e3f1ea"


@dataclass(frozen=True)
class Card:
    """What stands on the card, in the language of the site. `supporters` is None where visitors may not know."""

    title: str
    board: str
    status: str
    site: str
    supporters: str | None

    @classmethod
    def of(cls, idea: Idea, *, supporters: int | None) -> Card:
        said = None
        if supporters is not None:
            with override(settings.LANGUAGE_CODE):
                said = ngettext("%(count)d supporter", "%(count)d supporters", supporters) % {"count": supporters}
        return cls(idea.title, idea.board.title, idea.status.name, _site_name(), said)

    @property
    def digest(self) -> str:
        """Another whenever the card looks different."""
        said = json.dumps([EDITION, WIDTH, HEIGHT, asdict(self)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def draw(card: Card) -> bytes:
    """The card as a PNG.

    Open Sans has the letters of Latin, Greek and Cyrillic. A title in another script is left out rather than shown in
    part: then the board's name stands in its place.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, WIDTH, 16), fill=ACCENT)
    _draw_site(pen, _drawable(card.site) or "Chorus")
    title, board = _drawable(card.title), _drawable(card.board)
    if title and board:
        pen.text(
            (MARGIN, 176), _fitting(board, _font("SemiBold", 30), WIDTH - 2 * MARGIN), QUIET, _font("SemiBold", 30)
        )
    _draw_title(pen, title or board)
    _draw_foot(pen, _drawable(card.status), _drawable(card.supporters or ""))
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_site(pen: ImageDraw.ImageDraw, name: str) -> None:
    """The sign of Chorus, two open rings, and the name of the site."""
    for radius in (28, 13):
        box = (MARGIN + 28 - radius, 108 - radius, MARGIN + 28 + radius, 108 + radius)
        pen.arc(box, 45, 315, fill=ACCENT, width=8)
    font = _font("SemiBold", 34)
    pen.text((MARGIN + 76, 108), _fitting(name, font, WIDTH - 2 * MARGIN - 76), INK, font, anchor="lm")


def _draw_title(pen: ImageDraw.ImageDraw, title: str) -> None:
    """As large as fits on a few lines; what is longer ends in an ellipsis."""
    for size in (68, 60, 52, 46):
        font = _font("Bold", size)
        lines = _lines(title, font, WIDTH - 2 * MARGIN)
        if len(lines) * size * 1.25 <= 250:
            break
    else:
        lines = lines[:MOST_LINES]
        lines[-1] = _fitting(f"{lines[-1]} …", font, WIDTH - 2 * MARGIN)
    for number, line in enumerate(lines):
        pen.text((MARGIN, 236 + number * size * 1.25), line, INK, font)


def _draw_foot(pen: ImageDraw.ImageDraw, status: str, supporters: str) -> None:
    font = _font("SemiBold", 32)
    left = float(MARGIN)
    if status:
        wide = pen.textlength(status, font)
        pen.rounded_rectangle((left, 506, left + wide + 48, 566), radius=30, fill=SOFT)
        pen.text((left + 24, 536), status, ACCENT, font, anchor="lm")
        left += wide + 48 + 36
    pen.text((left, 536), supporters, QUIET, font, anchor="lm")


def _lines(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """The words in lines of that width; a word that is wider is broken."""
    lines = [""]
    for word in text.split():
        for piece in _pieces(word, font, width):
            longer = f"{lines[-1]} {piece}".strip()
            if font.getlength(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    return lines


def _pieces(word: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    pieces = [""]
    for sign in word:
        if font.getlength(pieces[-1] + sign) > width:
            pieces.append("")
        pieces[-1] += sign
    return pieces


def _fitting(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _drawable(text: str) -> str:
    """The text without pictures and marks that the font lacks; nothing where it lacks a letter or a digit."""
    text = unicodedata.normalize("NFC", text)
    text = "".join(sign for sign in text if not VARIANTS[0] <= sign <= VARIANTS[1])
    lacking = {sign for sign in text if not sign.isspace() and not _has_glyph(sign)}
    if any(unicodedata.category(sign)[0] in "LNM" for sign in lacking):
        return ""
    return " ".join("".join(sign for sign in text if sign not in lacking).split())


@lru_cache(maxsize=4096)
def _has_glyph(sign: str) -> bool:
    """Whether the font has more for a sign than the box that stands for all it lacks."""
    font = _font("Bold", 40)
    missing = font.getmask("\U0010ffff")
    drawn = font.getmask(sign)
    return sign.isprintable() and (drawn.size, bytes(drawn)) != (missing.size, bytes(missing))


@cache
def _font(weight: str, size: int) -> ImageFont.FreeTypeFont:
    data = (files("ttf_opensans") / "ttf" / f"OpenSans-{weight}.ttf").read_bytes()
    return ImageFont.truetype(BytesIO(data), size)


def _site_name() -> str:
    names = (page.site_name for page in known_pages() if page.is_home)
    return next(filter(None, names), settings.WAGTAIL_SITE_NAME)
