"""The network of a vote: which address is believed, what is kept of it, and for how long."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from accounts.models import Member
from ideas import networks
from ideas.models import Idea, VoteNetwork
from tests.ideas.conftest import Reader


def digest_after_voting(reader: Reader, idea: Idea, member: Member, **meta: Any) -> str | None:
    reader(member).post(f"/i/{idea.pk}/vote/", **meta)
    return VoteNetwork.objects.filter(event__member=member).values_list("digest", flat=True).first()


def test_a_vote_keeps_a_hash_of_where_it_came_from(reader: Reader, idea: Idea, member: Member) -> None:
    digest = digest_after_voting(reader, idea, member, REMOTE_ADDR="203.0.113.7")
    assert digest == networks.digest("203.0.113.7")
    assert "203" not in str(digest)[:3]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "198.51.100.1", "203.0.113.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        (2, "192.0.2.66, 198.51.100.1, 10.0.0.1", "198.51.100.1"),
        (1, "", "203.0.113.7"),
    ],
)
def test_only_trusted_proxies_are_believed(
    reader: Reader, idea: Idea, member: Member, proxies: int, forwarded: str, believed: str
) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        meta = {"REMOTE_ADDR": "203.0.113.7", "HTTP_X_FORWARDED_FOR": forwarded}
        assert digest_after_voting(reader, idea, member, **meta) == networks.digest(believed)


@pytest.mark.parametrize(
    ("proxies", "meta"),
    [
        (3, {"HTTP_X_FORWARDED_FOR": "198.51.100.1"}),
        (1, {"HTTP_X_FORWARDED_FOR": "unknown"}),
        (0, {"REMOTE_ADDR": ""}),
    ],
)
def test_where_nobody_can_tell_the_vote_counts_all_the_same(
    reader: Reader, idea: Idea, member: Member, proxies: int, meta: dict[str, str]
) -> None:
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert digest_after_voting(reader, idea, member, **meta) is None
    idea.refresh_from_db()
    assert idea.supporter_count == 2


def test_the_command_forgets_what_is_old(reader: Reader, idea: Idea, member: Member, author: Member) -> None:
    reader(member).post(f"/i/{idea.pk}/vote/")
    VoteNetwork.objects.update(recorded_at=timezone.now() - timedelta(days=31))
    out = StringIO()
    call_command("forget_networks", stdout=out)
    assert out.getvalue() == "1 hashes of networks deleted.\n"
    assert not VoteNetwork.objects.exists()
