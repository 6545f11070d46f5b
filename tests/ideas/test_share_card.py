"""What other sites show beside a link to an idea: only what visitors may see, and letters that the font has."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from accounts.models import Member
from ideas.actions import cast_vote
from ideas.cards import Card, _drawable, draw
from ideas.models import Idea, IdeaBoardPage
from tests.ideas.conftest import CANARY, Reader


def test_a_public_idea_says_what_other_sites_show(reader: Reader, idea: Idea) -> None:
    html = reader(None).get(idea.get_absolute_url()).content.decode()
    address = f"http://testserver{idea.get_absolute_url()}"
    assert '<meta property="og:title" content="Dark mode">' in html
    assert '<meta property="og:description" content="My eyes hurt.">' in html
    assert f'<meta property="og:url" content="{address}">' in html
    assert f'<meta property="og:image" content="http://testserver/i/{idea.pk}/card.png">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html
    assert f'data-copy-link="{address}"' in html


def test_what_visitors_may_not_see_says_nothing(
    reader: Reader,
    idea: Idea,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    moderator: Member,
    make_invisible: Callable[..., None],
) -> None:
    closed = make_idea(CANARY, on=staff_board, by=moderator)
    assert "og:" not in reader(moderator).get(closed.get_absolute_url()).content.decode()
    make_invisible(idea)
    assert "og:" not in reader(moderator).get(idea.get_absolute_url()).content.decode()
    for pk in (closed.pk, idea.pk, 0, 99_999):
        for person in (None, moderator):
            response = reader(person).get(f"/i/{pk}/card.png")
            assert response.status_code == 404
            assert CANARY not in response.content.decode()


def test_the_card_is_a_picture_of_the_usual_size(reader: Reader, idea: Idea) -> None:
    response = reader(None).get(f"/i/{idea.pk}/card.png")
    assert response["Content-Type"] == "image/png"
    assert Image.open(BytesIO(response.content)).size == (1200, 630)
    assert response["Cache-Control"] == "public, max-age=300"


def test_it_is_sent_again_only_when_it_looks_different(reader: Reader, idea: Idea, member: Member) -> None:
    client = reader(None)
    etag = client.get(f"/i/{idea.pk}/card.png")["ETag"]
    response = client.get(f"/i/{idea.pk}/card.png", headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert reader(member).get(f"/i/{idea.pk}/card.png")["ETag"] == etag
    cast_vote(idea=idea, by=member)
    response = client.get(f"/i/{idea.pk}/card.png", headers={"If-None-Match": etag})
    assert response.status_code == 200
    assert response["ETag"] != etag


def test_it_counts_supporters_only_where_visitors_may_know(
    reader: Reader, idea: Idea, member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int | None] = []
    asked: list[Any] = []
    make = Card.of

    def remember(idea: Idea, *, supporters: int | None) -> Card:
        told.append(supporters)
        return make(idea, supporters=supporters)

    monkeypatch.setattr(Card, "of", remember)
    reader(None).get(f"/i/{idea.pk}/card.png")
    monkeypatch.setattr("ideas.views.cards.may_see_count", lambda user, idea, is_voted: asked.append(user))
    reader(member).get(f"/i/{idea.pk}/card.png")
    assert told == [1, None]
    assert not asked[0].is_authenticated


def test_a_duplicate_of_a_hidden_idea_has_no_card(
    reader: Reader, canonical: Idea, duplicate: Idea, make_invisible: Callable[..., None]
) -> None:
    assert reader(None).get(f"/i/{duplicate.pk}/card.png").status_code == 200
    make_invisible(canonical)
    assert reader(None).get(f"/i/{duplicate.pk}/card.png").status_code == 404


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Dark mode", "Dark mode"),
        ("Größe: Ελληνικά, Привет", "Größe: Ελληνικά, Привет"),
        ("Gro\u0308ße", "Größe"),
        ("Faster 🚀❤️", "Faster"),
        ("暗いモード", ""),
        ("Mode 暗い", ""),
        ("a\u202eb\0\n c", "ab c"),
        ("", ""),
    ],
)
def test_a_title_is_drawn_whole_or_not_at_all(title: str, drawn: str) -> None:
    assert _drawable(title) == drawn


@pytest.mark.parametrize("title", ["x", "W" * 255, "word " * 51, "暗い" * 100, "🚀", ""])
def test_every_title_gives_a_card(title: str) -> None:
    picture = draw(Card(title, "W" * 255, "W" * 40, "W" * 255, "1 supporter"))
    assert Image.open(BytesIO(picture)).size == (1200, 630)
