"""Runs every suite that this machine can run, and ends with one line that names what it could not exercise.

With CHORUS_REQUIRE_SERVICES=1 whatever is not exercised is a failure.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.services import ServiceError, postgres  # noqa: E402

PROCESSES = str(min(4, os.cpu_count() or 1))


def run_suite(name: str, *arguments: str, database: str, notes: Path) -> bool:
    """Run pytest with these arguments; whether every test passed, and there was one."""
    print(f"\n── {name}", flush=True)
    environment = os.environ | {"CHORUS_NOT_EXERCISED": str(notes)}
    environment.pop("DATABASE_URL", None)
    if database:
        environment["DATABASE_URL"] = database
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment).returncode == 0


def main() -> int:
    """Everything on SQLite; what uses the database on PostgreSQL too; the browser's tests once, on SQLite.

    A part that leaves everything out because something is missing counts as passed and is named at the end.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    failed = []
    with ExitStack() as stack:
        notes = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "not_exercised"
        notes.touch()
        on_sqlite = ["--numprocesses", PROCESSES, "-m", "not postgres and not browser and not es"]
        if not run_suite("SQLite", *on_sqlite, database="", notes=notes):
            failed.append("SQLite")
        # In one process: each would start an Elasticsearch of its own.
        if not run_suite("Elasticsearch", "-m", "es", database="", notes=notes):
            failed.append("Elasticsearch")
        if not run_suite("Chromium", "-m", "browser", database="", notes=notes):
            failed.append("Chromium")
        if postgres.binaries() is None:
            with notes.open("a") as file:
                file.write("PostgreSQL (not installed)\n")
        else:
            try:
                database = stack.enter_context(postgres.running())
            except ServiceError as error:
                print(error)
                failed.append("PostgreSQL")
            else:
                on_postgres = ["--numprocesses", PROCESSES, "-m", "not browser and not es", "--only-database"]
                if not run_suite("PostgreSQL", *on_postgres, database=database, notes=notes):
                    failed.append("PostgreSQL")
                if not run_suite("Elasticsearch and PostgreSQL", "-m", "es", database=database, notes=notes):
                    failed.append("Elasticsearch and PostgreSQL")
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
