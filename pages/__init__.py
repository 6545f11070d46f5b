"""What shows several apps at once: the home page, plain pages, members' and tags' pages, a site's first run."""
