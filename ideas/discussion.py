"""How much an idea is discussed: the visible comments on it and on what was merged into it.

Comments on a duplicate of another board are left out, since not everybody who reads the idea may read them.
"""

from collections.abc import Iterable, Mapping

from community import families
from ideas.models import Idea


def counts(rows: Mapping[int, Idea]) -> dict[int, int]:
    """What `discussion_count` is for each of these ideas, given with their whole families; 0 for duplicates."""
    result = dict.fromkeys(rows, 0)
    for row in rows.values():
        root = rows[row.canonical_id or row.pk]
        if row.pk == root.pk or (row.is_visible and row.board_id == root.board_id):
            result[root.pk] += row.comment_count
    return result


def recount(rows: Mapping[int, Idea]) -> None:
    """Bring the counts of locked families up to their rows."""
    for pk, count in counts(rows).items():
        if rows[pk].discussion_count != count:
            rows[pk].discussion_count = count
            Idea.objects.filter(pk=pk).update(discussion_count=count)


def recount_families_of(pks: Iterable[int]) -> None:
    """The same for the families of these ideas, inside a transaction."""
    recount(families.lock(Idea, *pks))
