"""Bring ideas from elsewhere; see docs/how-to/import.md."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from exchange.command import ImportCommand, page_with_slug
from exchange.formats import IDEA_FORMATS
from ideas.models import IdeaBoardPage


class Command(ImportCommand):
    help = "Bring ideas with their vote counts from another site onto a board."
    formats = IDEA_FORMATS
    kind = "ideas"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--board", metavar="SLUG", help="the board that takes the ideas")

    def places(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options["board"]:
            raise CommandError("Name the --board that takes the ideas.")
        return {"board": page_with_slug(IdeaBoardPage, options["board"])}
