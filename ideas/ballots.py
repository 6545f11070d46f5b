"""What a vote button says and does, for one person and one idea, and who may see how many support it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.utils.functional import Promise

from accounts.permissions import suspended_sentence
from core.addresses import address
from core.statements import Given, Statement
from ideas.errors import IdeaNotVisibleError, VotingClosedError
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import PLAN


@dataclass(frozen=True)
class Ballot:
    """The variables of components/vote_button.html. Where counts are hidden from the person, both are None."""

    key: int
    label: str
    action: str
    count: int | None
    base: int | None
    is_voted: bool
    can_vote: bool
    reason: str | Promise
    login_url: str


_counting_at = Statement(
    lambda: (
        Idea.objects.filter(pk=Given("idea"))
        .select_related("status", "board")
        .only(
            *("title", "slug", "visibility", "supporter_count", "family_base_votes"),
            *("status__accepts_votes", "board__hides_counts", "board__vote_budget"),
        )
    )
)


def counting_at(pk: int) -> Idea:
    """The idea where a vote counts, with no more than its button and its board's budget need."""
    return _counting_at.ask(idea=pk)[0]


def may_see_count(user: Any, idea: Idea, *, is_voted: bool) -> bool:
    """Whether the person may know how many support the idea, which comes with its board.

    A board may hide that until one supports the idea oneself; the team always sees it.
    """
    return not idea.board.hides_counts or is_voted or user.has_perm(PLAN)


def may_see_order(user: Any, board: IdeaBoardPage) -> bool:
    """Whether the person may see the board's ideas in an order that tells which have more support."""
    return not board.hides_counts or user.has_perm(PLAN)


def ballot(user: Any, idea: Idea, *, at: Idea, is_voted: bool, back: str) -> Ballot:
    """A button that votes for `idea`, or withdraws, where the person's vote for it counts at the idea `at`.

    Without scripts it leads back to the path `back`.
    """
    name = "ideas:vote-withdraw" if is_voted else "ideas:vote-cast"
    here = f"{back}#vote-{idea.pk}"
    is_open = at.accepts_votes and idea.is_visible
    is_known = may_see_count(user, at, is_voted=is_voted)
    is_suspended = user.is_authenticated and user.is_suspended
    closed = VotingClosedError.sentence if at.is_visible and idea.is_visible else IdeaNotVisibleError.sentence
    return Ballot(
        key=idea.pk,
        label=at.title,
        action=f"{address(name, idea.pk)}?next={quote(here)}",
        count=at.supporter_count if is_known else None,
        base=at.family_base_votes if is_known else None,
        is_voted=is_voted,
        can_vote=is_open and user.is_authenticated and not is_suspended,
        reason=(suspended_sentence(user) if is_suspended else "") if is_open else closed,
        login_url="" if user.is_authenticated or not is_open else redirect_to_login(here).url,
    )
