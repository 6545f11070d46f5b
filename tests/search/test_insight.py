"""What is counted of searches and suggestions, for whom, and for how long."""

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.test import Client

from accounts.actions import erase_member
from accounts.models import Member
from community.actions import ask_question
from community.models import ForumPage, Question
from core.models import ScheduledTask
from core.schedule import set_up
from ideas.actions import post_idea
from ideas.models import Idea, IdeaBoardPage
from search import insight
from search.models import FollowedSuggestion, LoggedSearch, QuestionPair, SearchClick, VisitSalt

INSIGHT = "/search/insight/"


def token_of(page: str) -> str:
    found = re.search(r'data-insight="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def look(client: Client, query: str, **more: str) -> str:
    """Search, and let the page tell that it was shown; its token."""
    token = token_of(client.get("/search/", {"q": query}).text)
    if token:
        assert tell(client, token, **more) == 204
    return token


def tell(client: Client, token: str, **more: str) -> int:
    return client.post(INSIGHT, {"token": token, **more}).status_code


@pytest.fixture
def report(moderator: Member) -> Client:
    client = Client()
    client.force_login(moderator)
    return client


def test_a_search_is_counted_once_a_visit_and_day(client: Client, question: Question, idea: Idea) -> None:
    look(client, "START  flux")
    look(client, "start flux")
    look(client, "start")
    other = Client(headers={"user-agent": "another browser"})
    look(other, "start")
    counted = LoggedSearch.objects.order_by("words", "pk").values_list("words", "result_count", "language")
    assert list(counted) == [("start", 1, "en"), ("start", 1, "en"), ("start flux", 0, "en")]
    assert len(set(LoggedSearch.objects.values_list("visit", flat=True))) == 2


def test_nothing_says_who_it_was(client: Client, question: Question, member: Member) -> None:
    client.force_login(member)
    look(client, "start")
    row = LoggedSearch.objects.get()
    assert {field.name for field in row._meta.concrete_fields if field.is_relation} == set()
    assert re.fullmatch(r"[0-9a-f]{32}", row.visit)
    before = insight.visit_of_member(member)
    assert row.visit == before.digest
    VisitSalt.objects.all().delete()
    assert insight.visit_of_member(member).digest != before.digest


@pytest.mark.parametrize(
    "query", ["anna@example.com", "call 0171 123 45 67", "+49 (171) 1234567", "", "?!", "start by:author", "tag:setup"]
)
def test_what_may_name_somebody_or_is_more_than_words_is_not_counted(
    client: Client, question: Question, query: str
) -> None:
    assert look(client, query) == ""
    assert look(client, "error 0x80070005") != ""


def test_later_pages_are_not_counted(client: Client, question: Question) -> None:
    assert token_of(client.get("/search/", {"q": "start", "cursor": "forged"}).text) != ""
    assert LoggedSearch.objects.count() == 0


def test_an_opened_result_is_counted_with_its_place(client: Client, question: Question, idea: Idea) -> None:
    token = look(client, "start")
    for rank in ("1", "1", "2", "0", "-1", "x", "9" * 30):
        assert tell(client, token, rank=rank) == 204
    click = SearchClick.objects.get()
    assert (click.kind, click.post, click.rank) == ("question", question.pk, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["", "x", "eyJ3b3JkcyI6ICJ4In0:1:x"])
def test_a_forged_token_counts_nothing(client: Client, token: str) -> None:
    assert tell(client, token, rank="1") == 400
    assert LoggedSearch.objects.count() == 0


def test_a_forged_word_counts_nothing(client: Client, question: Question) -> None:
    token = look(client, "start")
    assert tell(client, f"x{token}") == 400
    assert LoggedSearch.objects.count() == 1
    assert client.get(INSIGHT).status_code == 405


def test_another_site_can_count_nothing(question: Question) -> None:
    client = Client(enforce_csrf_checks=True)
    token = token_of(client.get("/search/", {"q": "start"}).text)
    assert tell(client, token) == 403
    assert LoggedSearch.objects.count() == 0


def test_who_wants_no_tracking_is_not_counted(client: Client, question: Question) -> None:
    token = token_of(client.get("/search/", {"q": "start"}).text)
    assert client.post(INSIGHT, {"token": token}, headers={"Sec-GPC": "1"}).status_code == 204
    assert LoggedSearch.objects.count() == 0
    assert tell(client, token) == 204
    assert LoggedSearch.objects.count() == 1


def suggested(client: Client, title: str) -> str:
    return token_of(client.post("/search/similar/", {"title": title}, headers={"HX-Request": "true"}).text)


@pytest.mark.parametrize("kind", ["question", "idea"])
def test_a_suggestion_that_was_followed_spares_a_post_unless_one_is_posted(
    kind: str, client: Client, forum: ForumPage, board: IdeaBoardPage, question: Question, member: Member
) -> None:
    client.force_login(member)
    token = suggested(client, question.title)
    assert tell(client, token) == 204
    assert not FollowedSuggestion.objects.exists()
    assert tell(client, token, rank="1") == 204
    assert tell(client, token, rank="1") == 204
    followed = FollowedSuggestion.objects.get()
    assert (followed.kind, followed.post, followed.rank, followed.is_posted) == ("question", question.pk, 1, False)
    if kind == "question":
        ask_question(forum=forum, by=member, title="Another", body="Thing.")
    else:
        post_idea(board=board, by=member, title="Another", body="Thing.")
    followed.refresh_from_db()
    assert followed.is_posted


def test_what_others_post_changes_nothing(client: Client, question: Question, member: Member, author: Member) -> None:
    client.force_login(member)
    tell(client, suggested(client, question.title), rank="1")
    ask_question(forum=question.forum, by=author, title="Another", body="Thing.")
    assert not FollowedSuggestion.objects.get().is_posted


def test_it_is_forgotten_after_ninety_days_and_the_salt_after_its_day(client: Client, question: Question) -> None:
    today = insight.visit_of_visitor("", "").day
    for age in (0, 1, 90, 91):
        day = today - timedelta(days=age)
        VisitSalt.objects.get_or_create(day=day, defaults={"salt": "x"})
        logged = LoggedSearch.objects.create(day=day, visit="x", words=f"{age}", language="en", result_count=1)
        SearchClick.objects.create(search=logged, kind="question", post=1, rank=1)
        FollowedSuggestion.objects.create(day=day, visit="x", kind="question", post=1, rank=1)
    insight.forget.call()
    assert list(VisitSalt.objects.values_list("day", flat=True)) == [today]
    assert sorted(LoggedSearch.objects.values_list("words", flat=True)) == ["0", "1", "90"]
    assert FollowedSuggestion.objects.count() == SearchClick.objects.count() == 3


def test_forgetting_is_on_the_schedule(db: None) -> None:
    set_up()
    assert ScheduledTask.objects.get(name="search.forget_insight").hour is not None


def test_who_is_erased_takes_the_searches_of_the_day_along(
    client: Client, question: Question, member: Member, administrator: Member
) -> None:
    look(client, "start")
    client.force_login(member)
    look(client, "start")
    tell(client, suggested(client, question.title), rank="1")
    assert LoggedSearch.objects.count() == 2
    erase_member(member=member, by=administrator)
    assert LoggedSearch.objects.count() == 1
    assert not FollowedSuggestion.objects.exists()


def log(words: str, *, day: date, visit: str, results: int, ranks: tuple[int, ...] = ()) -> None:
    search = LoggedSearch.objects.create(day=day, visit=visit, words=words, language="en", result_count=results)
    for rank in ranks:
        SearchClick.objects.create(search=search, kind="idea", post=rank, rank=rank)


@pytest.fixture
def logged(question: Question, author: Member, moderator: Member) -> date:
    """Searches, suggestions and decisions of two days; the later one."""
    today = insight.visit_of_visitor("", "").day
    yesterday = today - timedelta(days=1)
    log("dark mode", day=today, visit="a", results=3, ranks=(1, 2))
    log("dark mode", day=today, visit="b", results=3)
    log("dark mode", day=yesterday, visit="c", results=0)
    log("flux", day=yesterday, visit="c", results=0)
    for visit, post, is_posted in (("a", 1, False), ("a", 2, False), ("b", 1, True)):
        FollowedSuggestion.objects.create(day=today, visit=visit, kind="idea", post=post, rank=1, is_posted=is_posted)
    others = [ask_question(forum=question.forum, by=author, title=f"Other {n}", body="x") for n in range(3)]
    for other, decision in zip(others, ("merged", "merged", "different"), strict=True):
        QuestionPair.objects.create(
            newer=other,
            older=question,
            likeness=0.5,
            decision=decision,
            decided_by=moderator,
            decided_at=other.created_at,
        )
    return today


def rows(page: str) -> list[str]:
    cells = re.sub(r"<[^>]*>", " ", page)
    return [" ".join(unescape(cells).split())]


def test_the_report_says_what_was_searched_for_and_what_came_of_it(report: Client, logged: date) -> None:
    (text,) = rows(report.get("/admin/reports/searches/").text)
    for figure in (
        "Searches 4",
        "Without result 2 of 4 (50 %)",
        "With a result opened 1 of 4 (25 %)",
        "Went to a suggestion while writing a post 2",
        "Of these, did not post on that day 1 of 2 (50 %)",
        "Probable duplicates of questions that were right 2 of 3 (67 %)",
        "Probable duplicates of ideas that were right none yet",
        "dark mode 3 1 1 1.5",
        "flux 1 1 0",
    ):
        assert figure in text


def test_the_report_keeps_to_days_and_to_what_found_nothing(report: Client, logged: date) -> None:
    (text,) = rows(report.get("/admin/reports/searches/results/", {"day_from": logged, "day_to": logged}).text)
    assert "dark mode 2 0 1 1.5" in text
    assert "flux" not in text
    assert "Without result 0 of 2 (0 %)" in text
    (text,) = rows(report.get("/admin/reports/searches/results/", {"result_count": "none"}).text)
    assert "dark mode 1 1 0" in text
    assert "flux 1 1 0" in text


def table(report: Client, address: str, **query: str) -> list[list[str]]:
    response = report.get(address, query)
    assert response.headers["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(b"".join(response).decode())))  # type: ignore[arg-type]


def test_the_report_can_be_had_as_a_file(report: Client, logged: date) -> None:
    assert table(report, "/admin/reports/searches/", export="csv") == [
        ["Words", "Searches", "Without result", "With a result opened", "Mean place of what was opened"],
        ["dark mode", "3", "1", "1", "1.5"],
        ["flux", "1", "1", "0", ""],
    ]


def test_the_figures_can_be_had_as_a_file_of_numbers(report: Client, logged: date) -> None:
    assert table(report, "/admin/reports/searches/figures/") == [
        ["Figure", "Number", "Out of", "Per cent", "First day", "Last day"],
        ["Searches", "4", "", "", "", ""],
        ["Without result", "2", "4", "50", "", ""],
        ["With a result opened", "1", "4", "25", "", ""],
        ["Went to a suggestion while writing a post", "2", "", "", "", ""],
        ["Of these, did not post on that day", "1", "2", "50", "", ""],
        ["Probable duplicates of questions that were right", "2", "3", "67", "", ""],
        ["Probable duplicates of ideas that were right", "0", "0", "", "", ""],
    ]


def test_the_file_of_figures_keeps_to_the_days_that_the_page_shows(report: Client, logged: date) -> None:
    page = report.get("/admin/reports/searches/", {"day_from": logged, "day_to": logged}).text
    address = unescape(re.search(r'href="(/admin/reports/searches/figures/[^"]*)"', page)[1])  # type: ignore[index]
    assert table(report, address)[1:3] == [
        ["Searches", "2", "", "", str(logged), str(logged)],
        ["Without result", "0", "2", "0", str(logged), str(logged)],
    ]
    assert report.get("/admin/reports/searches/figures/", {"export": "xlsx"}).status_code == 200


@pytest.mark.parametrize(
    ("role", "status"), [("moderator", 200), ("product_manager", 200), ("administrator", 200), ("advocate", 403)]
)
@pytest.mark.parametrize("address", ["", "?export=csv", "results/", "figures/"])
def test_who_may_see_the_report(
    role: str, status: int, address: str, client: Client, logged: date, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(role))
    assert client.get(f"/admin/reports/searches/{address}").status_code in (status, {403: 302}.get(status))


@pytest.mark.parametrize("query", ["day_from=x", "day_to=9999-99-99", "result_count=x", "ordering=x", "p=999", "p=x"])
def test_whatever_is_in_the_address_of_the_report_gets_a_page(report: Client, logged: date, query: str) -> None:
    assert report.get(f"/admin/reports/searches/?{query}").status_code in (200, 404)
