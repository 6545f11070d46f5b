"""What people type wrongly, and forms as a browser reads them back."""

from html.parser import HTMLParser

from community.content import BODY_LENGTH, COMMENT_LENGTH, TITLE_LENGTH

# What no title and no text may be: what it is, and what the form says.
EMPTY = ["", "   ", "\n\t \r\n", "\u200b\u200d"]
CONTROL = ["a\x00b", "a\x07b", "a\x1b[31mb"]
WRONG_BODIES = [*EMPTY, *CONTROL, "b" * (BODY_LENGTH + 1)]
WRONG_COMMENTS = [*EMPTY, *CONTROL, "b" * (COMMENT_LENGTH + 1)]
WRONG_TITLES = [*EMPTY, *CONTROL, "t" * (TITLE_LENGTH + 1)]
WRONG_TAGS = ["a,b,c,d,e,f", "a" * 31, "a\x00b", "design, ???"]


class Fields(HTMLParser):
    """The values of a page's fields by their names, as a browser would send them again."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._textarea: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name"):
            self.values[given["name"] or ""] = given.get("value") or ""
        elif tag == "textarea":
            self._textarea = given.get("name") or ""
            self.values[self._textarea] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self.values[self._textarea] += data

    def typed(self, name: str) -> str:
        """What stands in the field; a browser leaves out the line break after <textarea>."""
        return self.values[name].removeprefix("\n").removeprefix("\r\n")
