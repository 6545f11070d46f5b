"""Bring questions and answers from elsewhere; see docs/how-to/import.md."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from community.models import ForumPage
from exchange.command import ImportCommand, page_with_slug
from exchange.formats import QUESTION_FORMATS
from ideas.models import IdeaBoardPage


class Command(ImportCommand):
    help = "Bring questions, answers and comments from another site into a forum."
    formats = QUESTION_FORMATS
    kind = "questions"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--forum", metavar="SLUG", help="the forum that takes the questions")
        parser.add_argument(
            "--ideas-tag", metavar="TAG", help="of a Stack Exchange dump: questions with this tag are ideas"
        )
        parser.add_argument("--ideas-board", metavar="SLUG", help="the board that takes those ideas")

    def places(self, options: dict[str, Any]) -> dict[str, Any]:
        if not options["forum"]:
            raise CommandError("Name the --forum that takes the questions.")
        if bool(options["ideas_tag"]) != bool(options["ideas_board"]):
            raise CommandError(
                "Give --ideas-tag and --ideas-board together: the tag of the ideas, and the board for them."
            )
        if options["ideas_tag"] and options["format"] != "stackexchange":
            raise CommandError("--ideas-tag is for Stack Exchange dumps.")
        places: dict[str, Any] = {"forum": page_with_slug(ForumPage, options["forum"])}
        if options["ideas_board"]:
            places["board"] = page_with_slug(IdeaBoardPage, options["ideas_board"])
        return places
