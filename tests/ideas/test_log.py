"""What moderators and product teams do to ideas is in the site's history."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from wagtail.log_actions import registry

from accounts.models import Member
from core.models import ImportRun
from ideas.actions import change_status, merge_idea, undo_idea_merge
from ideas.models import Idea, IdeaMerge
from tests.ideas.conftest import CANARY, Reader


def messages(idea: Idea) -> list[str]:
    """The lines about an idea, the oldest first."""
    lines = registry.get_logs_for_instance(idea).order_by("pk")
    return [line.formatter.format_message(line) for line in lines]


def test_merging_undoing_and_statuses_are_logged(
    canonical: Idea, duplicate: Idea, moderator: Member, product_manager: Member, status: Callable[[str], Any]
) -> None:
    undo_idea_merge(edge=IdeaMerge.objects.get(), by=moderator)
    change_status(idea=duplicate, status=status("planned"), by=product_manager)
    assert messages(duplicate) == [
        f"Merged into idea {canonical.pk}: The same wish",
        f"Not merged into idea {canonical.pk} any more",
        "Status changed from “Open” to “Planned”",
    ]
    actors = registry.get_logs_for_instance(duplicate).order_by("pk").values_list("user", flat=True)
    assert list(actors) == [moderator.pk, moderator.pk, product_manager.pk]


def test_imports_are_recorded_by_their_run_alone(
    canonical: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    idea = make_idea("Other")
    run = ImportRun.objects.create(kind="ideas", format="csv", name="x")
    merge_idea(duplicate=idea, into=canonical, by=moderator, import_run=run)
    assert messages(idea) == []


def test_the_history_names_no_titles(canonical: Idea, make_idea: Callable[..., Idea], moderator: Member) -> None:
    """Whoever reads a line about one idea may not be allowed to see the other."""
    target = make_idea(CANARY)
    merge_idea(duplicate=canonical, into=target, by=moderator)
    assert CANARY not in str(messages(canonical))


def test_the_sites_history_shows_it(reader: Reader, duplicate: Idea, moderator: Member) -> None:
    html = reader(moderator).get(reverse("wagtailadmin_reports:site_history")).content.decode()
    assert "The same wish" in html
