"""Reading files that nobody has checked: as streams, within bounds, and with one sentence when it can't be done."""

import contextlib
import gzip
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.parsers import expat

CHUNK = 64 * 1024
LONGEST_LINE = 4 * 1024 * 1024
LONGEST_XML_ROW = 16 * 1024 * 1024


class UnreadableSourceError(Exception):
    """The file, folder or archive can't be read; the text is one sentence that says why."""


@contextlib.contextmanager
def one_sentence(path: Path) -> Iterator[None]:
    """What goes wrong below files is an UnreadableSourceError that names the file."""
    try:
        yield
    except FileNotFoundError as error:
        raise UnreadableSourceError(f"There is no {path}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).rstrip(".")
        raise UnreadableSourceError(f"{path} can't be read: {reason}.") from error
    except EOFError as error:
        raise UnreadableSourceError(f"{path} can't be read: it ends too early.") from error
    except (zlib.error, tarfile.TarError) as error:
        raise UnreadableSourceError(f"{path} can't be read: it is damaged or of another format.") from error


def lines(path: Path) -> Iterator[tuple[int, bytes | None]]:
    """The lines of a file, compressed if its name ends in .gz, with their numbers; None for one past LONGEST_LINE.

    Line ends are kept, a byte order mark is not.
    """
    with one_sentence(path), _opened(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) <= LONGEST_LINE:
                yield number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                continue
            yield number, None
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE)


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def xml_rows(path: Path, root: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The attributes of each <row/> right below the root element, with their numbers, parsed as a stream.

    Document types, and with them entities that grow without end or name other files, are refused.
    """
    rows = _XmlRows(path, root)
    with one_sentence(path), path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield from rows.feed(chunk)
        yield from rows.feed(b"", is_last=True)


class _XmlRows:
    def __init__(self, path: Path, root: str) -> None:
        self.path, self.root = path, root
        self.depth = 0
        self.number = 0
        self.unbroken = 0
        self.found: list[tuple[int, Mapping[str, str]]] = []
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def feed(self, chunk: bytes, is_last: bool = False) -> list[tuple[int, Mapping[str, str]]]:
        self.found = []
        try:
            self.parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            reason = expat.errors.messages.get(error.code, "")
            raise self._unreadable(f"it is not well-formed XML at line {error.lineno} ({reason})") from error
        self.unbroken = 0 if self.found else self.unbroken + len(chunk)
        if self.unbroken > LONGEST_XML_ROW:
            raise self._unreadable(f"a row after row {self.number} is larger than {LONGEST_XML_ROW >> 20} MiB")
        return self.found

    def _refuse_doctype(self, *_: object) -> None:
        raise self._unreadable("it declares a document type, which no dump does and which can hide harmful entities")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self.depth == 0 and name != self.root:
            raise self._unreadable(f"it holds <{name[:40]}> where <{self.root}> is expected")
        if self.depth == 1 and name == "row":
            self.number += 1
            self.found.append((self.number, attributes))
        self.depth += 1

    def _end(self, name: str) -> None:
        self.depth -= 1

    def _unreadable(self, reason: str) -> UnreadableSourceError:
        return UnreadableSourceError(f"{self.path} can't be read: {reason}.")


def unpacked(archive: Path, wanted: frozenset[str]) -> tempfile.TemporaryDirectory[str]:
    """A temporary folder with the wanted files of a .tar.gz archive, whatever folder of the archive they lie in.

    The archive is read once, as a stream, to its end, and nothing else of it is written.
    """
    folder = tempfile.TemporaryDirectory(prefix="chorus-import-")
    try:
        with one_sentence(archive), gzip.open(archive) as packed:
            stream = _Stream(packed)
            with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
                for member in tar:
                    name = member.name.rpartition("/")[2]
                    if member.isfile() and name in wanted:
                        _write(archive, tar, member, Path(folder.name, name))
            stream.check_end()
    except BaseException:
        folder.cleanup()
        raise
    return folder


class _Stream:
    """What tarfile reads from. It would take a broken archive for one that ends where it breaks."""

    END = bytes(1024)

    def __init__(self, file: gzip.GzipFile) -> None:
        self.file = file
        self.last = b""

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        self.last = (self.last + data)[-len(self.END) :]
        return data

    def check_end(self) -> None:
        """Read what is left, so that gzip compares its checksum; a whole archive ends with empty blocks."""
        while self.read(CHUNK):
            pass
        if self.last != self.END:
            raise EOFError


def _write(archive: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    if target.exists():
        raise UnreadableSourceError(f"{archive} holds more than one {target.name}; give the dump of one site.")
    if member.size > shutil.disk_usage(target.parent).free:
        raise UnreadableSourceError(
            f"{archive} can't be unpacked: {member.size >> 20} MiB are needed in {target.parent.parent}; "
            "the variable TMPDIR names another place."
        )
    content = tar.extractfile(member)
    if content is None:
        raise UnreadableSourceError(f"{archive} can't be read: {member.name} in it is not a file.")
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file, CHUNK)
