"""What indexes and aliases are called: chorus-question reads, chorus-question-write writes, and behind both stand
indexes such as chorus-question-20260301-120000.
"""

from datetime import datetime

from django.conf import settings

from search.backends import Kind


def read_alias(kind: Kind) -> str:
    return f"{settings.ELASTICSEARCH_PREFIX}-{kind}"


def write_alias(kind: Kind) -> str:
    return f"{read_alias(kind)}-write"


def index_name(kind: Kind, at: datetime) -> str:
    return f"{read_alias(kind)}-{at:%Y%m%d-%H%M%S-%f}"
