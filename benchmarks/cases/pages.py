"""Pages: a board, an idea and a question with 30 posts below them, for visitors and for members."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.urls import reverse

from benchmarks.driving import drive, fetch, get
from benchmarks.figures import Figure
from benchmarks.filling import Plan
from benchmarks.people import SignedIn
from benchmarks.servers import Memory, Web, static_files
from benchmarks.sites import Sites, customers
from community.models import Question
from ideas.models import Idea, IdeaBoardPage

HELP = "pages for visitors and members, beside the same bytes as a file from nginx"
MEMBERS = 500
TARGETS = {"signed out": 0.04, "signed in": 0.0025}
MOST_MEMORY = 350


@dataclass
class Page:
    """A page as one kind of reader gets it, and how many a second were had."""

    name: str
    reader: str
    path: str
    readers: Sequence[SignedIn]
    rates: list[float] = field(default_factory=list)
    yardstick: list[float] = field(default_factory=list)

    @property
    def file(self) -> str:
        return f"{self.name} {self.reader}.html".replace(" ", "-")

    def requests(self, web: Web) -> list[str]:
        """What is sent: every member asks in turn."""
        return [get(web.url + self.path, reader.headers) for reader in self.readers] or [get(web.url + self.path)]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ideas", type=int, default=10_000, help="ideas on the board, with 20 votes each (10,000)")
    parser.add_argument("--seconds", type=float, default=4, help="how long each page is asked for in a round (4)")
    parser.add_argument("--connections", type=int, default=16, help="connections at once (16)")


def run(sites: Sites, options: argparse.Namespace) -> Sequence[Figure]:
    site = sites.filled(Plan(ideas=options.ideas, questions=options.ideas))
    with site.used():
        pages = _pages(customers(MEMBERS))
    with site.served() as web:
        files = {
            page.file: fetch(web.url + page.path, page.readers[0].headers if page.readers else None) for page in pages
        }
        lasting = {"seconds": options.seconds, "connections": options.connections}
        with static_files(files) as nginx:
            for page in pages:
                drive(web.url, page.requests(web), seconds=2, connections=options.connections)
            for _ in range(options.rounds):
                for page in pages:
                    file = f"{nginx}/{page.file}"
                    page.yardstick.append(drive(nginx, [get(file)], **lasting).rate)
                    page.rates.append(drive(web.url, page.requests(web), **lasting).rate)
        memory = web.memory()
    figures = [
        Figure(
            name=f"{page.name}, {page.reader}",
            unit="/s",
            measured=page.rates,
            yardstick=page.yardstick,
            yardstick_name="nginx",
            at_least=TARGETS[page.reader],
            note=f"{len(files[page.file]) / 1024:.1f} KiB",
        )
        for page in pages
    ]
    return [*figures, memory_figure(memory, sites.workers)]


def _pages(members: Sequence[SignedIn]) -> list[Page]:
    board, idea, question = IdeaBoardPage.objects.get(), Idea.objects.earliest("pk"), Question.objects.earliest("pk")
    paths = {
        "board": str(board.url),
        "idea, 30 comments": idea.get_absolute_url(),
        "question, 30 answers and comments": reverse("community:question-detail", args=[question.pk, question.slug]),
    }
    readers: dict[str, Sequence[SignedIn]] = {"signed out": (), "signed in": members}
    return [Page(name, reader, path, readers[reader]) for reader in readers for name, path in paths.items()]


def memory_figure(memory: Memory, workers: int) -> Figure:
    """What the web processes hold together after the runs."""
    return Figure(
        name=f"memory of {workers} web processes together",
        unit="MiB",
        measured=[memory.pss],
        yardstick=[MOST_MEMORY],
        yardstick_name="most",
        at_most=1,
        note=f"proportional set size; resident {memory.rss:,.0f} MiB, where shared pages count several times",
    )
