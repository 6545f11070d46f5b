"""The ways in which acts on ideas are refused, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import ConflictError


class VotingClosedError(ConflictError):
    sentence = _("Voting on this idea is closed.")


class IdeaNotVisibleError(ConflictError):
    sentence = _("This idea is not on the board any more.")


class OtherBoardsStatusError(ConflictError):
    sentence = _("This status belongs to another board.")


class OthersMergedIntoError(ConflictError):
    sentence = _("Other ideas were merged into this one and are counted with it. A moderator can undo that first.")
