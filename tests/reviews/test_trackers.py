"""Sending ideas of reviews to Jira, GitHub, GitLab and a webhook: once each, through trouble, linked both ways."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Member
from core.errors import ForbiddenError
from core.secrets import unseal
from ideas.models import Idea, TrackerLink
from reviews.actions import create_draft
from reviews.decision_actions import Verdict, apply_decisions, propose_decision
from reviews.decision_errors import NotInReviewError, NotPublishedError
from reviews.models import Destination, Review, ReviewSnapshot, TrackerIssue
from reviews.tracker_actions import (
    MOST_ATTEMPTS,
    InactiveDestinationError,
    KeyNeededError,
    NothingToSendError,
    save_destination,
    send_issue,
    send_to_tracker,
)
from reviews.trackers import mark_of
from tests.background import run_tasks
from tests.ideas.conftest import CANARY
from tests.services import trackers
from tests.services.trackers import KEY, GitHub, GitLab, Jira, Tracker, Webhook

PROJECTS = {"github": "acme/app", "gitlab": "acme/apps/web", "jira": "ABC", "webhook": ""}
SERVERS: dict[str, type[Tracker]] = {"github": GitHub, "gitlab": GitLab, "jira": Jira, "webhook": Webhook}


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def review(published: ReviewSnapshot) -> Review:
    return published.review


@pytest.fixture(autouse=True)
def asks_this_machine(settings: Any) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = ["127.0.0.1/32"]


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[Tracker]:
    """A GitHub, unless the test names another."""
    with trackers.running(SERVERS[getattr(request, "param", "github")]()) as server:
        yield server


@pytest.fixture
def destination(server: Tracker, administrator: Member) -> Destination:
    kind = type(server).__name__.lower()
    return save_destination(
        by=administrator,
        name="Our tracker",
        kind=kind,
        url=server.url,
        project=PROJECTS[kind],
        account="ada@example.com" if kind == "jira" else "",
        issue_type="Story" if kind == "jira" else "",
        is_active=True,
        key=KEY,
    )


@pytest.fixture
def send(review: Review, destination: Destination, product_manager: Member) -> Callable[..., list[TrackerIssue]]:
    """Sends ideas of the review, and lets the worker do what it can do now."""

    def act(*ideas: Idea, **more: Any) -> list[TrackerIssue]:
        known = {"review": review, "destination": destination, "by": product_manager}
        issues = send_to_tracker(**(known | more), ideas=[idea.pk for idea in ideas])
        run_tasks()
        return [TrackerIssue.objects.get(pk=issue.pk) for issue in issues]

    return act


def wait_and_run(monkeypatch: pytest.MonkeyPatch, minutes: float) -> None:
    """Lets the worker do what it can do so many minutes from now."""
    later = timezone.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(timezone, "now", lambda: later)
    run_tasks()


@pytest.mark.parametrize("server", ["github", "gitlab", "jira", "webhook"], indirect=True)
def test_an_idea_becomes_one_issue_that_is_brought_up_to_date(
    server: Tracker, review: Review, send: Callable[..., list[TrackerIssue]], ideas: list[Idea], product_manager: Member
) -> None:
    first, second = send(ideas[0], ideas[1])
    assert (first.state, second.state, len(server.issues)) == ("sent", "sent", 2)
    said = str(next(iter(server.issues.values())))
    for part in (
        "Dark mode",
        f"http://127.0.0.1:8000{ideas[0].get_absolute_url()}",
        "Supporters: 4",
        "> About Dark mode.",
    ):
        assert part in said
    assert CANARY not in said
    [link] = TrackerLink.objects.filter(idea=ideas[0])
    assert (link.url, link.added_by) == (first.url, product_manager)
    verdict = Verdict("accepted", None, "Yes, **soon**.")
    propose_decision(review=review, idea=ideas[0].pk, by=product_manager, verdict=verdict, seen_change=0)
    apply_decisions(review=review, by=product_manager, statuses={})
    [again] = send(ideas[0])
    assert (again.pk, again.key, again.url) == (first.pk, first.key, first.url)
    assert len(server.issues) == 2
    said = str(next(iter(server.issues.values())))
    assert "Decision: accepted" in said
    assert "> Yes, **soon**." in said
    assert TrackerLink.objects.filter(idea=ideas[0]).count() == 1


def test_a_webhook_hears_with_a_signature(ideas: list[Idea], review: Review, administrator: Member) -> None:
    with trackers.running(Webhook()) as server:
        known = {"project": "", "account": "", "issue_type": "", "is_active": True, "key": KEY, "kind": "webhook"}
        hook = save_destination(by=administrator, name="Hook", url=f"{server.url}/in?team=1", **known)
        send_to_tracker(review=review, destination=hook, ideas=[ideas[0].pk], by=administrator)
        run_tasks()
        [asked] = server.asked
    digest = hmac.new(KEY.encode(), asked.body, hashlib.sha256).hexdigest()
    assert asked.headers["x-chorus-signature"] == f"sha256={digest}"
    assert asked.headers["idempotency-key"] == hashlib.sha256(asked.body).hexdigest()
    assert (asked.path, asked.query) == ("/in", {"team": ["1"]})
    assert (asked.data["event"], asked.data["idea"], asked.data["title"]) == ("created", ideas[0].pk, "Dark mode")
    assert TrackerIssue.objects.get().key == f"W-{ideas[0].pk}"


def test_the_jira_of_a_data_center_is_searched_as_it_knows(
    ideas: list[Idea], review: Review, administrator: Member
) -> None:
    jira = Jira()
    jira.is_data_center = True
    with trackers.running(jira):
        known = {"kind": "jira", "url": jira.url, "project": "ABC", "account": "", "issue_type": "Story", "key": KEY}
        there = save_destination(by=administrator, name="Jira", is_active=True, **known)
        send_to_tracker(review=review, destination=there, ideas=[ideas[0].pk], by=administrator)
        run_tasks()
        assert TrackerIssue.objects.get().url == f"{jira.url}/browse/ABC-1"


# Trouble


@pytest.mark.parametrize("server", ["github", "gitlab", "jira"], indirect=True)
def test_what_was_created_before_the_answer_got_lost_is_found_again(
    monkeypatch: pytest.MonkeyPatch, server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    server.misbehave += [lambda handler: trackers.reply(handler, *server.answer(server.asked[-1]))]
    server.misbehave += [trackers.creates_and_breaks_off(server)]
    [issue] = send(ideas[0])
    assert (issue.state, issue.attempts, issue.key) == ("waiting", 1, "")
    assert "could not be reached" in issue.trouble
    assert not TrackerLink.objects.exists()
    wait_and_run(monkeypatch, minutes=1.1)
    issue.refresh_from_db()
    assert (issue.state, issue.trouble) == ("sent", "")
    assert len(server.issues) == 1
    assert server.writes.count("POST") == 1


@pytest.mark.parametrize("server", ["github", "gitlab", "jira"], indirect=True)
def test_what_was_deleted_there_is_made_anew(
    server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    send(ideas[0])
    server.issues.clear()
    [issue] = send(ideas[0])
    assert (issue.state, len(server.issues)) == ("sent", 1)


def misbehaviours(server: Tracker) -> dict[str, tuple[Any, str]]:
    return {
        "500": (trackers.fails(500), "The tracker is in trouble (500)."),
        "429": (trackers.fails(429), "The tracker is in trouble (429)."),
        "hangs": (trackers.hangs(server), "did not answer in time"),
        "10 GB": (trackers.talks_for_ever, "far more than was asked for"),
        "nonsense": (trackers.answers_nonsense, "does not understand"),
    }


@pytest.mark.parametrize("way", ["500", "429", "hangs", "10 GB", "nonsense"])
def test_trouble_is_a_sentence_and_tried_again_at_longer_and_longer_intervals(
    monkeypatch: pytest.MonkeyPatch,
    server: Tracker,
    review: Review,
    send: Callable[..., list[TrackerIssue]],
    ideas: list[Idea],
    product_manager: Member,
    way: str,
) -> None:
    monkeypatch.setattr("core.outbound.SECONDS", 0.2)
    act, sentence = misbehaviours(server)[way]
    good = lambda handler: trackers.reply(handler, *server.answer(server.asked[-1]))  # noqa: E731
    server.misbehave += [good, act, good, act]
    [issue] = send(ideas[0])
    assert (issue.state, issue.url) == ("waiting", "")
    assert sentence in issue.trouble
    assert not (server.issues or TrackerLink.objects.exists())
    client = Client()
    client.force_login(product_manager)
    page = text_at(client, url("trackers", review.pk))
    assert issue.trouble in page
    assert "It is tried again." in page
    for minutes, attempts in ((0.9, 1), (0.2, 2), (1.8, 2), (0.3, 3)):
        wait_and_run(monkeypatch, minutes)
        issue.refresh_from_db()
        assert issue.attempts == attempts
    assert (issue.state, len(server.issues)) == ("sent", 1)


@pytest.mark.parametrize("server", ["github", "gitlab", "jira", "webhook"], indirect=True)
def test_whatever_a_tracker_does_there_is_a_sentence_and_nothing_half_sent(
    monkeypatch: pytest.MonkeyPatch, server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    monkeypatch.setattr("core.outbound.SECONDS", 0.2)
    private = (trackers.leads_to("http://10.0.0.1/"), "leads to another address (http://10.0.0.1/)")
    ways = misbehaviours(server)
    for act, sentence in (ways["500"], ways["hangs"], ways["10 GB"], private):
        server.misbehave += [act]
        [issue] = send(ideas[0])
        assert sentence in issue.trouble
        assert (issue.key, issue.url) == ("", "")
        assert issue.state == ("failed" if sentence == private[1] else "waiting")
        assert not (server.misbehave or server.issues or TrackerLink.objects.exists())
    [issue] = send(ideas[0])
    assert (issue.state, issue.trouble, len(server.issues)) == ("sent", "", 1)


def test_after_so_many_attempts_it_is_left_until_somebody_sends_it_again(
    monkeypatch: pytest.MonkeyPatch, server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    server.misbehave += [trackers.fails(503)] * MOST_ATTEMPTS
    [issue] = send(ideas[0])
    for _attempt in range(MOST_ATTEMPTS):
        wait_and_run(monkeypatch, minutes=40)
    issue.refresh_from_db()
    assert (issue.state, issue.attempts, len(server.asked)) == ("failed", MOST_ATTEMPTS, MOST_ATTEMPTS)
    [issue] = send(ideas[0])
    assert (issue.state, issue.attempts) == ("sent", 1)


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (trackers.fails(401), "refuses the key"),
        (trackers.fails(404), "knows no such project"),
        (trackers.fails(422), "does not take it (422)"),
        (trackers.leads_to("http://10.0.0.1/"), "leads to another address (http://10.0.0.1/)"),
    ],
)
def test_what_no_patience_mends_fails_at_once(
    server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea], act: Any, sentence: str
) -> None:
    server.misbehave += [act]
    [issue] = send(ideas[0])
    assert issue.state == "failed"
    assert sentence in issue.trouble
    assert not (server.issues or TrackerLink.objects.exists())
    assert not DBTaskResult.objects.ready().exists()


def test_a_private_address_is_never_asked(
    settings: Any, server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    settings.OUTBOUND_ALLOWED_NETWORKS = []
    [issue] = send(ideas[0])
    assert issue.state == "failed"
    assert "in a private network" in issue.trouble
    assert server.asked == []


def test_one_that_fails_does_not_keep_the_others(
    server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    server.misbehave += [trackers.fails(422)]
    issues = send(*ideas)
    assert [issue.state for issue in issues] == ["failed", "sent", "sent"]
    assert len(server.issues) == 2


def test_an_attempt_that_is_under_way_is_not_made_twice(
    monkeypatch: pytest.MonkeyPatch, server: Tracker, review: Review, destination: Destination, product_manager: Member
) -> None:
    idea = review.ideas.first()
    assert idea is not None
    send_to_tracker(review=review, destination=destination, ideas=[idea.pk], by=product_manager)
    issue = TrackerIssue.objects.get()
    TrackerIssue.objects.update(claimed_until=timezone.now() + timedelta(minutes=1))
    run_tasks()
    assert server.asked == []
    wait_and_run(monkeypatch, minutes=1.1)
    issue.refresh_from_db()
    assert issue.state == "sent"
    send_issue.call(issue.pk)
    assert server.writes == ["POST"]


# Who may, and what is kept secret


def test_what_may_not_be_sent(
    review: Review,
    destination: Destination,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    send: Callable[..., list[TrackerIssue]],
    product_manager: Member,
    moderator: Member,
    board: Any,
) -> None:
    draft = create_draft(board=board, by=product_manager, title="T", note="", ideas=[ideas[0].pk])
    for error, act in (
        (ForbiddenError, partial(send, ideas[0], by=moderator)),
        (NotPublishedError, partial(send, ideas[0], review=draft)),
        (NotInReviewError, partial(send, make_idea("Other"))),
        (NothingToSendError, send),
    ):
        with pytest.raises(error):
            act()
    Destination.objects.update(is_active=False)
    with pytest.raises(InactiveDestinationError):
        send(ideas[0])
    assert not TrackerIssue.objects.exists()


def test_the_key_is_encrypted_never_shown_and_kept_for_its_address(
    destination: Destination, administrator: Member
) -> None:
    assert KEY not in destination.sealed_key
    assert unseal(destination.sealed_key) == KEY
    client = Client()
    client.force_login(administrator)
    address = url("destination-edit", destination.pk)
    page = text_at(client, address)
    assert KEY not in page
    assert destination.sealed_key not in page
    names = ("name", "kind", "url", "project", "account", "issue_type")
    form = {name: getattr(destination, name) for name in names} | {"is_active": "on", "key": ""}
    assert client.post(address, {**form, "name": "Renamed"}).status_code == 302
    destination.refresh_from_db()
    assert (destination.name, destination.key) == ("Renamed", KEY)
    response = client.post(address, {**form, "url": "https://collects-keys.example.com"})
    assert response.status_code == 409
    assert "Enter the key" in response.content.decode()
    assert client.post(address, {**form, "url": "https://api.github.com", "key": "new"}).status_code == 302
    destination.refresh_from_db()
    assert (destination.url, destination.key) == ("https://api.github.com", "new")
    with pytest.raises(KeyNeededError):
        save_destination(destination=destination, by=administrator, **{**form, "is_active": True, "kind": "gitlab"})


def test_a_key_that_can_not_be_read_any_more_is_said(
    settings: Any, server: Tracker, send: Callable[..., list[TrackerIssue]], ideas: list[Idea]
) -> None:
    settings.SECRET_KEY = "another"
    [issue] = send(ideas[0])
    assert issue.state == "failed"
    assert "An administrator has to enter it again." in issue.trouble


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"key": ""}, "Enter the key"),
        ({"project": "acme"}, "The owner and the repository"),
        ({"project": "acme/app/../../user"}, "The owner and the repository"),
        ({"kind": "jira", "project": 'ABC" OR x'}, "The key of the project"),
        ({"url": "ftp://example.com"}, "Give an address that begins with https://"),
        ({"url": "https://a:b@example.com"}, "holds no password"),
        ({"name": "Our tracker"}, "There is a destination of this name already."),
    ],
)
def test_what_is_no_destination_is_said(
    destination: Destination, administrator: Member, data: dict[str, str], sentence: str
) -> None:
    client = Client()
    client.force_login(administrator)
    form = {"name": "GitHub", "kind": "github", "url": "https://api.github.com", "project": "acme/app", "key": "k"}
    response = client.post(url("destination-create"), {**form, **data})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Destination.objects.count() == 1


def test_from_the_form_to_the_links(
    server: Tracker, destination: Destination, review: Review, ideas: list[Idea], product_manager: Member
) -> None:
    client = Client()
    client.force_login(product_manager)
    data = {"destination": destination.pk, "ideas": [ideas[0].pk]}
    response = client.post(url("trackers", review.pk), data, follow=True)
    assert "They are on their way." in response.content.decode()
    run_tasks()
    page = text_at(client, url("trackers", review.pk))
    assert "https://github.com/acme/app/issues/1" in page
    page = text_at(client, ideas[0].get_absolute_url())
    assert "acme/app#1" in page
    assert "acme/app#1" not in text_at(Client(), ideas[0].get_absolute_url())
    assert mark_of(ideas[0].pk) in str(server.issues)
    assert client.post(url("trackers", review.pk), {"destination": destination.pk}).status_code == 422
    assert "<td>OUR TRACKER</td>" in text_at(client, url("activity", review.pk))


@pytest.mark.parametrize(
    ("person", "sends", "manages"),
    [("visitor", 302, 302), ("moderator", 403, 403), ("product_manager", 200, 403), ("administrator", 200, 200)],
)
def test_who_opens_the_screens(
    request: pytest.FixtureRequest, review: Review, destination: Destination, person: str, sends: int, manages: int
) -> None:
    client = Client()
    if person != "visitor":
        client.force_login(request.getfixturevalue(person))
    assert client.get(url("trackers", review.pk)).status_code == sends
    for address in (url("destinations"), url("destination-create"), url("destination-edit", destination.pk)):
        assert client.get(address).status_code == manages, address
