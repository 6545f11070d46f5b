"""Items of trackers, recognised by their addresses."""

import pytest

from ideas.trackers import recognise, tidied


@pytest.mark.parametrize(
    ("address", "tracker", "label"),
    [
        ("https://acme.atlassian.net/browse/ABC-123", "Jira", "ABC-123"),
        ("https://acme.atlassian.net/browse/abc-123?focusedId=7", "Jira", "ABC-123"),
        ("https://acme.atlassian.net/jira/software/projects/ABC/boards/1?selectedIssue=ABC-9", "Jira", "ABC-9"),
        ("http://jira.acme.example:8080/jira/browse/A2_B-1/", "Jira", "A2_B-1"),
        ("https://github.com/acme/rota/issues/12", "GitHub", "acme/rota#12"),
        ("https://GitHub.com/acme/rota.js/pull/7/files", "GitHub", "acme/rota.js#7"),
        ("https://gitlab.com/acme/rota/issues/12", "GitLab", "acme/rota#12"),
        ("https://gitlab.com/acme/apps/rota/-/merge_requests/3", "GitLab", "acme/apps/rota!3"),
        ("https://git.acme.example/acme/rota/-/issues/12", "GitLab", "acme/rota#12"),
        ("https://git.acme.example/acme/rota/-/work_items/5", "GitLab", "acme/rota#5"),
        ("https://linear.app/acme/issue/TEAM-123/print-the-rota", "Linear", "TEAM-123"),
        ("https://dev.azure.com/acme/The%20Rota/_workitems/edit/12", "Azure DevOps", "#12"),
        ("https://acme.visualstudio.com/Rota/_workitems/edit/12/", "Azure DevOps", "#12"),
    ],
)
def test_known_trackers_are_recognised(address: str, tracker: str, label: str) -> None:
    reference = recognise(address)
    assert reference is not None
    assert (reference.tracker, reference.label) == (tracker, label)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ABC-123",
        "javascript:alert(1)//browse/ABC-1",
        "ftp://acme.example/browse/ABC-1",
        "https://user:secret@acme.example/browse/ABC-1",
        "https://[broken/browse/ABC-1",
        "https:///browse/ABC-1",
        "https://acme.example/browse/ABC",
        "https://acme.example/issues/12",
        "https://git.acme.example/acme/rota/issues/12",
        "https://github.com/acme/rota",
        "https://github.com.evil.example/acme/rota/issues/12",
        "https://notlinear.app/acme/issue/TEAM-1",
        "https://acme.example/_workitems/edit/12",
        "https://acme.example/jira?selectedIssue=ABC-9",
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert recognise(address) is None


def test_a_place_on_the_page_makes_no_other_address() -> None:
    assert tidied("HTTPS://GitHub.com/Acme/rota/issues/1#comment-2") == "https://github.com/Acme/rota/issues/1"
