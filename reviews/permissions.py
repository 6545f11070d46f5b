"""Who may do what with reviews. Each check is quiet when allowed and raises ForbiddenError with a sentence when not."""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import ForbiddenError
from ideas.models import Idea, IdeaBoardPage
from ideas.permissions import check_can_change_status, check_can_plan, check_can_see_voters
from ideas.querysets import readable_boards
from reviews.models import COLLECT, Review, ReviewComment
from reviews.querysets import VIEW

ADD = "reviews.add_review"
CHANGE = "reviews.change_review"
PUBLISH = "reviews.publish_review"
DECIDE = "reviews.decide_review"
REQUEST_RESEARCH = "reviews.request_research"
INTERPRET = "reviews.add_interpretation"
MANAGE_DESTINATIONS = "reviews.manage_destinations"
SEND = "reviews.send_to_destination"


def check_can_view(user: Any) -> None:
    if not user.has_perm(VIEW):
        raise ForbiddenError(_("Only the product team can open product reviews."))


def check_can_create(user: Any, board: IdeaBoardPage) -> None:
    if not user.has_perm(ADD):
        raise ForbiddenError(_("Your account may read product reviews, but not prepare them."))
    _check_can_read(user, board.pk)


def check_can_change(user: Any, review: Review) -> None:
    if not user.has_perm(CHANGE):
        raise ForbiddenError(_("Your account may not change drafts of product reviews."))
    _check_can_read(user, *review.board_ids)


def check_can_publish(user: Any, review: Review) -> None:
    if not user.has_perm(PUBLISH):
        raise ForbiddenError(_("Your account may prepare product reviews, but not publish them."))
    _check_can_read(user, *review.board_ids)


def check_can_decide(user: Any, review: Review) -> None:
    """Deciding on the ideas of a review; it changes their statuses and merges them, as the review says."""
    if not user.has_perm(DECIDE):
        raise ForbiddenError(_("Your account may read product reviews, but not decide on their ideas."))
    check_can_change_status(user)
    _check_can_read(user, *review.board_ids)


def check_can_talk(user: Any, review: Review) -> None:
    """Commenting on a review: whoever may see it."""
    check_can_view(user)
    _check_can_read(user, *review.board_ids)


def check_can_change_comment(user: Any, comment: ReviewComment) -> None:
    """Changing and removing a comment: whoever wrote it, while they may see the review."""
    check_can_talk(user, comment.review)
    if comment.author_id != user.pk:
        raise ForbiddenError(_("Only its author can change this comment."))


def check_can_request_research(user: Any, board_id: int) -> None:
    """Asking support to collect on a topic of a board, and changing or withdrawing what is asked."""
    check_asks_for_research(user)
    _check_can_read(user, board_id)


def check_asks_for_research(user: Any) -> None:
    if not user.has_perm(REQUEST_RESEARCH):
        raise ForbiddenError(_("Only the product team can ask support to collect on a topic."))


def check_can_see_research(user: Any) -> None:
    if not user.has_perm(COLLECT):
        raise ForbiddenError(_("Only moderators and the product team can open research requests."))


def check_can_collect(user: Any, board_id: int) -> None:
    """Adding to what was collected, and answering."""
    check_can_see_research(user)
    _check_can_read(user, board_id)


def check_can_manage_destinations(user: Any) -> None:
    """Saying which trackers and webhooks there are; whoever may can't read their keys either."""
    if not user.has_perm(MANAGE_DESTINATIONS):
        raise ForbiddenError(_("Only administrators can say where ideas are sent to."))


def check_can_send(user: Any, review: Review) -> None:
    """Sending ideas of a review to a tracker, which links them to what they are there."""
    check_can_view(user)
    if not user.has_perm(SEND):
        raise ForbiddenError(_("Your account may read product reviews, but not send their ideas to trackers."))
    check_can_plan(user)
    _check_can_read(user, *review.board_ids)


def check_can_download(user: Any, review: Review) -> None:
    check_can_view(user)
    _check_can_read(user, *review.board_ids)


def check_can_interpret(user: Any, idea: Idea) -> None:
    """Saying what support makes of an idea: moderators and the product team, of ideas that they may see themselves."""
    if not user.has_perm(INTERPRET):
        raise ForbiddenError(_("Only moderators and the product team can interpret ideas."))
    if not Idea.objects.visible_to(user).filter(pk=idea.pk).exists():
        raise ForbiddenError(_("You can interpret only ideas that you may see."))


def check_can_list_supporters(user: Any, review: Review) -> None:
    """The list of persons: whoever may see the voters of an idea."""
    check_can_download(user, review)
    check_can_see_voters(user)


def _check_can_read(user: Any, *boards: int) -> None:
    if not readable_boards(user).issuperset(boards):
        raise ForbiddenError(_("This board is not open to you."))
