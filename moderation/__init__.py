"""What moderators do: hiding and restoring posts, with a reason and a log. Calls the actions of the apps that own the posts."""
