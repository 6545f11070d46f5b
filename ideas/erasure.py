"""What the boards forget about a person who is erased: sentences, what they follow, where the team learnt of votes.

The votes themselves and their lines in the ledger stay.
"""

from accounts.erasure import register
from accounts.models import Member
from ideas.models import IdeaSubscription, SeenEdit, VoteEvidence, VoteNetwork, VoteSentence


@register
def forget_what_was_said(member: Member) -> None:
    VoteSentence.objects.filter(member=member).delete()
    IdeaSubscription.objects.filter(member=member).delete()
    SeenEdit.objects.filter(member=member).delete()
    VoteEvidence.objects.filter(event__member=member).delete()
    VoteNetwork.objects.filter(event__member=member).delete()
