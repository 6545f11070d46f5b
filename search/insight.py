"""How well the search serves people, counted without keeping who they are.

A page that shows what was found carries a token, and the browser sends it back: once when the page is shown, and with
a rank when a result is opened. docs/explanation/search-insight.md says what is kept, and why in this way.
"""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_tasks import task

from accounts.models import Member
from core.tasks import WORKER
from search.backends import Kind
from search.engine import Results
from search.models import FollowedSuggestion, LoggedSearch, SearchClick, VisitSalt

KEPT_FOR = timedelta(days=90)
TOKEN_LIFE = timedelta(days=1)
_PURPOSE = "search.insight"
_MOST_CHARACTERS = 200
# An address of mail, or a number as long as that of a telephone.
_PERSONAL = re.compile(r"\S@\S|(?<!\w)\+?\d(?:[\s./()-]{0,2}\d){6,}")


@dataclass(frozen=True)
class Visit:
    """Who searches, as a hash that means nothing after its day."""

    day: date
    digest: str


def search_token(results: Results) -> str:
    """For the first page of what words alone find; empty where they are not to be kept, for they may name somebody.

    Where nothing has all of the words, they count as having found nothing.
    """
    query = results.query
    words = " ".join(word for typed in query.typed for word in typed.words)[:_MOST_CHARACTERS]
    if not words or query.filters or _PERSONAL.search(query.text):
        return ""
    count = 0 if results.is_partial else sum(results.counts.values())
    return _signed({"words": words, "count": count, "shown": [(hit.kind, hit.post.pk) for hit in results.hits]})


def suggestion_token(shown: Iterable[tuple[Kind, int]]) -> str:
    """For the similar posts beside the form in which somebody writes."""
    return _signed({"shown": list(shown)})


def visit_of_member(member: Member) -> Visit:
    return _visit(f"member {member.pk}")


def visit_of_visitor(address: str, agent: str) -> Visit:
    return _visit(f"visitor {address} {agent}")


@transaction.atomic
def record(token: str, *, rank: int = 0, visit: Visit, language: str) -> None:
    """Count a search, and the opening of what was shown at a rank from 1; telling it again counts nothing more.

    Raises signing.BadSignature for a token that is not ours or too old.
    """
    data = signing.loads(token, salt=_PURPOSE, max_age=TOKEN_LIFE)
    opened = data["shown"][rank - 1] if 1 <= rank <= len(data["shown"]) else None
    if "words" not in data:
        if opened:
            key = {"day": visit.day, "visit": visit.digest, "kind": opened[0], "post": opened[1]}
            FollowedSuggestion.objects.get_or_create(**key, defaults={"rank": rank})
        return
    search, _ = LoggedSearch.objects.update_or_create(
        day=visit.day,
        visit=visit.digest,
        words=data["words"],
        defaults={"result_count": data["count"], "language": language},
    )
    if opened:
        SearchClick.objects.get_or_create(search=search, kind=opened[0], post=opened[1], defaults={"rank": rank})


def record_post(by: Member) -> None:
    """The suggestions that the member followed today did not keep them from posting."""
    if not VisitSalt.objects.filter(day=_today()).exists():
        return
    visit = visit_of_member(by)
    FollowedSuggestion.objects.filter(day=visit.day, visit=visit.digest).update(is_posted=True)


def forget_member(member: Member) -> None:
    """Delete what the member searched for today; whose the searches of earlier days were, nobody knows."""
    visit = visit_of_member(member)
    for model in (LoggedSearch, FollowedSuggestion):
        model._default_manager.filter(day=visit.day, visit=visit.digest).delete()


@task(backend=WORKER)
def forget() -> None:
    """Delete the salts of days that are over, and what is older than KEPT_FOR."""
    today = _today()
    VisitSalt.objects.filter(day__lt=today).delete()
    for model in (LoggedSearch, FollowedSuggestion):
        model._default_manager.filter(day__lt=today - KEPT_FOR).delete()


def _visit(person: str) -> Visit:
    row, _ = VisitSalt.objects.get_or_create(day=_today(), defaults={"salt": secrets.token_urlsafe(32)})
    digest = salted_hmac(_PURPOSE, person, secret=row.salt, algorithm="sha256").hexdigest()
    return Visit(row.day, digest[:32])


def _today() -> date:
    """By UTC, whatever time zone the person lives in."""
    return timezone.now().date()


def _signed(data: dict[str, object]) -> str:
    return signing.dumps(data, salt=_PURPOSE, compress=True)
