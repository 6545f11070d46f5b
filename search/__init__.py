"""Finding questions and ideas. Other apps reach it by its address, importers by `search.indexing`."""
