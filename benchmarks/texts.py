"""What the filled site says: titles and texts as long and as varied as customers' own."""

from itertools import cycle, islice

from core import markdown

VERBS = ("Show", "Export", "Remember", "Sort", "Share", "Print", "Archive", "Copy", "Filter", "Translate", "Lock")
OBJECTS = (
    "the weekly rota",
    "overtime by team",
    "shift notes",
    "holiday requests",
    "the staffing forecast",
    "late clock-ins",
    "payroll codes",
    "the break rules",
    "open shifts",
    "team calendars",
    "absence reasons",
    "site contacts",
    "approval steps",
)
ENDS = (
    "on the phone",
    "for area managers",
    "before payday",
    "across locations",
    "without a spreadsheet",
    "in one step",
    "with colours",
)
TAGS = (
    *("rota", "payroll", "mobile", "api", "leave", "reports", "kiosk", "approval", "calendar", "export"),
    *("import", "overtime", "breaks", "roles", "privacy", "printing", "search", "widgets", "forecast", "budget"),
)
NAMES = ("Ada", "Bente", "Chidi", "Dolores", "Emeka", "Fatma", "Greta", "Hiro", "Ines", "Jamal", "Kaja", "Lukas")

_SENTENCES = (
    "Every Friday I copy the rota into an email, because half of my team never opens the app.",
    "With two sites that is tolerable; with nine it takes the whole afternoon.",
    "What I would like is a button beside the week that does it for all of them at once.",
    "Our payroll office asks for the same figures on the 25th, in **their** order of columns.",
    "A colleague in Leeds keeps a spreadsheet for it, and it is wrong about once a month.",
    "It should respect who may see wages: a deputy must not find them in the file.",
    "If that is too much, a saved filter would already help.",
    "I don't mind whether it is a report or a page, as long as I can find it again.",
    "We tried the calendar feed, but it shows yesterday's plan until somebody signs in.",
    "On a tablet the last column is cut off, so nobody notices that a shift is open.",
    "Please keep it simple: one list, today first.",
    "The people on the floor have two minutes between customers and one hand free.",
)
_LIST = "- one line for each person\n- the hours that were planned, and those that were worked\n- a sum"


def _text(number: int) -> str:
    sentences = list(islice(cycle(_SENTENCES), number, number + 7))
    paragraphs = [" ".join(sentences[:3]), " ".join(sentences[3:5]), " ".join(sentences[5:])]
    if number % 3 == 0:
        paragraphs.insert(1, _LIST)
    return "\n\n".join(paragraphs)


def topics() -> list[tuple[str, str, str]]:
    """Texts of ideas, questions and answers: Markdown, the HTML made from it, and the excerpt."""
    return [_rendered(_text(number)) for number in range(len(_SENTENCES))]


def remarks() -> list[tuple[str, str, str]]:
    """Texts of comments, the same way."""
    return [_rendered(" ".join(islice(cycle(_SENTENCES), n, n + 1 + n % 3))) for n in range(len(_SENTENCES))]


def _rendered(text: str) -> tuple[str, str, str]:
    body_html = markdown.render(text)
    return text, body_html, markdown.excerpt(body_html)
