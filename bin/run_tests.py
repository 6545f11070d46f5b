"""Runs every suite that this machine can run, and ends with one line that names what it could not exercise.

With CHORUS_REQUIRE_SERVICES=1 whatever is not exercised is a failure.
"""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import ServiceError, postgres  # noqa: E402

PROCESSES = str(min(4, os.cpu_count() or 1))


@dataclass(frozen=True)
class Suite:
    name: str
    arguments: Sequence[str]
    database: str = ""

    def run(self, notes: Path) -> bool:
        """Run pytest with these arguments; whether every test passed, and there was one."""
        environment = os.environ | {"CHORUS_NOT_EXERCISED": str(notes)}
        environment.pop("DATABASE_URL", None)
        if self.database:
            environment["DATABASE_URL"] = self.database
        command = [sys.executable, "-m", "pytest", *self.arguments]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode == 0


def in_turn(suites: Iterable[Suite], notes: Path) -> list[str]:
    """Run one suite after the other; the names of those that failed."""
    failed = []
    for suite in suites:
        print(f"\n── {suite.name}", flush=True)
        if not suite.run(notes):
            failed.append(suite.name)
    return failed


def main() -> int:
    """Everything on SQLite; what uses the database on PostgreSQL too; Chromium and Elasticsearch once.

    A part that leaves everything out because something is missing counts as passed and is named at the end.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with ExitStack() as stack:
        notes = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "not_exercised"
        notes.touch()
        failed, database = [], ""
        if postgres.binaries() is None:
            notes.write_text("PostgreSQL (not installed)\n")
        else:
            try:
                database = stack.enter_context(postgres.running())
            except ServiceError as error:
                print(error)
                failed.append("PostgreSQL")
        many = ["--numprocesses", PROCESSES]
        suites = [
            Suite("SQLite", [*many, "-m", "not postgres and not browser and not es"]),
            Suite("Chromium", ["-m", "browser"]),
            # In one process: each would start an Elasticsearch of its own.
            Suite("Elasticsearch", ["-m", "es"], database),
        ]
        if database:
            suites.append(Suite("PostgreSQL", [*many, "-m", "not browser and not es", "--only-database"], database))
        failed += in_turn(suites, notes)
        not_exercised = sorted(set(notes.read_text().splitlines()))

    print()
    if failed:
        print(f"Failed: the tests on {', '.join(failed)}.")
    if not_exercised:
        print(f"Not exercised here: {', '.join(not_exercised)}.")
        return 1 if failed or os.environ.get("CHORUS_REQUIRE_SERVICES") == "1" else 0
    print("Everything was exercised here: SQLite, PostgreSQL, Chromium and what the tests need besides.")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
