"""A question's page: what stands on it, in which order, and for whom."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.urls import resolve
from django.utils import timezone

from accounts.models import Member
from community.actions import (
    accept_answer,
    ask_question,
    delete_content,
    edit_content,
    merge_question,
    post_answer,
    set_visibility,
)
from community.content import RESERVED_SLUGS, Visibility
from community.models import Answer, Comment, ForumPage, Question
from community.threads import ANSWERS_ON_A_PAGE, COMMENTS_BELOW_A_POST
from tests.community.conftest import Browse


def page_of(client, question: Question, query: str = "") -> str:
    response = client.get(f"{question.get_absolute_url()}{query}")
    assert response.status_code == 200
    return response.content.decode()


def answers_on(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="answer-(\d+)"', html)]


def comments_on(html: str) -> list[int]:
    return [int(pk) for pk in re.findall(r'id="comment-(\d+)"', html)]


# Addresses


@pytest.mark.parametrize("slug", ["x", "how-do-i-star", "%E2%98%83", "a%20b"])
def test_a_wrong_slug_leads_to_the_right_one(slug: str, question: Question, browse: Browse) -> None:
    response = browse().get(f"/q/{question.pk}/{slug}/?after=")
    assert response.status_code == 302
    assert response.headers["Location"] == question.get_absolute_url()


def test_the_number_alone_leads_to_the_question(question: Question, browse: Browse) -> None:
    response = browse().get(f"/q/{question.pk}/")
    assert response.headers["Location"] == question.get_absolute_url()


def test_a_wrong_slug_says_nothing_about_what_one_may_not_see(staff_forum, author, member, browse: Browse) -> None:
    hidden = ask_question(forum=staff_forum, by=author, title="Secret", body="Secret")
    for address in (f"/q/{hidden.pk}/", f"/q/{hidden.pk}/x/"):
        assert browse(member).get(address).status_code == 404
        assert browse().get(address).status_code == 404


@pytest.mark.parametrize("title", ["設計の質問", "Ünïcödé übung", "🌒🌒", "---", "C++ & C#?", "a" * 200])
def test_a_question_in_any_script_has_an_address(title: str, make_question, browse: Browse) -> None:
    question = make_question(title)
    assert browse().get(question.get_absolute_url()).status_code == 200
    assert browse().get(f"/q/{question.pk}/{quote(question.slug)}/").status_code == 200


@pytest.mark.parametrize("title", sorted(RESERVED_SLUGS))
def test_no_title_takes_the_address_of_a_button(title: str, make_question) -> None:
    question = make_question(title.capitalize())
    assert resolve(question.get_absolute_url()).url_name == "question-detail"


def test_all_that_stands_where_slugs_stand_is_known() -> None:
    """A new address below a question's or an idea's number has to be added to RESERVED_SLUGS."""
    from community import urls as question_urls
    from ideas import urls as idea_urls

    routes = [str(pattern.pattern) for urls in (question_urls, idea_urls) for pattern in urls.urlpatterns]
    steps = {match[1] for route in routes if (match := re.fullmatch(r"[qi]/<int:pk>/([a-z]+)/", route))}
    assert steps <= RESERVED_SLUGS


# Order


def test_the_accepted_answer_stands_on_top_and_is_marked(
    question, make_answer, member, advocate, author, browse: Browse
) -> None:
    first, second = make_answer("First", by=member), make_answer("Second", by=advocate)
    assert answers_on(page_of(browse(), question)) == [first.pk, second.pk]
    accept_answer(answer=second, by=author)
    html = page_of(browse(), question)
    assert answers_on(html) == [second.pk, first.pk]
    assert html.count("Accepted answer") == 1
    assert "Solved" in html


def test_then_come_those_with_votes_from_before(question, make_answer, member, advocate, browse: Browse) -> None:
    first, second = make_answer("First", by=member), make_answer("Second", by=advocate)
    Answer.objects.filter(pk=second.pk).update(base_votes=3)
    assert answers_on(page_of(browse(), question)) == [second.pk, first.pk]


def test_an_accepted_answer_that_is_hidden_solves_nothing_for_others(
    question, answer, author, moderator, browse: Browse
) -> None:
    accept_answer(answer=answer, by=author)
    set_visibility(content=answer, by=moderator, visibility=Visibility.HIDDEN, reason="Wrong")
    assert answers_on(page_of(browse(), question)) == []
    assert "Solved" not in page_of(browse(), question)
    assert answers_on(page_of(browse(moderator), question)) == [answer.pk]


@pytest.fixture
def many_answers(question: Question, member: Member) -> list[Answer]:
    moment = timezone.now()
    rows = [
        Answer(question=question, author=member, body=str(number), body_html=f"<p>{number}</p>", created_at=moment)
        for number in range(2 * ANSWERS_ON_A_PAGE + 5)
    ]
    made = Answer.objects.bulk_create(rows)
    question.recount()
    return made


def test_many_answers_come_in_pages_each_once(question, many_answers, author, browse: Browse) -> None:
    chosen = many_answers[70]
    accept_answer(answer=chosen, by=author)
    client, query, seen = browse(), "", []
    while True:
        html = page_of(client, question, query)
        seen.append(answers_on(html))
        following = re.search(r'href="(\?after=[^"#]+)#answers" rel="next"', html)
        if not following:
            break
        query = following[1].replace("&amp;", "&")
    assert seen[0][0] == chosen.pk
    assert sorted(sum(seen, [])) == [answer.pk for answer in many_answers]
    assert sum(seen, [])[1:] == [answer.pk for answer in many_answers if answer != chosen]
    assert [len(page) for page in seen] == [ANSWERS_ON_A_PAGE + 1, ANSWERS_ON_A_PAGE, 4]


def test_going_back_the_accepted_answer_is_on_top_again(question, many_answers, author, browse: Browse) -> None:
    accept_answer(answer=many_answers[70], by=author)
    client = browse()
    first = page_of(client, question)
    following = re.search(r'href="(\?after=[^"#]+)#answers" rel="next"', first)
    previous = re.search(r'href="(\?after=[^"#]+)#answers" rel="prev"', page_of(client, question, following[1]))
    assert answers_on(page_of(client, question, previous[1])) == answers_on(first)


@pytest.mark.parametrize("place", [0, 49, 50, 51, 99, 100, 104])
def test_the_address_of_an_answer_leads_to_where_it_stands(place: int, question, many_answers, browse: Browse) -> None:
    answer = many_answers[place]
    response = browse().get(answer.get_absolute_url())
    address, anchor = response.headers["Location"].split("#")
    assert anchor == f"answer-{answer.pk}"
    assert answer.pk in answers_on(browse().get(address).content.decode())


def test_the_address_of_an_accepted_answer_is_the_first_page(question, many_answers, author, browse: Browse) -> None:
    accept_answer(answer=many_answers[80], by=author)
    location = browse().get(many_answers[80].get_absolute_url()).headers["Location"]
    assert location == f"{question.get_absolute_url()}#answer-{many_answers[80].pk}"


def test_a_cursor_that_no_page_gave_out_is_a_bad_request(question, browse: Browse) -> None:
    for address in (question.get_absolute_url(), f"/q/{question.pk}/comments/", f"/q/{question.pk}/history/"):
        assert browse().get(address, {"after": "nonsense"}).status_code == 400


# Comments


def test_comments_stand_below_what_they_are_about(question, answer, comment, answer_comment, browse: Browse) -> None:
    html = page_of(browse(), question)
    below_question, below_answers = html.split('id="answers"')
    assert comments_on(below_question) == [comment.pk]
    assert comments_on(below_answers) == [answer_comment.pk]


def test_moderators_see_the_comments_below_answers_too(
    question, answer_comment, comment, moderator, author, browse: Browse
) -> None:
    for reader in (moderator, author):
        assert comments_on(page_of(browse(reader), question)) == [comment.pk, answer_comment.pk]


@pytest.fixture
def many_comments(question: Question, answer: Answer, member: Member) -> list[Comment]:
    moment = timezone.now()
    return Comment.objects.bulk_create(
        Comment(
            question=question,
            answer=answer,
            author=member,
            body=str(number),
            body_html=f"<p>{number}</p>",
            created_at=moment + timedelta(seconds=number),
        )
        for number in range(60)
    )


def test_of_many_comments_the_first_are_shown_with_the_way_to_the_rest(
    question, answer, many_comments, browse: Browse
) -> None:
    html = page_of(browse(), question)
    assert comments_on(html) == [comment.pk for comment in many_comments[:COMMENTS_BELOW_A_POST]]
    assert f"Show {60 - COMMENTS_BELOW_A_POST} more comments" in html
    assert f'href="/a/{answer.pk}/comments/"' in html


@pytest.mark.parametrize("place", [0, 14, 15, 16, 49, 50, 59])
def test_the_address_of_a_comment_leads_to_where_it_stands(place: int, many_comments, browse: Browse) -> None:
    comment = many_comments[place]
    address, anchor = browse().get(comment.get_absolute_url()).headers["Location"].split("#")
    assert anchor == f"comment-{comment.pk}"
    assert comment.pk in comments_on(browse().get(address).content.decode())


# What one may do


def test_visitors_are_asked_to_sign_in_and_come_back(question, answer, browse: Browse) -> None:
    html = page_of(browse(), question)
    assert f"/accounts/login/?next={question.get_absolute_url()}%23your-answer" in html
    assert "<textarea" not in html
    assert "/edit/" not in html


def test_members_may_answer_and_comment(question, answer, member, browse: Browse) -> None:
    html = page_of(browse(member), question)
    assert f'action="/q/{question.pk}/answer/"' in html
    assert f'action="/q/{question.pk}/comments/"' in html
    assert f'action="/a/{answer.pk}/comments/"' in html
    assert "/accept/" not in html
    assert "/moderation/" not in html


def test_the_asker_may_accept_and_un_accept(question, answer, author, browse: Browse) -> None:
    assert f'action="/a/{answer.pk}/accept/"' in page_of(browse(author), question)
    accept_answer(answer=answer, by=author)
    assert f'action="/a/{answer.pk}/unaccept/"' in page_of(browse(author), question)


def test_authors_may_change_what_is_theirs(question, answer, advocate, browse: Browse) -> None:
    html = page_of(browse(advocate), question)
    assert f'href="/a/{answer.pk}/edit/"' in html
    assert f'href="/a/{answer.pk}/delete/"' in html
    assert f'href="/q/{question.pk}/edit/"' not in html


def test_moderators_have_their_tools(question, answer, comment, moderator, browse: Browse) -> None:
    html = page_of(browse(moderator), question)
    for address in (
        f"/moderation/question/{question.pk}/hide/",
        f"/moderation/answer/{answer.pk}/hide/",
        f"/moderation/question-comment/{comment.pk}/hide/",
        f"/q/{question.pk}/merge/",
        f"/q/{question.pk}/edit/",
    ):
        assert f'href="{address}"' in html


def test_edited_leads_to_the_earlier_versions(question, answer, advocate, browse: Browse) -> None:
    assert "edited" not in page_of(browse(), question)
    edit_content(content=answer, by=advocate, body="Press the red button.")
    assert f'<a href="/a/{answer.pk}/history/">edited</a>' in page_of(browse(), question)


def test_a_locked_question_takes_nothing_more_and_says_so(question, answer, member, browse: Browse) -> None:
    Question.objects.filter(pk=question.pk).update(is_locked=True)
    html = page_of(browse(member), question)
    assert "This question is closed" in html
    assert "<textarea" not in html


@pytest.mark.parametrize(
    ("visibility", "sentence"),
    [
        (Visibility.HELD, "Waiting for a moderator, seen only by its author until then: Links"),
        (Visibility.HIDDEN, "Hidden by Moderator: Links"),
        (Visibility.DELETED, "Deleted by Moderator: Links"),
    ],
)
@pytest.mark.parametrize("kind", ["question", "answer", "comment"])
def test_those_who_see_what_others_do_not_are_told_why(
    kind: str, visibility: Visibility, sentence: str, question, answer, comment, moderator, request, browse: Browse
) -> None:
    post = request.getfixturevalue(kind)
    set_visibility(content=post, by=moderator, visibility=visibility, reason="Links")
    assert sentence in page_of(browse(moderator), question)
    author = browse(post.author).get(question.get_absolute_url())
    assert (sentence in author.content.decode()) == (visibility != Visibility.DELETED)
    if kind != "question":
        assert sentence not in page_of(browse(), question)


def test_a_deleted_post_can_be_restored_from_its_page(question, answer, advocate, moderator, browse: Browse) -> None:
    delete_content(content=answer, by=advocate)
    html = page_of(browse(moderator), question)
    assert "Deleted by Advocate." in html
    assert f'href="/moderation/answer/{answer.pk}/restore/"' in html
    assert f'href="/a/{answer.pk}/edit/"' not in html


# Badges, duplicates


def test_roles_are_shown_beside_names(question, answer, moderator, browse: Browse) -> None:
    post_answer(question=question, by=moderator, body="Confirmed.")
    html = page_of(browse(), question)
    assert '<span class="c-badge">Advocate</span>' in html
    assert '<span class="c-badge">Moderator</span>' in html


def test_a_duplicate_leads_to_the_question_that_answers_it_and_stays_readable(
    question, answer, make_question, moderator, browse: Browse
) -> None:
    target = make_question("Where is the switch?")
    merge_question(duplicate=question, target=target, by=moderator)
    html = page_of(browse(), question)
    assert "This question has been asked before." in html
    assert f'<a href="{target.get_absolute_url()}">{target.title}</a>' in html
    assert answers_on(html) == [answer.pk]
    other = page_of(browse(), target)
    assert f'<a href="{question.get_absolute_url()}">{question.title}</a>' in other


@pytest.mark.parametrize("visibility", [Visibility.HELD, Visibility.HIDDEN, Visibility.DELETED])
def test_neither_side_of_a_merge_shows_what_is_not_visible(
    visibility: Visibility, question, make_question, moderator, author, browse: Browse
) -> None:
    target = make_question("Canary one")
    merge_question(duplicate=question, target=target, by=moderator)
    set_visibility(content=target, by=moderator, visibility=visibility)
    for reader in (None, author, moderator):
        assert "Canary one" not in page_of(browse(reader), question)
    set_visibility(content=target, by=moderator, visibility=Visibility.VISIBLE)
    Question.objects.filter(pk=question.pk).update(title="Canary two")
    set_visibility(content=question, by=moderator, visibility=visibility)
    for reader in (None, author, moderator):
        assert "Canary two" not in page_of(browse(reader), target)


def test_a_duplicate_in_a_closed_forum_is_not_named_to_outsiders(
    question, staff_forum, moderator, member, browse: Browse
) -> None:
    duplicate = ask_question(forum=staff_forum, by=moderator, title="Canary", body="Secret")
    merge_question(duplicate=duplicate, target=question, by=moderator)
    assert "Canary" in page_of(browse(moderator), question)
    assert "Canary" not in page_of(browse(member), question)
    assert "Canary" not in page_of(browse(), question)


def test_the_page_says_where_it_belongs(question, forum: ForumPage, browse: Browse) -> None:
    html = page_of(browse(), question)
    assert f'<link rel="canonical" href="http://testserver{question.get_absolute_url()}">' in html
    assert f'<a href="{forum.url}">{forum.title}</a>' in html
    assert ">setup</" in html
