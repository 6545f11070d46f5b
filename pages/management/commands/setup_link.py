"""Prints the link with which the first administrator makes the site."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.management.base import BaseCommand
from django.urls import reverse

from pages.first_run import has_administrator, has_home, setup_code


class Command(BaseCommand):
    help = "Print the link with which the first administrator makes the site."

    def handle(self, **options: Any) -> None:
        if has_home():
            self.stdout.write("The site has been set up already.")
            return
        link = settings.BASE_URL.rstrip("/") + reverse("pages:setup")
        if has_administrator():
            self.stdout.write(f"Sign in as an administrator and set up the site at {link}")
        else:
            self.stdout.write(f"Set up the site at {link}?{urlencode({'code': setup_code()})}")
