"""Planning an idea: owner, target quarter, links to the tracker, private notes; and who never finds them."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.log_actions import registry

from accounts.models import Member
from core.errors import ConflictError, ForbiddenError
from ideas.actions import (
    add_tracker_link,
    change_status,
    edit_note,
    plan_idea,
    remove_note,
    remove_tracker_link,
    write_note,
)
from ideas.errors import (
    LinkedAlreadyError,
    LinkGoneError,
    NoPlannerError,
    NoteGoneError,
    UnknownQuarterError,
    UnknownTrackerError,
)
from ideas.models import Idea, IdeaBoardPage, PrivateNote, TrackerLink
from ideas.planning import possible_owners
from ideas.quarters import coming_quarters, quarter_choices
from tests.ideas.conftest import CANARY, Reader
from tests.people import make_member, restrict
from tests.races import together

URL = "https://acme.example/browse/CANARY7Q-1"


@pytest.fixture
def planned(idea: Idea, product_manager: Member) -> Idea:
    """An idea with all that the team can keep about it."""
    Member.objects.filter(pk=product_manager.pk).update(name=CANARY)
    add_tracker_link(idea=idea, by=product_manager, url=URL)
    write_note(idea=idea, by=product_manager, body=f"{CANARY} *asks* for it.")
    return plan_idea(idea=idea, by=product_manager, owner=product_manager, target_quarter="2027-Q1")


def messages(idea: Idea) -> list[str]:
    lines = registry.get_logs_for_instance(idea).order_by("pk")
    return [line.formatter.format_message(line) for line in lines]


def test_planning_is_logged_without_what_only_the_team_may_know(planned: Idea, product_manager: Member) -> None:
    plan_idea(idea=planned, by=product_manager, owner=product_manager, target_quarter="")
    plan_idea(idea=planned, by=product_manager, owner=product_manager, target_quarter="")
    note = edit_note(note=PrivateNote.objects.get(), by=product_manager, body="Better")
    edit_note(note=note, by=product_manager, body="Better")
    remove_note(note=note, by=product_manager)
    remove_tracker_link(link=TrackerLink.objects.get(), by=product_manager)
    assert messages(planned) == [
        "Linked to the tracker",
        "Private note written",
        "Owner changed. Planned for Q1 2027",
        "Planned for no quarter any more",
        "Private note changed",
        "Private note removed",
        "Link to the tracker removed",
    ]
    data = [line.data for line in registry.get_logs_for_instance(planned)]
    assert "asks" not in str(data)


def test_refusals_change_nothing(planned: Idea, member: Member, product_manager: Member, moderator: Member) -> None:
    link, note = TrackerLink.objects.get(), PrivateNote.objects.get()
    gone = write_note(idea=planned, by=product_manager, body="Gone")
    remove_note(note=gone, by=product_manager)
    plan = partial(plan_idea, idea=planned, target_quarter="2027-Q1", owner=product_manager)
    by = product_manager
    refused: list[tuple[type[Exception], Callable[[], object]]] = [
        (ForbiddenError, lambda: plan(by=member, owner=None)),
        (ForbiddenError, lambda: add_tracker_link(idea=planned, by=member, url=URL)),
        (ForbiddenError, lambda: remove_tracker_link(link=link, by=member)),
        (ForbiddenError, lambda: write_note(idea=planned, by=member, body="No")),
        (ForbiddenError, lambda: edit_note(note=note, by=moderator, body="No")),
        (ForbiddenError, lambda: remove_note(note=note, by=moderator)),
        (NoPlannerError, lambda: plan(by=by, owner=member)),
        (UnknownQuarterError, lambda: plan(by=by, target_quarter="2027-Q5")),
        (UnknownTrackerError, lambda: add_tracker_link(idea=planned, by=by, url="https://acme.example/12")),
        (LinkedAlreadyError, lambda: add_tracker_link(idea=planned, by=by, url=f"{URL}#comment")),
        (NoteGoneError, lambda: edit_note(note=gone, by=by, body="Back")),
        (NoteGoneError, lambda: remove_note(note=gone, by=by)),
    ]
    for error, act in refused:
        with pytest.raises(error):
            act()
    planned.refresh_from_db()
    assert (planned.owner, planned.target_quarter) == (product_manager, "2027-Q1")
    assert TrackerLink.objects.get() == link
    assert PrivateNote.objects.filter(removed_at=None).get().body == note.body
    remove_tracker_link(link=link, by=by)
    link.pk = link.pk or 1
    with pytest.raises(LinkGoneError):
        remove_tracker_link(link=link, by=by)


def test_owners_plan_ideas_and_may_read_the_board(
    staff_board: IdeaBoardPage, board: IdeaBoardPage, member: Member, moderator: Member, administrator: Member
) -> None:
    make_member("former", "Moderators", is_active=False)
    assert possible_owners(board) == [administrator, moderator]
    assert possible_owners(staff_board) == [moderator]
    assert possible_owners(board, staff_board) == [moderator]


def test_quarters_to_choose_from_begin_with_the_present_one() -> None:
    quarters = coming_quarters(date(2026, 12, 31))
    assert (quarters[0], quarters[-1], len(quarters)) == ("2026-Q4", "2028-Q3", 8)
    assert quarter_choices(date(2026, 11, 24), "2025-Q2")[:3] == [
        ("", "None"),
        ("2025-Q2", "Q2 2025"),
        ("2026-Q4", "Q4 2026"),
    ]


def test_the_page_plans_and_the_idea_shows_it_to_the_team(
    reader: Reader, idea: Idea, moderator: Member, product_manager: Member
) -> None:
    client, page = reader(moderator), f"/i/{idea.pk}/plan/"
    quarter = coming_quarters(timezone.localdate())[1]
    assert f"{product_manager.name} (@product)" in client.get(page).content.decode()
    assert client.post(page, {"owner": product_manager.pk, "target_quarter": quarter})["Location"] == page
    assert client.post(f"{page}links/", {"url": "github.com/acme/rota/issues/12"})["Location"] == page
    assert client.post(f"{page}notes/", {"body": "Ask **Ada**."})["Location"] == page
    for address in (page, idea.get_absolute_url()):
        html = client.get(address).content.decode()
        for part in (product_manager.name, "acme/rota#12", "Ask <strong>Ada</strong>.", 'rel="noopener'):
            assert part in html
    note, link = PrivateNote.objects.get(), TrackerLink.objects.get()
    assert client.post(f"{page}notes/{note.pk}/", {"body": "Ask Bob."})["Location"] == page
    assert "Ask Bob." in client.get(page).content.decode()
    assert client.post(f"{page}notes/{note.pk}/remove/")["Location"] == page
    assert client.post(f"{page}links/{link.pk}/remove/")["Location"] == page
    html = client.get(page).content.decode()
    assert "Ask Bob." not in html
    assert "acme/rota#12" not in html


@pytest.mark.parametrize(
    ("tail", "data", "sentence"),
    [
        ("", {"owner": "0", "target_quarter": ""}, "Select a valid choice"),
        ("", {"owner": "9" * 30, "target_quarter": ""}, "Select a valid choice"),
        ("", {"owner": "", "target_quarter": "1999-Q1"}, "Select a valid choice"),
        ("links/", {"url": "https://acme.example/canary"}, "Jira, GitHub, GitLab, Linear and Azure DevOps"),
        ("links/", {"url": "javascript:alert(1)"}, "Enter a valid URL"),
        ("links/", {"url": "https://acme.example/browse/" + "A" * 500 + "-1"}, "at most 500 characters"),
        ("notes/", {"body": " \n"}, "This field is required"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    reader: Reader, idea: Idea, moderator: Member, tail: str, data: dict[str, str], sentence: str
) -> None:
    response = reader(moderator).post(f"/i/{idea.pk}/plan/{tail}", data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Plan this idea" in response.content.decode()


def test_the_same_link_twice_is_a_conflict(reader: Reader, planned: Idea, moderator: Member) -> None:
    response = reader(moderator).post(f"/i/{planned.pk}/plan/links/", {"url": URL})
    assert response.status_code == 409
    assert "linked to this already" in response.content.decode()


def test_the_target_quarter_is_public_until_the_idea_is_done(
    reader: Reader, planned: Idea, moderator: Member, status: Callable[[str], Any]
) -> None:
    def html() -> str:
        return reader(None).get(planned.get_absolute_url()).content.decode()

    assert "planned for Q1 2027" in html()
    change_status(idea=planned, status=status("shipped"), by=moderator)
    assert "Q1 2027" not in html()


def test_a_familys_plan_is_read_on_the_canonical_idea(
    reader: Reader, canonical: Idea, duplicate: Idea, moderator: Member, make_invisible: Callable[..., None]
) -> None:
    add_tracker_link(idea=duplicate, by=moderator, url=URL)
    write_note(idea=duplicate, by=moderator, body="From the **duplicate**.")
    for address in (canonical.get_absolute_url(), f"/i/{canonical.pk}/plan/"):
        html = reader(moderator).get(address).content.decode()
        assert "CANARY7Q-1" in html
        assert "From the <strong>duplicate</strong>." in html
        assert "On “Night theme”" in html


def test_a_plan_of_a_hidden_duplicate_is_for_those_who_see_it(
    reader: Reader,
    canonical: Idea,
    duplicate: Idea,
    moderator: Member,
    product_manager: Member,
    make_invisible: Callable[..., None],
) -> None:
    add_tracker_link(idea=duplicate, by=moderator, url=URL)
    write_note(idea=duplicate, by=moderator, body=CANARY)
    make_invisible(duplicate)
    for address in (canonical.get_absolute_url(), f"/i/{canonical.pk}/plan/"):
        html = reader(product_manager).get(address).content.decode()
        assert "CANARY7Q-1" not in html
        assert CANARY not in html
        assert CANARY in reader(moderator).get(address).content.decode()


PAGES = ["", "links/", "notes/", "notes/{note}/"]
POSTS = [*PAGES, "notes/{note}/remove/", "links/{link}/remove/"]


def statuses(client: Client, idea: Idea, tails: list[str], method: str) -> set[int]:
    names = {"note": PrivateNote.objects.get().pk, "link": TrackerLink.objects.get().pk}
    data = {"body": "Forged", "url": "https://acme.example/browse/FORGED-1", "owner": "", "target_quarter": ""}
    return {getattr(client, method)(f"/i/{idea.pk}/plan/{tail.format(**names)}", data).status_code for tail in tails}


def test_customers_never_see_or_change_a_plan(reader: Reader, planned: Idea, member: Member, author: Member) -> None:
    pages = [planned.get_absolute_url(), planned.board.url, "/", "/search/?q=canary7q", "/search/?q=dark", "/u/author/"]
    for person in (None, member, author):
        client = reader(person)
        for page in pages:
            html = client.get(page).content.decode()
            assert CANARY not in html.replace("q=canary7q", "")
            assert "CANARY7Q-1" not in html
        expected = {302} if person is None else {403}
        assert statuses(client, planned, PAGES, "get") == expected
        assert statuses(client, planned, POSTS, "post") == expected
    assert TrackerLink.objects.count() == PrivateNote.objects.count() == 1


def test_a_plan_is_as_private_as_its_board(reader: Reader, planned: Idea, moderator: Member) -> None:
    restrict(planned.board, "Product managers")
    assert statuses(reader(moderator), planned, PAGES, "get") == {404}
    assert statuses(reader(moderator), planned, POSTS, "post") == {404}
    assert not TrackerLink.objects.visible_to(moderator).exists()
    assert not PrivateNote.objects.visible_to(moderator).exists()


def test_what_belongs_to_another_idea_is_not_there(
    reader: Reader, planned: Idea, make_idea: Callable[..., Idea], product_manager: Member
) -> None:
    other = make_idea("Other")
    client = reader(product_manager)
    assert statuses(client, other, ["notes/{note}/"], "get") == {404}
    assert statuses(client, other, ["notes/{note}/", "notes/{note}/remove/", "links/{link}/remove/"], "post") == {404}


def test_what_is_typed_survives_signing_in(reader: Reader, idea: Idea, moderator: Member) -> None:
    client = reader(None)
    page = f"/i/{idea.pk}/plan/notes/"
    assert "/accounts/login/" in client.post(page, {"body": CANARY})["Location"]
    client.force_login(moderator)
    assert CANARY in client.get(page).content.decode()


def test_an_idea_titled_plan_keeps_its_own_address(reader: Reader, make_idea: Callable[..., Idea]) -> None:
    idea = make_idea("Plan")
    assert idea.get_absolute_url() == f"/i/{idea.pk}/about-plan/"
    assert reader(None).get(idea.get_absolute_url()).status_code == 200


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_link_added_by_many_at_once_is_there_once(idea: Idea, moderator: Member) -> None:
    errors = together(*[partial(add_tracker_link, idea=idea, by=moderator, url=URL)] * 16)
    assert [type(error) for error in errors] == [LinkedAlreadyError] * 15
    assert all(isinstance(error, ConflictError) for error in errors)
    assert TrackerLink.objects.count() == 1
