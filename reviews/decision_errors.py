"""The ways in which decisions are refused, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from core.errors import ConflictError


class NotPublishedError(ConflictError):
    sentence = _("Decisions are taken on a published review. Publish this one first.")


class NotInReviewError(ConflictError):
    sentence = _("This idea is not in the review.")


class DecidedAlreadyError(ConflictError):
    sentence = _("This was decided already. The decision can be corrected.")


class NotDecidedError(ConflictError):
    sentence = _("Nothing was decided on this idea, so there is nothing to correct.")


class NothingProposedError(ConflictError):
    sentence = _("No decision is noted. Note one on an idea first.")


class StaleProposalError(ConflictError):
    sentence = _("Somebody has changed what is noted here since you opened this page. See what it says now.")


class StaleDecisionError(ConflictError):
    sentence = _("Somebody has corrected this decision since you opened this page. See what it says now.")


class SameDecisionError(ConflictError):
    sentence = _("This is what was decided already.")


class NoTargetError(ConflictError):
    sentence = _("Say which idea it is merged into, and only where the decision is to merge it.")


class OutOfStepError(ConflictError):
    """Some ideas are not as they were when their decisions were noted: a sentence for each."""
