"""Research requests: what a product manager asks, what support collects, and how the answer comes into a review."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import set_visibility
from community.content import Visibility
from community.models import Answer, Question
from core.errors import ForbiddenError
from ideas.actions import cast_vote, post_comment
from ideas.models import Idea, IdeaBoardPage
from reviews.actions import PublishedError, create_draft, publish_review
from reviews.models import ResearchItem, ResearchLogEntry, ResearchRequest, Review
from reviews.research import for_review
from reviews.research_actions import (
    FrozenAnswerError,
    ItemGoneError,
    NotAnsweredError,
    NothingToAttachError,
    ResearchClosedError,
    StaleResearchError,
    WithdrawnError,
    answer_research,
    attach,
    change_research,
    detach,
    include_research,
    leave_out_research,
    request_research,
    withdraw_research,
)
from tests.ideas.conftest import CANARY
from tests.people import restrict

BRIEF = {"title": "Shift swaps", "brief": "Who **swaps**?", "questions": "How often?\n\nWith whom?"}


def url(name: str, *args: Any) -> str:
    return reverse(f"reviews:{name}", args=args)


def signed_in(member: Member | None) -> Client:
    client = Client()
    if member is not None:
        client.force_login(member)
    return client


def text_at(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


@pytest.fixture
def ask(board: IdeaBoardPage, product_manager: Member) -> Callable[..., ResearchRequest]:
    def make(**fields: Any) -> ResearchRequest:
        known = {"board": board, "by": product_manager, "due_on": date(2030, 1, 31), "is_public": False, **BRIEF}
        return request_research(**(known | fields))

    return make


@pytest.fixture
def research(ask: Callable[..., ResearchRequest]) -> ResearchRequest:
    return ask()


def test_from_the_question_to_the_answer_in_a_review(
    product_manager: Member, moderator: Member, board: IdeaBoardPage, idea: Idea, question: Question
) -> None:
    product, support = signed_in(product_manager), signed_in(moderator)
    form = {"board": board.pk, **BRIEF, "due_on": "2030-01-31", "is_public": ""}
    response = product.post(url("research-create"), form)
    request = ResearchRequest.objects.get()
    assert response["Location"] == request.get_absolute_url()
    assert "Shift swaps" in text_at(support, url("research"))
    assert url("research") in text_at(support, reverse("wagtailadmin_home"))
    page = text_at(support, request.get_absolute_url())
    for part in ("Who <strong>swaps</strong>?", "<li>How often?</li><li>With whom?</li>", "Nothing is collected yet."):
        assert part in page
    for found in (
        {"address": f"https://testserver{idea.get_absolute_url()}", "note": "Asked twice by phone"},
        {"address": question.get_absolute_url()},
        {"address": f"/i/{idea.pk}/", "voter": "@author", "note": "A large customer"},
        {"note": "Three calls in May"},
    ):
        assert support.post(url("research-attach", request.pk), found).status_code == 302
    page = text_at(support, request.get_absolute_url())
    for part in ("Asked twice by phone", "How do I start?", "Author votes for", "A large customer", "Three calls"):
        assert part in page
    answer = {"answer": "About **weekly**.", "seen": request.version}
    assert support.post(url("research-answer", request.pk), answer).status_code == 302
    review = create_draft(board=board, by=product_manager, title="Autumn", note="", ideas=[idea.pk])
    assert "About <strong>weekly</strong>." in text_at(product, url("review-research", review.pk))
    product.post(url("review-research", review.pk), {"include": request.pk})
    assert "About <strong>weekly</strong>." in text_at(product, review.get_absolute_url())
    [finding] = for_review(review)
    assert (finding.request, finding.title, finding.answer) == (request.pk, "Shift swaps", "About **weekly**.")
    assert (finding.questions, finding.collected) == (["How often?", "With whom?"], 4)
    publish_review(review=review, by=product_manager)
    assert "About <strong>weekly</strong>." in text_at(product, review.get_absolute_url())
    response = support.post(url("research-answer", request.pk), {"answer": "Never.", "seen": "2"})
    assert response.status_code == 409
    assert "A published review includes this answer" in response.content.decode()
    assert ResearchLogEntry.objects.filter(request=request).count() == 6


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Give the address of a post, or write a note."),
        ({"address": "/i/999999/"}, "There is no such post, or you may not see it."),
        ({"address": "https://example.com/elsewhere"}, "There is no such post, or you may not see it."),
        ({"address": "idea", "voter": "nobody"}, "Nobody of this name has a vote on this idea."),
        ({"address": "question", "voter": "author"}, "Nobody of this name has a vote on this idea."),
    ],
)
def test_what_can_not_be_collected_is_said(
    research: ResearchRequest, moderator: Member, idea: Idea, question: Question, data: dict[str, str], sentence: str
) -> None:
    named = {"idea": idea.get_absolute_url(), "question": question.get_absolute_url()}
    posted = {name: named.get(value, value) for name, value in data.items()}
    response = signed_in(moderator).post(url("research-attach", research.pk), posted)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not ResearchItem.objects.exists()


def test_posts_of_all_kinds_are_found_by_their_addresses(
    research: ResearchRequest, moderator: Member, idea: Idea, question: Question, answer: Answer, member: Member
) -> None:
    comment = post_comment(idea=idea, by=member, body="Please.")
    support = signed_in(moderator)
    for post in (idea, question, answer, comment):
        support.post(url("research-attach", research.pk), {"address": post.get_absolute_url()})
    [first, second, third, fourth] = ResearchItem.objects.all()
    assert (first.idea, second.question, third.reply, fourth.comment) == (idea, question, answer, comment)
    response = support.post(url("research-attach", research.pk), {"address": idea.get_absolute_url()})
    assert response.status_code == 409
    assert "among what was collected already" in response.content.decode()
    support.post(url("research-detach", research.pk, first.pk))
    assert support.post(url("research-detach", research.pk, first.pk)).status_code == 404
    support.post(url("research-attach", research.pk), {"address": idea.get_absolute_url()})
    assert ResearchItem.objects.filter(removed_at__isnull=True).count() == 4


def test_what_the_state_refuses(
    ask: Callable[..., ResearchRequest],
    research: ResearchRequest,
    product_manager: Member,
    moderator: Member,
    member: Member,
    draft: Review,
    staff_board: IdeaBoardPage,
) -> None:
    item = attach(request=research, by=moderator, note="A call")
    detach(item=item, by=moderator)
    withdrawn = ask()
    withdraw_research(request=withdrawn, by=product_manager)
    elsewhere = ask(board=staff_board)
    answer_research(request=elsewhere, by=moderator, answer="Yes.")
    asked = {**BRIEF, "due_on": date(2030, 2, 1), "is_public": True}
    for error, act in (
        (ForbiddenError, partial(request_research, board=research.board, by=moderator, **asked)),
        (ForbiddenError, partial(change_research, request=research, by=moderator, **asked)),
        (ForbiddenError, partial(withdraw_research, request=research, by=moderator)),
        (ForbiddenError, partial(attach, request=research, by=member, note="Mine")),
        (ForbiddenError, partial(answer_research, request=research, by=member, answer="Mine")),
        (StaleResearchError, partial(change_research, request=research, by=product_manager, seen=7, **asked)),
        (StaleResearchError, partial(answer_research, request=research, by=moderator, answer="Yes.", seen=7)),
        (ResearchClosedError, partial(change_research, request=withdrawn, by=product_manager, **asked)),
        (ResearchClosedError, partial(withdraw_research, request=withdrawn, by=product_manager)),
        (WithdrawnError, partial(attach, request=withdrawn, by=moderator, note="Late")),
        (WithdrawnError, partial(answer_research, request=withdrawn, by=moderator, answer="Late")),
        (NothingToAttachError, partial(attach, request=research, by=moderator, note=" ")),
        (ItemGoneError, partial(detach, item=item, by=moderator)),
        (NotAnsweredError, partial(include_research, review=draft, request=research, by=product_manager)),
        (NotAnsweredError, partial(include_research, review=draft, request=elsewhere, by=product_manager)),
        (ForbiddenError, partial(include_research, review=draft, request=elsewhere, by=moderator)),
    ):
        with pytest.raises(error):
            act()
    research.refresh_from_db()
    assert (research.state, research.version) == ("open", 1)


def test_a_draft_takes_in_and_leaves_out_and_a_published_review_neither(
    research: ResearchRequest, draft: Review, product_manager: Member, moderator: Member, idea: Idea
) -> None:
    answer_research(request=research, by=moderator, answer="Yes.")
    for _again in range(2):
        include_research(review=draft, request=research, by=product_manager)
    leave_out_research(review=draft, request=research, by=product_manager)
    assert for_review(draft) == []
    answer_research(request=research, by=moderator, answer="Yes, weekly.")
    include_research(review=draft, request=research, by=product_manager)
    publish_review(review=draft, by=product_manager)
    for error, act in (
        (PublishedError, partial(leave_out_research, review=draft, request=research, by=product_manager)),
        (FrozenAnswerError, partial(answer_research, request=research, by=moderator, answer="No.")),
        (FrozenAnswerError, partial(attach, request=research, by=moderator, note="More")),
    ):
        with pytest.raises(error):
            act()
    assert [finding.answer for finding in for_review(draft)] == ["Yes, weekly."]


def test_a_call_stands_on_its_board_until_it_is_closed(
    ask: Callable[..., ResearchRequest], board: IdeaBoardPage, product_manager: Member, moderator: Member
) -> None:
    public, private = ask(is_public=True), ask(title=CANARY)
    visitor = Client()
    calls = reverse("research:calls", args=[board.pk])
    assert calls in text_at(visitor, board.url)
    fragment = visitor.get(calls, headers={"hx-request": "true"}).content.decode()
    for page in (text_at(visitor, calls), fragment):
        assert public.get_call_url() in page
        assert CANARY not in page
    page = text_at(visitor, public.get_call_url())
    assert "Who <strong>swaps</strong>?" in page
    assert f"{board.url}new/" in page
    assert visitor.get(private.get_call_url()).status_code == 404
    answer_research(request=public, by=moderator, answer=CANARY)
    assert public.get_call_url() not in text_at(visitor, calls)
    page = text_at(visitor, public.get_call_url())
    assert "This call is closed." in page
    assert CANARY not in page
    other = ask(is_public=True)
    withdraw_research(request=other, by=product_manager)
    assert visitor.get(other.get_call_url()).status_code == 404


def test_a_call_shows_only_on_boards_that_the_reader_may_see(
    ask: Callable[..., ResearchRequest], staff_board: IdeaBoardPage, member: Member, moderator: Member
) -> None:
    call = ask(board=staff_board, is_public=True, title=CANARY)
    calls = reverse("research:calls", args=[staff_board.pk])
    for reader in (None, member):
        for address in (call.get_call_url(), calls):
            response = signed_in(reader).get(address)
            assert response.status_code == 404
            assert CANARY not in response.content.decode()
    for address in (call.get_call_url(), calls):
        assert CANARY in text_at(signed_in(moderator), address)


def test_a_call_shows_only_posts_that_the_reader_may_see(
    ask: Callable[..., ResearchRequest],
    make_idea: Callable[..., Idea],
    staff_board: IdeaBoardPage,
    moderator: Member,
    member: Member,
) -> None:
    call = ask(is_public=True)
    seen, hidden, private = make_idea("Seen by all"), make_idea(f"{CANARY} hidden"), make_idea(CANARY, on=staff_board)
    voted = make_idea(f"{CANARY} voted")
    cast_vote(idea=voted, by=member)
    for post in (seen, hidden, private):
        attach(request=call, by=moderator, idea=post, note=f"{CANARY} note")
    attach(request=call, by=moderator, vote=voted.votes.get(member=member))
    attach(request=call, by=moderator, note=CANARY)
    set_visibility(content=hidden, by=moderator, visibility=Visibility.HIDDEN, reason="Advertising")
    page = text_at(signed_in(member), call.get_call_url())
    assert "Seen by all" in page
    assert CANARY not in page
    page = text_at(signed_in(moderator), call.get_absolute_url())
    assert page.count(CANARY) >= 5


def test_the_team_sees_only_posts_that_it_may_see(
    research: ResearchRequest,
    make_idea: Callable[..., Idea],
    home: Any,
    moderator: Member,
    product_manager: Member,
) -> None:
    secret = home.add_child(instance=IdeaBoardPage(title="Secret", slug="secret"))
    post = make_idea(CANARY, on=secret)
    attach(request=research, by=moderator, idea=post)
    restrict(secret, "Product managers")
    page = text_at(signed_in(moderator), research.get_absolute_url())
    assert CANARY not in page
    assert "1 more is not open to you." in page
    assert CANARY in text_at(signed_in(product_manager), research.get_absolute_url())


@pytest.mark.parametrize(
    ("person", "opens", "asks"),
    [("visitor", 302, 302), ("member", 403, 403), ("moderator", 200, 403), ("product_manager", 200, 200)],
)
def test_who_opens_the_screens(
    request: pytest.FixtureRequest, research: ResearchRequest, person: str, opens: int, asks: int
) -> None:
    client = signed_in(None if person == "visitor" else request.getfixturevalue(person))
    for name in ("research-detail", "research-answer"):
        assert client.get(url(name, research.pk)).status_code == opens
    assert client.get(url("research")).status_code == opens
    for name in ("research-edit", "research-withdraw"):
        assert client.get(url(name, research.pk)).status_code == asks
    assert client.get(url("research-create")).status_code == asks


def test_who_may_not_read_the_board_finds_no_request(
    research: ResearchRequest, board: IdeaBoardPage, moderator: Member
) -> None:
    restrict(board, "Product managers")
    support = signed_in(moderator)
    assert "Shift swaps" not in text_at(support, url("research"))
    for name in ("research-detail", "research-answer"):
        response = support.get(url(name, research.pk))
        assert response.status_code == 404
        assert "Shift swaps" not in response.content.decode()
    assert not ResearchLogEntry.objects.viewable_by_user(moderator).exists()


def test_a_request_is_changed_by_whoever_knows_what_it_says(research: ResearchRequest, product_manager: Member) -> None:
    product = signed_in(product_manager)
    form = {**BRIEF, "title": "Swaps", "due_on": "2030-02-01", "is_public": "on", "seen": research.version}
    assert product.post(url("research-edit", research.pk), form).status_code == 302
    research.refresh_from_db()
    assert (research.title, research.is_public) == ("Swaps", True)
    response = product.post(url("research-edit", research.pk), {**form, "title": CANARY})
    assert response.status_code == 409
    assert CANARY in response.content.decode()
    assert f'name="seen" value="{research.version}"' in response.content.decode()
    product.post(url("research-withdraw", research.pk))
    research.refresh_from_db()
    assert research.state == "withdrawn"


def test_what_is_overdue_says_so(ask: Callable[..., ResearchRequest], moderator: Member) -> None:
    late = ask(due_on=timezone.localdate() - timedelta(days=1))
    assert "That day is past." in text_at(signed_in(moderator), late.get_absolute_url())
    answer_research(request=late, by=moderator, answer="Yes.")
    assert "That day is past." not in text_at(signed_in(moderator), late.get_absolute_url())


def test_erasing_a_voter_empties_the_note_beside_their_vote(
    research: ResearchRequest, idea: Idea, author: Member, moderator: Member, administrator: Member
) -> None:
    item = attach(request=research, by=moderator, vote=idea.votes.get(member=author), note=CANARY)
    kept = attach(request=research, by=moderator, note="A call")
    erase_member(member=author, by=administrator)
    item.refresh_from_db()
    kept.refresh_from_db()
    assert (item.note, kept.note) == ("", "A call")
