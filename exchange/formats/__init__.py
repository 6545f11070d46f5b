"""One module a format. Each gives the class of its Source and knows nothing of the database."""
