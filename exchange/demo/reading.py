"""Reads the demo community's texts (content/README.md says how they are written) into plain values."""

import re
import tomllib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.utils.text import slugify

CONTENT = Path(__file__).parent / "content"
_HEADER = re.compile(r"^\+\+\+\n(.*?)^\+\+\+\n", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(\d+)([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}


@dataclass(frozen=True)
class Organisation:
    slug: str
    name: str
    plan: str
    segment: str
    yearly_value: int
    language: str
    time_zone: str
    members: int


@dataclass(frozen=True)
class Person:
    """A member of the demo. `writes` tells those of people.toml from those of names.toml."""

    handle: str
    name: str
    organisation: str = ""
    role: str = "customer"
    account: bool = False
    beta: bool = False
    email: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    writes: bool = True

    @property
    def password(self) -> str | None:
        """With which the accounts for trying things out sign in; the others can't."""
        return f"{self.role.replace(' ', '-')}-demo" if self.account else None

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody of the company that runs the community, who has no vote on its boards."""
        return self.role in ("moderator", "product manager", "administrator")


@dataclass(frozen=True)
class Block:
    """What follows the first post of a thread; `moment` is None on the first post itself."""

    kind: str
    author: str
    after: timedelta
    body: str
    status: str = ""
    accepted_after: timedelta | None = None


@dataclass(frozen=True)
class Thread:
    """A question or an idea with all that happened to it. The slug is the file's name, and its lasting id."""

    slug: str
    page: str
    title: str
    author: str
    body: str
    days_ago: int
    at: time
    language: str
    tags: tuple[str, ...]
    blocks: tuple[Block, ...]
    hidden: dict[str, str] = field(default_factory=dict)
    supporters: int = 0
    withdrawn: int = 0
    mostly: tuple[str, ...] = ()
    rising: bool = False
    before: int = 0

    def begins(self, today: datetime) -> datetime:
        """When it was posted, seen from the midnight at which today began."""
        return today - timedelta(days=self.days_ago) + timedelta(hours=self.at.hour, minutes=self.at.minute)


@dataclass(frozen=True)
class Community:
    """All that content/ says."""

    site: dict[str, Any]
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    questions: tuple[Thread, ...]
    ideas: tuple[Thread, ...]
    pages: tuple[dict[str, Any], ...]
    changelog: tuple[dict[str, Any], ...]


def read_community() -> Community:
    """The whole demo community, in an order that depends on the texts alone."""
    organisations = tuple(Organisation(**row) for row in _toml("organisations.toml")["organisations"])
    return Community(
        site=_toml("community.toml"),
        organisations=organisations,
        people=tuple(_people(organisations)),
        questions=_threads("questions", "forum"),
        ideas=_threads("ideas", "board"),
        pages=tuple(_page(path) for path in sorted((CONTENT / "pages").glob("*.md"))),
        changelog=tuple(_page(path) for path in sorted((CONTENT / "changelog").glob("*.md"))),
    )


def midnight(moment: datetime) -> datetime:
    """When the day of this moment began, in UTC."""
    return datetime.combine(moment.astimezone(UTC).date(), time(), tzinfo=UTC)


def span(text: str) -> timedelta:
    """`2d 4h` as a length of time."""
    if not re.fullmatch(r"\d+[dhm]( \d+[dhm])*", text):
        raise ValueError(f"{text!r} is not a length of time")
    return timedelta(**{_UNITS[unit]: int(number) for number, unit in _SPAN.findall(text)})


def blocks_of(text: str) -> list[tuple[dict[str, Any], str]]:
    """The blocks of a file: each one's header, and the text below it."""
    parts = _HEADER.split(text)
    if parts[0].strip() or len(parts) < 3:
        raise ValueError("the file does not begin with a header")
    return [(tomllib.loads(header), body.strip()) for header, body in zip(parts[1::2], parts[2::2], strict=True)]


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text(encoding="utf-8"))


def _people(organisations: tuple[Organisation, ...]) -> list[Person]:
    """Those who write, then those who fill up their organisations."""
    homes = {organisation.slug: organisation for organisation in organisations}
    people = []
    for row in _toml("people.toml")["people"]:
        home = homes.get(row.get("organisation", ""))
        defaults = {"language": home.language, "time_zone": home.time_zone} if home else {}
        person = Person(**{**defaults, **row})
        domain = "larkrota" if person.is_staff else person.organisation or "post"
        people.append(replace(person, email=person.email or f"{person.handle}@{domain}.example"))
    names = {language: iter(found) for language, found in _toml("names.toml").items()}
    for home in organisations:
        for number in range(home.members - sum(person.organisation == home.slug for person in people)):
            name = next(names[home.language])
            people.append(
                Person(
                    handle=slugify(name),
                    name=name,
                    email=f"{slugify(name)}@{home.slug}.example",
                    organisation=home.slug,
                    beta=number % 6 == 0,
                    language=home.language,
                    time_zone=home.time_zone,
                    writes=False,
                )
            )
    return people


def _threads(folder: str, page: str) -> tuple[Thread, ...]:
    return tuple(_thread(path, page) for path in sorted((CONTENT / folder).glob("*.md")))


def _thread(path: Path, page: str) -> Thread:
    (head, body), *rest = blocks_of(path.read_text(encoding="utf-8"))
    try:
        return Thread(
            slug=path.stem,
            page=head.pop(page),
            body=body,
            at=time.fromisoformat(head.pop("at")),
            tags=tuple(head.pop("tags")),
            language=head.pop("language", "en"),
            mostly=tuple(head.pop("mostly", ())),
            blocks=tuple(_block(header, text) for header, text in rest),
            **head,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name}: {error}") from error


def _block(header: dict[str, Any], body: str) -> Block:
    accepted = header.pop("accepted", None)
    return Block(
        kind=header.pop("kind"),
        after=span(header.pop("after")),
        accepted_after=span(accepted) if accepted else None,
        body=body,
        **header,
    )


def _page(path: Path) -> dict[str, Any]:
    ((head, body),) = blocks_of(path.read_text(encoding="utf-8"))
    return {**head, "body": body}
