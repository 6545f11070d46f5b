"""The files of a review, to be compared to the byte; as a command, those of one that is published in this process.

python -m tests.reviews.files 900000
"""

import hashlib
import io
import json
import sys

import django
from django.db import transaction


def files_of(pk: int) -> dict[str, bytes]:
    """Each file of a published review, from what the database holds now, for somebody who may see all."""
    from reviews.exports import as_csv, as_json_lines, as_markdown
    from reviews.models import ReviewSnapshot
    from reviews.spreadsheets import write_xlsx
    from reviews.supporters import supporters_csv
    from tests.reviews.conftest import EVERYTHING

    snapshot, book = ReviewSnapshot.objects.get(review=pk), io.BytesIO()
    write_xlsx(snapshot, EVERYTHING, book)
    return {
        "csv": b"".join(as_csv(snapshot, EVERYTHING)),
        "md": b"".join(as_markdown(snapshot, EVERYTHING)),
        "jsonl": b"".join(as_json_lines(snapshot, EVERYTHING)),
        "xlsx": book.getvalue(),
        "supporters": b"".join(supporters_csv(snapshot)),
    }


def digests(pk: int) -> dict[str, str]:
    """The SHA-256 of each."""
    return {name: hashlib.sha256(file).hexdigest() for name, file in files_of(pk).items()}


def published_digests(pk: int) -> dict[str, str]:
    """The same of a draft, as if it were published now; nothing of it stays."""
    from reviews.actions import publish_review
    from reviews.models import Review

    review = Review.objects.get(pk=pk)
    with transaction.atomic():
        publish_review(review=review, by=review.created_by)
        found = digests(pk)
        transaction.set_rollback(True)
    return found


if __name__ == "__main__":
    django.setup()
    print(json.dumps(published_digests(int(sys.argv[1]))))  # noqa: T201 -- to the test that asks
