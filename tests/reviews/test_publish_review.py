"""Publishing a review, and what stays as it was afterwards."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import set_visibility
from community.content import Visibility
from core.errors import ForbiddenError
from core.ledger import unprotected
from ideas import history
from ideas.actions import cast_vote, change_status, edit_idea, exclude_votes, merge_idea, withdraw_vote
from ideas.models import Idea, IdeaBoardPage
from moderation.actions import hide_post
from reviews.actions import (
    MOST_IDEAS,
    EmptySelectionError,
    NotOnBoardError,
    PublishedError,
    SelectionChangedError,
    TooManyIdeasError,
    add_ideas,
    change_draft,
    create_draft,
    discard_draft,
    publish_review,
    record_download,
    remove_idea,
)
from reviews.models import Review, ReviewItem, ReviewLogEntry, ReviewSnapshot, SealedName, SnapshotIdea
from reviews.snapshot import add_to_hash, canonical, content_hash
from tests.people import make_member, restrict
from tests.reviews.conftest import described, exports


def test_ideas_stand_in_the_order_of_their_supporters(published: ReviewSnapshot) -> None:
    ranks = [(idea["rank"], idea["title"], idea["supporters"]) for idea in described(published)]
    assert ranks == [(1, "Dark mode", 4), (2, "Offline use", 3), (3, "Export", 2)]


def test_of_equal_ideas_the_one_with_the_higher_number_comes_first(
    board: IdeaBoardPage, make_idea: Callable[..., Idea], product_manager: Member
) -> None:
    pks = [make_idea(title).pk for title in ("First", "Second", "Third")]
    review = create_draft(board=board, by=product_manager, title="Equal", note="", ideas=pks)
    snapshot = publish_review(review=review, by=product_manager)
    assert [idea["id"] for idea in described(snapshot)] == pks[::-1]


def test_the_total_counts_nobody_twice(published: ReviewSnapshot) -> None:
    # The author supports all three and voter0 two of them: 4 + 3 + 2 votes of 6 people.
    assert published.data["totals"]["supporters"] == 6


def test_votes_from_before_stand_apart(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    Idea.objects.filter(pk=ideas[1].pk).update(base_votes=500, family_base_votes=500)
    snapshot = publish_review(review=draft, by=product_manager)
    last = described(snapshot)[-1]
    assert (last["title"], last["supporters"], last["score"], last["base_votes"]) == ("Export", 2, 2_000_000, 500)
    assert snapshot.data["totals"]["base_votes"] == 500


def test_a_family_counts_once_and_names_what_was_merged_into_it(
    draft: Review,
    ideas: list[Idea],
    make_idea: Callable[..., Idea],
    voters: list[Member],
    product_manager: Member,
    moderator: Member,
) -> None:
    duplicate = make_idea("Night theme", by=voters[0])
    cast_vote(idea=duplicate, by=voters[4])
    merge_idea(duplicate=duplicate, into=ideas[0], by=moderator)
    snapshot = publish_review(review=draft, by=product_manager)
    first = described(snapshot)[0]
    assert first["supporters"] == 5
    assert [merged["title"] for merged in first["merged"]] == ["Night theme"]
    assert snapshot.data["totals"]["supporters"] == 6


def test_merged_ideas_that_not_everybody_may_see_are_only_counted(
    draft: Review,
    ideas: list[Idea],
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    product_manager: Member,
    moderator: Member,
    member: Member,
) -> None:
    secret = make_idea("Secret plan", on=staff_board, by=member)
    rude = make_idea("Rude words", by=member)
    for duplicate in (secret, rude):
        merge_idea(duplicate=duplicate, into=ideas[0], by=moderator)
    hide_post(post=rude, by=moderator, reason="Rude")
    snapshot = publish_review(review=draft, by=product_manager)
    first = described(snapshot)[0]
    assert (first["supporters"], first["merged"]) == (5, [])
    for export in exports(snapshot):
        assert b"Secret plan" not in export
        assert b"Rude words" not in export


def test_an_administrators_review_names_no_hidden_ideas_either(
    draft: Review, ideas: list[Idea], make_idea: Callable[..., Idea], moderator: Member, administrator: Member
) -> None:
    rude = make_idea("Rude words")
    merge_idea(duplicate=rude, into=ideas[0], by=moderator)
    hide_post(post=rude, by=moderator, reason="Rude")
    assert described(publish_review(review=draft, by=administrator))[0]["merged"] == []


def test_whatever_happens_afterwards_the_exports_stay_the_same(
    published: ReviewSnapshot,
    ideas: list[Idea],
    board: IdeaBoardPage,
    author: Member,
    member: Member,
    moderator: Member,
    product_manager: Member,
    make_idea: Callable[..., Idea],
) -> None:
    before = exports(published)
    cast_vote(idea=ideas[1], by=member)
    withdraw_vote(idea=ideas[0], by=author)
    edit_idea(idea=ideas[0], by=author, title="Light mode", body="Something else.", tags=["other"])
    change_status(idea=ideas[2], status=board.statuses.last(), by=product_manager)
    merge_idea(duplicate=make_idea("One more"), into=ideas[0], by=moderator)
    merge_idea(duplicate=ideas[1], into=ideas[2], by=moderator)
    hide_post(post=ideas[0], by=moderator, reason="Gone", family="hide")  # type: ignore[arg-type]
    Member.objects.filter(pk=author.pk).update(name="Somebody else")
    board.title = "Wishes"
    board.save()
    assert exports(published) == before
    call_command("verify_review", published.review_id)


def test_the_language_and_time_zone_of_the_reader_change_nothing(published: ReviewSnapshot) -> None:
    before = exports(published)
    with translation.override("de"), timezone.override("Asia/Tokyo"):
        assert exports(published) == before


# What can't be published


def test_a_review_is_published_once(draft: Review, published: ReviewSnapshot, product_manager: Member) -> None:
    with pytest.raises(PublishedError):
        publish_review(review=draft, by=product_manager)
    assert ReviewSnapshot.objects.count() == 1


def test_nothing_of_a_published_review_can_be_changed(
    draft: Review, published: ReviewSnapshot, ideas: list[Idea], product_manager: Member
) -> None:
    for attempt in (
        lambda: change_draft(review=draft, by=product_manager, title="Other", note=""),
        lambda: add_ideas(review=draft, by=product_manager, ideas=[ideas[0].pk]),
        lambda: remove_idea(review=draft, by=product_manager, idea=ideas[0].pk),
        lambda: discard_draft(review=draft, by=product_manager),
    ):
        with pytest.raises(PublishedError):
            attempt()  # type: ignore[no-untyped-call]


def test_an_empty_draft_is_not_published(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    for idea in ideas:
        remove_idea(review=draft, by=product_manager, idea=idea.pk)
    with pytest.raises(EmptySelectionError):
        publish_review(review=draft, by=product_manager)


@pytest.mark.parametrize("happening", ["hidden", "merged", "deleted"])
def test_a_draft_with_an_idea_that_left_the_board_is_not_published(
    happening: str, draft: Review, ideas: list[Idea], moderator: Member, product_manager: Member
) -> None:
    if happening == "merged":
        merge_idea(duplicate=ideas[0], into=ideas[1], by=moderator)
    else:
        set_visibility(content=ideas[0], by=moderator, visibility=Visibility(happening))
    with pytest.raises(SelectionChangedError):
        publish_review(review=draft, by=product_manager)
    draft.refresh_from_db()
    assert not draft.is_published
    assert not ReviewSnapshot.objects.exists()


def test_only_ideas_on_the_board_can_be_chosen(
    board: IdeaBoardPage,
    ideas: list[Idea],
    staff_board: IdeaBoardPage,
    make_idea: Callable[..., Idea],
    product_manager: Member,
    moderator: Member,
) -> None:
    elsewhere = make_idea("Elsewhere", on=staff_board)
    hidden = make_idea("Hidden")
    hide_post(post=hidden, by=moderator, reason="Spam")
    for wrong in (elsewhere.pk, hidden.pk, 987654):
        with pytest.raises(NotOnBoardError):
            create_draft(board=board, by=product_manager, title="T", note="", ideas=[ideas[0].pk, wrong])
    assert not Review.objects.exists()
    with pytest.raises(EmptySelectionError):
        create_draft(board=board, by=product_manager, title="T", note="", ideas=[])


def test_a_review_has_an_end(
    draft: Review,
    ideas: list[Idea],
    product_manager: Member,
    monkeypatch: pytest.MonkeyPatch,
    make_idea: Callable[..., Idea],
) -> None:
    assert MOST_IDEAS == 200
    monkeypatch.setattr("reviews.actions.MOST_IDEAS", 3)
    with pytest.raises(TooManyIdeasError):
        add_ideas(review=draft, by=product_manager, ideas=[make_idea("Fourth").pk])
    assert draft.items.count() == 3


def test_ideas_chosen_twice_are_in_it_once(draft: Review, ideas: list[Idea], product_manager: Member) -> None:
    assert add_ideas(review=draft, by=product_manager, ideas=[ideas[0].pk]) == 0
    assert draft.items.count() == 3


# Who may


def test_who_may_do_what(
    board: IdeaBoardPage, draft: Review, ideas: list[Idea], member: Member, moderator: Member, administrator: Member
) -> None:
    for person in (member, moderator):
        for attempt in (
            lambda by: create_draft(board=board, by=by, title="T", note="", ideas=[ideas[0].pk]),
            lambda by: change_draft(review=draft, by=by, title="T", note=""),
            lambda by: publish_review(review=draft, by=by),
            lambda by: record_download(review=draft, by=by, form="csv"),
        ):
            with pytest.raises(ForbiddenError):
                attempt(person)  # type: ignore[no-untyped-call]
    assert publish_review(review=draft, by=administrator)


def test_a_preparer_without_the_permission_publishes_nobodys_draft(draft: Review) -> None:
    preparer = make_member("preparer")
    names = ["add_review", "change_review", "view_review"]
    preparer.user_permissions.set(Permission.objects.filter(codename__in=names))
    assert change_draft(review=draft, by=preparer, title="Better title", note="").title == "Better title"
    with pytest.raises(ForbiddenError, match="not publish"):
        publish_review(review=draft, by=preparer)
    draft.refresh_from_db()
    assert not draft.is_published


def test_a_board_that_one_may_not_read_any_more_closes_its_reviews(
    draft: Review, published: ReviewSnapshot, board: IdeaBoardPage, product_manager: Member
) -> None:
    assert list(Review.objects.visible_to(product_manager)) == [draft]
    restrict(board, "Moderators")
    assert not Review.objects.visible_to(product_manager).exists()
    assert not ReviewLogEntry.objects.viewable_by_user(product_manager).exists()
    with pytest.raises(ForbiddenError):
        record_download(review=draft, by=product_manager, form="csv")


def test_every_act_is_logged(draft: Review, published: ReviewSnapshot, product_manager: Member) -> None:
    record_download(review=draft, by=product_manager, form="csv")
    entries = ReviewLogEntry.objects.for_instance(draft).order_by("pk")
    assert [entry.action for entry in entries] == ["reviews.create", "reviews.publish", "reviews.download"]
    assert entries[1].data == {"content_hash": published.content_hash}
    assert entries[2].message == "Downloaded as CSV"
    assert all(entry.user == product_manager for entry in entries)


# The snapshot


def test_the_database_refuses_to_change_a_snapshot(published: ReviewSnapshot) -> None:
    for statement in (
        "UPDATE reviews_reviewsnapshot SET content = '{}'",
        "UPDATE reviews_snapshotidea SET content = '{}'",
        "DELETE FROM reviews_snapshotidea",
        "DELETE FROM reviews_reviewsnapshot",
    ):
        with pytest.raises(DatabaseError, match="ledger"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert ReviewSnapshot.objects.get().content == published.content


def tampered(snapshot: ReviewSnapshot, content: str) -> None:
    with unprotected("default"):
        ReviewSnapshot.objects.filter(pk=snapshot.pk).update(content=content)


def tampered_idea(snapshot: ReviewSnapshot, old: str, new: str) -> None:
    row = SnapshotIdea.objects.get(review=snapshot.review_id, rank=1)
    assert old in row.content
    with unprotected("default"):
        SnapshotIdea.objects.filter(pk=row.pk).update(content=row.content.replace(old, new))


def test_a_changed_count_is_found(published: ReviewSnapshot) -> None:
    call_command("verify_review", published.review_id)
    tampered_idea(published, '"supporters":4', '"supporters":40')
    with pytest.raises(CommandError, match="ideas do not have their hash") as caught:
        call_command("verify_review", published.review_id)
    assert caught.value.returncode == 1


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"supporters":4', '"supporters":5', "had 4 supporters at the cut-off, and the review says 5"),
        ('"score":4000000', '"score":5000000', "is not the sum that the ledgers give"),
    ],
)
def test_what_was_changed_with_its_hash_is_found_by_the_ledgers(
    old: str,
    new: str,
    sentence: str,
    published: ReviewSnapshot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    tampered_idea(published, old, new)
    hashed = hashlib.sha256()
    for content, evidence in published.idea_texts():
        add_to_hash(hashed, content, evidence)
    content = published.content.replace(published.data["ideas_hash"], hashed.hexdigest())
    with unprotected("default"):
        ReviewSnapshot.objects.filter(pk=published.pk).update(content=content, content_hash=content_hash(content))
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(seconds=60))
    call_command("verify_review", published.review_id)
    assert "less than a minute old" in capsys.readouterr().out
    monkeypatch.setattr(history, "SETTLES_AFTER", timedelta(0))
    with pytest.raises(CommandError, match=sentence):
        call_command("verify_review", published.review_id)


def test_what_happens_after_the_cut_off_changes_nothing(published: ReviewSnapshot, moderator: Member) -> None:
    ideas = list(Idea.objects.filter(pk__in=[idea["id"] for idea in described(published)]).order_by("pk"))
    cast_vote(idea=ideas[0], by=make_member("late"))
    merge_idea(duplicate=ideas[1], into=ideas[0], by=moderator)
    exclude_votes(member=ideas[0].author, by=moderator)
    call_command("verify_review", published.review_id)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "{", '{"review":{"id":1},"ideas":[{}]}'])
def test_content_that_is_no_review_is_found(content: str, published: ReviewSnapshot) -> None:
    tampered(published, content)
    with pytest.raises(CommandError, match="can't be read"):
        call_command("verify_review", published.review_id)


def test_another_persons_name_is_found(published: ReviewSnapshot) -> None:
    SealedName.objects.filter(snapshot=published).update(name="Somebody else")
    with pytest.raises(CommandError, match="not the one that was sealed"):
        call_command("verify_review", published.review_id)


def test_what_was_never_published_is_not_verified(draft: Review) -> None:
    with pytest.raises(CommandError, match="no published review"):
        call_command("verify_review", draft.pk)


def test_erasing_a_person_leaves_the_hash_valid(
    published: ReviewSnapshot, author: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    before = exports(published)
    assert b"Author" in before[0]
    erase_member(member=author, by=author)
    after = exports(published)
    assert after[0] == before[0].replace(b"Author", b"former member")
    assert after[1] == before[1].replace(b"Author", b"former member")
    assert after[2] == before[2].replace(b'"Author"', b"null")
    call_command("verify_review", published.review_id)
    assert "Names erased since: 1." in capsys.readouterr().out


def test_names_are_not_in_the_hashed_text(published: ReviewSnapshot, author: Member, product_manager: Member) -> None:
    assert author.name not in published.content
    for content, evidence in published.idea_texts():
        assert author.name not in content + evidence
    digests = {name.digest for name in SealedName.objects.filter(snapshot=published)}
    assert {idea["author"] for idea in described(published)} == digests


def test_the_canonical_text_is_the_same_for_the_same_data() -> None:
    one = {"b": [1, {"y": "ü", "x": None}], "a": True}
    other = {"a": True, "b": [1, {"x": None, "y": "ü"}]}
    assert canonical(one) == canonical(other) == '{"a":true,"b":[1,{"x":null,"y":"ü"}]}'


@pytest.mark.parametrize("data", [1.5, {"a": float("nan")}, [{"a": [0.1]}]])
def test_numbers_that_are_written_differently_elsewhere_are_refused(data: Any) -> None:
    with pytest.raises(TypeError):
        canonical(data)


def test_the_snapshot_is_what_the_documentation_says(published: ReviewSnapshot) -> None:
    page = Path("docs/reference/review-export.md").read_text()
    [(facts, evidence), *_others] = published.described()
    assert sorted(published.data) == words_after(page, "The review's own line holds")
    assert sorted(facts) == words_after(page, "The first line of an idea holds")
    assert sorted(evidence) == words_after(page, "The second line of an idea holds")
    assert ReviewItem.objects.filter(review=published.review_id).count() == 3


def words_after(page: str, sentence: str) -> list[str]:
    """The names in code in the list that follows the sentence."""
    following = page.split(sentence, 1)[1].strip().split("\n\n")[0]
    return sorted(re.findall(r"^- `(\w+)`", following, re.MULTILINE))
