"""What a query asks for, on behalf of a person: filters become rows that they may know of, words become terms."""

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import pgettext

from accounts.models import Member
from community.models import ForumPage
from core.access import readable_page_ids, readable_pages
from core.words import composed, folded_words
from ideas.ballots import may_see_order
from ideas.models import IdeaBoardPage, Status
from search.articles import readable_articles
from search.backends import Kind, Term, Wanted
from search.parsing import Filter, Query, first_day, parse
from search.synonyms import terms_with_synonyms

# To filter by one's own posts.
ME = "me"
OF_QUESTIONS = ("unanswered", "answered", "solved")


def read(text: str) -> Query:
    """The reading of what was typed; filters may be named in the language of the page."""
    names = {
        pgettext("search filter", "tag"): "tag",
        pgettext("search filter", "status"): "status",
        pgettext("search filter", "by"): "by",
        pgettext("search filter", "is"): "is",
        pgettext("search filter", "before"): "before",
        pgettext("search filter", "after"): "after",
        pgettext("search filter", "in"): "in",
        pgettext("search filter", "lang"): "lang",
    }
    states = {
        pgettext("search filter", "unanswered"): "unanswered",
        pgettext("search filter", "answered"): "answered",
        pgettext("search filter", "solved"): "solved",
        pgettext("search filter", "open"): "open",
        pgettext("search filter", "planned"): "planned",
        pgettext("search filter", "started"): "started",
        pgettext("search filter", "shipped"): "shipped",
        pgettext("search filter", "declined"): "declined",
    }
    return parse(text, names, states)


def readable(user: Any) -> dict[Kind, frozenset[int]]:
    """The pages whose posts the person may see now."""
    return {
        Kind.QUESTION: readable_page_ids(user, ForumPage),
        Kind.IDEA: readable_page_ids(user, IdeaBoardPage),
        Kind.ARTICLE: readable_articles(user),
    }


def ranked_boards(user: Any) -> frozenset[int]:
    """The boards whose ideas the person may see in the order of their support."""
    boards = IdeaBoardPage.objects.filter(pk__in=readable_page_ids(user, IdeaBoardPage))
    return frozenset(board.pk for board in boards.only("hides_counts") if may_see_order(user, board))


def wanted_for(query: Query, user: Any) -> Wanted:
    """What the query asks for. A filter by something that is not there, or that the person may not know of, is the
    same to them: nothing passes it."""
    pages = readable(user)
    values = _values(query.filters)
    states = set(values.get("is", ()))
    return Wanted(
        pages=pages,
        terms=terms_with_synonyms(query.typed),
        excluded=tuple(Term((typed.words,), typed.is_quoted, is_left_out=True) for typed in query.excluded),
        tags=frozenset(slugify(value, allow_unicode=True) for value in values.get("tag", ())),
        statuses=_statuses(values.get("status"), states.difference(OF_QUESTIONS), pages[Kind.IDEA]),
        authors=_authors(values["by"], user) if "by" in values else None,
        languages=frozenset(values["lang"]) if "lang" in values else None,
        within=_within(values["in"], user) if "in" in values else None,
        is_unanswered="unanswered" in states,
        is_answered="answered" in states,
        is_solved="solved" in states,
        created_from=max(map(_midnight, values["after"])) if "after" in values else None,
        created_before=min(map(_midnight, values["before"])) if "before" in values else None,
    )


def folded(text: str) -> str:
    """A name as it is compared: without regard to case, accents and signs."""
    return " ".join(folded_words(composed(text)))


def _values(filters: Iterable[Filter]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for part in filters:
        values.setdefault(part.name, []).append(part.value)
    return values


def _statuses(names: list[str] | None, kinds: set[str], boards: frozenset[int]) -> frozenset[int] | None:
    """The statuses of any of these names that are of one of these kinds; without either, no matter which."""
    if names is None and not kinds:
        return None
    rows = Status.objects.filter(board__in=boards).values_list("pk", "name", "slug", "kind")
    wanted = {folded(name) for name in names or ()}
    return frozenset(
        pk
        for pk, name, slug, kind in rows
        if (names is None or not wanted.isdisjoint((folded(name), folded(slug)))) and (not kinds or kind in kinds)
    )


def _authors(handles: list[str], user: Any) -> frozenset[int]:
    own = {user.pk} if ME in handles and user.is_authenticated else set()
    return frozenset(Member.objects.filter(handle__in=handles).values_list("pk", flat=True)) | own


def _within(names: list[str], user: Any) -> frozenset[int]:
    wanted = {folded(name) for name in names}
    return frozenset(
        page.pk for page in readable_pages(user) if not wanted.isdisjoint((folded(page.title), folded(page.slug)))
    )


def _midnight(day: str) -> datetime:
    """The moment at which the day begins for the reader."""
    parsed = first_day(day)
    assert parsed is not None  # noqa: S101 -- the parser lets no other value pass
    return timezone.make_aware(datetime.combine(parsed, time.min))
