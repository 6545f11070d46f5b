import pytest

from core.markdown import EXCERPT_LENGTH, excerpt, plain, render


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Press the **green** button.", "Press the green button."),
        ("One\n\nTwo\nthree", "One Two three"),
        ("- a\n- b\n\n> c", "a b c"),
        ("Use `<b>` & [a link](https://example.com).", "Use <b> & a link."),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
    ],
)
def test_rendered_markdown_reads_as_it_is_written(text, words):
    assert plain(render(text)) == excerpt(render(text)) == words


def test_excerpts_leave_out_blocks_of_code_and_end_at_a_word():
    html = render("Look:\n\n```\nsecret code\n```\n\nThanks.")
    assert excerpt(html) == "Look: Thanks."
    assert plain(html) == "Look: secret code Thanks."
    text = excerpt(render("word " * 100))
    assert text.endswith("word…")
    assert len(text) <= EXCERPT_LENGTH
