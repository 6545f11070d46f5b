import pytest

from pages.actions import create_site
from pages.models import HomePage


@pytest.fixture
def home(db) -> HomePage:
    """A real home page: in these tests the places stand below it."""
    return create_site(name="Acme", home_title="Welcome", home_intro="Customers help customers.")
