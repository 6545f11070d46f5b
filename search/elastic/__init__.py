"""Searching with Elasticsearch, where ELASTICSEARCH_URL names one.

`documents` says what is indexed, `sync` sends what the outbox notes, `rebuild` makes indexes anew, `backend` asks, and
`breaker` keeps a server that does not answer from holding up a page. See docs/adr/0008.
"""
