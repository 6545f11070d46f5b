"""Ranks the boards anew by their published policies, as the worker does every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ideas.actions import score_board
from ideas.models import IdeaBoardPage, Policy


class Command(BaseCommand):
    help = "Rank boards by the published policies that are for them, with the votes of up to a minute ago."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--policy", metavar="SLUG", help="only by this policy")
        parser.add_argument("--board", metavar="SLUG", help="only this board")

    def handle(self, *args: Any, policy: str | None, board: str | None, **options: Any) -> None:
        policies = Policy.objects.current()
        if policy is not None:
            policies = policies.filter(slug=policy)
            if not policies:
                raise CommandError(f"No policy with the short name “{policy}” is published.")
        if board is not None and not IdeaBoardPage.objects.filter(slug=board).exists():
            raise CommandError(f"There is no board with the slug “{board}”.")
        for each in policies:
            boards = each.ranked_boards()
            for page in boards if board is None else boards.filter(slug=board):
                scoring = score_board(policy=each, board=page)
                self.stdout.write(f"{page.title}: {scoring.idea_count} ideas ranked by “{each}”.")
