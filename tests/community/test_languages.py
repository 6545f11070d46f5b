"""Which language a question or an idea is in: detected in the background, said by who may edit it, told to browsers."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from accounts.models import Member
from community.actions import ask_question, edit_question
from community.actions.languages import BATCH, detect_languages
from community.content import Topic
from community.languages import language_of
from community.models import ForumPage, Question
from ideas.actions import post_idea
from ideas.models import Idea, IdeaBoardPage
from search.engine import search
from tests.background import run_tasks
from tests.community.conftest import Browse

TEXTS = {
    "en": "How can I send my calendar to a colleague who works for another company?",
    "de": "Wie kann ich meinen Kalender an eine Kollegin schicken, die anderswo arbeitet?",
    "fr": "Comment puis-je envoyer mon agenda à une collègue qui travaille ailleurs ?",
    "es": "¿Cómo puedo enviar mi calendario a una compañera que trabaja en otra empresa?",
    "it": "Come posso inviare il mio calendario a una collega che lavora altrove?",
    "pt": "Como posso enviar a minha agenda a uma colega que trabalha noutra empresa?",
    "nl": "Hoe kan ik mijn agenda naar een collega sturen die ergens anders werkt?",
}
CZECH = "Jak mohu poslat svůj kalendář kolegyni, která pracuje v jiné společnosti?"


def languages(topic: Topic) -> tuple[str, str]:
    topic.refresh_from_db()
    return topic.language, topic.language_source


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_the_languages_of_the_search_are_told_apart(language: str, text: str) -> None:
    assert language_of(text, "") == language
    assert language_of("", f"<p>{text}</p>") == language


@pytest.mark.parametrize(
    "text", [CZECH, "", " ", "?!", "OK", "404", "\0", "ERR_CONNECTION_RESET 0x80070005", "検索エンジン", "😀", "\ud800"]
)
def test_what_is_in_another_language_or_in_none_stays_unknown(text: str) -> None:
    assert language_of(text, "") == ""


def test_code_and_addresses_do_not_count() -> None:
    code = "<pre><code>for each of the following files, check whether the file is there</code></pre>"
    link = "https://support.example.com/how-to-send-your-calendar-to-other-people-of-the-company/"
    assert language_of("Kalender verschicken geht nicht mehr", f"{code * 5}<p>{link}</p>") == "de"


@pytest.mark.parametrize("kind", ["question", "idea"])
def test_a_post_has_its_language_once_a_worker_has_read_it(
    kind: str, forum: ForumPage, board: IdeaBoardPage, author: Member
) -> None:
    post: Topic
    if kind == "question":
        post = ask_question(forum=forum, by=author, title="Kalender", body=TEXTS["de"])
    else:
        post = post_idea(board=board, by=author, title="Kalender", body=TEXTS["de"])
    assert languages(post) == ("", "")
    run_tasks()
    assert languages(post) == ("de", "detected")


def test_an_edited_post_is_read_again(question: Question, author: Member) -> None:
    run_tasks()
    assert languages(question) == ("en", "detected")
    edit_question(question=question, by=author, title="Agenda", body=TEXTS["fr"], tags=[])
    run_tasks()
    assert languages(question) == ("fr", "detected")
    edit_question(question=question, by=author, title="Kalendář", body=CZECH, tags=[])
    run_tasks()
    assert languages(question) == ("", "detected")


@pytest.mark.parametrize("editor", ["author", "moderator"])
@pytest.mark.parametrize("kind", ["question", "idea"])
def test_who_may_edit_corrects_the_language_and_it_stays(
    kind: str, editor: str, question: Question, idea: Idea, request: pytest.FixtureRequest, browse: Browse
) -> None:
    post: Topic = question if kind == "question" else idea
    page = f"/{kind[0]}/{post.pk}/edit/"
    by = browse(request.getfixturevalue(editor))
    run_tasks()
    assert "Detected: English" in by.get(page).text
    typed = {"title": post.title, "body": post.body, "tags": ""}
    assert by.post(page, {**typed, "language": "nl"}).status_code == 302
    run_tasks()
    assert languages(post) == ("nl", "person")
    assert post.edited_at is None
    assert '<option value="nl" selected>Dutch</option>' in by.get(page).text
    by.post(page, {**typed, "body": TEXTS["fr"], "language": "nl"})
    run_tasks()
    assert languages(post) == ("nl", "person")
    by.post(page, {**typed, "body": TEXTS["fr"], "language": "other"})
    assert languages(post) == ("", "person")
    by.post(page, {**typed, "body": TEXTS["fr"]})
    assert languages(post) == ("", "person")
    by.post(page, {**typed, "body": TEXTS["fr"], "language": "detect"})
    assert languages(post) == ("", "")
    run_tasks()
    assert languages(post) == ("fr", "detected")


def test_others_correct_nothing(question: Question, member: Member, author: Member, browse: Browse) -> None:
    typed = {"title": question.title, "body": question.body, "tags": "", "language": "nl"}
    assert browse(member).post(f"/q/{question.pk}/edit/", typed).status_code == 403
    assert browse(author).post(f"/q/{question.pk}/edit/", {**typed, "language": "tlh"}).status_code == 422
    assert languages(question) == ("", "")


def test_what_nobody_has_looked_at_is_found_in_batches(forum: ForumPage, author: Member, idea: Idea) -> None:
    texts = list(TEXTS.values())
    Question.objects.bulk_create(
        Question(forum=forum, author=author, title=texts[n % 7], slug="x", body_html=f"<p>{texts[n % 7]}</p>")
        for n in range(BATCH + 5)
    )
    said = Question.objects.first()
    assert said is not None
    Question.objects.filter(pk=said.pk).update(language="it", language_source="person")
    detect_languages.call()
    assert not Question.objects.filter(language_source="").exists()
    assert languages(said) == ("it", "person")
    found = Question.objects.exclude(pk=said.pk)
    assert {question.language for question in found} == set(TEXTS)
    assert all(question.title == TEXTS[question.language] for question in found)
    assert languages(idea) == ("en", "detected")


def test_a_post_of_another_language_says_so_to_browsers(
    client: Client, forum: ForumPage, board: IdeaBoardPage, author: Member, question: Question
) -> None:
    asked = ask_question(forum=forum, by=author, title="Kalender verschicken", body=TEXTS["de"])
    posted = post_idea(board=board, by=author, title="Agenda partagé", body=TEXTS["fr"])
    run_tasks()
    page = client.get(asked.get_absolute_url()).text
    assert '<h1><span lang="de">Kalender verschicken</span>' in page
    assert f'<div class="c-prose" lang="de"><p>{TEXTS["de"]}</p>' in page
    page = client.get(posted.get_absolute_url()).text
    assert '<h1><span lang="fr">Agenda partagé</span>' in page
    assert '<div class="c-prose" lang="fr">' in page
    listed = client.get(forum.url).text
    assert re.search(r'<a href="[^"]*" lang="de">Kalender verschicken</a>', listed)
    assert re.search(r'<p class="c-row-excerpt[^"]*" lang="de">Wie kann', listed)
    assert re.search(rf'<a href="{question.get_absolute_url()}">', listed)
    assert ' lang="fr">Agenda partagé</a>' in client.get(board.url).text
    assert re.search(r'<bdi lang="de">\s*<mark>Kalender</mark>', client.get("/search/?q=kalender").text)


def test_a_post_in_the_language_of_the_page_says_nothing(
    client: Client, forum: ForumPage, author: Member, question: Question
) -> None:
    asked = ask_question(forum=forum, by=author, title="Kalender verschicken", body=TEXTS["de"])
    run_tasks()
    with override("de"):
        page = client.get(asked.get_absolute_url(), headers={"Accept-Language": "de"}).text
    assert "<h1>Kalender verschicken" in page
    page = client.get(question.get_absolute_url(), headers={"Accept-Language": "de"}).text
    assert '<h1><span lang="en">How do I start?</span>' in page


def test_the_search_narrows_down_to_a_language(
    forum: ForumPage, board: IdeaBoardPage, author: Member, visitor: object
) -> None:
    german = ask_question(forum=forum, by=author, title="Agenda verschicken", body=TEXTS["de"])
    french = post_idea(board=board, by=author, title="Agenda partagé", body=TEXTS["fr"])
    assert search("agenda", visitor).facets.languages == {}
    run_tasks()
    results = search("agenda", visitor)
    assert {hit.post for hit in results.hits} == {german, french}
    assert results.facets.languages == {"de": 1, "fr": 1}
    assert [hit.post for hit in search("agenda lang:de", visitor).hits] == [german]
    assert [hit.post for hit in search("lang:fr", visitor).hits] == [french]
    assert search("agenda lang:it", visitor).total == 0


def test_a_members_own_language_is_not_told_by_the_search(client: Client, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(language="fr", name="Marguerite")
    member.refresh_from_db()
    member.save()
    page = client.get("/search/", {"q": "marguerite"}).text
    assert "<mark>Marguerite</mark>" in page
    assert 'lang="fr"><mark>' not in page.replace("\n", "")
