"""Attacks on pages through what members write: whatever is typed, the page holds no script of theirs."""

import json
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import edit_content, edit_question
from community.models import Answer, Comment, ForumPage, Question
from core import markdown
from tests.community.conftest import Browse

HARMLESS_SCHEMES = {"", "http", "https", "mailto", "data"}
FORBIDDEN_TAGS = {"iframe", "object", "embed", "base", "math", "style", "frameset", "applet", "video", "audio", "img"}
ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "poster", "background", "cite", "data", "srcset"}


class Page(HTMLParser):
    """What is dangerous on a page that is ours but for what members wrote."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.dangers: list[str] = []
        self._in_script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in FORBIDDEN_TAGS:
            self.dangers.append(f"<{tag}>")
        if tag == "script":
            self._in_script = True
            if not (given.get("src") or "").startswith("/static/"):
                self.dangers.append(f"<script> {attrs}")
        if tag == "meta" and given.get("http-equiv"):
            self.dangers.append(f"<meta> {attrs}")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.dangers.append(f"{name}={value}")
            if name in ADDRESSES and not self._is_harmless(tag, value or ""):
                self.dangers.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._in_script = False

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.dangers.append(f"script: {data[:80]}")

    @staticmethod
    def _is_harmless(tag: str, value: str) -> bool:
        bare = "".join(value.split()).replace("\0", "").lower()
        try:
            scheme = urlsplit(bare).scheme
        except ValueError:
            scheme = ""
        return scheme in HARMLESS_SCHEMES and not (tag == "a" and scheme == "data")


OURS = [
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[a](javascript:alert(1))",
    "[a](JaVa\tScRiPt:alert(1))",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "<javascript:alert(1)>",
    "![a](javascript:alert(1))",
    '[a](https://example.com "onmouseover=alert(1)")',
    "[a]: javascript:alert(1)\n[a]",
    "<a href=javascript:alert(1)>a</a>",
    "`<script>`",
    "```\n</code></pre><script>alert(1)</script>\n```",
    "| <script> |\n|---|\n| </table><script> |",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{ 7|add:7 }}{% debug %}",
]


def payloads(folder: Path) -> list[str]:
    with (folder / "xss" / "dompurify_fixtures.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line)["payload"] for line in lines]


def pages_with(payload: str, question: Question, answer: Answer, comment: Comment, client: Client) -> str:
    """Everything that shows these posts, with the payload as the title, text and tag of all of them."""
    title, tag = " ".join(payload.split())[:200] or "x", payload[:90]
    by = question.author
    edit_question(question=question, by=by, title=title, body=payload, tags=[tag] if tag.strip() else [])
    edit_content(content=answer, by=answer.author, body=payload)
    edit_content(content=comment, by=comment.author, body=payload)
    addresses = [
        question.forum.url,
        f"{question.forum.url}?tag=",
        f"/q/{question.pk}/",
        f"/q/{question.pk}/edit/",
        f"/q/{question.pk}/delete/",
        f"/q/{question.pk}/history/",
        f"/q/{question.pk}/merge/",
        f"/a/{answer.pk}/comments/",
        f"/a/{answer.pk}/edit/",
        f"/a/{answer.pk}/history/",
    ]
    responses = [client.get(address, follow=True) for address in addresses]
    responses.append(client.get(question.forum.url, {"tag": payload, "sort": payload}))
    responses.append(client.get(f"/q/{question.pk}/merge/", {"q": payload[:300]}))
    responses.append(client.post(f"{question.forum.url}ask/", {"title": payload, "body": payload, "tags": payload * 9}))
    return "\n".join(response.content.decode() for response in responses if response.status_code in (200, 422))


@pytest.mark.parametrize("payload", OURS)
def test_an_attack_is_shown_as_text(
    payload: str, question: Question, answer: Answer, answer_comment: Comment, moderator: Member, browse: Browse
) -> None:
    html = pages_with(payload, question, answer, answer_comment, browse(moderator))
    assert Page(html).dangers == []


def test_the_pages_hold_nothing_dangerous_of_our_own(
    question: Question, answer: Answer, answer_comment: Comment, moderator: Member, browse: Browse
) -> None:
    assert Page(pages_with("plain", question, answer, answer_comment, browse(moderator))).dangers == []
    assert Page("<p onclick=x>").dangers and Page("<script>x</script>").dangers


def test_attacks_on_sanitizers_are_all_shown_as_text(
    shared_data: Path, question: Question, answer: Answer, answer_comment: Comment, moderator: Member, browse: Browse
) -> None:
    """The policy of the page itself is not counted on: the text alone has to be harmless."""
    client = browse(moderator)
    found = payloads(shared_data)
    dangerous = {payload: dangers for payload in found if (dangers := Page(markdown.render(payload)).dangers)}
    assert len(found) > 200
    assert dangerous == {}
    writable = [payload for payload in found if "\0" not in payload]
    for start in range(0, len(writable), 20):
        html = pages_with("\n\n".join(writable[start : start + 20]), question, answer, answer_comment, client)
        assert Page(html).dangers == []


def test_links_in_texts_are_not_followed_by_search_engines(question: Question, forum: ForumPage, browse) -> None:
    edit_content(content=question, by=question.author, title=question.title, body="https://example.com/")
    html = browse().get(question.get_absolute_url()).content.decode()
    assert 'href="https://example.com/" rel="nofollow ugc noopener"' in html
