"""The people and places of the tests: fixtures that tests/conftest.py offers to all of them."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from wagtail.models import Page, PageViewRestriction, Site

from accounts import roles
from accounts.models import Member
from community.actions import ask_question, post_answer
from community.models import Answer, ForumPage, Question
from ideas.actions import post_idea
from ideas.models import Idea, IdeaBoardPage

PASSWORD = "correct horse battery"


def make_member(handle: str, *role: str, **fields: object) -> Member:
    """A member who can sign in with PASSWORD, in the roles named."""
    values = {"name": handle.capitalize(), "email": f"{handle}@example.com", **fields}
    member = Member.objects.create_user(handle, password=PASSWORD, **values)
    member.groups.add(*Group.objects.filter(name__in=role))
    return member


def restrict(page: Page, *groups: str) -> None:
    """Only members may read the page; only those of the groups, where some are named."""
    kind = PageViewRestriction.GROUPS if groups else PageViewRestriction.LOGIN
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind)
    restriction.groups.set(Group.objects.filter(name__in=groups))


@pytest.fixture(autouse=True)
def has_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The site has been set up, as far as every request is concerned; tests of the first run take this back."""
    monkeypatch.setattr("pages.first_run._has_home", True)


@pytest.fixture
def visitor() -> AnonymousUser:
    """Somebody who is not signed in."""
    return AnonymousUser()


@pytest.fixture
def author(db: None) -> Member:
    """Who wrote the question, the idea and whatever else a test is about."""
    return make_member("author")


@pytest.fixture
def member(db: None) -> Member:
    return make_member("member")


@pytest.fixture
def advocate(db: None) -> Member:
    return make_member("advocate", roles.ADVOCATES)


@pytest.fixture
def moderator(db: None) -> Member:
    return make_member("moderator", roles.MODERATORS)


@pytest.fixture
def product_manager(db: None) -> Member:
    return make_member("product", roles.PRODUCT_MANAGERS)


@pytest.fixture
def administrator(db: None) -> Member:
    return make_member("administrator", roles.ADMINISTRATORS)


@pytest.fixture
def home(db: None) -> Page:
    """The page that the site begins with."""
    return Site.objects.get(is_default_site=True).root_page


@pytest.fixture
def forum(home: Page) -> ForumPage:
    """Open to everybody."""
    return home.add_child(instance=ForumPage(title="Help", slug="help"))


@pytest.fixture
def members_forum(home: Page) -> ForumPage:
    """Open to whoever is signed in."""
    page = home.add_child(instance=ForumPage(title="Customers", slug="customers"))
    restrict(page)
    return page


@pytest.fixture
def staff_forum(home: Page) -> ForumPage:
    """Open to moderators and product managers."""
    page = home.add_child(instance=ForumPage(title="Backstage", slug="backstage"))
    restrict(page, roles.MODERATORS, roles.PRODUCT_MANAGERS)
    return page


@pytest.fixture
def board(home: Page) -> IdeaBoardPage:
    """Open to everybody."""
    return home.add_child(instance=IdeaBoardPage(title="Ideas", slug="ideas"))


@pytest.fixture
def staff_board(home: Page) -> IdeaBoardPage:
    """Open to moderators and product managers."""
    page = home.add_child(instance=IdeaBoardPage(title="Plans", slug="plans"))
    restrict(page, roles.MODERATORS, roles.PRODUCT_MANAGERS)
    return page


@pytest.fixture
def question(forum: ForumPage, author: Member) -> Question:
    return ask_question(forum=forum, by=author, title="How do I start?", body="Nothing *happens*.", tags=["setup"])


@pytest.fixture
def answer(question: Question, advocate: Member) -> Answer:
    return post_answer(question=question, by=advocate, body="Press the **green** button.")


@pytest.fixture
def idea(board: IdeaBoardPage, author: Member) -> Idea:
    return post_idea(board=board, by=author, title="Dark mode", body="My eyes *hurt*.", tags=["design"])


@pytest.fixture
def make_idea(board: IdeaBoardPage, author: Member) -> Callable[..., Idea]:
    """Ideas of the author, on the open board unless told otherwise."""

    def make(title: str, on: IdeaBoardPage = board, by: Member = author) -> Idea:
        return post_idea(board=on, by=by, title=title, body=f"About {title}.")

    return make
