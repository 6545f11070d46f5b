"""What moderators do: hiding and restoring posts, with a reason and a log. The posts' own apps change them."""
