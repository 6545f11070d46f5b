"""Makes the indexes in Elasticsearch anew, or compares them with the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from elasticsearch import NotFoundError
from tqdm import tqdm

from core.errors import ConflictError
from search.backends import Kind
from search.elastic import client, is_configured
from search.elastic.documents import listed_keys
from search.elastic.rebuild import compare, rebuild
from search.elastic.sync import drain
from search.models import PendingDocument


class Command(BaseCommand):
    help = (
        "Make the indexes in Elasticsearch anew beside the live ones, and swap them once they are complete. One that "
        "was killed goes on where it was."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", choices=[kind.value for kind in Kind], help="only this kind of document")
        parser.add_argument("--check", action="store_true", help="only compare, and exit with 1 if anything differs")

    def handle(self, *args: Any, kind: str | None, check: bool, verbosity: int, **options: Any) -> None:
        if not is_configured():
            raise CommandError("ELASTICSEARCH_URL is not set, so there is nothing to rebuild.")
        kinds = [Kind(kind)] if kind else list(Kind)
        try:
            if check:
                self._check(kinds)
            else:
                self._rebuild(kinds, is_silent=verbosity == 0)
        except ConflictError as error:
            raise CommandError(str(error)) from error
        except client.FAILURES as error:
            raise CommandError(f"Elasticsearch did not do it: {error}") from error

    def _rebuild(self, kinds: list[Kind], *, is_silent: bool) -> None:
        for kind in kinds:
            with tqdm(total=listed_keys(kind).count(), desc=kind.value, unit=" docs", disable=is_silent) as bar:
                index = rebuild(kind, bar.update)
            self.stdout.write(f"{kind}: {index.name} is live.")
        drain()

    def _check(self, kinds: list[Kind]) -> None:
        total = PendingDocument.objects.filter(kind__in=kinds).count()
        self.stdout.write(f"waiting in the outbox: {total}")
        for kind in kinds:
            try:
                drift = compare(kind)
            except NotFoundError:
                self.stdout.write(f"{kind}: there is no index")
                total += 1
                continue
            total += len(drift.keys)
            for label, keys in (
                ("missing", drift.missing),
                ("not in the database", drift.orphaned),
                ("different", drift.different),
            ):
                if keys:
                    shown = ", ".join(map(str, keys[:20])) + (" …" if len(keys) > 20 else "")
                    self.stdout.write(f"{kind}: {len(keys)} {label}: {shown}")
            self.stdout.write(f"{kind}: {drift.compared} compared")
        if total:
            raise CommandError(f"The indexes and the database differ in {total} places.")
