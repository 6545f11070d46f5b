"""The ways an action can refuse, each answered with a sentence and the right status (see core.middleware)."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


class ForbiddenError(PermissionDenied):
    """The person may see this and may not do it: 403. Subclasses give the sentence."""

    sentence: str | Promise = ""

    def __init__(self, sentence: str | Promise | None = None) -> None:
        super().__init__(str(sentence or self.sentence))


class ConflictError(Exception):
    """The act is not possible in the present state, and nothing has changed: 409. Subclasses give the sentence.

    They may name the page that helps further: `leads_to` is the name of its URL, `leads_to_label` what a link says.
    """

    sentence: str | Promise = ""
    leads_to: str = ""
    leads_to_label: str | Promise = ""

    def __init__(self, sentence: str | Promise | None = None) -> None:
        super().__init__(str(sentence or self.sentence))
