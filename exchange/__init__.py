"""Content from elsewhere: the importers, and the demo community. Knows every app below it; only the site's own
configuration knows it."""
