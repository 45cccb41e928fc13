"""Event streams: events out of bytes and back, exact to the standard, then what a replay reader wants beyond.

Source: WHATWG HTML, section 9.2 "Server-sent events". Must not know what an event's data means; whether it is
complete JSON is asked only where the stream was cut or has lost its blank lines.
"""

from __future__ import annotations

from itertools import takewhile
from typing import Literal, NamedTuple

from fetch2py import jsontext
from fetch2py.framing.frame import MAX_EVENT_BYTES, Frame, too_large, without_bom

__all__ = ["END_MARKS", "SSEDecoder", "encode_event", "records"]

END_MARKS = frozenset({"[DONE]"})
"""Data that ends an answer and is not JSON, as OpenAI's streams and all that follow them have it."""

_BLANK = b"\n\n"

_MAX_RETRY_DIGITS = 4000
"""Python refuses to convert integers beyond 4,300 digits, and no reconnection waits that long."""


class SSEDecoder:
    """Events as frames; a Decoder.

    `keep_space` keeps a space after `data:`, for servers that write none of their own (Spring); the standard
    drops it. "auto": it is kept where the stream itself shows such a server, as `_Spaces` has it.
    `last_event_id` and `retry` (milliseconds, None: not told) are the stream's state as a client would use it
    to reconnect.

    Frames that aren't standard: a named event without data, and the event that the end of the stream leaves
    without its blank line, if what it holds is whole (`complete` is False where it is not).
    """

    def __init__(
        self, *, keep_space: bool | Literal["auto"] = False, max_event_bytes: int = MAX_EVENT_BYTES
    ) -> None:
        self.complete = False
        self.problem = ""
        self.last_event_id = ""
        self.retry: int | None = None
        self._keep_space = keep_space
        self._spaces = _Spaces() if keep_space == "auto" else None
        self._limit = max_event_bytes
        self._opening: bytes | None = b""
        self._after_cr = False
        # The event that has not ended yet, its line ends all LF. Never begins with a blank line.
        self._pending = bytearray()

    @property
    def stopped(self) -> bool:
        """Whether a problem has ended the reading."""
        return bool(self.problem)

    def receive_data(self, data: bytes) -> list[Frame]:
        """The events that these bytes complete; a blank line that ends in CR counts before its LF is in."""
        if self.problem:
            return []
        if self._opening is not None:
            opening = self._opening + data
            sound = without_bom(opening)
            self._opening, data = (opening, b"") if sound is None else (None, sound)
        if self._after_cr or b"\r" in data:
            data = self._with_line_feeds(data)
        pending = self._pending
        if not pending:
            data = data.lstrip(b"\n")
            if data.endswith(_BLANK):
                # Servers flush after each event, so most pieces are whole events and needn't be kept.
                return self._read(data)
        searched = max(len(pending) - 1, 0)
        pending += data
        end = pending.rfind(_BLANK, searched) + len(_BLANK)
        frames: list[Frame] = []
        if end >= len(_BLANK):
            frames = self._read(pending[:end])
            del pending[:end]
        if len(pending) > self._limit and len(pending) - pending.endswith(b"\n") > self._limit:
            self.problem = self.problem or too_large(self._limit)
        if self.problem:
            pending.clear()
        return frames

    def receive_end(self) -> list[Frame]:
        """The event that was pending, if it is whole."""
        if self.problem:
            return []
        *lines, cut = _text(self._pending or self._opening or b"").split("\n")
        ended = self._fields(lines)
        if cut.startswith(":"):
            cut = ""  # no more than a comment is lost
        if not cut and ended.data is None:
            # Without data, a name or an id announces data that never came.
            self.complete = not ended.name and ended.id == self.last_event_id
            return []
        if cut and not cut.startswith("data:"):
            return []
        name, data, last_id = self._fields([*lines, cut])
        if data is None or not _is_whole(data, ended=not cut):
            return []
        self.complete = True
        return [Frame(name or "message", data, last_id, None, False)]

    def _with_line_feeds(self, data: bytes) -> bytes:
        """The bytes with every line end as LF. A CR ends its line at once, and a LF behind it ends none."""
        if not data:
            return data
        rest = data[1:] if self._after_cr and data.startswith(b"\n") else data
        self._after_cr = data.endswith(b"\r")
        return rest.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _read(self, blocks: bytes | bytearray) -> list[Frame]:
        """The frames of whole events, given with the blank line behind each."""
        if len(blocks) > self._limit:
            events = bytes(blocks).split(_BLANK)
            sound = list(takewhile(lambda event: len(event.strip(b"\n")) <= self._limit, events))
            if len(sound) < len(events):
                self.problem = too_large(self._limit)
                blocks = _BLANK.join([*sound, b""])
        return self._frames(_text(blocks))

    def _frames(self, text: str) -> list[Frame]:
        """The frames of whole events, given as text with the blank line behind each."""
        # Nearly every event of nearly every answer is one data line. Such a block becomes a frame right here,
        # without a call: that is what keeps decoding cheap beside parsing the JSON in it.
        new, plain = tuple.__new__, "data:" if self._keep_space is True else "data: "
        # While the spaces are in question, lines of JSON show nothing and are read as the standard has it.
        spaces = self._spaces
        first, last = (plain, "") if spaces is None else ("data: {", "}")
        frames: list[Frame] = []
        for block in text.split("\n\n"):
            sure = spaces is None or not spaces.tight
            if sure and block.startswith(first) and block.endswith(last) and "\n" not in block:
                frames.append(new(Frame, ("message", block[len(plain) :], self.last_event_id, None, True)))
            elif block and (frame := self._frame(block)):
                frames.append(frame)
        return frames

    def _frame(self, block: str) -> Frame | None:
        name, data, self.last_event_id = self._fields(block.split("\n"))
        if data is not None:
            return Frame(name or "message", data, self.last_event_id)
        return Frame(name, "", self.last_event_id, None, False) if name else None

    def _fields(self, lines: list[str]) -> _Fields:
        name, data, last_id = "", [], self.last_event_id
        for line in lines:
            field, _, value = line.partition(":")
            if field == "data" and self._keeps_space(value):
                data.append(value)
                continue
            value = value.removeprefix(" ")
            if field == "data":
                data.append(value)
            elif field == "event":
                name = value
            elif field == "id":
                last_id = last_id if "\0" in value else value
            elif field == "retry":
                self.retry = _milliseconds(value, self.retry)
        return _Fields(name, "\n".join(data) if data else None, last_id)

    def _keeps_space(self, value: str) -> bool:
        return self._spaces.keep(value) if self._spaces else bool(self._keep_space)


class _Spaces:
    """Whether the spaces after a stream's `data:` belong to its data, by its data lines so far.

    A server that writes a space of its own writes it in every line. So a line of bare text without one shows
    that the server writes none, and that the spaces that come are the text's, from that line on. Two things
    speak against it: more than eight lines with a space for each without (the lines without come from
    somewhere else), and two spaces before the first line without (one of them is the server's). Lines of
    JSON, for which spaces don't matter, show nothing. No line waits for another: what was read before the
    first line without a space is as the standard has it.
    """

    _MOST_SPACED = 8

    def __init__(self) -> None:
        self.tight = 0
        self._spaced = 0
        self._doubled = False

    def keep(self, value: str) -> bool:
        """Whether to keep the space, if there is one, that this line's value begins with."""
        bare = value.lstrip(" ")
        if bare in END_MARKS:
            return False
        if (
            bare.startswith(("{", "["))
            and bare.endswith(("}", "]"))
            and (not self.tight or jsontext.is_json(bare))
        ):
            return False
        if not value.startswith(" "):
            self.tight += bool(value)
        else:
            self._spaced += 1
            self._doubled = self._doubled or (value.startswith("  ") and not self.tight)
        return self.tight * self._MOST_SPACED >= self._spaced and self.tight > 0 and not self._doubled


class _Fields(NamedTuple):
    """What an event's lines come to. `data` is None where no line holds any, `id` the one then in force."""

    name: str
    data: str | None
    id: str


def records(frame: Frame) -> list[Frame]:
    """The frame as the records in it: itself, but for a stream that has lost its blank lines.

    Data of several lines that is not JSON, while each of its lines is JSON or an end mark, is that many
    records: they come as frames of their own, not standard, under the event's name and id. Empty lines are
    no records. Not for streams of bare text, whose lines can look like JSON by chance.
    """
    data = frame.data
    if not isinstance(data, str) or "\n" not in data or jsontext.is_json(data):
        return [frame]
    return [frame._replace(data=line, standard=False) for line in _record_lines(data)] or [frame]


def encode_event(data: str, event: str = "", *, spaced: bool = True) -> bytes:
    """One event as bytes, its blank line included. What SSEDecoder makes of it is `data` again.

    `spaced`: whether a space stands behind every colon. Without it one stands only before a space of the
    data's own, which the standard would else take away; readers that take none away get the rest exactly.

    Line ends in the data begin a new `data:` line and come back as LF, whatever they were; lone surrogates
    have no UTF-8 and become "?". Raises ValueError for an event name with a line end in it.
    """
    if event and ("\n" in event or "\r" in event):
        raise ValueError("an event's name is one line")
    head = f"event: {event}\n" if event else ""
    if "\n" not in data and "\r" not in data:
        # Nearly every token of nearly every answer.
        colon = "data: " if spaced or data.startswith(" ") else "data:"
        return f"{head}{colon}{data}\n\n".encode("utf-8", "replace")
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    spelled = (f"data: {line}\n" if spaced or line.startswith(" ") else f"data:{line}\n" for line in lines)
    return (head + "".join(spelled) + "\n").encode("utf-8", "replace")


def _text(lines: bytes | bytearray) -> str:
    # Whole lines decoded together give what each gives alone: no UTF-8 sequence, sound or not, spans a LF.
    return lines.decode("utf-8", "replace")


def _milliseconds(value: str, before: int | None) -> int | None:
    if value.isascii() and value.isdigit() and len(value) <= _MAX_RETRY_DIGITS:
        return int(value)
    return before


def _record_lines(data: str) -> list[str]:
    """The lines that hold anything, if each is a record of its own; else none."""
    lines = [line for line in data.split("\n") if line]
    return lines if all(line.strip() in END_MARKS or jsontext.is_json(line) for line in lines) else []


def _is_whole(data: str, *, ended: bool) -> bool:
    """Whether it is all the data of an event without its blank line. `ended`: its last line has its end."""
    if not ended and data[-1:].isdigit():
        # A number doesn't tell where it ends: 12 may be the beginning of 123.
        return False
    return jsontext.is_json(data) or bool(_record_lines(data))
