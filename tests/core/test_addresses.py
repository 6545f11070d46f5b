"""Addresses are what `reverse` makes of them, wherever the site begins."""

from django.urls import reverse, set_script_prefix

from core.addresses import address


def test_an_address_is_the_one_that_is_routed() -> None:
    for _ in range(2):
        assert address("ideas:idea-detail", 7, "dark-mode") == reverse("ideas:idea-detail", args=[7, "dark-mode"])
        assert address("ideas:idea-detail", 8, "dark-mode") == reverse("ideas:idea-detail", args=[8, "dark-mode"])


def test_a_site_below_another_path_has_addresses_there() -> None:
    address("ideas:idea-rank", 7)
    set_script_prefix("/community/")
    try:
        assert address("ideas:idea-rank", 7) == reverse("ideas:idea-rank", args=[7])
        assert address("ideas:idea-rank", 7).startswith("/community/")
    finally:
        set_script_prefix("/")
