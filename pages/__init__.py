"""What shows several apps at once: the home page, plain pages, members' and tags' pages, and the first run of a site."""
