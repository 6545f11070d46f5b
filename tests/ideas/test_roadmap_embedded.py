"""The roadmap in frames of other sites: who may frame it, what it shows, and that it knows nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from ideas.actions import cast_vote, change_status
from ideas.models import Idea, IdeaBoardPage
from tests.ideas.conftest import CANARY, Reader
from tests.people import restrict

SITES = ["https://www.example.com", "http://localhost:3000"]


@pytest.fixture
def offered(board: IdeaBoardPage) -> IdeaBoardPage:
    """The open board, whose roadmap two sites may embed."""
    board.embed_origins = "\n".join(SITES)
    board.save()
    return board


@pytest.fixture
def planned(idea: Idea, moderator: Member, status: Callable[[str], Any]) -> Idea:
    return change_status(idea=idea, status=status("planned"), by=moderator)


def framing(response: HttpResponse) -> list[str]:
    policy = dict(part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";"))
    return policy["frame-ancestors"].split()


def embedded(reader: Reader, board: IdeaBoardPage, by: Member | None = None) -> Any:
    return reader(by).get(f"{board.url}roadmap/?embed=1")


def test_the_sites_named_may_frame_it_and_only_it(reader: Reader, offered: IdeaBoardPage, planned: Idea) -> None:
    response = embedded(reader, offered)
    assert response.status_code == 200
    assert framing(response) == SITES
    assert "X-Frame-Options" not in response
    for path in (f"{offered.url}roadmap/", offered.url, f"{offered.url}?embed=1", f"{offered.url}roadmap/?embed=2"):
        ordinary = reader(None).get(path)
        assert framing(ordinary) == ["'none'"]
        assert ordinary["X-Frame-Options"] == "DENY"


def test_nobody_may_frame_it_until_a_site_is_named(reader: Reader, board: IdeaBoardPage, planned: Idea) -> None:
    response = embedded(reader, board)
    assert response.status_code == 403
    assert framing(response) == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"
    html = response.content.decode()
    assert "This roadmap is not offered to other sites." in html
    assert planned.title not in html


@pytest.mark.parametrize("groups", [(), ("Moderators",)])
def test_a_board_that_is_not_public_is_not_there(
    reader: Reader, offered: IdeaBoardPage, planned: Idea, moderator: Member, groups: tuple[str, ...]
) -> None:
    restrict(offered, *groups)
    for person in (None, moderator):
        response = embedded(reader, offered, person)
        assert response.status_code == 404
        assert framing(response) == ["'none'"]


def test_everybody_sees_what_visitors_see_and_no_cookie_is_read_or_set(
    reader: Reader, offered: IdeaBoardPage, planned: Idea, member: Member
) -> None:
    cast_vote(idea=planned, by=member)
    for_visitors = embedded(reader, offered)
    client = reader(member)
    client.cookies["django_language"] = "de"
    with CaptureQueriesContext(connection) as queries:
        for_member = client.get(f"{offered.url}roadmap/?embed=1")
    assert for_member.content == for_visitors.content
    assert not for_member.cookies
    assert not for_visitors.cookies
    assert not [query["sql"] for query in queries if "session" in query["sql"]]
    assert "csrfmiddlewaretoken" not in for_member.content.decode()


def test_it_is_bare_and_its_links_leave_the_frame(reader: Reader, offered: IdeaBoardPage, planned: Idea) -> None:
    html = embedded(reader, offered).content.decode()
    assert planned.title in html
    assert '<base target="_top">' in html
    assert f'class="c-vote-button-control" href="{planned.get_absolute_url()}"' in html
    for absent in ("<script", "<form", "c-site-header", "c-site-footer", "/accounts/login/"):
        assert absent not in html


def test_hidden_ideas_are_not_in_it(
    reader: Reader, offered: IdeaBoardPage, planned: Idea, make_invisible: Callable[..., None], moderator: Member
) -> None:
    Idea.objects.filter(pk=planned.pk).update(title=CANARY)
    assert CANARY in embedded(reader, offered, moderator).content.decode()
    make_invisible(planned)
    assert CANARY not in embedded(reader, offered, moderator).content.decode()


@pytest.mark.parametrize(
    "origin",
    ["example.com", "https://example.com/", "https://a b", "https://x;script-src *", "*", "'self'", "javascript://x"],
)
def test_what_is_not_the_address_of_a_site_is_refused(board: IdeaBoardPage, origin: str) -> None:
    board.embed_origins = f"https://www.example.com\n{origin}"
    with pytest.raises(ValidationError, match="is not the address of a site"):
        board.full_clean()
    board.embed_origins = "https://www.example.com\n\n http://localhost:3000 "
    board.full_clean()
    assert board.framing_origins == SITES


def test_posting_with_the_mark_of_a_frame_is_still_by_who_is_signed_in(
    reader: Reader, offered: IdeaBoardPage, planned: Idea, member: Member
) -> None:
    reader(member).post(f"/i/{planned.pk}/vote/?embed=1")
    assert planned.votes.filter(member=member).exists()


def test_the_admin_says_what_to_paste(reader: Reader, offered: IdeaBoardPage, administrator: Member) -> None:
    administrator.is_superuser = True
    administrator.save()
    html = reader(administrator).get(reverse("wagtailadmin_pages:edit", args=[offered.pk])).content.decode()
    assert f'&lt;iframe src="{offered.full_url}roadmap/?embed=1"' in html
