"""What moderators did to members, sent by actions inside their transaction. Receivers only write rows."""

from django.dispatch import Signal

member_suspended = Signal()  # suspension, by
suspension_lifted = Signal()  # suspension, by
