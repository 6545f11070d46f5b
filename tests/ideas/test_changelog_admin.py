"""Writing the changelog in the Wagtail admin: choosing ideas, and what publishing does to them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text

from accounts.models import Member
from core.errors import ForbiddenError
from ideas.actions import change_status, post_idea, ship_named_ideas
from ideas.models import ChangelogEntryPage, ChangelogPage, Idea, IdeaBoardPage, Shipment, ShippedIdea, Status
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict
from tests.races import together


def give_pages(member: Member, home: Page) -> Member:
    """May write and publish pages everywhere, as an editor of the site does."""
    group = Group.objects.create(name=f"Editors with {member.handle}")
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page=home, permission=permission)
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    member.groups.add(group)
    return member


@pytest.fixture
def changelog(home: Page) -> ChangelogPage:
    return home.add_child(instance=ChangelogPage(title="What is new", slug="news"))


@pytest.fixture
def manager(product_manager: Member, home: Page) -> Member:
    """A product manager who writes pages, too."""
    return give_pages(product_manager, home)


@pytest.fixture
def editor(home: Page) -> Member:
    """Writes pages, and has no say in the status of ideas."""
    return give_pages(make_member("editor"), home)


def form(*ideas: Any, publish: bool = True, **fields: Any) -> dict[str, Any]:
    rows = [
        {"id": "", "idea": idea.pk, "marks_shipped": "on"} if isinstance(idea, Idea) else {"id": "", **idea}
        for idea in ideas
    ]
    initial = sum(1 for row in rows if row["id"])
    return nested_form_data(
        {
            "title": "Darker evenings",
            "slug": "darker-evenings",
            "date": "2026-05-04",
            "category": "new",
            "body": rich_text("<p>Dark mode is here.</p>"),
            "shipped_ideas": inline_formset(rows, initial=initial),
            "comments": inline_formset([]),
            **({"action-publish": "1"} if publish else {}),
            **fields,
        }
    )


def add(client: Client, changelog: ChangelogPage, *ideas: Any, **fields: Any) -> Any:
    address = reverse("wagtailadmin_pages:add", args=["ideas", "changelogentrypage", changelog.pk])
    return client.post(address, form(*ideas, **fields))


def publish_again(client: Client, entry: ChangelogEntryPage, **fields: Any) -> Any:
    rows = [
        {"id": row.pk, "idea": row.idea_id, "marks_shipped": "on" if row.marks_shipped else ""}
        for row in entry.shipped_ideas.all()
    ]
    return client.post(reverse("wagtailadmin_pages:edit", args=[entry.pk]), form(*rows, **fields))


def errors(response: Any) -> str:
    assert response.status_code == 200
    return str(response.context["form"].errors) + str(response.context["form"].formsets["shipped_ideas"].errors)


def entry_of(changelog: ChangelogPage) -> ChangelogEntryPage:
    return ChangelogEntryPage.objects.child_of(changelog).get()


# Publishing


def test_publishing_ships_what_it_names_with_an_answer_that_leads_to_the_entry(
    reader: Reader, manager: Member, changelog: ChangelogPage, idea: Idea
) -> None:
    response = add(reader(manager), changelog, idea, title="Dark [mode] *now*", slug="dark")
    assert response.status_code == 302, errors(response)
    entry = entry_of(changelog)
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.SHIPPED
    (change,) = idea.status_changes.all()
    assert change.changed_by == manager
    assert f'href="{entry.full_url}"' in change.answer_html
    assert ">Dark [mode] *now*</a>" in change.answer_html
    assert "Shipped in" in reader(None).get(idea.get_absolute_url()).content.decode()


def test_a_draft_ships_nothing_and_an_entry_for_later_ships_when_it_appears(
    reader: Reader, manager: Member, changelog: ChangelogPage, idea: Idea
) -> None:
    client = reader(manager)
    assert add(client, changelog, idea, publish=False).status_code == 302
    later = timezone.now() + timedelta(days=1)
    entry = entry_of(changelog)
    publish_again(client, entry, go_live_at=later.strftime("%Y-%m-%d %H:%M"))
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.OPEN
    revision = entry.get_latest_revision()
    content = revision.content
    content["go_live_at"] = None
    revision.content = content
    revision.save()
    revision.publish()
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.SHIPPED
    assert idea.status_changes.get().changed_by == manager


def test_an_entry_has_its_say_once(
    reader: Reader, manager: Member, changelog: ChangelogPage, idea: Idea, status: Callable[[str], Any]
) -> None:
    client = reader(manager)
    add(client, changelog, idea)
    assert publish_again(client, entry_of(changelog)).status_code == 302
    assert idea.status_changes.count() == 1
    change_status(idea=idea, status=status("planned"), by=manager)
    assert publish_again(client, entry_of(changelog)).status_code == 302
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.PLANNED


def test_what_is_shipped_or_not_ticked_is_left_alone(
    reader: Reader,
    manager: Member,
    changelog: ChangelogPage,
    idea: Idea,
    make_idea: Callable[..., Idea],
    status: Callable[[str], Any],
) -> None:
    change_status(idea=idea, status=status("shipped"), by=manager)
    named = make_idea("Only named")
    response = add(reader(manager), changelog, idea, {"idea": named.pk})
    assert response.status_code == 302
    assert idea.status_changes.count() == 1
    assert not named.status_changes.exists()


def test_a_merged_idea_ships_its_canonical_one_once(
    reader: Reader, manager: Member, changelog: ChangelogPage, canonical: Idea, duplicate: Idea
) -> None:
    assert add(reader(manager), changelog, canonical).status_code == 302
    entry = entry_of(changelog)
    ShippedIdea.objects.create(entry=entry, idea=duplicate)
    ship_named_ideas(entry=entry, by=manager)
    assert canonical.status_changes.count() == 1
    assert not duplicate.status_changes.exists()


def test_the_answer_does_not_name_an_entry_that_readers_of_the_idea_may_not_read(
    reader: Reader, manager: Member, changelog: ChangelogPage, idea: Idea
) -> None:
    restrict(changelog)
    assert add(reader(manager), changelog, idea, title=CANARY).status_code == 302
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.SHIPPED
    assert CANARY not in reader(None).get(idea.get_absolute_url()).content.decode()


def test_who_may_not_change_statuses_is_told_in_the_form(
    reader: Reader, editor: Member, changelog: ChangelogPage, idea: Idea
) -> None:
    client = reader(editor)
    text = errors(add(client, changelog, idea))
    assert "Only the product team and moderators can change an idea" in text
    assert "Leave “mark as shipped” empty" in text
    assert not ChangelogEntryPage.objects.exists()
    assert add(client, changelog, {"idea": idea.pk}).status_code == 302
    idea.refresh_from_db()
    assert idea.status.kind == Status.Kind.OPEN


def test_what_can_be_done_no_more_is_left_undone_when_the_day_comes(
    reader: Reader, manager: Member, changelog: ChangelogPage, idea: Idea, caplog: pytest.LogCaptureFixture
) -> None:
    add(reader(manager), changelog, idea, publish=False)
    manager.groups.clear()
    entry = entry_of(changelog)
    entry.get_latest_revision().publish()
    entry.refresh_from_db()
    idea.refresh_from_db()
    assert entry.live
    assert idea.status.kind == Status.Kind.OPEN
    assert not Shipment.objects.exists()
    assert "marks no idea as shipped" in caplog.text
    with pytest.raises(ForbiddenError):
        ship_named_ideas(entry=entry, by=Member.objects.get(pk=manager.pk))


def test_a_board_without_a_status_for_it_is_named_in_the_form(
    reader: Reader, manager: Member, changelog: ChangelogPage, board: IdeaBoardPage, idea: Idea
) -> None:
    board.statuses.filter(kind="shipped").delete()
    Status.objects.filter(board=board, kind="shipped").delete()
    assert "has no status of the kind “shipped”" in errors(add(reader(manager), changelog, idea))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_publishing_twice_at_once_ships_once(
    changelog: ChangelogPage, idea: Idea, make_idea: Callable[..., Idea], moderator: Member
) -> None:
    other = make_idea("Other")
    entries = []
    for title in ("One", "Two"):
        entry = ChangelogEntryPage(title=title, date=date(2026, 5, 4), body="<p>.</p>")
        entry.shipped_ideas.add(ShippedIdea(idea=idea), ShippedIdea(idea=other))
        entries.append(changelog.add_child(instance=entry))
    failed = together(*[lambda entry=entry: ship_named_ideas(entry=entry, by=moderator) for entry in entries * 8])
    assert not failed
    assert idea.status_changes.count() == other.status_changes.count() == 1
    assert Shipment.objects.count() == 4


# Choosing


def chooser(client: Client, name: str, *args: Any, **query: Any) -> Any:
    return client.get(reverse(f"idea_chooser:{name}", args=args), query)


def test_the_chooser_finds_ideas_by_words_of_their_titles(
    reader: Reader, editor: Member, make_idea: Callable[..., Idea]
) -> None:
    make_idea("Dark mode for the rota"), make_idea("Undo"), make_idea("Rota on paper")
    client = reader(editor)
    assert "Undo" in json.loads(chooser(client, "choose").content)["html"]
    found = chooser(client, "choose_results", q="ROTA dark").content.decode()
    assert "Dark mode for the rota" in found
    assert "Rota on paper" not in found
    assert "Undo" not in found


@pytest.mark.parametrize("name", ["choose", "choose_results"])
def test_the_chooser_offers_only_what_the_editor_may_see(
    reader: Reader,
    editor: Member,
    manager: Member,
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    make_invisible: Callable[..., None],
    name: str,
) -> None:
    secret = post_idea(board=staff_board, by=manager, title=CANARY, body="B")
    hidden = make_idea("Hidden")
    make_invisible(hidden)
    client = reader(editor)
    assert CANARY not in chooser(client, name).content.decode()
    assert CANARY not in chooser(client, name, q=CANARY.lower()).content.decode()
    assert CANARY in chooser(reader(manager), name).content.decode()
    for idea in (secret, hidden):
        assert chooser(client, "chosen", idea.pk).status_code == 404
        assert CANARY not in chooser(client, "chosen_multiple", id=idea.pk).content.decode()
    assert CANARY in chooser(reader(manager), "chosen", secret.pk).content.decode()
    assert chooser(client, "chosen", "x").status_code == 404


def test_an_idea_that_the_editor_may_not_see_is_neither_taken_nor_shown(
    reader: Reader, editor: Member, manager: Member, changelog: ChangelogPage, staff_board: IdeaBoardPage, idea: Idea
) -> None:
    secret = post_idea(board=staff_board, by=manager, title=CANARY, body="B")
    client = reader(editor)
    assert "Select a valid choice" in errors(add(client, changelog, {"idea": secret.pk}))
    assert add(reader(manager), changelog, secret, idea, publish=False).status_code == 302
    entry = entry_of(changelog).get_latest_revision_as_object()
    address = reverse("wagtailadmin_pages:edit", args=[entry.pk])
    page = client.get(address).content.decode()
    assert CANARY not in page
    assert "An idea that you may not see" in page
    assert CANARY in reader(manager).get(address).content.decode()
    rows = [{"id": row.pk, "idea": row.idea_id} for row in entry.shipped_ideas.all()]
    assert client.post(address, form(*rows, publish=False)).status_code == 302
    assert [row.idea_id for row in entry_of(changelog).get_latest_revision_as_object().shipped_ideas.all()] == [
        secret.pk,
        idea.pk,
    ]
    first, second = entry.revisions.order_by("created_at")[:2]
    for person in (editor, manager):
        compared = reader(person).get(
            reverse("wagtailadmin_pages:revisions_compare", args=[entry.pk, first.pk, second.pk])
        )
        assert compared.status_code == 200
        assert CANARY not in compared.content.decode()


def test_entries_and_changelogs_are_previewed_before_they_are_saved(
    reader: Reader, manager: Member, home: Page, changelog: ChangelogPage, idea: Idea
) -> None:
    client = reader(manager)
    address = reverse("wagtailadmin_pages:preview_on_add", args=["ideas", "changelogentrypage", changelog.pk])
    assert client.post(address, form(idea, publish=False)).json()["is_valid"]
    shown = client.get(address).content.decode()
    assert "Dark mode is here." in shown
    assert idea.get_absolute_url() in shown
    address = reverse("wagtailadmin_pages:preview_on_add", args=["ideas", "changelogpage", home.pk])
    fields = {"title": "News", "slug": "n", "intro": rich_text("<p>Hello.</p>"), "comments": inline_formset([])}
    assert client.post(address, nested_form_data(fields)).json()["is_valid"]
    assert "No entries yet" in client.get(address).content.decode()
