"""Finding questions, ideas, articles, members and tags.

Other apps reach it by its address, importers by `search.indexing`.
"""
