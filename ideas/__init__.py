"""Boards: ideas, votes and their ledger, statuses, merging. Knows nothing of moderation's queue or of reviews."""
