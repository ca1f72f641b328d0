"""Reading points from hostile XML: expat without DTDs or entities, with limits, and a shortcut for the common point.

Nearly all of a GPX or TCX file is one short run of elements, repeated. `read_points` lifts the points that a strict
pattern recognises out of the bytes and hands expat the rest, which is therefore still checked to be well-formed.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import compress
from re import Match, Pattern
from xml.parsers import expat

import numpy as np

from workouts.reasons import Reason
from workouts.recordings.errors import RecordingError
from workouts.recordings.limits import MAX_DEPTH, MAX_TEXT
from workouts.recordings.recording import Floats

Row = Sequence[bytes]

TIME = "time"
MISSING = b"nan"
NO_TIME = b"NaT"
UNREAD_TIME = b"?"
_PROLOG = 64 * 1024
_BLOCK = 16_384
_FEW = 4
_HANDFUL = 10
"""Points; a damaged file with fewer is no recording."""
_DECLARATIONS = (b"<?xml ", b"\xef\xbb\xbf<?xml ")


class _Found(Exception):  # noqa: N818 - it is not an error
    pass


def root_element(data: bytes) -> str | None:
    """The root element's local name, or None if this is not XML."""
    found: list[str] = []

    def start(name: str, _attributes: dict[str, str]) -> None:
        found.append(local(name))
        raise _Found

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _refuse_dtd
    try:
        parser.Parse(data[:_PROLOG], False)
    except _Found:
        return found[0]
    except (expat.ExpatError, ValueError, LookupError):
        return None
    return None


def local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_dtd(*_: object) -> None:
    raise RecordingError("xml_dtd")


class Columns:
    """Rows of text, turned into columns of numbers block by block so that the text need not be kept.

    The column `time` holds ISO 8601 in UTC without a zone, the others numbers; NO_TIME and MISSING become NaN.
    """

    def __init__(self, names: Sequence[str], most_points: int) -> None:
        self._names = names
        self._most_points = most_points
        self._rows: list[Row] = []
        self._blocks: list[list[Floats]] = []
        self._length = 0
        self.unread_times = 0
        """Points whose time is a text that is none."""
        self._unread_numbers = 0

    def __len__(self) -> int:
        return self._length + len(self._rows)

    def add(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) >= _BLOCK:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        texts = dict(zip(self._names, zip(*self._rows, strict=True), strict=True))
        self._blocks.append(
            [self._seconds(text) if name == TIME else self._floats(text) for name, text in texts.items()]
        )
        self._length += len(self._rows)
        self._rows.clear()
        if self._length > self._most_points:
            raise RecordingError("too_many_points", most=self._most_points)

    def _seconds(self, times: Sequence[bytes]) -> Floats:
        """A list of str, for NumPy kills the process where one of more than 500 `bytes` is no time (astropy#18254)."""
        try:
            stamps = np.array(b" ".join(times).decode().split(" "), dtype="datetime64[us]")
        except ValueError:
            found = [epoch_s(time) for time in times]
            self.unread_times += sum(one is None and time != NO_TIME for one, time in zip(found, times, strict=True))
            return np.array(found, dtype=np.float64)
        return np.where(np.isnat(stamps), np.nan, stamps.astype(np.int64) / 1e6)

    def _floats(self, texts: Sequence[bytes]) -> Floats:
        different = set(texts)
        if different == {MISSING}:
            return np.full(len(texts), np.nan)
        try:
            if len(different) < len(texts) / _FEW:  # pulse, power: whole numbers
                read = {text: float(text) for text in different}
                return np.fromiter(map(read.__getitem__, texts), np.float64, len(texts))
            return np.fromiter(map(float, texts), np.float64, len(texts))
        except ValueError:
            found = np.array([number(text) for text in texts])
            self._unread_numbers += sum(text.lower() != MISSING for text in compress(texts, np.isnan(found)))
            return found

    def notes(self) -> tuple[Reason, ...]:
        """After `finished`."""
        counts = {"unread_times": self.unread_times, "unread_numbers": self._unread_numbers}
        return tuple(Reason.of(code, count=count) for code, count in counts.items() if count)

    def finished(self) -> tuple[Floats, dict[str, Floats]]:
        self._flush()
        empty = [[np.empty(0)] * len(self._names)]
        parts = zip(*(self._blocks or empty), strict=True)
        columns = dict(zip(self._names, map(np.concatenate, parts), strict=True))
        return columns.pop(TIME), columns


def number(text: bytes) -> float:
    """NaN where a text stands in a number's place; some writers put a comma where their country does."""
    try:
        return float(text.replace(b",", b"."))
    except ValueError:
        return float("nan")


def utc(text: str) -> bytes:
    """ISO 8601 of any offset as UTC without a zone; a time without one is taken for UTC."""
    if not text:
        return NO_TIME
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        return UNREAD_TIME
    return moment.replace(tzinfo=None).isoformat().encode()


def epoch_s(time: bytes) -> float | None:
    """Of what `utc` returned."""
    try:
        return datetime.fromisoformat(time.decode()).replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None


class PointReader(ABC):
    """Walks the elements; a format says in `opened` and `closed` what they mean and where points belong."""

    points_are_in = ""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.notes: tuple[Reason, ...] = ()
        self._text: list[str] = []
        self._text_size = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = _refuse_dtd
        self._parser.EntityDeclHandler = _refuse_dtd

    @abstractmethod
    def opened(self, name: str, attributes: dict[str, str]) -> None: ...

    @abstractmethod
    def closed(self, name: str, parent: str, text: str) -> None: ...

    @abstractmethod
    def points_read(self) -> int: ...

    @abstractmethod
    def columns(self) -> Columns | None:
        """Where points go now; None outside an activity."""

    def feed(self, data: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(data, final)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise RecordingError("bad_xml", line=self._parser.ErrorLineNumber) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        self.path.append(name)
        if len(self.path) > MAX_DEPTH:
            raise RecordingError("xml_too_deep")
        self._forget_text()
        self.opened(name, attributes)

    def _end(self, _name: str) -> None:
        name = self.path.pop()
        self.closed(name, self.path[-1] if self.path else "", "".join(self._text).strip())
        self._forget_text()

    def _characters(self, text: str) -> None:
        self._text.append(text)
        self._text_size += len(text)
        if self._text_size > MAX_TEXT:
            raise RecordingError("xml_text_too_long")

    def _forget_text(self) -> None:
        self._text.clear()
        self._text_size = 0


def read_points(data: bytes, reader: PointReader, pattern: Pattern[bytes], opening: bytes) -> None:
    """`pattern` matches one whole point that begins with `opening`; its groups are the row.

    Of a file that is damaged or ends too early, the points before are read."""
    try:
        _read_points(data, reader, pattern, opening)
    except RecordingError as error:
        if error.code != "bad_xml" or reader.points_read() < _HANDFUL:
            raise
        reader.notes = (Reason.of("torn"),)


def _read_points(data: bytes, reader: PointReader, pattern: Pattern[bytes], opening: bytes) -> None:
    position = 0
    start = data.find(opening)
    while start >= 0:
        match = pattern.match(data, start)
        if match is None:
            start = data.find(opening, start + 1)
            continue
        between = data[position:start]
        if _hides_markup(between):
            break
        reader.feed(between)
        position = _take_points(data, match, reader)
        start = data.find(opening, position)
    reader.feed(data[position:], final=True)


def _take_points(data: bytes, match: Match[bytes], reader: PointReader) -> int:
    """Takes the run of points that starts with `match`; returns where it ends."""
    columns = reader.columns() if reader.path and reader.path[-1] == reader.points_are_in else None
    following: Match[bytes] | None = match
    while following is not None:
        if columns is not None:
            columns.add(following.groups(MISSING))
        match = following
        following = match.re.match(data, match.end())
    return match.end()


def _hides_markup(between: bytes) -> bool:
    """Comments, CDATA and processing instructions may hold what only looks like a point; the XML declaration cannot."""
    return b"<!" in between or between.count(b"<?") > between.startswith(_DECLARATIONS)
