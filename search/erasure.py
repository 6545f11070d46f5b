"""What the search forgets about a person who is erased."""

from accounts.erasure import register
from search.insight import forget_member

register(forget_member)
