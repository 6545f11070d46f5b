"""What somebody may not see is neither found nor counted nor quoted."""

import pytest
from wagtail.models import PageViewRestriction
from wagtail.search.models import IndexEntry

from community.actions import (
    accept_answer,
    ask_question,
    delete_content,
    edit_content,
    edit_question,
    merge_question,
    post_answer,
    post_comment,
    set_visibility,
    undo_question_merge,
)
from community.content import Visibility
from ideas.actions import cast_vote, edit_idea, merge_idea, post_idea, undo_idea_merge
from search.engine import search
from tests.people import make_member

CANARY = "xylocarp"


@pytest.fixture
def people(visitor, author, member, moderator, administrator):
    boss = make_member("boss", is_superuser=True)
    return {"visitor": visitor, "author": author, "member": member, "moderator": moderator, "boss": boss}


def finders(people, found, post):
    """The names of the people who find the post by the canary."""
    return {name for name, person in people.items() if post in found(CANARY, person)}


EVERYBODY = {"visitor", "author", "member", "moderator", "boss"}


def test_questions_and_ideas_on_open_pages_are_found_by_everybody(people, found, forum, board, author):
    question = ask_question(forum=forum, by=author, title=f"Where is the {CANARY}?", body="I looked.")
    idea = post_idea(board=board, by=author, title="A fruit basket", body=f"With a {CANARY}.")
    assert finders(people, found, question) == finders(people, found, idea) == EVERYBODY


def test_on_closed_pages_those_find_who_may_read(people, found, members_forum, staff_forum, staff_board, author):
    among_members = ask_question(forum=members_forum, by=author, title=f"A {CANARY}", body="For members.")
    among_staff = ask_question(forum=staff_forum, by=author, title=f"A {CANARY}", body="For the staff.")
    plan = post_idea(board=staff_board, by=author, title=f"A {CANARY}", body="For the staff.")
    assert finders(people, found, among_members) == EVERYBODY - {"visitor"}
    assert finders(people, found, among_staff) == finders(people, found, plan) == {"moderator", "boss"}


def test_a_page_that_is_closed_today_hides_what_was_indexed_yesterday(people, found, forum, board, question, idea):
    edit_content(content=question, by=question.author, title=CANARY, body="Text")
    PageViewRestriction.objects.create(page=forum, restriction_type="login")
    assert finders(people, found, question) == EVERYBODY - {"visitor"}
    forum.unpublish()
    assert finders(people, found, question) == set()


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_what_is_not_visible_is_found_by_nobody(people, found, forum, board, author, moderator, visibility):
    question = ask_question(forum=forum, by=author, title=CANARY, body="Text")
    idea = post_idea(board=board, by=author, title=CANARY, body="Text")
    for post in (question, idea):
        set_visibility(content=post, by=moderator, visibility=visibility)
        assert finders(people, found, post) == set()
        set_visibility(content=post, by=moderator, visibility=Visibility.VISIBLE)
        assert finders(people, found, post) == EVERYBODY


def test_an_answer_leads_to_its_question_while_it_is_visible(people, found, question, advocate, moderator):
    answer = post_answer(question=question, by=advocate, body=f"Eat the {CANARY}.")
    assert finders(people, found, question) == EVERYBODY
    for visibility in (Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED):
        set_visibility(content=answer, by=moderator, visibility=visibility)
        assert finders(people, found, question) == set()
        set_visibility(content=answer, by=moderator, visibility=Visibility.VISIBLE)
        assert finders(people, found, question) == EVERYBODY
    delete_content(content=answer, by=advocate)
    assert finders(people, found, question) == set()


def test_a_hidden_answer_is_not_quoted_either(question, advocate, moderator, visitor):
    answer = post_answer(question=question, by=advocate, body=f"Start the {CANARY}.")
    set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN)
    for person in (visitor, advocate, moderator):
        (hit,) = search("start", person).hits
        assert CANARY not in "".join(fragment.text for fragment in hit.excerpt)


def test_edits_are_found_and_what_they_replaced_is_not(people, found, question, answer, idea):
    for post, edit in (
        (question, lambda body: edit_question(question=question, by=question.author, title="T", body=body, tags=[])),
        (question, lambda body: edit_content(content=answer, by=answer.author, body=body)),
        (idea, lambda body: edit_idea(idea=idea, by=idea.author, title="T", body=body, tags=[])),
    ):
        edit(f"Now with {CANARY}.")
        assert finders(people, found, post) == EVERYBODY
        edit("Now without.")
        assert finders(people, found, post) == set()


def test_a_duplicate_is_not_found_until_it_is_one_no_more(people, found, forum, make_idea, author, moderator):
    target = make_idea("Fruit")
    duplicate = make_idea(f"A {CANARY}")
    edge = merge_idea(duplicate=duplicate, into=target, by=moderator)
    assert finders(people, found, duplicate) == set()
    undo_idea_merge(edge=edge, by=moderator)
    assert finders(people, found, duplicate) == EVERYBODY
    question = ask_question(forum=forum, by=author, title=CANARY, body="Text")
    other = ask_question(forum=forum, by=author, title="Fruit", body="Text")
    edge = merge_question(duplicate=question, target=other, by=moderator)
    assert finders(people, found, question) == set()
    undo_question_merge(edge=edge, by=moderator)
    assert finders(people, found, question) == EVERYBODY


def test_votes_and_comments_leave_the_index_alone(question, idea, member):
    before = list(IndexEntry.objects.values())
    cast_vote(idea=idea, by=member)
    post_comment(question=question, by=member, body=CANARY)
    assert list(IndexEntry.objects.values()) == before
    assert search(CANARY, member).total == 0


def test_rows_that_are_gone_leave_the_index(question, found, visitor):
    assert found("start", visitor) == {question}
    entries = IndexEntry.objects.count()
    question.delete()
    assert IndexEntry.objects.count() == entries - 1


def test_an_accepted_answer_is_still_found(people, found, question, advocate):
    answer = post_answer(question=question, by=advocate, body=f"Eat the {CANARY}.")
    accept_answer(answer=answer, by=question.author)
    assert finders(people, found, question) == EVERYBODY
