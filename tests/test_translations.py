"""The interface in German and French: every text is there, fits its English one, and is compiled as it was written."""

import gettext
import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from bin.messages import LOCALE, catalog_files, collect, read_catalog, translations

LANGUAGES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDERS = re.compile(r"%(?:\([a-z_]+\))?[a-z%]|\{[a-z_]*\}|</?[a-z]+|href=(?:'[^']*'|\"[^\"]*\")")
ALLAUTH = LOCALE / "allauth" / "de" / "LC_MESSAGES" / "django.po"
INFORMAL = re.compile(
    r"\b(du|dich|dir|dein\w*|gib|lass|wähle|versuche|folge|klick|kontaktiere|überprüfe)\b", re.IGNORECASE
)
Key = tuple[str | None, str | tuple[str, ...]]


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return collect()


@pytest.fixture(params=LANGUAGES)
def path(request: pytest.FixtureRequest) -> Path:
    return LOCALE / request.param / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="module")
def german_of_allauth() -> Catalog:
    return read_catalog(Path(allauth.__file__).parent / "locale" / "de" / "LC_MESSAGES" / "django.po")


@pytest.fixture
def catalog(path: Path) -> Catalog:
    return read_catalog(path)


def texts(catalog: Catalog) -> Iterator[Message]:
    return (message for message in catalog if message.id)


def forms(message: Message) -> tuple[str, ...]:
    """The English text, in the singular and, where there is one, the plural."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def keys(catalog: Catalog) -> set[Key]:
    return {(message.context, forms(message)) for message in texts(catalog)}


def test_every_language_that_is_offered_has_a_catalogue_and_no_other() -> None:
    assert [path.parts[-3] for path in catalog_files()] == sorted(LANGUAGES)


def test_every_text_of_the_interface_is_in_the_catalogue_and_nothing_else(catalog: Catalog, collected: Catalog) -> None:
    assert keys(collected) - keys(catalog) == set(), "make messages collects them"
    assert keys(catalog) - keys(collected) == set(), "make messages takes them out"


def test_every_text_is_translated_and_looked_at(catalog: Catalog) -> None:
    assert [message.id for message in texts(catalog) if not all(translations(message))] == []
    assert [message.id for message in texts(catalog) if message.fuzzy] == []


def test_translations_have_the_placeholders_and_links_of_the_text(catalog: Catalog) -> None:
    wrong = []
    for message in texts(catalog):
        wrong += [(message.id, str(error)) for error in message.check(catalog)]
        expected = set(PLACEHOLDERS.findall(forms(message)[-1]))
        # One of something may be said without its number, as the English singular may.
        singular = set(PLACEHOLDERS.findall(forms(message)[0])) | expected
        first, *others = translations(message)
        has = set(PLACEHOLDERS.findall(first))
        is_right = has <= singular if others else has == expected
        if not is_right or any(set(PLACEHOLDERS.findall(other)) != expected for other in others):
            wrong.append((message.id, message.string))
    assert wrong == []


@pytest.mark.parametrize("path", [*catalog_files(), ALLAUTH], ids=lambda path: str(path.relative_to(LOCALE).parent))
def test_what_is_compiled_says_what_is_written(path: Path) -> None:
    written = {}
    for message in texts(read_catalog(path)):
        key = forms(message)[0] if message.context is None else f"{message.context}\4{forms(message)[0]}"
        if isinstance(message.id, str):
            written[key] = message.string
        else:
            written |= {(key, number): text for number, text in enumerate(translations(message))}
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    said = {key: text for key, text in compiled._catalog.items() if key}  # type: ignore[attr-defined]
    assert said == written, "make messages compiles them"


def test_french_punctuation_keeps_to_its_word() -> None:
    """A line never begins with a colon, a question mark or a closing quotation mark."""
    loose = re.compile(r" [:;!?»]|« |[\w%)][;!?»]|«[\w%]|(?<!https)(?<=[\w)]):(?!\w)|\w'\w")
    catalog = read_catalog(LOCALE / "fr" / "LC_MESSAGES" / "django.po")
    assert [text for message in texts(catalog) for text in translations(message) if loose.search(text)] == []


def test_german_quotation_marks_are_german() -> None:
    straight = re.compile(r"(?<!=)\"(?![> ])|“[\w%{]|\w”")
    catalog = read_catalog(LOCALE / "de" / "LC_MESSAGES" / "django.po")
    assert [text for message in texts(catalog) for text in translations(message) if straight.search(text)] == []


def test_sign_in_pages_say_sie_in_german(german_of_allauth: Catalog) -> None:
    """allauth says "du" in places; where we have such a page, locale/allauth says it differently."""
    instead = {message.id: message for message in texts(read_catalog(ALLAUTH))}
    ours = read_catalog(LOCALE / "de" / "LC_MESSAGES" / "django.po")
    not_installed = re.compile(r"idp/|usersessions/|phone|headless/")
    too_close = [
        message.id
        for message in texts(german_of_allauth)
        if not all(not_installed.search(file) for file, _line in message.locations)
        and not (message.id in instead or message.id in ours)
        and any(INFORMAL.search(text) for text in translations(message))
    ]
    assert too_close == []
    assert [text.string for text in instead.values() if INFORMAL.search(str(text.string))] == []


def test_what_is_said_instead_of_allauth_fits_its_texts(german_of_allauth: Catalog) -> None:
    for message in texts(read_catalog(ALLAUTH)):
        assert message.id in german_of_allauth, "allauth says this no longer"
        assert set(PLACEHOLDERS.findall(str(message.string))) == set(PLACEHOLDERS.findall(str(message.id))), message.id
