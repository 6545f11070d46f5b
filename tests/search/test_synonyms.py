"""What moderators say means the same is found alike, at once."""

import pytest
from django.utils import translation

from community.actions import ask_question
from search.engine import search
from search.models import SynonymGroup

ADMIN = "/admin/synonyms/"


@pytest.fixture
def ask(forum, author):
    return lambda title: ask_question(forum=forum, by=author, title=title, body="Please help.")


def add(words, **values):
    return SynonymGroup.objects.create(words=words, **values)


def found(query, user):
    return {hit.post.title for hit in search(query, user).hits}


def test_each_word_of_a_group_finds_the_others(ask, visitor):
    ask("Reset my passcode")
    ask("Forgotten password")
    assert found("password", visitor) == {"Forgotten password"}
    group = add("Password\npasscode")
    assert found("password", visitor) == found("PASSCODE", visitor) == {"Forgotten password", "Reset my passcode"}
    group.delete()
    assert found("password", visitor) == {"Forgotten password"}


def test_one_way_only_the_first_line_finds_the_others(ask, visitor):
    ask("My iPhone crashes")
    ask("My phone is slow")
    add("phone\niphone", is_one_way=True)
    assert found("phone", visitor) == {"My iPhone crashes", "My phone is slow"}
    assert found("iphone", visitor) == {"My iPhone crashes"}


def test_phrases_stand_for_phrases(ask, visitor):
    ask("Open a pull request")
    ask("Request a doctor to pull")
    ask("Open a merge request")
    ask("Request to merge")
    add("pull request\nmerge request")
    assert found("pull request", visitor) == {
        "Open a pull request",
        "Request a doctor to pull",
        "Open a merge request",
    }
    assert found("open pull request", visitor) == {"Open a pull request", "Open a merge request"}


def test_a_synonym_is_marked_too_and_stands_for_no_longer_words(ask, visitor):
    ask("The auto is slow")
    ask("Autocomplete is slow")
    add("car\nauto")
    (hit,) = search("car", visitor).hits
    assert [fragment.text for fragment in hit.title if fragment.is_match] == ["auto"]


def test_what_is_quoted_is_meant_exactly(ask, visitor):
    ask("Reset my passcode")
    add("password\npasscode")
    assert found('"password"', visitor) == set()


def test_a_language_has_synonyms_of_its_own(ask, visitor):
    ask("My Handy is slow")
    add("phone\nhandy", language="de")
    assert found("phone", visitor) == set()
    with translation.override("de"):
        assert found("phone", visitor) == {"My Handy is slow"}


def test_moderators_edit_them_in_the_admin_and_others_do_not(client, moderator, member, ask, visitor):
    ask("Reset my passcode")
    client.force_login(member)
    assert client.get(ADMIN).status_code in (302, 403)
    client.force_login(moderator)
    response = client.post(f"{ADMIN}new/", {"words": "password\r\npasscode", "language": ""})
    assert response.status_code == 302
    assert found("password", visitor) == {"Reset my passcode"}
    assert "password = passcode" in client.get(ADMIN).text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("password", "Write at least two lines"),
        ("password\nPASSWORD", "“password” is there twice."),
        ("password\n!!!", "“!!!” has no letter and no digit."),
        ("password\none two three four five six seven", "at most 6 words"),
        ("\n".join(map(str, range(31))), "At most 30 lines."),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(client, moderator, words, sentence):
    client.force_login(moderator)
    response = client.post(f"{ADMIN}new/", {"words": words, "language": ""})
    assert response.status_code == 200
    assert sentence in response.text
    assert not SynonymGroup.objects.exists()
