"""What was probably posted twice: found by the worker, decided on by moderators, and never past the gate."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Member
from community.actions import ask_question, edit_question, merge_question, undo_question_merge
from community.models import ForumPage, Question
from core.errors import ForbiddenError
from core.tasks import is_waiting
from ideas.actions import merge_idea
from ideas.models import Idea
from search.backends import Kind
from search.models import Decision, IdeaPair, QuestionPair
from search.similar.deciding import DecidedAlreadyError, tell_apart
from search.similar.pairs import Precision, compare_pending, precisions
from search.similar.tasks import take_in

TITLES = ("How do I export the rota?", "How can I export a rota?")


@pytest.fixture
def ask(forum: ForumPage, author: Member) -> Callable[..., Question]:
    def make(title: str, on: ForumPage = forum, by: Member = author) -> Question:
        return ask_question(forum=on, by=by, title=title, body="")

    return make


@pytest.fixture
def twice(ask: Callable[..., Question]) -> tuple[Question, Question]:
    """Asked two times, among others."""
    for title in ("Where are my invoices?", "The kiosk is grey", "Who approves leave?"):
        ask(title)
    older, newer = map(ask, TITLES)
    return newer, older


@pytest.fixture
def pair(twice: tuple[Question, Question]) -> QuestionPair:
    compare_pending()
    return QuestionPair.objects.get()


def open_as(person: Member) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_worker_finds_what_was_asked_twice(twice: tuple[Question, Question]) -> None:
    assert is_waiting(take_in)
    take_in.call()
    pair = QuestionPair.objects.get()
    assert (pair.newer, pair.older) == twice
    assert 0.4 <= pair.likeness <= 1
    assert compare_pending() == 0


def test_ideas_are_paired_with_ideas_alone(make_idea: Callable[..., Idea], ask: Callable[..., Question]) -> None:
    older, newer = map(make_idea, TITLES)
    ask(TITLES[0])
    compare_pending()
    pair = IdeaPair.objects.get()
    assert (pair.newer, pair.older) == (newer, older)
    assert not QuestionPair.objects.exists()


def test_a_pair_goes_when_the_text_says_something_else(pair: QuestionPair, author: Member) -> None:
    edit_question(question=pair.newer, by=author, title="The printer is loud", body="", tags=[])
    compare_pending()
    assert not QuestionPair.objects.exists()


def test_moderators_see_both_and_how_alike_they_are(pair: QuestionPair, moderator: Member) -> None:
    client = open_as(moderator)
    listing = client.get("/admin/duplicates/question/").text
    assert all(title in listing for title in TITLES)
    assert "nobody has decided on any such pair yet" in listing
    compared = client.get(f"/admin/duplicates/question/{pair.pk}/").text
    assert all(title in compared for title in TITLES)
    assert f"/q/{pair.newer_id}/merge/?target={pair.older_id}" in compared
    assert client.get(f"/q/{pair.newer_id}/merge/?target={pair.older_id}").status_code == 200


def test_the_empty_list_says_what_to_do_next(ask: Callable[..., Question], moderator: Member) -> None:
    client = open_as(moderator)
    ask(TITLES[0])
    page = client.get("/admin/duplicates/question/").text
    assert "Some posts are still to be compared" in page
    assert "Mark as a duplicate" in page
    assert 'href="/search/"' in page
    compare_pending()
    page = client.get("/admin/duplicates/idea/").text
    assert "New posts are compared with the others by themselves" in page
    assert "Merge into another idea" in page
    ask(TITLES[1])
    compare_pending()
    assert "Merge into" not in client.get("/admin/duplicates/question/").text


def test_what_is_not_a_duplicate_is_remembered(pair: QuestionPair, moderator: Member, author: Member) -> None:
    client = open_as(moderator)
    address = f"/admin/duplicates/question/{pair.pk}/"
    assert client.post(address, {"version": pair.version})["Location"] == "/admin/duplicates/question/"
    assert TITLES[0] not in client.get("/admin/duplicates/question/").text
    edit_question(question=pair.newer, by=author, title="How can I export a rota", body="", tags=[])
    compare_pending()
    pair.refresh_from_db()
    assert (pair.decision, pair.decided_by) == (Decision.DIFFERENT, moderator)
    assert "Not a duplicate, as Moderator decided" in client.get(address).text


def test_a_stale_decision_is_a_conflict(pair: QuestionPair, moderator: Member) -> None:
    client = open_as(moderator)
    address = f"/admin/duplicates/question/{pair.pk}/"
    for version in (pair.version + 1, "x", ""):
        assert client.post(address, {"version": version}).status_code == 409
    tell_apart(pair=pair, version=pair.version, by=moderator)
    assert client.post(address, {"version": pair.version}).status_code == 409
    with pytest.raises(DecidedAlreadyError):
        tell_apart(pair=pair, version=pair.version, by=moderator)


def test_merging_decides_and_undoing_decides_otherwise(
    pair: QuestionPair, moderator: Member, make_idea: Callable[..., Idea]
) -> None:
    edge = merge_question(duplicate=pair.newer, target=pair.older, by=moderator)
    assert precisions(Kind.QUESTION) == {int(pair.likeness * 10): Precision(1, 1)}
    undo_question_merge(edge=edge, by=moderator)
    assert precisions(Kind.QUESTION) == {int(pair.likeness * 10): Precision(0, 1)}
    older, newer = map(make_idea, TITLES)
    compare_pending()
    merge_idea(duplicate=older, into=newer, by=moderator)
    assert IdeaPair.objects.get().decision == Decision.MERGED


def test_the_share_of_true_pairs_stands_beside_others_as_alike(
    pair: QuestionPair, ask: Callable[..., Question], moderator: Member
) -> None:
    QuestionPair.objects.update(likeness=0.95)
    merge_question(duplicate=pair.newer, target=pair.older, by=moderator)
    for title in ("Is the kiosk grey?", "The kiosk is grey!"):
        ask(title)
    compare_pending()
    QuestionPair.objects.filter(decision="").update(likeness=0.96)
    assert "96 %; 1 of 1 such pair was merged" in open_as(moderator).get("/admin/duplicates/question/").text


# The gate


def test_a_moderator_sees_only_pairs_of_posts_that_they_may_read(
    ask: Callable[..., Question], members_forum: ForumPage, staff_forum: ForumPage, moderator: Member
) -> None:
    ask("Canary7Q export of the rota", on=staff_forum, by=moderator)
    ask("Canary7Q exporting the rota")
    compare_pending()
    pair = QuestionPair.objects.get()
    client = open_as(moderator)
    assert "Canary7Q" in client.get("/admin/duplicates/question/").text
    staff_forum.view_restrictions.get().groups.clear()
    assert "Canary7Q" not in client.get("/admin/duplicates/question/").text
    address = f"/admin/duplicates/question/{pair.pk}/"
    assert client.get(address).status_code == client.post(address, {"version": 0}).status_code == 404
    with pytest.raises(QuestionPair.DoesNotExist):
        tell_apart(pair=pair, version=0, by=moderator)


def test_others_are_refused(pair: QuestionPair, product_manager: Member, member: Member, moderator: Member) -> None:
    assert open_as(moderator).get("/admin/duplicates/question/").status_code == 200
    assert open_as(product_manager).get("/admin/duplicates/question/").status_code in (302, 403)
    assert open_as(member).get("/admin/duplicates/question/").status_code in (302, 403)
    with pytest.raises(ForbiddenError):
        tell_apart(pair=pair, version=pair.version, by=member)
    assert open_as(moderator).get("/admin/duplicates/article/").status_code == 404
