from django.contrib.auth.models import AnonymousUser, Group
from wagtail.models import PageViewRestriction

from accounts import roles
from accounts.models import Member
from community.models import ForumPage
from core.access import grants_of, readable_page_ids
from core.scope import RequestScope
from core.site_pages import reserved_slugs
from ideas.models import IdeaBoardPage
from tests.people import make_member, restrict


def forums_of(user):
    ids = readable_page_ids(user, ForumPage)
    return set(ForumPage.objects.filter(pk__in=ids).values_list("slug", flat=True))


def test_each_reader_reads_the_forums_open_to_them(forum, members_forum, staff_forum, visitor, member, moderator):
    boss = make_member("boss", is_superuser=True)
    assert forums_of(visitor) == {"help"}
    assert forums_of(member) == {"help", "customers"}
    assert forums_of(moderator) == {"help", "customers", "backstage"}
    assert forums_of(boss) == {"help", "customers", "backstage"}


def test_a_restriction_further_up_closes_what_is_below(home, forum, visitor, member):
    restrict(home)
    assert forums_of(visitor) == set()
    assert forums_of(member) == {"help"}


def test_restrictions_on_the_way_must_all_admit(home, staff_forum, product_manager):
    restrict(home, roles.MODERATORS)
    assert forums_of(product_manager) == set()


def test_a_shared_password_admits_nobody(forum, visitor, member):
    PageViewRestriction.objects.create(page=forum, restriction_type="password", password="sesame")
    assert forums_of(visitor) == forums_of(member) == set()


def test_unpublished_pages_are_read_by_nobody(forum, moderator):
    forum.unpublish()
    assert forums_of(moderator) == set()


def test_models_are_kept_apart(forum, board, visitor):
    assert readable_page_ids(visitor, ForumPage) == {forum.pk}
    assert readable_page_ids(visitor, IdeaBoardPage) == {board.pk}


def test_one_request_asks_once_for_all(staff_forum, staff_board, moderator, django_assert_num_queries):
    user = Member.objects.get(pk=moderator.pk)
    with RequestScope(), django_assert_num_queries(2):
        readable_page_ids(user, ForumPage)
        readable_page_ids(user, IdeaBoardPage)
        readable_page_ids(AnonymousUser(), ForumPage)
        assert user.has_perm("ideas.merge_idea")
        assert not user.has_perm("accounts.add_member")


def test_permissions_come_from_groups_and_from_oneself(member):
    permission = Group.objects.get(name=roles.ADMINISTRATORS).permissions.get(codename="add_organisation")
    member.user_permissions.add(permission)
    assert Member.objects.get(pk=member.pk).has_perm("accounts.add_organisation")
    assert grants_of(member).groups == {Group.objects.get(name=roles.CUSTOMERS).pk}


def test_a_member_without_groups_has_no_permission(member):
    member.groups.clear()
    assert grants_of(member).groups == grants_of(member).permissions == frozenset()


def test_the_inactive_may_do_nothing(moderator):
    moderator.is_active = False
    assert not moderator.has_perm("ideas.merge_idea")


def test_no_page_takes_an_address_of_ours(home):
    assert {
        "search",
        "accounts",
        "admin",
        "healthz",
        "language",
        "q",
        "u",
        "tags",
        "static",
        "media",
        "api",
    } <= reserved_slugs()
    page = home.add_child(instance=ForumPage(title="Search"))
    assert page.slug == "search-2"
    below = page.add_child(instance=ForumPage(title="Search"))
    assert below.slug == "search"


def test_forums_and_boards_stand_below_the_home_page(home):
    assert ForumPage.can_exist_under(home)
    assert not ForumPage.can_exist_under(home.get_parent())
