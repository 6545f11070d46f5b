"""Bringing content in: from the records of a source to posts in forums and on boards."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import reset_queries
from django.utils import timezone

from community.models import ForumPage, Question
from core.errors import ConflictError
from core.models import ImportRun
from exchange import places, records
from exchange.places import NOUNS, Lookup, Place
from exchange.records import Duplicate, Person, Post, Problem, Row, Rows, Source
from exchange.site import Rehearsal, Site, model_of
from ideas.models import IdeaBoardPage

BATCH = 500
BATCH_CHARACTERS = 2_000_000
PROBLEMS_KEPT = 200

R = TypeVar("R")
P = TypeVar("P", bound=Post)


class OtherSourceError(Exception):
    """The ids of the source are here already and mean other posts; the text is one sentence that says so."""


class Watcher:
    """Somebody who looks on while a run goes on. This one does not care."""

    def begin(self, rows: int, run: ImportRun | None) -> None:
        """The source has been read through once; so many rows are to be brought, by this run unless it is rehearsed."""

    def step(self, rows: int) -> None:
        """So many more rows are done."""

    def problem(self, problem: Problem) -> None:
        """A row can't be used."""


@dataclass
class Report:
    """What a run brought, or would bring; what was here already; what was left out and why."""

    run: ImportRun | None = None
    brought: Counter[str] = field(default_factory=Counter)
    already_here: Counter[str] = field(default_factory=Counter)
    remarks: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    problem_count: int = 0


def import_content(
    *,
    source: Source,
    form: str,
    name: str,
    options: dict[str, str],
    forum: ForumPage | None = None,
    board: IdeaBoardPage | None = None,
    dry_run: bool = False,
    watcher: Watcher | None = None,
) -> Report:
    """Bring what is not here yet of a source: questions into the forum, ideas onto the board.

    The source is read through before anything is written, so that one that can't be read changes nothing. Then rows are
    written in batches, each a transaction of its own, so that the site goes on meanwhile; a run that fails is recorded
    as failed, can be undone, and is completed by running it again. What is here already is left as it is.

    Raises UnreadableSourceError, OtherSourceError, and ImportStoppedError when the run is undone while it goes on.
    """
    watcher = watcher or Watcher()
    rows = _read_through(source)
    if dry_run:
        watcher.begin(rows, None)
        rehearsal = _Import(source, Rehearsal(source), watcher)
        rehearsal.carry_out()
        return rehearsal.report
    kind = "questions" if forum else "ideas"
    run = ImportRun.objects.create(kind=kind, format=form, name=name[:255], options=options)
    watcher.begin(rows, run)
    work = _Import(source, Site(source, run, forum, board), watcher)
    work.report.run = run
    try:
        work.carry_out()
    except BaseException:
        _record(run, work.report, ImportRun.State.FAILED)
        raise
    _record(run, work.report, ImportRun.State.DONE)
    return work.report


def _record(run: ImportRun, report: Report, state: ImportRun.State) -> None:
    """Write down how the run went; one that was undone meanwhile stays undone."""
    ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.RUNNING).update(state=state)
    run.refresh_from_db()
    run.finished_at = timezone.now()
    run.counts = {
        **run.counts,
        "brought": dict(+report.brought),
        "already_here": dict(+report.already_here),
        "remarks": report.remarks,
    }
    run.problems = [{"file": each.file, "row": each.number, "reason": each.reason} for each in report.problems]
    run.problem_count = report.problem_count
    run.save(update_fields=["finished_at", "counts", "problems", "problem_count"])


def _read_through(source: Source) -> int:
    """How many rows there are to bring. Raises UnreadableSourceError and OtherSourceError."""
    count = known = others = 0
    for rows in _batches(source.questions()):
        count += len(rows)
        dated = [row.record for row in rows if isinstance(row, Row) and row.record.created_at]
        here = places.topics(source.name, [record.source_id for record in dated])
        known += len(here)
        others += sum(
            record.source_id in here and here[record.source_id].created_at != record.created_at for record in dated
        )
    if others * 2 > known:
        raise OtherSourceError(
            f"Other posts with the same ids were imported as {source.name} before: "
            "give this source a name of its own with --source."
        )
    for part in (source.people, source.answers, source.comments, source.duplicates):
        count += sum(1 for _ in part())
    return count


def _batches(rows: Rows[R]) -> Iterator[list[Row[R] | Problem]]:
    """The rows in lists that are not too long, neither by number nor by the size of the bodies in them."""
    batch: list[Row[R] | Problem] = []
    size = 0
    for row in rows:
        batch.append(row)
        size += len(row.record.body.text) if isinstance(row, Row) and isinstance(row.record, Post) else 0
        if len(batch) >= BATCH or size >= BATCH_CHARACTERS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


class _Import:
    """One run: decides what of each row is new, and has the site write it or the rehearsal remember it."""

    def __init__(self, source: Source, site: Site | Rehearsal, watcher: Watcher) -> None:
        self.source, self.site, self.watcher = source, site, watcher
        self.report = Report()

    def carry_out(self) -> None:
        """Go through the source, part by part: each needs what the parts before it brought."""
        self._each(self.source.people(), self._bring_people)
        self._each(self.source.questions(), self._bring_topics)
        self.report.remarks = dict(self.source.remarks)
        self._each(self.source.answers(), self._bring_answers)
        self._each(self.source.comments(), self._bring_comments)
        for batch in _batches(self.source.questions()):
            self._accept([row for row in batch if isinstance(row, Row)])
        self._each(self.source.duplicates(), self._link)
        self.site.index()

    def _each(self, rows: Rows[R], bring: Callable[[list[Row[R]]], None]) -> None:
        for batch in _batches(rows):
            bring([row for row in batch if isinstance(row, Row)])
            for row in batch:
                if isinstance(row, Problem):
                    self._report(row, row.reason)
            self.report.brought["members"] = self.site.people.brought
            self.watcher.step(len(batch))
            reset_queries()

    def _report(self, row: Row[Any] | Problem, reason: str) -> None:
        problem = Problem(row.file, row.number, reason)
        self.report.problem_count += 1
        if len(self.report.problems) < PROBLEMS_KEPT:
            self.report.problems.append(problem)
        self.watcher.problem(problem)

    # People and posts

    def _bring_people(self, rows: list[Row[Person]]) -> None:
        self.site.bring_people({row.record: row.record.joined_at for row in rows})

    def _bring_topics(self, rows: list[Row[records.Question | records.Idea]]) -> None:
        new, again = self._new(places.topics, rows)
        self._bring([(row.record, None) for row in new], again)

    def _bring_answers(self, rows: list[Row[records.Answer]]) -> None:
        parents = self.site.here(places.topics, {row.record.question_id for row in rows})
        self._bring_below(places.answers, rows, lambda answer: answer.question_id, parents)

    def _bring_comments(self, rows: list[Row[records.Comment]]) -> None:
        ids = {row.record.post_id for row in rows}
        parents = self.site.here(places.answers, ids) | self.site.here(places.topics, ids)
        self._bring_below(places.comments, rows, lambda comment: comment.post_id, parents)

    def _bring_below(
        self, lookup: Lookup, rows: list[Row[P]], parent_of: Callable[[P], str], parents: dict[str, Place]
    ) -> None:
        new, again = self._new(lookup, rows)
        placed: list[tuple[Post, Place | None]] = []
        for row in new:
            key = parent_of(row.record)
            if key in parents:
                placed.append((row.record, parents[key]))
            else:
                self._report(row, f"the post {key} that it belongs to is missing")
        self._bring(placed, again)

    def _new(self, lookup: Lookup, rows: Sequence[Row[P]]) -> tuple[list[Row[P]], list[tuple[Post, Place]]]:
        """The rows whose posts are not here, and the posts that were taken back and come again."""
        here = self.site.here(lookup, {row.record.source_id for row in rows})
        new: dict[str, Row[P]] = {}
        again: dict[str, tuple[Post, Place]] = {}
        for row in rows:
            key = row.record.source_id
            place = here.get(key)
            if key in new or key in again or (place is not None and self.site.has_brought(place)):
                self._report(row, f"the id {key} came before")
            elif place is None:
                new[key] = row
            elif place.is_gone:
                again[key] = (row.record, place)
            else:
                self.report.already_here[NOUNS[place.model]] += 1
        return list(new.values()), list(again.values())

    def _bring(self, new: Sequence[tuple[Post, Place | None]], again: Sequence[tuple[Post, Place]]) -> None:
        self.site.bring(new, again)
        self.report.brought.update(NOUNS[model_of(record, parent)] for record, parent in new)
        self.report.brought.update(NOUNS[place.model] for _, place in again)

    # What the source says of several posts

    def _accept(self, rows: Iterable[Row[records.Question | records.Idea]]) -> None:
        """Mark the accepted answers, unless somebody here has chosen before they came."""
        solved = {row.record.source_id: row for row in rows if getattr(row.record, "accepted_answer_id", "")}
        wanted = {key: getattr(row.record, "accepted_answer_id", "") for key, row in solved.items()}
        questions = self.site.here(places.topics, solved)
        answers = self.site.here(places.answers, set(wanted.values()))
        chosen: list[tuple[Place, Place]] = []
        for key, row in solved.items():
            question, answer = questions.get(key), answers.get(wanted[key])
            if answer is None:
                self._report(row, f"its accepted answer {wanted[key]} is missing")
            elif question is None or answer.topic_source_id != key:
                self._report(row, f"its accepted answer {wanted[key]} belongs to another question")
            elif question.model is Question and (self.site.has_brought(question) or self.site.has_brought(answer)):
                chosen.append((question, answer))
        self.report.brought["accepted answers"] += self.site.accept(chosen)

    def _link(self, rows: list[Row[Duplicate]]) -> None:
        ids = {key for row in rows for key in (row.record.duplicate_id, row.record.target_id)}
        here = self.site.here(places.topics, ids)
        for row in rows:
            duplicate, target = here.get(row.record.duplicate_id), here.get(row.record.target_id)
            if duplicate is None or target is None:
                missing = row.record.target_id if duplicate else row.record.duplicate_id
                self._report(row, f"the question {missing} is missing")
            elif duplicate.model is not target.model:
                self._report(row, "a question and an idea can't be duplicates of each other")
            elif self.site.is_linked(duplicate, target):
                self.report.already_here["duplicate links"] += 1
            else:
                try:
                    self.site.link(duplicate, target)
                except ConflictError as error:
                    self._report(row, str(error))
                else:
                    self.report.brought["duplicate links"] += 1
