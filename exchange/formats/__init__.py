"""One module a format. Each gives the class of its Source and knows nothing of the database."""

from pathlib import Path

from exchange.formats.decide_madrid import DecideMadrid
from exchange.formats.plain_csv import PlainCsv
from exchange.formats.stackexchange import StackExchange
from exchange.formats.sumo import Sumo
from exchange.records import Source

QUESTION_FORMATS = ("stackexchange", "sumo")
IDEA_FORMATS = ("decide-madrid", "csv")


def open_source(form: str, path: Path, ideas_tag: str = "") -> Source:
    """The source at the path, in the format of this name. Raises UnreadableSourceError."""
    if form == "stackexchange":
        return StackExchange(path, ideas_tag)
    return {"sumo": Sumo, "decide-madrid": DecideMadrid, "csv": PlainCsv}[form](path)
