"""The words beside members' names."""

from accounts import roles
from accounts.badges import badges_of
from accounts.models import Member
from tests.people import make_member


def test_roles_with_a_badge_show_it(
    member: Member, advocate: Member, moderator: Member, product_manager: Member
) -> None:
    badges = badges_of([member.pk, advocate.pk, moderator.pk, product_manager.pk])
    assert badges == {advocate.pk: "Advocate", moderator.pk: "Moderator", product_manager.pk: "Product team"}


def test_of_several_roles_the_first_shows(db: None) -> None:
    both = make_member("both", roles.ADVOCATES, roles.MODERATORS)
    assert badges_of([both.pk, both.pk]) == {both.pk: "Moderator"}


def test_badges_are_read_in_one_query(advocate: Member, moderator: Member, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        badges_of([advocate.pk, moderator.pk])
