"""Who joined when, and who voted for what and when: worked out from the texts, the same every time.

Chance is seeded with the names and slugs that it decides about. So a changed text changes its own votes and no others.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from exchange.demo.reading import Community, Person, Thread

OLDEST = timedelta(days=440)
SAME_LANGUAGE, SAME_SEGMENT, SAME_ORGANISATION, WRITER = 3.0, 4.0, 2.0, 1.5


@dataclass(frozen=True)
class Ballot:
    """One person's vote on an idea, and when they took it back if they did."""

    handle: str
    cast_at: datetime
    withdrawn_at: datetime | None = None


def joining(community: Community, today: datetime) -> dict[str, datetime]:
    """When each member joined: those who write a while before their first words, the others at any time."""
    first: dict[str, datetime] = {}
    for thread in (*community.questions, *community.ideas):
        begins = thread.begins(today)
        acts = [(thread.author, begins), *((block.author, begins + block.after) for block in thread.blocks)]
        for handle, moment in acts:
            first[handle] = min(moment, first.get(handle, moment))
    joined = {}
    for person in community.people:
        chance = _chance("joined", person.handle)
        if person.is_staff:
            joined[person.handle] = today - OLDEST + timedelta(hours=chance.uniform(8, 17))
        elif person.handle in first:
            joined[person.handle] = first[person.handle] - timedelta(minutes=10 + 60 * 24 * 70 * chance.random() ** 3)
        else:
            joined[person.handle] = today - timedelta(days=10 + 420 * chance.random() ** 0.7)
    return joined


def ballots(
    idea: Thread,
    community: Community,
    joined: Mapping[str, datetime],
    *,
    begins: datetime,
    closes: datetime,
    for_everyone: bool,
) -> list[Ballot]:
    """The votes of everyone but the author, who votes by posting: as many as the text says, until voting closed."""
    chance = _chance("votes", idea.slug)
    author = next(person for person in community.people if person.handle == idea.author)
    segments = {organisation.slug: organisation.segment for organisation in community.organisations}
    latest_arrival = closes - timedelta(hours=2)
    electorate = [
        person
        for person in community.people
        if not person.is_staff
        and person != author
        and (person.beta or for_everyone)
        and joined[person.handle] < latest_arrival
    ]
    weights = [_interest(person, idea, author, segments) for person in electorate]
    wanted = idea.supporters - 1 + idea.withdrawn
    if len(electorate) < wanted:
        raise ValueError(f"{idea.slug} has more supporters than could vote for it")
    voters = _drawn(electorate, weights, wanted, chance)
    result = []
    for number, person in enumerate(voters):
        start = max(begins + timedelta(minutes=5), joined[person.handle] + timedelta(minutes=5))
        cast_at = _moment(start, closes, 0.45 if idea.rising else 2.2, chance)
        takes_it_back = number >= len(voters) - idea.withdrawn
        withdrawn_at = _moment(cast_at + timedelta(minutes=1), closes, 1.5, chance) if takes_it_back else None
        result.append(Ballot(person.handle, cast_at, withdrawn_at))
    return sorted(result, key=lambda ballot: (ballot.cast_at, ballot.handle))


def _interest(person: Person, idea: Thread, author: Person, segments: Mapping[str, str]) -> float:
    """How likely somebody is to vote for an idea, compared with others. A few vote a lot and most hardly ever."""
    weight = 0.25 + _chance("activity", person.handle).expovariate(1)
    if person.writes:
        weight *= WRITER
    if person.language == idea.language:
        weight *= SAME_LANGUAGE
    if segments.get(person.organisation) in idea.mostly:
        weight *= SAME_SEGMENT
    if person.organisation and person.organisation == author.organisation:
        weight *= SAME_ORGANISATION
    return weight


def _drawn(people: Iterable[Person], weights: Iterable[float], count: int, chance: random.Random) -> list[Person]:
    """So many of the people, none twice, drawn by weight (Efraimidis and Spirakis 2006)."""
    keys = [
        (chance.random() ** (1 / weight), person.handle, person) for person, weight in zip(people, weights, strict=True)
    ]
    return [person for _, _, person in sorted(keys, reverse=True)[:count]]


def _moment(start: datetime, end: datetime, bend: float, chance: random.Random) -> datetime:
    """Between the two, early on if `bend` is above 1 and late if below, and in waking hours where there is room."""
    moment = start + (end - start) * chance.random() ** bend
    awake = datetime.combine(moment.date(), time(), tzinfo=moment.tzinfo)
    awake += timedelta(hours=chance.triangular(5.5, 22.5, 12))
    return awake if start <= awake <= end else moment


def _chance(*about: str) -> random.Random:
    return random.Random(" ".join(about))  # noqa: S311 - it has to be the same every time
