"""Django's flush, which empties every table, for the tests: the one place where the ledgers' protection is lifted."""

from typing import Any

from django.core.management.commands import flush

from core.ledger import unprotected


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with unprotected(options["database"]):
            super().handle(**options)
