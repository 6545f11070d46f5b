"""What moderators do: hiding and restoring posts, and suspending members, with a reason and a log.

The posts' own apps change them, and `ideas` says what becomes of votes.
"""
