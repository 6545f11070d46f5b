"""Collects the texts of the interface into locale/*/LC_MESSAGES/django.po, and compiles every django.po into django.mo.

What was translated stays; a text that changed a little keeps its old translation, marked fuzzy until somebody has
looked at it. Babel does the work, so that nobody needs the programs of gettext.
"""

import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext", "npgettext")
}


def sources() -> Iterator[Path]:
    """Every Python file of an app, and every template."""
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["packages"]
    for package in sorted(packages):
        yield from sorted((ROOT / package).rglob("*.py"))
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path


def read_source(path: Path) -> BytesIO:
    """The file as Python in which Babel finds the marked texts."""
    text = path.read_text()
    if path.suffix != ".py":
        lines = templatize(text, origin=str(path)).splitlines()
        text = "\n".join(line.strip() for line in lines)  # the indentation of HTML is none for Python
    return BytesIO(text.encode())


def collect() -> Catalog:
    """Every text of the interface that is marked for translation."""
    catalog = Catalog()
    for path in sources():
        for line, text, comments, context in extract(
            "python", read_source(path), KEYWORDS, comment_tags=["Translators:"], strip_comment_tags=True
        ):
            catalog.add(text, locations=[(str(path.relative_to(ROOT)), line)], auto_comments=comments, context=context)
    return catalog


def read_catalog(path: Path) -> Catalog:
    """A catalogue of translations."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def catalog_files() -> list[Path]:
    """The catalogue of each language."""
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def translations(message: Message) -> tuple[str, ...]:
    """What the catalogue says for a text: one sentence, or one for each plural form; empty where nothing yet."""
    return (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)


def main() -> None:
    collected = collect()
    for path in catalog_files():
        catalog = read_catalog(path)
        catalog.update(collected, update_creation_date=False)
        with path.open("wb") as file:
            write_po(file, catalog, width=100, ignore_obsolete=True, include_previous=True, include_lineno=False)
        texts = [message for message in catalog if message.id]
        fuzzy = sum(message.fuzzy for message in texts)
        empty = sum(not all(translations(message)) for message in texts)
        print(f"{path.parts[-3]}: {len(texts)} texts, {empty} to translate, {fuzzy} to check")
    for path in LOCALE.rglob("django.po"):
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, read_catalog(path))


if __name__ == "__main__":
    main()
