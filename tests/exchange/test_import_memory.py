"""A site of 100,000 posts comes in without being held in memory, through the commands as they are typed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.exchange.dumps import answer_post, question_post, user, write_xml

POSTS = 100_000
USERS = 5_000
MEBIBYTE = 1024  # in units of ru_maxrss, which Linux counts in KiB
ROOT = Path(__file__).parent.parent.parent
# A process starts out with the peak of the one that started it: a small one stands between the tests and the command.
MEASURE = """
import pathlib, resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""
MAKE_FORUM = """
from community.models import ForumPage
from wagtail.models import Site
Site.objects.get(is_default_site=True).root_page.add_child(instance=ForumPage(title="Help", slug="help"))
"""


def posts() -> Iterator[dict[str, Any]]:
    question = 0
    for number in range(1, POSTS + 1):
        row = {"Body": f"How do I oil chain number {number}, and not my hands?", "OwnerUserId": 1 + number % USERS}
        if number % 5 == 1:
            question = number
            yield question_post(number, AcceptedAnswerId=number + 1, **row)
        else:
            yield answer_post(number, question, **row)


def manage(var: Path, *arguments: str) -> tuple[int, str, str, int]:
    """Runs manage.py on a database of its own: exit code, output, errors, and the most memory that it held, in KiB."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": f"sqlite:///{var / 'site.sqlite3'}",
        "CHORUS_VAR": str(var),
    }
    command = [sys.executable, "-c", MEASURE, str(var / "peak"), sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr, int((var / "peak").read_text())


def test_a_hundred_thousand_posts_within_300_mebibytes(tmp_path: Path) -> None:
    folder = tmp_path / "dump"
    folder.mkdir()
    write_xml(folder / "Posts.xml", "posts", posts())
    write_xml(folder / "Users.xml", "users", (user(number, f"Rider {number}") for number in range(1, USERS + 1)))
    for preparation in (["migrate", "--verbosity=0"], ["shell", "--verbosity=0", "--command", MAKE_FORUM]):
        code, _, error, _ = manage(tmp_path, *preparation)
        assert (code, error) == (0, "")

    code, out, error, peak = manage(
        tmp_path, "import_questions", "--format", "stackexchange", "--forum", "help", str(folder)
    )
    assert (code, error) == (0, "")
    assert out.startswith("Brought 5,000 members, 20,000 questions, 80,000 answers, 20,000 accepted answers.\n")
    assert peak < 300 * MEBIBYTE

    code, out, error, _ = manage(
        tmp_path, "import_questions", "--format", "stackexchange", "--forum", "help", str(folder / "Posts.xml")
    )
    assert (code, out) == (1, "")
    assert error == f"CommandError: {folder / 'Posts.xml'} is neither a folder nor a .tar.gz archive.\n"
