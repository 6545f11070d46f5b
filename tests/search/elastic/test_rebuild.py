"""Indexes are made anew beside the live ones, whatever breaks off meanwhile, and agree with the database after it."""

import os
import signal
import subprocess
import sys
import threading
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Member
from community.models import ForumPage, Question
from search import outbox
from search.backends import Kind
from search.elastic import client
from search.elastic import rebuild as rebuilding
from search.elastic.names import read_alias
from search.elastic.rebuild import BeingRebuiltError, compare, rebuild
from search.elastic.sync import drain, send, targets_of
from search.models import PendingDocument, SearchIndex, SyncRun
from tests.background import run_tasks
from tests.core.test_worker import database_url, wait_for
from tests.services.elasticsearch import Node

ROOT = Path(__file__).resolve().parent.parent.parent.parent
MANY = 5_000

pytestmark = pytest.mark.es


def ask_many(forum: ForumPage, author: Member, number: int) -> list[int]:
    """Questions written past the actions."""
    rows = Question.objects.bulk_create(
        Question(forum=forum, author=author, title=f"Question {n} of rotas", slug="question", body_html="<p>How?</p>")
        for n in range(number)
    )
    return [row.pk for row in rows]


def test_an_index_is_swapped_once_it_is_complete(own_indexes: str, forum: ForumPage, author: Member) -> None:
    keys = ask_many(forum, author, 3)
    first = rebuild(Kind.QUESTION)
    assert list(client.working().indices.get_alias(name=read_alias(Kind.QUESTION))) == [first.name]
    assert targets_of(Kind.QUESTION) == [first.name]
    Question.objects.filter(pk=keys[0]).update(visibility="hidden")
    second = rebuild(Kind.QUESTION)
    assert targets_of(Kind.QUESTION) == [second.name]
    assert compare(Kind.QUESTION).compared == 2
    assert SearchIndex.objects.get(name=first.name).state == SearchIndex.State.RETIRED
    assert client.working().indices.exists(index=first.name)
    SearchIndex.objects.filter(name=first.name).update(retired_at=timezone.now() - rebuilding.GRACE * 2)
    rebuilding.drop_retired()
    assert not client.working().indices.exists(index=first.name)


def test_writes_go_to_both_while_it_fills(own_indexes: str, forum: ForumPage, author: Member) -> None:
    keys = ask_many(forum, author, 3)
    rebuild(Kind.QUESTION)
    told = []

    def meanwhile(number: int) -> None:
        told.append(number)
        assert len(targets_of(Kind.QUESTION)) == 2
        Question.objects.filter(pk=keys[1]).update(title="Renamed meanwhile")
        outbox.note(Kind.QUESTION, [keys[1], *ask_many(forum, author, 1)])
        drain()

    rebuild(Kind.QUESTION, meanwhile)
    assert told == [3]
    drift = compare(Kind.QUESTION)
    assert (drift.keys, drift.compared) == ([], 4)


def test_one_at_a_time(own_indexes: str, forum: ForumPage) -> None:
    SearchIndex.objects.create(
        name="other", kind=Kind.QUESTION, mapping="x", owner="elsewhere:1", touched_at=timezone.now()
    )
    with pytest.raises(BeingRebuiltError):
        rebuild(Kind.QUESTION)
    SearchIndex.objects.update(touched_at=timezone.now() - rebuilding.SILENT_FOR * 2)
    assert rebuild(Kind.QUESTION).state == SearchIndex.State.LIVE


def test_the_command_tells_every_difference(own_indexes: str, forum: ForumPage, author: Member) -> None:
    keys = ask_many(forum, author, 4)
    call_command("rebuild_search", verbosity=0, stdout=StringIO())
    call_command("rebuild_search", check=True, stdout=StringIO())
    Question.objects.filter(pk=keys[0]).update(title="Different")
    Question.objects.filter(pk=keys[1]).update(visibility="hidden")
    missing = ask_many(forum, author, 1)
    out = StringIO()
    with pytest.raises(CommandError, match="differ in 3 places"):
        call_command("rebuild_search", check=True, kind="question", stdout=out)
    told = out.getvalue()
    assert f"1 missing: {missing[0]}" in told
    assert f"1 not in the database: {keys[1]}" in told
    assert f"1 different: {keys[0]}" in told
    rebuilding.reconcile.call()
    call_command("rebuild_search", check=True, stdout=StringIO())


def test_without_elasticsearch_the_command_says_so(db: None) -> None:
    with pytest.raises(CommandError, match="ELASTICSEARCH_URL"):
        call_command("rebuild_search")


def test_a_site_that_gets_elasticsearch_gets_its_indexes(own_indexes: str, forum: ForumPage, author: Member) -> None:
    ask_many(forum, author, 1)
    rebuilding.build_missing.enqueue()
    run_tasks()
    assert compare(Kind.QUESTION).compared == 1
    assert SearchIndex.objects.filter(state=SearchIndex.State.LIVE).count() == len(Kind)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_killed_rebuild_goes_on_where_it_was(
    own_indexes: str, elasticsearch_url: str, forum: ForumPage, author: Member
) -> None:
    ask_many(forum, author, MANY)
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "ELASTICSEARCH_URL": elasticsearch_url,
        "ELASTICSEARCH_PREFIX": own_indexes,
    }
    command = [sys.executable, "manage.py", "rebuild_search", "--kind", "question", "--verbosity", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    filling = SearchIndex.objects.filter(kind=Kind.QUESTION, last_key__gt=0)
    assert wait_for(filling.exists, 60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    index = SearchIndex.objects.get()
    assert index.state == SearchIndex.State.FILLING
    told: list[int] = []
    assert rebuild(Kind.QUESTION, told.append).name == index.name
    assert sum(told) < MANY
    assert compare(Kind.QUESTION).compared == MANY


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_nothing_is_missing_after_elasticsearch_was_killed(
    own_indexes: str, elasticsearch_node: Node, forum: ForumPage, author: Member
) -> None:
    rebuild(Kind.QUESTION)
    outbox.note(Kind.QUESTION, ask_many(forum, author, MANY))
    killed = threading.Event()

    def kill_soon() -> None:
        wait_for(lambda: PendingDocument.objects.count() < MANY, 60)
        elasticsearch_node.kill()
        killed.set()

    killer = threading.Thread(target=kill_soon)
    killer.start()
    with pytest.raises(client.FAILURES):
        drain()
        killed.wait(60)
        send(Kind.QUESTION, [], targets_of(Kind.QUESTION))
    killer.join()
    elasticsearch_node.start()
    drain()
    drift = compare(Kind.QUESTION)
    assert (drift.keys, drift.compared) == ([], MANY)

    def kill_at_once(number: int) -> None:
        elasticsearch_node.kill()

    with pytest.raises(client.FAILURES):
        rebuild(Kind.QUESTION, kill_at_once)
    assert SyncRun.objects.latest("pk").error
    assert not SyncRun.objects.filter(finished_at=None).exists()
    elasticsearch_node.start()
    rebuild(Kind.QUESTION)
    drift = compare(Kind.QUESTION)
    assert (drift.keys, drift.compared) == ([], MANY)
