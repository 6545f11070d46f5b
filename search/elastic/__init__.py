"""Searching with Elasticsearch, where ELASTICSEARCH_URL names one.

`documents` says what is indexed, `sync` sends what the outbox notes, `rebuild` makes indexes anew, `backend` asks, and
`breaker` keeps a server that does not answer from holding up a page. See docs/adr/0008.

Where there is none, nothing is imported that needs its client.
"""

from django.conf import settings


def is_configured() -> bool:
    return bool(settings.ELASTICSEARCH_URL)
