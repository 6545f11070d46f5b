"""Marking questions as duplicates, and undoing that."""

from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Member
from community import families
from community.actions import ask_question, merge_question, set_visibility, undo_question_merge
from community.content import Visibility
from community.models import ForumPage, Question, QuestionMerge
from core.errors import ConflictError
from tests.community.conftest import Browse


def address(question: Question) -> str:
    return f"/q/{question.pk}/merge/"


def page(client, question: Question, **query: object) -> str:
    response = client.get(address(question), query)
    assert response.status_code == 200
    return response.content.decode()


PREVIEW = "Are these the same question?"


@pytest.fixture
def target(make_question) -> Question:
    return make_question("Where is the switch?")


# Finding the other


@pytest.mark.parametrize("how", ["{pk}", "#{pk}", " {pk} ", "/q/{pk}/", "https://example.com/q/{pk}/where-is/?a=1#b"])
def test_a_question_is_named_by_its_number_or_address(how, question, target, moderator, browse: Browse) -> None:
    html = page(browse(moderator), question, q=how.format(pk=target.pk))
    assert PREVIEW in html
    assert target.title in html


def test_words_find_titles_of_the_forum(question, target, members_forum, author, moderator, browse: Browse) -> None:
    elsewhere = ask_question(forum=members_forum, by=author, title="The switch elsewhere", body="There")
    html = page(browse(moderator), question, q="SWITCH where")
    assert f'href="?target={target.pk}"' in html
    assert f'href="?target={elsewhere.pk}"' not in html
    assert "No question of this forum" in page(browse(moderator), question, q="100% 'nothing' _like_ this")


def test_the_question_itself_is_not_offered(question, moderator, browse: Browse) -> None:
    assert "?target=" not in page(browse(moderator), question, q="start")


@pytest.mark.parametrize("value", ["0", "999999", "9" * 18, "9" * 40, "-1", "1.5", "\x00", "a\x00", "a" * 301, "☃"])
def test_whatever_is_typed_breaks_nothing(value: str, question, moderator, browse: Browse) -> None:
    client = browse(moderator)
    assert PREVIEW not in page(client, question, q=value)
    assert PREVIEW not in page(client, question, target=value)
    response = client.post(address(question), {"target": value})
    assert response.status_code == 422
    assert not QuestionMerge.objects.exists()


def test_what_a_moderator_may_not_see_is_not_there(question, home, author, moderator, browse: Browse) -> None:
    closed = home.add_child(instance=ForumPage(title="Closed", slug="closed", live=False))
    secret = ask_question(forum=closed, by=author, title="Canary", body="Secret")
    client = browse(moderator)
    assert "Canary" not in page(client, question, target=secret.pk)
    assert "There is no such question" in page(client, question, target=secret.pk)
    assert client.post(address(question), {"target": secret.pk}).status_code == 422


# Merging


def test_a_merge_is_previewed_and_made(question, target, moderator, browse: Browse) -> None:
    client = browse(moderator)
    html = page(client, question, target=target.pk)
    assert question.title in html and target.title in html
    response = client.post(address(question), {"target": target.pk, "reason": "The same"})
    assert response.headers["Location"] == question.get_absolute_url()
    edge = QuestionMerge.objects.get()
    assert (edge.duplicate, edge.target, edge.merged_by, edge.reason) == (question, target, moderator, "The same")
    question.refresh_from_db()
    assert question.canonical == target


def test_merging_into_a_duplicate_leads_to_its_canonical(question, target, make_question, moderator, browse) -> None:
    middle = make_question("In the middle")
    merge_question(duplicate=middle, target=target, by=moderator)
    assert target.title in page(browse(moderator), question, target=middle.pk)
    browse(moderator).post(address(question), {"target": middle.pk})
    assert QuestionMerge.objects.get(duplicate=question).target == target


def test_a_circle_is_refused_before_and_after_it_is_asked_for(question, target, moderator, browse: Browse) -> None:
    merge_question(duplicate=question, target=target, by=moderator)
    client = browse(moderator)
    sentence = "into itself, or into something that was merged into it"
    for other in (question, target):
        assert sentence in page(client, target, target=other.pk).replace("&#x27;", "'")
        response = client.post(address(target), {"target": other.pk})
        assert response.status_code == 409
        assert sentence in response.content.decode()


def test_what_is_a_duplicate_already_says_of_what(question, target, make_question, moderator, browse: Browse) -> None:
    merge_question(duplicate=question, target=target, by=moderator, reason="Look there")
    html = page(browse(moderator), question)
    assert "It is marked already" in html and target.title in html and "Look there" in html
    response = browse(moderator).post(address(question), {"target": make_question("Another").pk})
    assert response.status_code == 409


@pytest.mark.parametrize("side", ["duplicate", "target"])
@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_both_have_to_be_visible(side, visibility, question, target, moderator, browse: Browse) -> None:
    set_visibility(content=question if side == "duplicate" else target, by=moderator, visibility=visibility)
    assert "Both have to be visible" in page(browse(moderator), question, target=target.pk)
    assert browse(moderator).post(address(question), {"target": target.pk}).status_code == 409


@pytest.mark.parametrize(
    ("of", "into", "status"),
    [
        ("forum", "members_forum", 409),
        ("forum", "staff_forum", 409),
        ("members_forum", "staff_forum", 409),
        ("members_forum", "forum", 302),
        ("staff_forum", "forum", 302),
        ("staff_forum", "members_forum", 302),
    ],
)
def test_a_duplicate_leads_only_where_all_its_readers_may_go(
    of, into, status, author, moderator, request, browse: Browse
) -> None:
    duplicate, target = (
        ask_question(forum=request.getfixturevalue(name), by=author, title=name, body="Text") for name in (of, into)
    )
    html = page(browse(moderator), duplicate, target=target.pk)
    assert ("Not everyone who may read this" in html) == (status == 409)
    assert browse(moderator).post(address(duplicate), {"target": target.pk}).status_code == status


@pytest.mark.parametrize("reason", ["r" * 501, "a\x00b"])
def test_a_wrong_reason_is_said(reason: str, question, target, moderator, browse: Browse) -> None:
    response = browse(moderator).post(address(question), {"target": target.pk, "reason": reason})
    assert response.status_code == 422
    assert PREVIEW in response.content.decode()
    assert not QuestionMerge.objects.exists()


def test_what_was_typed_before_the_session_ended_is_kept(question, target, moderator, client) -> None:
    response = client.post(address(question), {"target": target.pk, "reason": "The same thing"})
    assert response.headers["Location"] == f"/accounts/login/?next={address(question)}"
    client.force_login(moderator, backend="accounts.backends.MemberBackend")
    html = page(client, question)
    assert PREVIEW in html and "The same thing" in html


# Undoing


def test_a_merge_is_undone_from_either_side(question, target, moderator, browse: Browse) -> None:
    edge = merge_question(duplicate=question, target=target, by=moderator)
    for side in (question, target):
        assert f'action="/q/merges/{edge.pk}/undo/"' in page(browse(moderator), side)
    response = browse(moderator).post(f"/q/merges/{edge.pk}/undo/")
    assert response.headers["Location"] == question.get_absolute_url()
    question.refresh_from_db()
    edge.refresh_from_db()
    assert question.canonical is None
    assert edge.undone_by == moderator


def test_undoing_twice_is_a_conflict(question, target, moderator, browse: Browse) -> None:
    edge = merge_question(duplicate=question, target=target, by=moderator)
    client = browse(moderator)
    client.post(f"/q/merges/{edge.pk}/undo/")
    response = client.post(f"/q/merges/{edge.pk}/undo/")
    assert response.status_code == 409
    assert "somebody has undone it already" in response.content.decode()


def test_an_edge_of_what_one_may_not_see_is_not_there(staff_forum, target, author, moderator, browse: Browse) -> None:
    duplicate = ask_question(forum=staff_forum, by=author, title="Canary", body="Secret")
    edge = merge_question(duplicate=duplicate, target=target, by=moderator)
    moderator.groups.clear()
    from django.contrib.auth.models import Permission

    moderator.user_permissions.add(Permission.objects.get(codename="moderate_question"))
    client = browse(Member.objects.get(pk=moderator.pk))
    assert client.post(f"/q/merges/{edge.pk}/undo/").status_code == 404
    assert "Canary" not in page(client, target)


# Any merges and undoings, in any order, compared with a plain model of trees


# Each example asks anew, and the same question twice in a minute is refused.
NUMBERS = count()
STEPS = st.lists(st.tuples(st.sampled_from(["merge", "undo"]), st.integers(0, 5), st.integers(0, 5)), max_size=25)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_of_merging_and_undoing_agrees_with_the_edges(
    steps: list[tuple[str, int, int]], forum: ForumPage, author: Member, moderator: Member
) -> None:
    """`parents` is the truth: what stands, as {duplicate: target}. Families follow from it alone."""
    questions = [ask_question(forum=forum, by=author, title=f"{next(NUMBERS)}", body="Text") for _ in range(6)]
    parents: dict[int, int] = {}
    edges: dict[int, QuestionMerge] = {}
    for verb, one, other in steps:
        duplicate, target = questions[one], questions[other]
        root = families.root(parents, target.pk)
        if verb == "merge":
            is_possible = duplicate.pk not in parents and root != duplicate.pk
            try:
                edges[duplicate.pk] = merge_question(duplicate=duplicate, target=target, by=moderator)
                assert is_possible
                parents[duplicate.pk] = root
            except ConflictError:
                assert not is_possible
        elif duplicate.pk in parents:
            undo_question_merge(edge=edges[duplicate.pk], by=moderator)
            del parents[duplicate.pk]
        for question in questions:
            question.refresh_from_db()
            root = families.root(parents, question.pk)
            assert question.canonical_id == (None if root == question.pk else root)
    standing = QuestionMerge.objects.standing().filter(duplicate__in=questions)
    assert dict(standing.values_list("duplicate", "target")) == parents
    for pk in list(parents):
        undo_question_merge(edge=edges[pk], by=moderator)
    assert not Question.objects.filter(canonical__isnull=False).exists()
