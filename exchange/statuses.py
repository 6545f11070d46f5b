"""The statuses of imported ideas on the board that takes them in."""

from django.utils.text import slugify

from exchange import records
from ideas.models import COLOURS, IdeaBoardPage, Status

CLOSED = (Status.Kind.SHIPPED, Status.Kind.DECLINED)


class Statuses:
    """The statuses of one board by name; one that the board doesn't have is added at its end."""

    def __init__(self, board: IdeaBoardPage) -> None:
        self.board = board
        self.first = board.first_status
        self.by_name = {status.name.casefold(): status for status in Status.objects.filter(board=board)}

    def get(self, wanted: records.Status | None) -> Status:
        if wanted is None:
            return self.first
        name = wanted.name[:40].strip()
        if name.casefold() not in self.by_name:
            self.by_name[name.casefold()] = self._add(name, Status.Kind(wanted.kind.value))
        return self.by_name[name.casefold()]

    def _add(self, name: str, kind: Status.Kind) -> Status:
        slugs = set(Status.objects.filter(board=self.board).values_list("slug", flat=True))
        base = slugify(name)[:35] or kind.value
        slug = next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(slugs) + 3))) if slug not in slugs)
        return Status.objects.create(
            board=self.board,
            sort_order=len(slugs),
            name=name,
            slug=slug,
            kind=kind,
            colour=COLOURS[kind],
            accepts_votes=kind not in CLOSED,
        )
