"""Fills an empty site with the demo community."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.demo import filling
from exchange.demo.reading import Person, read_community


class Command(BaseCommand):
    help = (
        "Fill an empty site with the demo community and print the accounts to try it with. "
        "Where that was done before, nothing changes."
    )

    def handle(self, **options: Any) -> None:
        try:
            is_new = filling.fill()
        except filling.SiteInUseError as error:
            raise CommandError(str(error.sentence)) from error
        order = ["customer", *filling.ROLES]
        accounts = [person for person in read_community().people if person.account]
        accounts.sort(key=lambda person: order.index(person.role))
        self.stdout.write(
            "The demo community is ready." if is_new else "The demo community is here already; nothing has changed."
        )
        self.stdout.write("Sign in as:\n\n" + "\n".join(lines_of(accounts)))


def lines_of(accounts: list[Person]) -> list[str]:
    """The accounts as a table: role, name, address, password."""
    rows = [(person.role, person.name, person.email, person.password or "") for person in accounts]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
