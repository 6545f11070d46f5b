"""The ways in which acts on ideas are refused, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import ConflictError


class VotingClosedError(ConflictError):
    sentence = _("Voting on this idea is closed.")


class IdeaNotVisibleError(ConflictError):
    sentence = _("This idea is not on the board any more.")


class OtherBoardsStatusError(ConflictError):
    sentence = _("This status belongs to another board.")


class StaleStatusError(ConflictError):
    sentence = _("Somebody has changed the status since you opened this page. See what it is now before you save.")


class NothingAnsweredError(ConflictError):
    sentence = _("Nothing was answered with this change of status, so there is nothing to correct.")


class EmptyAnswerError(ConflictError):
    sentence = _("An answer can be corrected, but not erased. Write what is right instead.")


class SameAnswerError(ConflictError):
    sentence = _("This is what the answer says already.")


class StaleAnswerError(ConflictError):
    sentence = _("Somebody has corrected this answer since you opened this page. See what it says now before you save.")


class UntranslatedAnswerError(ConflictError):
    sentence = _("Write the public answer itself too: it is what everybody else reads.")


class NoPlannerError(ConflictError):
    sentence = _("Only somebody who plans ideas and may read the board can own an idea.")


class UnknownQuarterError(ConflictError):
    sentence = _("This is not a quarter of a year.")


class UnknownTrackerError(ConflictError):
    sentence = _(
        "This is not the address of an item in a tracker that we know. These are Jira, GitHub, GitLab, Linear and "
        "Azure DevOps."
    )


class LinkedAlreadyError(ConflictError):
    sentence = _("The idea is linked to this already.")


class LinkGoneError(ConflictError):
    sentence = _("Somebody has removed this link already.")


class NoteGoneError(ConflictError):
    sentence = _("This note was removed.")


class NothingChosenError(ConflictError):
    sentence = _("Say what to change: tags, the status, the owner or the target quarter.")


class DifferentBoardsError(ConflictError):
    sentence = _("A status belongs to one board. To change the status, choose ideas of one board alone.")


class AnswerWithoutStatusError(ConflictError):
    sentence = _("Choose the status that the answer goes with.")


class OthersMergedIntoError(ConflictError):
    sentence = _("Other ideas were merged into this one and are counted with it. A moderator can undo that first.")


class BudgetSpentError(ConflictError):
    sentence = _("You have used all your votes on this board. Take one back, or wait until one of your ideas is done.")
    leads_to = "ideas:own-votes"
    leads_to_label = _("See your votes")


class NoVoteError(ConflictError):
    sentence = _("Vote for the idea first.")


class NotAddedByTeamError(ConflictError):
    sentence = _("This vote was not added by the team, so only its owner can take it back.")


class UnreadableBoardError(ConflictError):
    sentence = _("This member may not read the board, so the vote would be hidden from its owner.")


class SuspendedVoterError(ConflictError):
    sentence = _("The votes of this member do not count at present, so none can be added.")


class AlreadyClaimedError(ConflictError):
    sentence = _("These votes belong to an account already.")


class UnknownClaimLinkError(ConflictError):
    sentence = _("This link is not valid any more. Ask the team for a new one.")
    leads_to = "ideas:own-votes"
    leads_to_label = _("See your votes")


class NotInColumnError(ConflictError):
    sentence = _("These ideas are not near each other on the roadmap any more. Reload it and try again.")


class NotArrangedError(NotInColumnError):
    sentence = _("Only ideas that are planned or in progress can be put in order.")


class NoShippedStatusError(ConflictError):
    sentence = _("The board of one of these ideas has no status of the kind “shipped”.")


class UnsettledMomentError(ConflictError):
    sentence = _("Choose a moment at least a minute ago: what was done since may still be on its way.")


class PolicyPublishedError(ConflictError):
    sentence = _("This policy is published. It can't be changed any more: make a new version of it.")


class PolicyNotPublishedError(ConflictError):
    sentence = _("This policy is not published, so it ranks nothing.")


class WeightlessPolicyError(ConflictError):
    sentence = _("By this policy every idea would have the score 0. Give something a weight.")


class OtherBoardsPolicyError(ConflictError):
    sentence = _("This policy is not for this board.")


class SentenceHiddenError(ConflictError):
    sentence = _("This sentence is hidden already.")


class SentenceShownError(ConflictError):
    sentence = _("This sentence is not hidden.")


class QuestionNotVisibleError(ConflictError):
    sentence = _("There is no such question, or not everybody may see it.")
