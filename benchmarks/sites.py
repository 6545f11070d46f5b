"""Filled databases of one PostgreSQL server, and the sites that are served from them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import astuple, dataclass
from urllib.parse import urlsplit

import psycopg
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from accounts.models import Member
from benchmarks import servers
from benchmarks.filling import Plan, fill, settle
from benchmarks.people import SignedIn, sign_in
from community.models import ForumPage
from config.settings.environment import database as settings_of
from ideas.models import IdeaBoardPage
from pages.actions import NewPlace, create_site


@dataclass(frozen=True)
class Sites:
    """What the databases of a run share. Each is made once, and kept as long as the server runs."""

    server: str
    redis: str
    workers: int

    def filled(self, plan: Plan) -> Site:
        """A site with all that the plan says."""

        def make() -> None:
            print(f"Filling {plan} …", file=sys.stderr, flush=True)
            fill(plan, board=IdeaBoardPage.objects.get(), forum=ForumPage.objects.get())
            settle()

        return self.made("_".join(("chorus", *map(str, astuple(plan)))), make)

    def made(self, name: str, make: Callable[[], None]) -> Site:
        """A site that `make` has filled, in the database of this name."""
        site = Site(urlsplit(self.server)._replace(path=f"/{name}").geturl(), self)
        with psycopg.connect(self.server, autocommit=True) as admin:
            if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                with site.used():
                    call_command("migrate", verbosity=0)
                return site
            admin.execute("DROP DATABASE IF EXISTS filling")
            admin.execute("CREATE DATABASE filling")
            with _using(urlsplit(self.server)._replace(path="/filling").geturl()):
                call_command("migrate", verbosity=0)
                _create_site()
                make()
            admin.execute(f"ALTER DATABASE filling RENAME TO {name}")
        return site


@dataclass(frozen=True)
class Site:
    """One filled database."""

    database: str
    sites: Sites

    def used(self) -> AbstractContextManager[None]:
        """Let Django's queries here go to this database until the end of the block."""
        return _using(self.database)

    @property
    def name(self) -> str:
        return urlsplit(self.database).path[1:]

    def served(self, **environment: str) -> AbstractContextManager[servers.Web]:
        """Its web processes, with more settings."""
        return servers.web(self.database, workers=self.sites.workers, redis=self.sites.redis, **environment)


def customers(many: int) -> list[SignedIn]:
    """So many customers, signed in."""
    return sign_in(Member.objects.filter(handle__startswith="customer-").order_by("pk")[:many])


def _create_site() -> None:
    create_site(
        name="Acme community",
        home_title="Welcome",
        forums=[NewPlace(title="Help", intro="<p>Ask whatever you like; somebody has been there.</p>")],
        boards=[NewPlace(title="Ideas", intro="<p>What should we build next? Vote for what would help you.</p>")],
    )


@contextmanager
def _using(database: str) -> Iterator[None]:
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings_of(database))
    ContentType.objects.clear_cache()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
        ContentType.objects.clear_cache()
