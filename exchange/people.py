"""The authors of imported posts: placeholder members, whom nobody has claimed and as whom nobody can sign in.

They are known by their ids at the source, never by their names, so that nobody here gets the words of a namesake.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.models import Member
from core.models import ImportRun
from exchange.records import Person

UNKNOWN = Person(source_id="")


def system_member() -> Member:
    """The named member that acts where no person does, permitted to do all that a run may need. Never saved as such."""
    member = Member.objects.system()
    member.is_superuser = True
    return member


class People:
    """The members who stand for the people of one source. Without a run nobody is made: it is only rehearsed."""

    def __init__(self, source: str, title: str, run: ImportRun | None) -> None:
        self.source, self.title, self.run = source, title, run
        self.rehearsed: set[str] = set()
        self.brought = 0

    def bring(self, people: Mapping[Person, datetime | None]) -> dict[str, int]:
        """The keys of the members for these people, by their ids; who is not here yet is made.

        A person comes with the moment since when they must have been at the source, for those of whom it doesn't say
        when they joined. For whoever is known neither here nor by a name, the one former user of the source stands.
        """
        named = {person.source_id: person for person in sorted(people, key=lambda person: person.name)}
        members = self._here(named)
        missing = [person for person in named.values() if person.source_id not in members]
        nameless = [person.source_id for person in missing if not person.name]
        if nameless:
            members |= self._here([UNKNOWN.source_id])
            if UNKNOWN.source_id not in members:
                missing.append(Person(UNKNOWN.source_id, f"Former user of {self.title}"))
        members |= self._make([person for person in missing if person.name], people)
        return members | dict.fromkeys(nameless, members.get(UNKNOWN.source_id, 0))

    def _here(self, ids: Iterable[str]) -> dict[str, int]:
        """Who of them is here; who was taken back with the run that brought them comes back."""
        ids = list(ids)
        rows = Member.objects.filter(source=self.source, source_id__in=ids).values_list(
            "source_id", "pk", "is_active", "import_run__state"
        )
        gone = {
            source_id: pk
            for source_id, pk, is_active, state in rows
            if not is_active and state == ImportRun.State.UNDONE and source_id not in self.rehearsed
        }
        self.brought += len(gone)
        if self.run is None:
            self.rehearsed |= gone.keys()
        elif gone:
            Member.objects.filter(pk__in=gone.values()).update(is_active=True, import_run=self.run)
        return dict.fromkeys(self.rehearsed.intersection(ids), 0) | {source_id: pk for source_id, pk, _, _ in rows}

    def _make(self, people: list[Person], since: Mapping[Person, datetime | None]) -> dict[str, int]:
        self.brought += len(people)
        if self.run is None:
            self.rehearsed |= {person.source_id for person in people}
            return {}
        handles = Member.objects.free_handles([person.name for person in people])
        members = [
            Member(
                handle=handle,
                name=person.name,
                password=make_password(None),
                date_joined=person.joined_at or since.get(person) or self.run.started_at,
                source=self.source,
                source_id=person.source_id,
                import_run=self.run,
            )
            for person, handle in zip(people, handles, strict=True)
        ]
        return {member.source_id: member.pk for member in Member.objects.bulk_create(members)}
