"""What a merge does besides adding up supporters, told before it is done."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ideas.actions import MergePreview
from ideas.models import Status

CLOSED = (Status.Kind.SHIPPED, Status.Kind.DECLINED)


def effects(preview: MergePreview) -> list[str]:
    """A sentence for each thing that somebody who merges might not expect."""
    return [*_on_voting(preview), *_on_boards(preview), *_on_budgets(preview)]


def _on_voting(preview: MergePreview) -> list[str]:
    status = preview.target.status
    said = []
    if status.kind in CLOSED:
        sentence = _(
            "“%(title)s” has the status “%(status)s”. What was merged into it leaves the list of open ideas, and its "
            "supporters are told this outcome."
        )
        said.append(sentence % {"title": preview.target.title, "status": status.name})
    if not preview.target.accepts_votes:
        said.append(_("Voting there is closed: the votes of both are counted, and nobody can add one."))
    return said


def _on_boards(preview: MergePreview) -> list[str]:
    here, there = preview.duplicate.board, preview.target.board
    if here == there:
        return []
    sentence = _(
        "They are on different boards. The duplicate is not listed on “%(here)s” any more; its comments can be read on "
        "“%(there)s” by those who may read “%(here)s” too."
    )
    return [sentence % {"here": here.title, "there": there.title}]


def _on_budgets(preview: MergePreview) -> list[str]:
    here, there = preview.duplicate.board, preview.target.board
    is_open = preview.target.accepts_votes
    said = []
    if here.vote_budget and preview.duplicate.accepts_votes:
        stays = here == there and is_open
        back = preview.shared_supporters if stays else preview.duplicate_supporters
        if back:
            sentence = ngettext(
                "%(count)d person gets a vote back on “%(board)s”.",
                "%(count)d people get a vote back on “%(board)s”.",
                back,
            )
            said.append(sentence % {"count": back, "board": here.title})
    if here != there and there.vote_budget and is_open:
        more = preview.duplicate_supporters - preview.shared_supporters
        if more:
            sentence = ngettext(
                "%(count)d person has one more vote in use on “%(board)s”, even if that is more than they have there.",
                "%(count)d people have one more vote in use on “%(board)s”, even if that is more than they have there.",
                more,
            )
            said.append(sentence % {"count": more, "board": there.title})
    return said
