"""Bodies from elsewhere read the same here: as Markdown in the editor, and rendered."""

import html
import re

import nh3
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.markdown import render
from exchange.bodies import to_markdown
from exchange.records import Body, Markup


def markdown(text: str, site: str = "") -> str:
    return to_markdown(Body(text, Markup.HTML, site))


def words(rendered: str) -> str:
    return re.sub(r"\s+", "", html.unescape(nh3.clean(rendered, tags=set())))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<p>One<br>two</p><p>three\nfour</p>", "One\ntwo\n\nthree four"),
        ("<p>a <strong>b</strong> <em>c</em> <s>d</s></p>", "a **b** *c* ~~d~~"),
        ("<h2>Title</h2><p>text</p>", "## Title\n\ntext"),
        ("<ul><li>one<ol><li>two</li></ol></li><li>three</li></ul>", "- one\n  1. two\n- three"),
        ("<blockquote><p>a</p><p>b</p></blockquote><p>c</p>", "> a\n>\n> b\n\nc"),
        ("<pre><code>if x &lt; 1:\n    y *= 2\n</code></pre>", "```\nif x < 1:\n    y *= 2\n```"),
        ("<pre>a ``` <b>b</b></pre>", "````\na ``` b\n````"),
        ("<p>use <code>a_b*</code></p>", "use `a_b*`"),
        ("<dl><dt>a</dt><dd>b</dd></dl>", "a\n\nb"),
        ("<table><tr><td>a|b</td><td>c</td></tr></table>", "| a\\|b | c |\n| --- | --- |"),
        ("no &lt;markup&gt; here\nat all", "no \\<markup> here\nat all"),
        ("<script>alert(1)</script><p>ok</p>", "ok"),
        ("<li>one<li>two", "- one\n  - two"),
    ],
)
def test_html_becomes_plain_markdown(source: str, expected: str) -> None:
    assert markdown(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<a href="https://a.example/b">words</a>', "[words](https://a.example/b)"),
        ('<a href="https://a.example/b">https://a.example/b</a>', "<https://a.example/b>"),
        ('<a href="https://a.example/b_(c)">words</a>', "[words](<https://a.example/b_(c)>)"),
        ('<a href="/kb/x">words</a>', "[words](https://site.example/kb/x)"),
        ('<a href="//b.example/x">words</a>', "[words](https://b.example/x)"),
        ('<a href="#top">words</a>', "words"),
        ('<a href="javascript:alert(1)">words</a>', "words"),
        ('<img src="https://a.example/p.png" alt="a picture">', "[a picture](https://a.example/p.png)"),
        ('<img src="data:image/png;base64,AAAA">', "image"),
        (
            '<a href="https://a.example"><img src="https://b.example/p.png" alt="look"></a>',
            "[look](https://a.example)",
        ),
    ],
)
def test_links_lead_somewhere_and_pictures_become_links(source: str, expected: str) -> None:
    assert markdown(source, "https://site.example") == expected


def test_a_relative_link_of_an_unknown_site_is_only_its_words() -> None:
    assert markdown('<a href="/questions/1">words</a>') == "words"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("snake_case and 2 * 3", "snake_case and 2 \\* 3"),
        ("_italics_", "\\_italics\\_"),
        ("1. not a list", "1\\. not a list"),
        ("# not a heading", "\\# not a heading"),
        ("&gt; not a quotation", "\\> not a quotation"),
        ("- not a list", "\\- not a list"),
        ("[1]: not a definition", "\\[1\\]: not a definition"),
        ("https://a.example/_b_*c*", "https://a.example/_b_*c*"),
    ],
)
def test_what_looks_like_markup_keeps_its_letters(source: str, expected: str) -> None:
    assert markdown(f"<p>{source}</p>") == expected


@given(st.text(alphabet="ab1 .)(*_`[]<>&#-+=~|:\\!\"'\n", max_size=60))
@example("a\n---\nb")
@example("| a |\n|---|")
@example("<b>&amp;")
def test_plain_text_shows_the_same_characters(text: str) -> None:
    rendered = render(markdown(f"<p>{html.escape(text)}</p>"))
    assert words(rendered) == re.sub(r"\s+", "", text)


@given(
    st.lists(
        st.sampled_from(["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "<pre>", "<a href=x>", "a", " ", "<td>", "*"])
    )
)
def test_no_sequence_of_tags_loses_text(parts: list[str]) -> None:
    letters = sum(part in ("a", "*") for part in parts)
    assert len(re.findall(r"[a*]", words(render(markdown("".join(parts)))))) >= letters


@pytest.mark.parametrize(
    "body",
    [
        "<div>" * 5_000 + "*deep*" + "</div>" * 5_000,
        '<![><img src="]><img src="x">*deep*',
        '<ol start="²"><li>*deep*</ol>',
        f'<table><tr><td colspan="{"9" * 5_000}">*deep*</table>',
        f"<p>*deep*</p>&#{'9' * 5_000};",
    ],
)
def test_of_a_body_that_no_parser_takes_the_words_are_kept(body: str) -> None:
    assert "\\*deep\\*" in markdown(body)


def test_a_comment_in_markdown_keeps_its_inline_markup_alone() -> None:
    body = Body("- see `x` and *this*\n1) and that", Markup.INLINE_MARKDOWN)
    assert to_markdown(body) == "\\- see `x` and *this*\n1\\) and that"


def test_markdown_stays_as_it_is() -> None:
    assert to_markdown(Body("# Heading\n\n- item\n", Markup.MARKDOWN)) == "# Heading\n\n- item"
