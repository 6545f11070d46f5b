"""Does the work that was queued, and runs the schedule, until it is told to stop."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.utils.crypto import get_random_string

from core import schedule
from core.tasks import WORKER
from core.worker import Beat, beat


class Command(BaseCommand):
    help = "Do the work that is queued and run the schedule. As many workers may run as one likes; SIGTERM ends one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what waits now, and end")

    def handle(self, *args: Any, once: bool, verbosity: int, **options: Any) -> None:
        # Which tasks recur may depend on settings, and these change without a migration.
        schedule.set_up()
        worker_id = get_random_string(32)
        beat(worker_id)
        if not once:
            Beat(worker_id).start()
        arguments = ["--backend", WORKER, "--queue-name", "*", "--worker-id", worker_id, "--no-reload"]
        if once:
            arguments += ["--batch", "--no-startup-delay"]
        call_command("db_worker", *arguments, verbosity=verbosity)
