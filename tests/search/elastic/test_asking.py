"""What Elasticsearch finds that the embedded search does not, how pages go on, and what a stale index never tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from wagtail.models import PageViewRestriction

from accounts.models import Member
from community.actions import edit_question, set_visibility
from community.content import Visibility
from community.models import ForumPage, Question
from core.pagination import BadCursorError
from ideas.actions import cast_vote, merge_idea
from ideas.models import Idea, IdeaBoardPage
from search.backends import Kind, Sort
from search.cursors import opened, sealed
from search.elastic import backend, client
from search.elastic.backend import MARK
from search.elastic.sync import note_supporters
from search.engine import search, suggestions
from search.models import PendingDocument

pytestmark = [pytest.mark.es, pytest.mark.django_db]
Send = Callable[[], None]


def titles(query: str, user: Any, **options: Any) -> list[str]:
    results = search(query, user, **options)
    assert not results.is_limited
    return [str(hit.post) for hit in results.hits]


def test_typing_errors_are_forgiven_and_quotes_are_not(elastic: Send, make_question: Any, visitor: Any) -> None:
    make_question("Printing the rota takes ages")
    elastic()
    assert titles("printnig", visitor) == ["Printing the rota takes ages"]
    assert titles('"printnig"', visitor) == []


def test_forms_of_words_are_known_in_the_language_of_the_post(elastic: Send, make_question: Any, visitor: Any) -> None:
    german, english = make_question("Die Häuser am Rand"), make_question("The mice were running")
    Question.objects.filter(pk=german.pk).update(language="de")
    Question.objects.filter(pk=english.pk).update(language="en")
    elastic()
    assert titles("Haus", visitor) == ["Die Häuser am Rand"]
    assert titles("runs", visitor) == ["The mice were running"]
    assert titles("mice -runs", visitor) == []
    assert titles('mice -"runs"', visitor) == ["The mice were running"]


def test_titles_weigh_more_than_texts(elastic: Send, make_question: Any, visitor: Any) -> None:
    make_question("Something else", body="About calendars.")
    make_question("Calendars")
    elastic()
    assert titles("calendars", visitor) == ["Calendars", "Something else"]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_go_on_where_the_last_one_ended(
    elastic: Send, make_idea: Callable[..., Idea], visitor: Any, sort: Sort
) -> None:
    for number in range(45):
        make_idea(f"Plan {number}")
    elastic()
    seen: list[str] = []
    cursor = None
    for number in range(3):
        results = search("plan", visitor, Kind.IDEA, sort, cursor)
        seen += [str(hit.post) for hit in results.hits]
        cursor = results.next_cursor
        make_idea(f"Something planned later {number}")
        elastic()
    assert cursor is None
    assert sorted(seen) == sorted(f"Plan {number}" for number in range(45))


def test_a_point_in_time_that_is_over_is_no_error(elastic: Send, make_question: Any, visitor: Any) -> None:
    for number in range(50):
        make_question(f"Rota {number}")
    elastic()
    first = search("rota", visitor)
    second = search("rota", visitor, cursor=first.next_cursor)
    client.working().close_point_in_time(id=opened(second.next_cursor or "")[2])
    third = search("rota", visitor, cursor=second.next_cursor)
    assert len(third.hits) == 10
    assert not third.is_limited


@pytest.mark.parametrize("cursor", ["nonsense", sealed([MARK, "relevance", 1, []]), sealed([1])])
def test_forged_cursors_are_refused_or_begin_anew(elastic: Send, make_question: Any, visitor: Any, cursor: str) -> None:
    make_question("Rota")
    elastic()
    if cursor == "nonsense":
        with pytest.raises(BadCursorError):
            search("rota", visitor, cursor=cursor)
    else:
        assert len(search("rota", visitor, cursor=cursor).hits) == 1


def test_support_orders_ideas_and_hidden_support_does_not(
    elastic: Send, make_idea: Callable[..., Idea], board: IdeaBoardPage, member: Member, advocate: Member, visitor: Any
) -> None:
    make_idea("Plan one")
    wanted = make_idea("Plan two")
    cast_vote(idea=wanted, by=member)
    cast_vote(idea=wanted, by=advocate)
    elastic()
    note_supporters()
    elastic()
    assert titles("plan", visitor, kind=Kind.IDEA, sort=Sort.SUPPORTERS) == ["Plan two", "Plan one"]
    IdeaBoardPage.objects.filter(pk=board.pk).update(hides_counts=True)
    newest = make_idea("Plan three")
    elastic()
    assert titles("plan", visitor, kind=Kind.IDEA, sort=Sort.SUPPORTERS)[0] == newest.title


def test_votes_are_sent_in_batches_and_never_alone(elastic: Send, idea: Idea, member: Member, advocate: Member) -> None:
    elastic()
    note_supporters()
    elastic()
    cast_vote(idea=idea, by=member)
    assert not PendingDocument.objects.exists()
    assert note_supporters() == 1
    elastic()
    stored = client.working().get(index=f"{settings.ELASTICSEARCH_PREFIX}-idea", id=str(idea.pk))
    assert stored["_source"]["supporters"] == Idea.objects.get(pk=idea.pk).supporter_count


def test_words_of_a_duplicate_elsewhere_are_for_its_readers(
    elastic: Send, make_idea: Callable[..., Idea], staff_board: IdeaBoardPage, moderator: Member, visitor: Any
) -> None:
    target, duplicate = make_idea("Calendars"), make_idea("A xylocarp", on=staff_board, by=moderator)
    merge_idea(duplicate=duplicate, into=target, by=moderator)
    elastic()
    assert titles("xylocarp", moderator) == ["Calendars"]
    assert titles("xylocarp", visitor) == []
    assert search("xylocarp", visitor).total == 0
    assert titles("calendars -xylocarp", visitor) == ["Calendars"]
    assert titles("calendars -xylocarp", moderator) == []


def _hide(question: Question, moderator: Member) -> None:
    set_visibility(content=question, by=moderator, visibility=Visibility.HIDDEN)


def _redact(question: Question, moderator: Member) -> None:
    edit_question(question=question, by=question.author, title="Nothing", body="", tags=[])


def _close(question: Question, moderator: Member) -> None:
    PageViewRestriction.objects.create(page=question.forum, restriction_type="login")


def _unpublish(question: Question, moderator: Member) -> None:
    question.forum.unpublish()


@pytest.mark.parametrize("act", [_hide, _redact, _close, _unpublish])
def test_a_stale_index_tells_nothing(
    elastic: Send, forum: ForumPage, make_question: Any, moderator: Member, visitor: Any, act: Any
) -> None:
    """Elasticsearch has not heard of it yet, and still nobody finds, counts or is suggested it."""
    question = make_question("Where is the xylocarp?")
    elastic()
    assert search("xylocarp", visitor).total == 1
    assert [hit.post for hit in suggestions("xyloc", visitor)] == [question]
    act(question, moderator)
    results = search("xylocarp", visitor)
    assert (results.total, list(results.hits), results.is_limited) == (0, [], False)
    assert not any([results.facets.pages, results.facets.tags, results.facets.languages])
    assert suggestions("xyloc", visitor) == []


def test_too_much_to_be_left_out_is_left_to_the_embedded_search(
    elastic: Send, make_question: Any, visitor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_question("Rota")
    elastic()
    monkeypatch.setattr(backend, "MOST_REMOVALS", 2)
    PendingDocument.objects.bulk_create(PendingDocument(kind="idea", key=n, is_removal=True) for n in range(3))
    results = search("rota", visitor)
    assert (results.total, results.is_limited) == (1, True)


@pytest.mark.parametrize(
    "query",
    [
        "*",
        "title:(a OR b",
        "/.*/",
        "a" * 400,
        " ".join("abcdefgh" * 3 for _ in range(60)),
        "\u202egnp.exe",
        "((((",
        "~~~^^^",
    ],
)
def test_nothing_that_is_typed_breaks_the_engine(elastic: Send, visitor: Any, query: str) -> None:
    assert not search(query, visitor).is_limited


def test_dates_narrow_a_search(elastic: Send, make_question: Any, visitor: Any) -> None:
    old = make_question("Old rota")
    make_question("New rota")
    Question.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=400))
    elastic()
    year = timezone.now().year
    assert titles(f"rota after:{year}-01-01", visitor) == ["New rota"]
