"""What a vote button says and does, for one person and one idea."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib.auth.views import redirect_to_login
from django.urls import reverse
from django.utils.functional import Promise

from ideas.errors import IdeaNotVisibleError, VotingClosedError
from ideas.models import Idea


@dataclass(frozen=True)
class Ballot:
    """The variables of components/vote_button.html."""

    key: int
    label: str
    action: str
    count: int
    base: int
    is_voted: bool
    can_vote: bool
    reason: str | Promise
    login_url: str


def ballot(user: Any, idea: Idea, *, at: Idea, is_voted: bool, back: str) -> Ballot:
    """A button that votes for `idea`, or withdraws, where the person's vote for it counts at the idea `at`.

    Without scripts it leads back to the path `back`.
    """
    name = "ideas:vote-withdraw" if is_voted else "ideas:vote-cast"
    here = f"{back}#vote-{idea.pk}"
    is_open = at.accepts_votes and idea.is_visible
    closed = VotingClosedError.sentence if at.is_visible and idea.is_visible else IdeaNotVisibleError.sentence
    return Ballot(
        key=idea.pk,
        label=at.title,
        action=f"{reverse(name, args=[idea.pk])}?next={quote(here)}",
        count=at.supporter_count,
        base=at.family_base_votes,
        is_voted=is_voted,
        can_vote=is_open and user.is_authenticated,
        reason="" if is_open else closed,
        login_url="" if user.is_authenticated or not is_open else redirect_to_login(here).url,
    )
