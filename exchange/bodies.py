"""Bodies become Markdown that reads well in the editor and renders to what the source showed.

The HTML is parsed and walked by markdownify. Here is what it leaves open: which characters need a backslash where
Chorus's own Markdown (line breaks kept, addresses linked, pictures shown as links) would take them for markup, where
links lead, and what becomes of elements that Markdown doesn't have.
"""

import html
import re
from typing import Any
from urllib.parse import urljoin

import nh3
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement
from bs4.exceptions import ParserRejectedMarkup
from markdownify import MarkdownConverter

from exchange.records import Body, Markup

INLINE = frozenset(
    {
        *("a", "abbr", "b", "cite", "code", "del", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s"),
        *("samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var"),
    }
)
MARKED_BLOCKS = [
    "blockquote",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "pre",
    "table",
    "td",
    "th",
    "tr",
    "ul",
]
LONGEST_ADDRESS = 2_000

_ADDRESS = re.compile(r"(https?://[^\s<>]+)")
_SPECIAL = re.compile(r"[*`\[\]]|\\(?=[!-/:-@\[-`{-~]|$)|~(?=~)|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<![^\W_])_|_(?![^\W_])")
_BLOCK = re.compile(
    r"(\s*)(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|-+(?=\s*$)|=+(?=\s*$)|[|:](?=[\s:|-]*-)|\d{1,9}(?=[.)](?:\s|$)))"
)
_FENCE = re.compile(r"`{3,}")
_TAG = re.compile(r"<[a-zA-Z/!]")


def to_markdown(body: Body) -> str:
    """The body as Markdown."""
    if body.markup is Markup.MARKDOWN:
        return body.text.strip()
    if body.markup is Markup.INLINE_MARKDOWN:
        return "\n".join(_without_blocks(line) for line in body.text.strip().splitlines())
    if not _TAG.search(body.text):
        return _plain(html.unescape(body.text))
    try:
        soup = BeautifulSoup(body.text, "html.parser")
        return _Converter(body.site).convert_soup(soup).strip()
    except (ParserRejectedMarkup, RecursionError, ValueError):
        # Nested without end, or broken as only an attack is: its words are all that is kept.
        return _plain(html.unescape(nh3.clean(body.text, tags=set())))


def _plain(text: str) -> str:
    """A text without markup; its lines stay lines."""
    return "\n".join(_without_blocks(escaped(" ".join(line.split()))) for line in text.strip().splitlines())


def _without_blocks(line: str) -> str:
    """The line with a backslash before what would make it a heading, a quotation or an item of a list."""
    found = _BLOCK.match(line)
    if found is None:
        return line
    at = found.end() if found[2].isdigit() else found.start(2)
    return f"{line[:at]}\\{line[at:]}"


def escaped(text: str) -> str:
    """The text with a backslash before each character that would be markup. Addresses stay as they are."""
    parts = _ADDRESS.split(text)
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


_Untyped: Any = MarkdownConverter


class _Converter(_Untyped):
    def __init__(self, site: str) -> None:
        super().__init__(bullets="-", heading_style="atx", table_infer_header=True, wrap=True, wrap_width=None)
        self.site = site

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        text: str = super().process_text(el, parent_tags)
        if "_noformat" in (parent_tags or ()) or not _BLOCK.match(text) or not _begins_line(el):
            return text
        return _without_blocks(text)

    def escape(self, text: str, parent_tags: set[str]) -> str:
        return escaped(text)

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\n"

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags or "a" in parent_tags:
            return text
        words = " ".join(text.split())
        address = self._address(el.get("href"))
        if not address or not words or el.find(MARKED_BLOCKS):
            return text
        before, after = (" " if text[:1].isspace() else ""), (" " if text[-1:].isspace() else "")
        return f"{before}{_link(words, address)}{after}"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        label = escaped(" ".join(str(el.get("alt") or el.get("title") or "image").split()))
        address = self._address(el.get("src"))
        return _link(label, address) if address and "a" not in parent_tags else label

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised(el, text, "**", {"b", "strong"}, parent_tags)

    convert_strong = convert_b

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised(el, text, "*", {"i", "em"}, parent_tags)

    convert_i = convert_em

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _emphasised(el, text, "~~", {"s", "del", "strike"}, parent_tags)

    convert_s = convert_strike = convert_del

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        text = text.strip("\n").rstrip()
        if "\n" not in text:
            text = text.strip()
        if not text or "_inline" in parent_tags:
            return str(self.convert_code(el, " ".join(text.split()), parent_tags))
        fence = "`" * (max(map(len, _FENCE.findall(text)), default=2) + 1)
        return f"\n\n{fence}\n{text}\n{fence}\n\n"

    def convert_li(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        item: str = super().convert_li(el, text, parent_tags)
        return item if el.parent is not None and el.parent.name in ("ul", "ol") else f"\n{item}"

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return str(self.convert_div(el, text, parent_tags))

    convert_dt = convert_dd

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "tr" not in parent_tags:
            return str(self.convert_div(el, text, parent_tags))
        return str(super().convert_td(el, text.replace("|", r"\|"), parent_tags))

    convert_th = convert_td

    def _address(self, value: Any) -> str:
        """An address that leads somewhere from here, or nothing: relative ones need a site that is known."""
        address = "".join(str(value or "").split())
        if address.startswith("//"):
            address = f"https:{address}"
        elif self.site and address.startswith("/"):
            address = urljoin(self.site, address)
        if not address.startswith(("http://", "https://", "mailto:")) or len(address) > LONGEST_ADDRESS:
            return ""
        return re.sub(r"[<>\\]", lambda found: f"%{ord(found[0]):02X}", address)


def _link(words: str, address: str) -> str:
    if words == address and _ADDRESS.fullmatch(address):
        return f"<{address}>"
    return f"[{words}](<{address}>)" if re.search(r"[()]", address) else f"[{words}]({address})"


def _emphasised(el: Tag, text: str, mark: str, alike: set[str], parent_tags: set[str]) -> str:
    """The text between marks, or without them where Markdown would not read them as emphasis."""
    words = text.strip()
    previous = el.previous_sibling
    touches_alike = isinstance(previous, Tag) and previous.name in alike and not text[:1].isspace()
    if not words or touches_alike or parent_tags & {*alike, "_noformat"}:
        return text
    if "\n\n" in words or el.find(MARKED_BLOCKS):
        return text
    before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    opens = words[0].isalnum() or not (before or _neighbour(previous, -1)).isalnum()
    closes = words[-1].isalnum() or not (after or _neighbour(el.next_sibling, 0)).isalnum()
    return f"{before}{mark}{words}{mark}{after}" if opens and closes else text


def _neighbour(el: PageElement | None, at: int) -> str:
    text = el.get_text() if isinstance(el, Tag) else str(el or "")
    return text[at] if text else ""


def _begins_line(el: PageElement) -> bool:
    """Whether the text is the first of a block, or of a line of one."""
    while True:
        previous = el.previous_sibling
        while previous is not None and not isinstance(previous, Tag) and not str(previous).strip():
            previous = previous.previous_sibling
        if previous is not None:
            return isinstance(previous, Tag) and previous.name not in INLINE
        if el.parent is None or el.parent.name not in INLINE:
            return True
        el = el.parent
