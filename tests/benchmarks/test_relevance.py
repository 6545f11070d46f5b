"""The sets of known duplicates, and how well they are found on a site of their own."""

import gzip
import json
from pathlib import Path

import pytest
from wagtail.models import Page

from benchmarks.relevance import Post, Sought, asked, halves, measured, read_sets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    thread = {"id": 7, "question": "How do I print?", "rephrasings": ["printing", "on paper"], "answers": ["Ctrl P"]}
    (tmp_path / "stackfaq_paraphrases.jsonl").write_text(json.dumps(thread) + "\n")
    reports = [
        {"id": "1", "title": "Reader leaks sockets", "description": "After a time-out."},
        {"id": "2", "title": "Sockets leaked by the reader", "description": None},
        {"id": "3", "title": "Unrelated", "description": "Colours"},
    ]
    with gzip.open(tmp_path / "tool_bugs.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in reports)
    (tmp_path / "tool_pairs.csv").write_text("issue_id,duplicate_id,both_texts_present\n1,2,0\n2,99,0\n")
    return tmp_path


def test_both_forms_of_sets_are_read(folder: Path) -> None:
    threads, reports = read_sets(folder)
    assert threads.posts == [Post("7", "How do I print?", answers=("Ctrl P",))]
    assert threads.sought == {"stackfaq": [Sought("printing", "", "7"), Sought("on paper", "", "7")]}
    assert [post.key for post in reports.posts] == ["1", "2", "3"]
    assert reports.sought == {
        "tool_text": [Sought("Reader leaks sockets", "After a time-out.", "2", "1")],
        "tool_title": [Sought("Reader leaks sockets", "", "2", "1")],
    }


def test_places_become_figures() -> None:
    answers = {"first": ["x"], "third": ["a", "b", "x"], "never": ["a"], "late": [*"abcdefghij", "x"]}
    line = measured(lambda title, *_: answers[title], [Sought(title, "", "x") for title in answers])
    assert line == {"n": 4, "hit@1": 0.25, "hit@5": 0.5, "hit@10": 0.5, "MRR@10": 0.3333}


def test_what_is_sought_is_looked_for_as_a_visitor_does(folder: Path, home: Page) -> None:
    threads, reports = read_sets(folder)
    look = asked([*threads.posts, *reports.posts])
    assert measured(look, threads.sought["stackfaq"])["hit@1"] == 0.5
    for sought in reports.sought.values():
        assert measured(look, sought)["hit@1"] == 1


def test_halves_share_no_pair_and_leave_nothing_out() -> None:
    forth = [Sought(f"{n}", "", right=f"a{n}", besides=f"b{n}") for n in range(50)]
    back = [Sought(f"{n}", "", right=f"b{n}", besides=f"a{n}") for n in range(50)]
    parts = halves(forth + back)
    assert list(parts) == ["tuning", "kept aside"]
    tuning, kept = ({each.title for each in some} for some in parts.values())
    assert tuning.isdisjoint(kept)
    assert sum(map(len, parts.values())) == 100
    assert parts == halves(forth + back)
