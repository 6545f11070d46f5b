"""What the import commands have in common: their options, the progress bar, and what they say at the end."""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from tqdm import tqdm
from wagtail.models import Page

from core.models import ImportRun
from exchange.actions import ImportStoppedError, OtherSourceError, Report, Watcher, import_content, undo_import
from exchange.files import UnreadableSourceError
from exchange.formats import open_source
from exchange.records import Problem

P = TypeVar("P", bound=Page)
KINDS = ("members", "questions", "ideas", "answers", "comments", "accepted answers", "duplicate links")


class ProgressBar(Watcher):
    """Shows on the terminal, if there is one, how far the run is; problems go to standard error as they come."""

    def __init__(self, error: Any) -> None:
        self.error = error
        self.run: ImportRun | None = None
        self.bar: Any = tqdm(disable=None, file=sys.stderr, unit=" rows", desc="Reading")

    def begin(self, rows: int, run: ImportRun | None) -> None:
        self.run = run
        self.bar.close()
        self.bar = tqdm(total=rows, disable=None, file=sys.stderr, unit=" rows", desc="Importing")

    def step(self, rows: int) -> None:
        self.bar.update(rows)

    def problem(self, problem: Problem) -> None:
        self.bar.clear()
        self.error.write(str(problem))

    def close(self) -> None:
        self.bar.close()


class ImportCommand(BaseCommand):
    """Subclasses say which formats they take and where the content goes."""

    formats: Sequence[str]
    kind: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", nargs="?", type=Path, metavar="PATH", help="the file, folder or .tar.gz archive to read"
        )
        parser.add_argument("--format", choices=self.formats, help="what the source is")
        parser.add_argument(
            "--source", default="", metavar="NAME", help="a name for the source, if several are of one format"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would be brought, and change nothing")
        parser.add_argument(
            "--undo", type=int, metavar="RUN", help="take back what this run brought and nobody has touched"
        )

    def handle(self, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options["undo"], options)
        elif options["path"] is None or options["format"] is None:
            raise CommandError("Give the path and its --format, or the run to --undo.")
        else:
            self._import(options)

    def places(self, options: dict[str, Any]) -> dict[str, Any]:
        """The pages that take the content, as arguments of import_content. Raises CommandError."""
        raise NotImplementedError

    def _import(self, options: dict[str, Any]) -> None:
        places = self.places(options)
        named = {name: options[name] for name in ("forum", "board", "ideas_tag", "ideas_board") if options.get(name)}
        watcher = ProgressBar(self.stderr)
        try:
            source = open_source(options["format"], options["path"], options.get("ideas_tag") or "")
            try:
                if options["source"]:
                    source.name = source.title = options["source"]
                report = import_content(
                    source=source,
                    form=options["format"],
                    name=options["path"].resolve().name,
                    options={**named, "source": source.name},
                    dry_run=options["dry_run"],
                    watcher=watcher,
                    **places,
                )
            finally:
                source.close()
        except (UnreadableSourceError, OtherSourceError, ImportStoppedError) as error:
            raise CommandError(str(error)) from error
        except (KeyboardInterrupt, DatabaseError) as error:
            reason = "Stopped" if isinstance(error, KeyboardInterrupt) else f"The database gave up ({error})"
            rest = f": --undo {watcher.run.pk} takes back what came, the same command goes on." if watcher.run else "."
            raise CommandError(reason + rest) from error
        finally:
            watcher.close()
        self._say(report)

    def _say(self, report: Report) -> None:
        verb = "Would bring" if report.run is None else "Brought"
        self.stdout.write(f"{verb} {_listed(report.brought)}.")
        if report.already_here:
            self.stdout.write(f"Already here: {_listed(report.already_here)}.")
        for remark, count in report.remarks.items():
            self.stdout.write(f"{count:,} {remark}.")
        if report.problem_count:
            self.stdout.write(f"Could not use {_counted(report.problem_count, 'rows')}, each with its reason above.")
        if report.run is not None:
            self.stdout.write(f"This was run {report.run.pk}; --undo {report.run.pk} takes it back.")

    def _undo(self, number: int, options: dict[str, Any]) -> None:
        if options["path"] or options["format"] or options["dry_run"]:
            raise CommandError("Give --undo alone, with the number of the run.")
        run = ImportRun.objects.filter(pk=number, kind=self.kind).first()
        if run is None:
            known = ImportRun.objects.filter(kind=self.kind)
            raise CommandError(
                f"There is no run {number} of this command; there are: {', '.join(map(str, known)) or 'none'}."
            )
        undone = undo_import(run=run)
        self.stdout.write(f"Took back {_listed(undone.taken_back)}.")
        if +undone.kept:
            self.stdout.write(f"Kept, because somebody has touched or needs them: {_listed(undone.kept)}.")


def page_with_slug(model: type[P], slug: str) -> P:
    """The forum or board with the slug. Raises CommandError with a sentence that names those that exist."""
    pages = list(model.objects.filter(slug=slug))
    noun = str(model._meta.verbose_name)
    if len(pages) > 1:
        raise CommandError(
            f"There are several pages of the kind {noun} with the slug {slug}; give the one meant another."
        )
    if not pages:
        known = ", ".join(model.objects.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"There is no {noun} with the slug {slug}; there are: {known or 'none'}.")
    return pages[0]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(_counted(counts[noun], noun) for noun in KINDS if counts.get(noun)) or "nothing"


def _counted(count: int, nouns: str) -> str:
    return f"{count:,} {nouns if count != 1 else nouns.removesuffix('s')}"
