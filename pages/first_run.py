"""Whether the site has been made yet, and the code that lets its first administrator make it."""

from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import Member
from pages.models import HomePage

SETUP_SALT = "pages.first_run"

_has_home = False


def has_home() -> bool:
    """Whether the site begins with a home page. Once it has, this process asks the database no more."""
    global _has_home
    if not _has_home:
        _has_home = HomePage.objects.filter(sites_rooted_here__is_default_site=True).exists()
    return _has_home


def has_administrator() -> bool:
    """Whether somebody is there who may do everything."""
    return Member.objects.filter(is_superuser=True, is_active=True).exists()


def setup_code() -> str:
    """The code of the link that `manage.py setup_link` prints. Only who holds the secret key can work it out."""
    return salted_hmac(SETUP_SALT, "the first administrator", algorithm="sha256").hexdigest()


def is_setup_code(code: str) -> bool:
    return constant_time_compare(code, setup_code())
