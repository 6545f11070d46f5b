"""No title can give an idea or a question an address that leads elsewhere."""

import re

import pytest
from django.urls import URLPattern

from community.content import RESERVED_SLUGS
from community.urls import urlpatterns as of_community
from ideas.models import Idea
from ideas.urls import urlpatterns as of_ideas

WORDS = {
    found[1]
    for pattern in [*of_community, *of_ideas]
    if isinstance(pattern, URLPattern) and (found := re.fullmatch(r"[iq]/<int:pk>/([a-z-]+)/", str(pattern.pattern)))
}


def test_every_step_below_a_post_is_reserved() -> None:
    assert {"edit", "vote", "status"} <= WORDS <= RESERVED_SLUGS


@pytest.mark.parametrize("word", sorted(WORDS))
def test_a_title_that_is_such_a_word_gets_another_slug(word: str) -> None:
    idea = Idea()
    idea.name(word.capitalize())
    assert idea.slug not in RESERVED_SLUGS
    assert word in idea.slug
