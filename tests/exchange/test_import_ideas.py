"""`import_ideas`: ideas from files that hold nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from wagtail.search.backends import get_search_backend

from core.models import ImportRun
from ideas.actions import change_status
from ideas.models import Idea, IdeaBoardPage, Status, StatusChange, Vote
from tests.exchange.commands import everything, import_csv, run
from tests.exchange.dumps import write_jsonl

HEADER = "id,title,body,author,created_at,votes,status,status_kind,tags\n"

pytestmark = pytest.mark.usefixtures("board")


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "ideas.csv"
        path.write_text(text)
        return path

    return write


def test_ideas_come_with_votes_as_a_base_and_a_status(csv: Callable[[str], Path], board: IdeaBoardPage) -> None:
    said = import_csv(
        csv(
            HEADER
            + '1,Dark mode,"My **eyes**",Ada,2024-02-03,12,shipped,,"ui,night"\n'
            + "2,Light mode,,,2024-02-04,-3,Under study,planned,\n"
        )
    )
    dark, light = Idea.objects.order_by("source_id")
    assert (dark.board, dark.status.slug, dark.base_votes, dark.top_score) == (board, "shipped", 12, 12)
    assert "<strong>eyes</strong>" in dark.body_html and set(dark.tags.names()) == {"ui", "night"}
    assert (dark.author.name, light.author.name) == ("Ada", "Former user of the imported file")
    assert (light.status.name, light.status.kind, light.base_votes) == ("Under study", Status.Kind.PLANNED, -3)
    assert light.status.colour == Status.Colour.BLUE
    assert not Vote.objects.exists()
    assert [found.title for found in get_search_backend().search("eyes", Idea)] == ["Dark mode"]
    assert "Brought 2 members, 2 ideas." in said.out


def test_proposals_of_madrid_come_with_their_day_of_retirement(tmp_path: Path) -> None:
    proposal = {"id": 3, "title": "Árboles", "description": "<p>Sí</p>", "votes": 15, "created_at": "31/01/2024"}
    retired = {**proposal, "id": 4, "retired_at": "2024-02-03 20:05:12 +0100"}
    path = write_jsonl(tmp_path / "p.jsonl.gz", [proposal, retired])
    run("import_ideas", path, format="decide-madrid", board="ideas")
    change = StatusChange.objects.get()
    assert (change.idea.source_id, change.new_status.name) == ("4", "Retired")
    assert change.occurred_at.isoformat() == "2024-02-03T19:05:12+00:00"


def test_running_again_changes_nothing(csv: Callable[[str], Path], moderator: object) -> None:
    path = csv(HEADER + "1,Dark mode,,Ada,2024-02-03,12,Planned,,ui\n2,Light mode,,,,1,,,\n")
    import_csv(path)
    idea = Idea.objects.get(source_id="1")
    change_status(idea=idea, status=idea.board.first_status, by=moderator)  # type: ignore[arg-type]
    before = everything()
    said = import_csv(path)
    assert everything() == before
    assert "Brought nothing." in said.out and "Already here: 2 ideas." in said.out
    assert ImportRun.objects.count() == 2


def test_the_same_ids_of_another_file_need_another_name(csv: Callable[[str], Path]) -> None:
    import_csv(csv(HEADER + "1,Dark mode,,,2024-02-03,,,,\n"))
    import_csv(csv(HEADER + "1,Shorter queues,,,2023-02-03,,,,\n"), source="second survey")
    with pytest.raises(CommandError, match="--source"):
        import_csv(csv(HEADER + "1,Cheaper tickets,,,2022-02-03,,,,\n"))
    assert list(Idea.objects.values_list("source", "title")) == [
        ("csv", "Dark mode"),
        ("second survey", "Shorter queues"),
    ]


def test_a_bad_row_is_reported_and_the_rest_goes_on(csv: Callable[[str], Path]) -> None:
    said = import_csv(csv(HEADER + "1,,,,,,,,\n2,Ok,,,,,,,\n3,No,,,,,x,soon,\n"))
    assert said.error.splitlines() == [
        "ideas.csv row 2: title is missing",
        "ideas.csv row 4: status_kind is none of open, planned, started, shipped, declined",
    ]
    assert Idea.objects.get().title == "Ok"


def test_an_unreadable_file_ends_with_one_sentence_and_changes_nothing(
    csv: Callable[[str], Path], tmp_path: Path
) -> None:
    before = everything()
    with pytest.raises(CommandError, match=r"has no column named title in its first row\.$"):
        import_csv(csv("id,name\n1,a\n"))
    with pytest.raises(CommandError, match=r"^There is no file .*nothing.csv\.$"):
        import_csv(tmp_path / "nothing.csv")
    with pytest.raises(CommandError, match=r"^There is no idea board with the slug plans; there are: ideas\.$"):
        import_csv(csv(HEADER), board="plans")
    with pytest.raises(CommandError, match=r"^Name the --board that takes the ideas\.$"):
        import_csv(csv(HEADER), board=None)
    assert everything() == before and not ImportRun.objects.exists()
