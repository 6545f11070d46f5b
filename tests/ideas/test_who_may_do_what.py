"""For every address of ideas: who gets in, on which board, and in which state the idea is."""

from collections.abc import Callable
from itertools import product

import pytest

from accounts.models import Member
from community.content import Content, Visibility
from ideas.actions import cast_vote, merge_idea, post_comment, post_idea, withdraw_vote
from ideas.models import Idea, IdeaBoardPage, Status
from tests.ideas.conftest import Reader

PEOPLE = ("visitor", "member", "author", "moderator", "product_manager")
V, HELD, HIDDEN, DELETED = Visibility.VISIBLE, Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED

# Statuses for each of PEOPLE. A visitor who has to sign in gets 302; what a person may see and not do is 403.
SIGN_IN = 302
Row = tuple[int, int, int, int, int]
READ: dict[str, Row] = {
    V: (200, 200, 200, 200, 200),
    HELD: (404, 404, 200, 200, 404),
    HIDDEN: (404, 404, 200, 200, 404),
    DELETED: (404, 404, 404, 200, 404),
}
CHANGE: dict[str, Row] = {
    V: (SIGN_IN, 403, 200, 200, 403),
    HELD: (SIGN_IN, 404, 200, 200, 404),
    HIDDEN: (SIGN_IN, 404, 200, 200, 404),
    DELETED: (SIGN_IN, 404, 404, 200, 404),
}
MODERATE: dict[str, Row] = {
    V: (SIGN_IN, 403, 403, 200, 403),
    HELD: (SIGN_IN, 404, 403, 200, 404),
    HIDDEN: (SIGN_IN, 404, 403, 200, 404),
    DELETED: (SIGN_IN, 404, 404, 200, 404),
}
STATUS: dict[str, Row] = {**MODERATE, V: (SIGN_IN, 403, 403, 200, 200)}
COMMENT: dict[str, Row] = {
    V: (SIGN_IN, 200, 200, 200, 200),
    HELD: (SIGN_IN, 404, 200, 200, 404),
    HIDDEN: (SIGN_IN, 404, 200, 200, 404),
    DELETED: (SIGN_IN, 404, 404, 200, 404),
}
# The same for everybody.
FOR_VISITORS: dict[str, Row] = {V: (200,) * 5, HELD: (404,) * 5, HIDDEN: (404,) * 5, DELETED: (404,) * 5}
PAGES = {
    "/i/{idea}/{slug}/": READ,
    "/i/{idea}/history/": READ,
    "/i/{idea}/edit/": CHANGE,
    "/i/{idea}/delete/": CHANGE,
    "/i/{idea}/status/": STATUS,
    "/i/{idea}/plan/": STATUS,
    "/i/{idea}/plan/links/": STATUS,
    "/i/{idea}/plan/notes/": STATUS,
    "/i/{idea}/merge/": MODERATE,
    "/i/{idea}/comment/": COMMENT,
    "/i/{idea}/explain/": COMMENT,
    "/i/{idea}/voices/": READ,
    "/i/{idea}/questions/": STATUS,
    "/i/{idea}/card.png": FOR_VISITORS,
}
COMMENT_PAGES = {
    "/i/comments/{comment}/history/": READ,
    "/i/comments/{comment}/edit/": CHANGE,
    "/i/comments/{comment}/delete/": CHANGE,
}
# A vote leads back to the page; where the idea is not visible it is a conflict for those who see it.
VOTE: dict[str, Row] = {
    V: (SIGN_IN, 302, 302, 302, 302),
    HELD: (SIGN_IN, 404, 409, 409, 404),
    HIDDEN: (SIGN_IN, 404, 409, 409, 404),
    DELETED: (SIGN_IN, 404, 404, 409, 404),
}
WITHDRAW: dict[str, Row] = {
    V: (SIGN_IN, 302, 302, 302, 302),
    HELD: (SIGN_IN, 404, 302, 302, 404),
    HIDDEN: (SIGN_IN, 404, 302, 302, 404),
    DELETED: (SIGN_IN, 404, 404, 302, 404),
}


@pytest.fixture
def answer_of(
    request: pytest.FixtureRequest, reader: Reader, make_invisible: Callable[..., None]
) -> Callable[..., list[int]]:
    """The status that each of these people gets for an address, with the post in a state."""

    def ask(
        address: str,
        post: Content,
        visibility: str,
        method: str = "get",
        data: object = None,
        people: tuple[str, ...] = PEOPLE,
    ) -> list[int]:
        if visibility != V:
            make_invisible(post, Visibility(visibility))
        statuses = []
        for name in people:
            person = None if name == "visitor" else request.getfixturevalue(name)
            statuses.append(getattr(reader(person), method)(address, data).status_code)
        return statuses

    return ask


@pytest.mark.parametrize(("address", "visibility"), list(product(PAGES, READ)))
def test_pages_of_an_idea_on_an_open_board(
    answer_of: Callable[..., list[int]], idea: Idea, address: str, visibility: str
) -> None:
    asked = address.format(idea=idea.pk, slug=idea.slug)
    assert answer_of(asked, idea, visibility) == list(PAGES[address][visibility])


@pytest.mark.parametrize(("address", "visibility"), list(product(COMMENT_PAGES, READ)))
def test_pages_of_a_comment_on_an_open_board(
    answer_of: Callable[..., list[int]], idea: Idea, author: Member, address: str, visibility: str
) -> None:
    comment = post_comment(idea=idea, by=author, body="Mine.")
    asked = address.format(comment=comment.pk)
    assert answer_of(asked, comment, visibility) == list(COMMENT_PAGES[address][visibility])


@pytest.mark.parametrize(("address", "visibility"), list(product(COMMENT_PAGES, (HELD, HIDDEN, DELETED))))
def test_pages_of_a_comment_on_an_idea_that_is_not_visible(
    answer_of: Callable[..., list[int]],
    idea: Idea,
    member: Member,
    moderator: Member,
    address: str,
    visibility: str,
) -> None:
    """Its own author sees no more of it than of the idea."""
    comment = post_comment(idea=idea, by=member, body="Mine.")
    statuses = answer_of(address.format(comment=comment.pk), idea, visibility)
    assert statuses[1] == 404
    assert statuses[3] == 200
    assert statuses[4] == 404


@pytest.mark.parametrize(
    ("verb", "table", "visibility"),
    [(verb, table, visibility) for verb, table in (("vote", VOTE), ("unvote", WITHDRAW)) for visibility in READ],
)
def test_votes_on_an_open_board(
    answer_of: Callable[..., list[int]],
    idea: Idea,
    author: Member,
    moderator: Member,
    verb: str,
    table: dict[str, Row],
    visibility: str,
) -> None:
    if verb == "unvote":
        cast_vote(idea=idea, by=moderator)
    else:
        withdraw_vote(idea=idea, by=author)
    statuses = answer_of(f"/i/{idea.pk}/{verb}/", idea, visibility, method="post")
    assert statuses == list(table[visibility])


# What the posts behind these pages answer to those who may not: they see the idea, or it is not there for them.
REFUSED = {V: 403, HELD: 404, HIDDEN: 404, DELETED: 404}
WRITES = {
    "/i/{idea}/edit/": ("member", "product_manager"),
    "/i/{idea}/delete/": ("member", "product_manager"),
    "/i/{idea}/status/": ("member",),
    "/i/{idea}/plan/": ("member",),
    "/i/{idea}/plan/links/": ("member",),
    "/i/{idea}/plan/notes/": ("member",),
    "/i/{idea}/merge/{target}/": ("member", "product_manager"),
}


@pytest.mark.parametrize(("address", "visibility"), list(product(WRITES, READ)))
def test_writes_on_an_open_board_refuse_whoever_may_not(
    answer_of: Callable[..., list[int]],
    idea: Idea,
    board: IdeaBoardPage,
    product_manager: Member,
    address: str,
    visibility: str,
) -> None:
    target = post_idea(board=board, by=product_manager, title="Target", body="B")
    asked = address.format(idea=idea.pk, target=target.pk)
    data = {"title": "Forged", "body": "Forged", "status": Status.objects.get(board=board, slug="shipped").pk}
    statuses = answer_of(asked, idea, visibility, "post", data, people=("visitor", *WRITES[address]))
    assert statuses == [SIGN_IN, *(REFUSED[visibility] for _ in WRITES[address])]


BEHIND_DOORS = [
    "/i/{idea}/{slug}/",
    "/i/{idea}/history/",
    "/i/{idea}/edit/",
    "/i/{idea}/delete/",
    "/i/{idea}/status/",
    "/i/{idea}/plan/",
    "/i/{idea}/plan/links/",
    "/i/{idea}/plan/notes/",
    "/i/{idea}/merge/",
    "/i/{idea}/comment/",
    "/i/{duplicate}/{duplicate_slug}/?stay=1",
    "/i/{duplicate}/unmerge/",
    "/i/{idea}/merge/{other}/",
    "/i/{other}/merge/{idea}/",
    "/i/comments/{comment}/",
    "/i/comments/{comment}/edit/",
    "/i/comments/{comment}/delete/",
    "/i/comments/{comment}/history/",
]


@pytest.mark.parametrize("address", BEHIND_DOORS)
def test_nothing_of_a_closed_board_is_there_for_others(
    request: pytest.FixtureRequest,
    reader: Reader,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    author: Member,
    moderator: Member,
    administrator: Member,
    address: str,
) -> None:
    """Not even for its author, nor for a moderator or an administrator who may not read the board."""
    idea = make_idea("Plan", on=staff_board)
    duplicate = make_idea("Same plan", on=staff_board)
    other = make_idea("Other plan", on=staff_board)
    merge_idea(duplicate=duplicate, into=idea, by=moderator)
    comment = post_comment(idea=idea, by=author, body="Mine.")
    asked = address.format(
        idea=idea.pk,
        slug=idea.slug,
        duplicate=duplicate.pk,
        duplicate_slug=duplicate.slug,
        other=other.pk,
        comment=comment.pk,
    )
    for name in ("visitor", "member", "author", "administrator"):
        person = None if name == "visitor" else request.getfixturevalue(name)
        response = reader(person).get(asked)
        assert response.status_code in ((404, SIGN_IN) if person is None else (404,)), name
        assert "lan" not in response.get("Location", "").replace("language", "").replace("/plan/", "/")
    assert reader(moderator).get(asked).status_code in (200, 302, 409)


@pytest.mark.parametrize(
    "verb", ["vote", "unvote", "apart", "rejoin", "comment", "edit", "delete", "status", "unmerge"]
)
def test_nothing_of_a_closed_board_is_written_by_others(
    reader: Reader,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    author: Member,
    member: Member,
    administrator: Member,
    verb: str,
) -> None:
    idea = make_idea("Plan", on=staff_board)
    for person in (author, member, administrator):
        assert reader(person).post(f"/i/{idea.pk}/{verb}/", {"body": "x", "title": "x"}).status_code == 404
    idea.refresh_from_db()
    assert (idea.title, idea.is_visible, idea.supporter_count, idea.comment_count) == ("Plan", True, 1, 0)


WRONG_METHODS = {
    "/i/{}/": ("post", "put", "delete"),
    "/i/{}/x/": ("post", "put", "delete"),
    "/i/{}/edit/": ("put", "delete"),
    "/i/{}/delete/": ("put", "delete"),
    "/i/{}/history/": ("post", "put"),
    "/i/{}/status/": ("put", "delete"),
    "/i/{}/comment/": ("put", "delete"),
    "/i/{}/merge/": ("post", "put"),
    "/i/{}/merge/1/": ("put", "delete"),
    "/i/{}/unmerge/": ("put", "delete"),
    "/i/comments/{}/": ("post", "put"),
    "/i/comments/{}/edit/": ("put", "delete"),
    "/i/comments/{}/delete/": ("put", "delete"),
    "/i/comments/{}/history/": ("post", "put"),
}


@pytest.mark.parametrize("address", WRONG_METHODS)
def test_wrong_methods_are_refused(reader: Reader, idea: Idea, moderator: Member, address: str) -> None:
    for method in WRONG_METHODS[address]:
        assert getattr(reader(moderator), method)(address.format(idea.pk)).status_code == 405


@pytest.mark.parametrize(
    "path", ["edit/", "delete/", "history/", "status/", "comment/", "merge/", "merge/1/", "unmerge/"]
)
@pytest.mark.parametrize("pk", [0, 99_999, 10**30])
def test_forged_ids_are_not_found(reader: Reader, moderator: Member, path: str, pk: int) -> None:
    assert reader(moderator).get(f"/i/{pk}/{path}").status_code == 404


def test_a_forged_target_is_not_found(reader: Reader, idea: Idea, moderator: Member) -> None:
    for pk in (0, 99_999, 10**30):
        assert reader(moderator).get(f"/i/{idea.pk}/merge/{pk}/").status_code == 404
        assert reader(moderator).post(f"/i/{idea.pk}/merge/{pk}/").status_code == 404
