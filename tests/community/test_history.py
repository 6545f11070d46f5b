"""How posts read before they were edited: for exactly those who may see the post."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Member
from community.actions import edit_content, edit_question
from community.changes import MOST_COMPARISONS, marked_changes
from community.models import Answer, Question
from community.views.posts import VERSIONS_ON_A_PAGE
from tests.community.conftest import Browse


def test_each_version_shows_what_changed(question: Question, author, moderator, browse: Browse) -> None:
    edit_question(question=question, by=author, title="How do I begin?", body="Nothing *happens*.", tags=[])
    edit_question(question=question, by=moderator, title="How do I begin?", body="Nothing really *happens*.", tags=[])
    html = browse().get(f"/q/{question.pk}/history/").content.decode()
    versions = re.findall(r'<li class="c-revision">(.*?)</li>', html, re.DOTALL)
    assert len(versions) == 3
    assert "Nothing<ins> really</ins>" in versions[0] and "Moderator" in versions[0]
    assert "<del> start?</del><ins> begin?</ins>" in versions[1]
    assert "<ins>" not in versions[2] and "How do I start?" in versions[2] and "posted" in versions[2]


def test_a_post_that_was_never_edited_has_one_version(answer: Answer, browse: Browse) -> None:
    html = browse().get(f"/a/{answer.pk}/history/").content.decode()
    assert html.count('<li class="c-revision">') == 1


def test_many_versions_come_in_pages(answer: Answer, advocate: Member, browse: Browse) -> None:
    for number in range(25):
        edit_content(content=answer, by=advocate, body=f"Text {number}")
    client, query, seen = browse(), "", []
    while True:
        html = client.get(f"/a/{answer.pk}/history/{query}").content.decode()
        versions = re.findall(r'<li class="c-revision">(.*?)</li>', html, re.DOTALL)
        seen.append(len(versions))
        assert len(versions) <= VERSIONS_ON_A_PAGE + 1
        following = re.search(r'href="([^"]+)" rel="next"', html)
        if not following:
            break
        query = following[1]
    assert sum(seen) == 26
    assert "Press the **green** button." in versions[-1]


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "</div><img src=x onerror=alert(1)>", "a & b"])
def test_texts_are_shown_as_text(text: str, answer: Answer, advocate: Member, browse: Browse) -> None:
    edit_content(content=answer, by=advocate, body=text)
    edit_content(content=answer, by=advocate, body=f"{text} again")
    html = browse().get(f"/a/{answer.pk}/history/").content.decode()
    assert "<script>alert" not in html
    assert "<img" not in html


WORDS = st.text(alphabet="ab <&>\n", max_size=40)


@given(WORDS, WORDS)
def test_changes_hold_both_texts(before: str, after: str) -> None:
    marked = str(marked_changes(before, after))
    unescape = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}

    def plain(text: str) -> str:
        return re.sub("|".join(unescape), lambda found: unescape[found[0]], text)

    assert plain(re.sub(r"<del>.*?</del>|</?ins>", "", marked, flags=re.DOTALL)) == after
    assert plain(re.sub(r"<ins>.*?</ins>|</?del>", "", marked, flags=re.DOTALL)) == before


def test_long_texts_are_compared_in_a_moment() -> None:
    words = MOST_COMPARISONS
    assert str(marked_changes("a " * words, "b " * words)).startswith("<del>a a ")
    before = "\n".join(f"line {number} of it" for number in range(300))
    near = str(marked_changes(before, before.replace("line 7 of", "line seven of")))
    assert "line<del> 7</del><ins> seven</ins> of it" in near
    far = str(marked_changes(before, before.replace("line 7 of", "line seven of").replace("line 290 of", "line x of")))
    assert "<del>line 7 of it\n</del><ins>line seven of it\n</ins>" in far
