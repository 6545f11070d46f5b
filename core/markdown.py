"""Members' Markdown becomes HTML here, once, when it is written. What comes out is safe to show as it is."""

import html
import re
from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

EXCERPT_LENGTH = 200

ALLOWED_TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong"),
    *("table", "tbody", "td", "th", "thead", "tr", "ul", "s"),
}
ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}


class _Renderer(RendererHTML):
    """Headings start below the page's own, and pictures become links: nothing is loaded from other people's servers."""

    def heading_open(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"<h{_level(tokens[idx])}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return f"</h{_level(tokens[idx])}>\n"

    def image(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        address = html.escape(str(tokens[idx].attrs.get("src", "")))
        return f'<a href="{address}">{html.escape(tokens[idx].content) or address}</a>'


def _level(token: Token) -> int:
    return min(int(token.tag[1]) + 2, 6)


_BLOCKS = re.compile(r"<(?=/?(?:blockquote|br|h[1-6]|hr|li|ol|p|pre|table|t[dhr]|ul)\b)")
_parser = MarkdownIt("gfm-like", {"html": False, "breaks": True}, renderer_cls=_Renderer)


def render(text: str) -> str:
    """Safe HTML for a member's Markdown. Raw HTML in it is shown as text."""
    return nh3.clean(
        _parser.render(text),
        tags=ALLOWED_TAGS,
        attributes=ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow ugc noopener",
    )


def plain(body_html: str, without: frozenset[str] = frozenset()) -> str:
    """Rendered Markdown as plain text in one line, without what stands in the tags named."""
    apart = _BLOCKS.sub(" <", body_html)
    return " ".join(html.unescape(nh3.clean(apart, tags=set(), clean_content_tags=set(without))).split())


def excerpt(body_html: str) -> str:
    """The first words of rendered Markdown as plain text, at most EXCERPT_LENGTH characters."""
    text = plain(body_html, without=frozenset({"pre"}))
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1].rsplit(" ", 1)[0] + "…"
