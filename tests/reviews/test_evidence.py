"""What lies behind an idea in a review, and who is shown which of it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.actions import erase_member
from accounts.models import Member, Organisation
from community.models import ForumPage
from ideas.actions import cast_vote, hide_sentence, merge_idea, post_idea, publish_policy
from ideas.models import Idea, IdeaBoardPage, VoteSentence
from reviews.actions import build_draft, interpret_idea, publish_review
from reviews.models import Interpretation, ReviewSnapshot, Seal, SealedText
from reviews.shown import Access, shown_ideas
from tests.ideas.conftest import make_policy
from tests.people import make_member, restrict
from tests.reviews.conftest import EVERYTHING, NOTHING, exports


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


def first(snapshot: ReviewSnapshot, access: Access = EVERYTHING) -> tuple[dict[str, Any], dict[str, Any]]:
    return next(iter(shown_ideas(snapshot, access)))


def reader(*permissions: str) -> Member:
    """Somebody who may read reviews, and what these permissions allow."""
    person = make_member("reader")
    names = ["access_admin", "view_review", *permissions]
    person.user_permissions.set(Permission.objects.filter(codename__in=names))
    return person


def test_supporters_are_told_by_group(told: ReviewSnapshot) -> None:
    _facts, evidence = first(told)
    assert evidence["segments"] == [["", 4], ["Chains", 2]]
    assert evidence["plans"] == [["", 4], ["Team", 2]]
    assert evidence["languages"] == [["en", 5], ["de", 1]]
    assert sum(count for _month, count in evidence["months"]) == 6


def test_the_value_at_stake_counts_each_organisation_once(told: ReviewSnapshot) -> None:
    facts, evidence = first(told)
    assert evidence["value"] == {"cents": 120050, "known": 1, "unknown": 0}
    assert (facts["value"], facts["organisations"], told.data["totals"]["value"]) == (120050, 1, 120050)


def test_voices_come_with_what_is_public_first(told: ReviewSnapshot) -> None:
    voices = first(told)[1]["voices"]
    assert [(voice["text"], voice["by"], voice["is_public"]) for voice in voices] == [
        ("I can read at night.", "Voter1", True),
        ("My boss wants it.", "Voter2", False),
    ]


def test_duplicates_say_what_they_added(told: ReviewSnapshot) -> None:
    [merged] = first(told)[1]["merged"]["named"]
    assert (merged["title"], merged["supporters"], merged["added"]) == ("Night theme", 1, 1)


def test_questions_answers_and_interpretation_are_kept(
    told: ReviewSnapshot, moderator: Member, product_manager: Member, advocate: Member
) -> None:
    _facts, evidence = first(told)
    [question] = evidence["questions"]
    assert question["answer"]["by"] == advocate.name
    [answer] = evidence["answers"]
    assert (answer["text"], answer["status"]["kind"], answer["by"]) == ("Next *year*.", "planned", product_manager.name)
    assert evidence["interpretation"]["text"] == "It is about **headaches**."
    assert evidence["interpretation"]["by"] == moderator.name


def test_signals_count_people(told: ReviewSnapshot) -> None:
    signals = first(told)[1]["signals"]
    assert signals["by_team"] == 1
    assert signals["by_themselves"] == signals["new_accounts"] == signals["joined_in_a_day"] == 5
    assert signals["largest_organisation"] == 2


def test_the_trend_is_against_the_review_before(
    told: ReviewSnapshot, board: IdeaBoardPage, ideas: list[Idea], product_manager: Member
) -> None:
    for number in range(5):
        cast_vote(idea=ideas[1], by=make_member(f"more{number}"))
    review = build_draft(
        by=product_manager, title="Next", note="", boards=[board], policy="top", cut_off=None, filters={}, size=3
    )
    snapshot = publish_review(review=review, by=product_manager)
    facts = next(iter(snapshot.facts()))
    assert (facts["title"], facts["previous"]) == ("Export", {"rank": 3, "score": 2_000_000, "supporters": 2})
    assert snapshot.data["previous"] == {"review": told.review_id, "content_hash": told.content_hash}


def test_hidden_voices_are_not_in_it(
    told: ReviewSnapshot, board: IdeaBoardPage, ideas: list[Idea], moderator: Member, product_manager: Member
) -> None:
    hide_sentence(sentence=VoteSentence.objects.get(text="I can read at night."), by=moderator, reason="Private")
    review = build_draft(
        by=product_manager, title="Next", note="", boards=[board], policy="top", cut_off=None, filters={}, size=1
    )
    snapshot = publish_review(review=review, by=product_manager)
    assert [voice["text"] for voice in first(snapshot)[1]["voices"]] == ["My boss wants it."]


# Who is shown what


def test_without_permissions_small_groups_amounts_and_private_words_are_withheld(told: ReviewSnapshot) -> None:
    facts, evidence = first(told, NOTHING)
    assert facts["value"] is evidence["value"] is evidence["signals"] is None
    assert evidence["segments"] == evidence["organisations"] == evidence["questions"] == []
    assert [voice["text"] for voice in evidence["voices"]] == ["I can read at night."]
    for file in exports(told, NOTHING):
        for secret in (b"My boss wants it", b"1200.5", b"120050", b"Larkspur"):
            assert secret not in file
    for file in exports(told, EVERYTHING)[1:3]:
        assert b"My boss wants it" in file


def test_a_score_that_tells_of_few_people_is_withheld(
    told: ReviewSnapshot, board: IdeaBoardPage, product_manager: Member
) -> None:
    policy = publish_policy(policy=make_policy(segments={"Chains": 3}), by=product_manager)
    review = build_draft(
        by=product_manager, title="Next", note="", boards=[board], policy=policy, cut_off=None, filters={}, size=3
    )
    snapshot = publish_review(review=review, by=product_manager)
    facts, evidence = first(snapshot, NOTHING)
    assert facts["score"] is evidence["arithmetic"] is None
    assert first(snapshot)[0]["score"] == 10_000_000


@pytest.mark.parametrize(
    ("permissions", "shown", "withheld"),
    [
        ((), [], ["1,200.5", "My boss wants it", "Signs of manipulation", "Larkspur"]),
        (("view_amounts",), ["1,200.5"], ["My boss wants it", "Signs of manipulation", "Larkspur"]),
        (("plan_idea",), ["My boss wants it", "Signs of manipulation", "Larkspur"], ["1,200.5"]),
    ],
)
def test_each_page_shows_what_its_reader_may_see(
    permissions: tuple[str, ...], shown: list[str], withheld: list[str], client: Client, told: ReviewSnapshot
) -> None:
    client.force_login(reader(*permissions))
    for address in (url("evidence", told.review_id, 1), url("print", told.review_id)):
        page = client.get(address).content.decode()
        assert "I can read at night." in page
        assert "<strong>headaches</strong>" in page
        for text in shown:
            assert text in page, (address, text)
        for text in withheld:
            assert text not in page, (address, text)


def test_questions_of_a_forum_that_one_may_not_read_are_not_shown(
    client: Client, told: ReviewSnapshot, forum: ForumPage
) -> None:
    client.force_login(reader())
    title = told.data and first(told)[1]["questions"][0]["title"]
    assert title in client.get(url("evidence", told.review_id, 1)).content.decode()
    restrict(forum, "Moderators")
    for address in (url("evidence", told.review_id, 1), url("print", told.review_id)):
        assert title not in client.get(address).content.decode()
    for form in ("md", "jsonl"):
        assert title not in client.get(url("export", told.review_id, form)).getvalue().decode()


def test_the_list_of_supporters_is_for_those_who_may_see_voters(client: Client, told: ReviewSnapshot) -> None:
    person = reader()
    client.force_login(person)
    assert client.get(url("supporters", told.review_id)).status_code == 403
    person.user_permissions.add(Permission.objects.get(codename="plan_idea"))
    assert "Voter0" in client.get(url("supporters", told.review_id)).getvalue().decode()


def test_a_closed_board_closes_all_of_it(client: Client, told: ReviewSnapshot, board: IdeaBoardPage) -> None:
    client.force_login(reader("plan_idea"))
    addresses = [
        url("evidence", told.review_id, 1),
        url("print", told.review_id),
        url("difference", told.review_id),
        url("supporters", told.review_id),
        *(url("export", told.review_id, form) for form in ("csv", "xlsx", "jsonl", "md")),
    ]
    assert {client.get(address).status_code for address in addresses} == {200}
    restrict(board, "Moderators")
    assert {client.get(address).status_code for address in addresses} == {404}


def test_what_is_merged_in_from_elsewhere_is_only_counted(
    told: ReviewSnapshot, staff_board: IdeaBoardPage, board: IdeaBoardPage, product_manager: Member, moderator: Member
) -> None:
    other = make_member("other", "Moderators")
    secret = post_idea(board=staff_board, by=other, title="Secret plan", body="Quiet.", tags=[])
    merge_idea(duplicate=secret, into=Idea.objects.get(title="Dark mode"), by=moderator)
    review = build_draft(
        by=product_manager, title="Next", note="", boards=[board], policy="top", cut_off=None, filters={}, size=1
    )
    snapshot = publish_review(review=review, by=product_manager)
    assert first(snapshot)[1]["merged"]["unnamed"] == {"ideas": 1, "added": 1, "base_votes": 0}
    assert not any(b"Secret plan" in file for file in exports(snapshot))


# Erasing and verifying


def test_erasing_a_voice_leaves_the_hash_valid(told: ReviewSnapshot, administrator: Member) -> None:
    person = Member.objects.get(handle="voter1")
    before = exports(told)
    erase_member(member=person, by=administrator)
    after = exports(told)
    assert not any(b"I can read at night" in file or b"Voter1" in file for file in after)
    assert b"I can read at night" in before[1]
    assert after[0] == before[0]
    assert not Seal.objects.filter(member=person).exists()
    call_command("verify_review", told.review_id)


def test_a_changed_voice_is_found(told: ReviewSnapshot) -> None:
    call_command("verify_review", told.review_id)
    SealedText.objects.filter(text="I can read at night.").update(text="I can sleep.")
    with pytest.raises(CommandError, match="is not what was sealed"):
        call_command("verify_review", told.review_id)


def test_organisations_that_change_later_change_nothing(told: ReviewSnapshot) -> None:
    before = exports(told)
    Organisation.objects.update(segment="Other", plan="Other", yearly_value=1)
    assert exports(told) == before
    call_command("verify_review", told.review_id)


# Interpretations


def test_moderators_interpret_ideas(client: Client, idea: Idea, moderator: Member, member: Member) -> None:
    address = url("interpret", idea.pk)
    client.force_login(moderator)
    assert client.post(address, {"text": "It is about headaches."}).status_code == 302
    assert "It is about headaches." in client.get(address).content.decode()
    assert client.post(address, {"text": ""}).status_code == 422
    assert Interpretation.objects.get().written_by == moderator
    with pytest.raises(Exception, match="Only moderators"):
        interpret_idea(idea=idea, by=member, text="Mine")


def test_an_idea_that_one_may_not_see_is_not_interpreted(
    client: Client, staff_board: IdeaBoardPage, make_idea: Any, moderator: Member
) -> None:
    secret = make_idea("Secret plan", on=staff_board)
    restrict(staff_board, "Product managers")
    client.force_login(moderator)
    assert client.get(url("interpret", secret.pk)).status_code == 404
