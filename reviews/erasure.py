"""What reviews forget about a person who is erased. The hash of a snapshot holds without the names."""

from accounts.erasure import register
from accounts.models import Member
from reviews.models import SealedName


@register
def unseal_names(member: Member) -> None:
    """Names stand in snapshots as salted digests alone; without name and salt they say nothing."""
    SealedName.objects.filter(member=member).delete()
