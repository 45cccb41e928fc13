"""The exchange: one answer from its head to its end, and how it ended.

Knows an answer's status, header fields, body and end. Must not know sockets, clocks, nor any dialect in
particular.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, TypeAlias

from fetch2py.dialects import Account, Dialect, ExplainingReader, Reader, complaint, family
from fetch2py.events import End, Error, Event, Outcome
from fetch2py.exchange.choice import Choice, choose, compiled, media_type
from fetch2py.exchange.recognition import NO_RULES, Recognition
from fetch2py.exchange.refusal import ANSWERED, Refusal, is_page, opens_page
from fetch2py.framing import Frame, decoder_for, read_end_stream, read_trailers, sniff, unreadable

__all__ = ["Exchange", "Fields", "pairs"]

Fields: TypeAlias = Iterable[tuple[str, str]] | Mapping[str, str]
"""Header fields: pairs of name and value, or a mapping of them."""

_UNREAD = (
    "No known dialect reads this answer; it came as {framing}{records}. "
    "Name a dialect, or write its rules into the profile."
)
_BINARY = (
    "The records of this answer are {what}, which is no text and can't be read. "
    "Look for a request of the same page that is answered in JSON or text, and capture that."
)
_EMPTY = "The answer ended without a word."
_NO_TEXT = "The answer ended without text; the dialect {dialect} found none in it{records}."
_LAST_ENVELOPES = {"connect": "end", "grpc-web": "trailers"}
"""Framings whose last envelope says how it went, and the event that it comes under."""
_ECHO = "The answer is the message, word for word; it may be an echo rather than an answer."


class Exchange:
    """Reads one answer.

    `dialect` is a name in DIALECTS, a mapping of rules, or None to detect it; `host` is the request's, `sent`
    the message that it held; `account` is called with what became of each record. Raises ProfileInvalid for a
    name or rules that can't be used.

    Call `receive_head`, then `receive_data` for each piece of the body, cut anywhere, then `receive_end`, or
    `abort` if the connection broke. Each returns the events that are due; the last of all is End. What was
    read is in `text`, `reasoning`, `error` and `ids` at any time; `outcome` is None until the end.

    An answer without text is never a quiet success: it gives an Error, and the outcome "error". Only where no
    dialect could read the records and the framing's own end mark came is the outcome "clean", for then it
    speaks of the transport alone.
    """

    def __init__(
        self,
        dialect: str | Mapping[str, Any] | None,
        *,
        host: str = "",
        sent: str = "",
        account: Callable[[Account], None] | None = None,
    ) -> None:
        self.status = 0
        self.outcome: Outcome | None = None
        self.why = ""
        self._given = compiled(dialect)
        self._host = host.partition(":")[0].lower()
        self._sent = sent
        self._account = account
        self._error = ""
        self._notes: list[str] = []
        self._fields: list[tuple[str, str]] = []
        self._reader = Reader(NO_RULES)
        self._recognition: Recognition | None = None
        self._refusal: Refusal | None = None
        # The body's first bytes, until they tell whether it is a web page, and how it is framed; then None.
        self._opening: bytes | None = None
        self._last_event = ""
        self._last_envelope: bytes | None = None

    @cached_property
    def _choice(self) -> Choice:
        """What reads the answer: before its head is in, what would read a body without one."""
        return choose(self._given, self._fields, self._host)

    @property
    def text(self) -> str:
        """The answer by now; at the end, its final form."""
        return "" if self._refusal else self._reader.text

    @property
    def reasoning(self) -> str:
        """The reasoning by now."""
        return "" if self._refusal else self._reader.reasoning

    @property
    def error(self) -> str:
        """The one Error's message, "" for none."""
        return self._error or self._reader.error

    @property
    def ids(self) -> Mapping[str, str]:
        """What the answer named, for later turns."""
        return dict(self._reader.ids)

    @property
    def dialect(self) -> str:
        """The name of the dialect that reads the answer: "" while none does, "custom" for rules as given."""
        return self._reader.dialect.name

    @property
    def unread(self) -> bool:
        """Whether records came, and no rules read them."""
        return self._refusal is None and not self._reader.dialect.rules and self._reader.records > 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What the person should know beside the events, such as that the server rewrote its text."""
        return (*self._reader.notes, *self._notes)

    @property
    def given_up(self) -> bool:
        """Whether whatever is still to come changes nothing: the answer broke a rule, or is no answer."""
        if self._refusal:
            return self._refusal.full
        decoder = self._choice.decoder
        goes_on = self._last_envelope is not None and bool(decoder.problem)
        return decoder.stopped or goes_on or bool(self._reader.problem)

    def receive_head(self, status: int, headers: Fields) -> list[Event]:
        """The status and the header fields are in."""
        self.status = status
        self._fields = pairs(headers)
        self._choose()
        reads_pages = _reads_pages(self._choice)
        if not reads_pages:
            self._opening = b""
        content_type = media_type(self._fields)
        if status not in ANSWERED or (is_page(content_type) and not reads_pages):
            self._refuse(*decoder_for(content_type, self._fields))
        return []

    def receive_data(self, data: bytes) -> list[Event]:
        """A piece of the body is in."""
        if self._opening is not None:
            return self._open(self._opening + data)
        if self._refusal:
            self._refusal.receive_data(data)
            return []
        return self._read(self._choice.decoder.receive_data(data))

    def receive_end(self) -> list[Event]:
        """The body is all in."""
        return self._finish(broken=False)

    def abort(self, message: str) -> list[Event]:
        """The connection broke off; `message` says how, and is kept in `notes`."""
        self._notes.append(message)
        return self._finish(broken=True)

    def _open(self, opening: bytes, *, ended: bool = False) -> list[Event]:
        """Hold the body's first bytes until it is known what they begin; then read them."""
        self._opening = opening
        page = opens_page(opening, ended=ended)
        if page is None:
            return []
        named, options = decoder_for(media_type(self._fields), self._fields)
        if page:
            self._refuse("text", options if named == "text" else {})
        elif self._choice.sniffed and not self._refusal:
            shown = sniff(opening, named, ended=ended)
            if shown is None:
                return []
            self._choose(shown)
        self._opening = None
        return self.receive_data(opening)

    def _choose(self, shown: str = "") -> None:
        """Choose what reads the answer. `shown` is the framing that its first bytes show, once in."""
        self._choice = choice = choose(self._given, self._fields, self._host, shown)
        self._last_event = _LAST_ENVELOPES.get(choice.framing, "")
        self._reader, self.why = self._reading(choice.dialect or NO_RULES, choice.json), choice.why
        self._recognition = Recognition(choice, self._reading) if self._given is None else None

    def _reading(self, dialect: Dialect, strict: bool) -> Reader:
        """What reads by this dialect; it accounts for what it does if anybody wants to know."""
        if self._account is None:
            return Reader(dialect, strict=strict)
        return ExplainingReader(dialect, strict=strict, account=self._account)

    def _refuse(self, framing: str, options: Mapping[str, Any]) -> None:
        """Read what comes as what it is: no answer."""
        self._refusal = Refusal(self.status, framing, options, family(self._reader.dialect))
        self._recognition = None

    def _read(self, frames: list[Frame]) -> list[Event]:
        if self._last_event:
            frames = self._up_to_end(frames)
        if self._reader.problem:
            return []
        if self._recognition is None:
            return self._reader.receive(frames)
        return self._recognised(self._recognition, self._recognition.receive(frames))

    def _up_to_end(self, frames: list[Frame]) -> list[Frame]:
        """The frames up to the end envelope: what follows it is no part of the answer."""
        if self._last_envelope is not None:
            return []
        for number, frame in enumerate(frames, 1):
            if frame.event == self._last_event and isinstance(frame.data, bytes):
                self._last_envelope = frame.data
                return frames[:number]
        return frames

    def _recognised(self, recognition: Recognition, events: list[Event]) -> list[Event]:
        """The events, once what was found is taken over."""
        self._reader, self.why = recognition.reader, recognition.why
        if recognition.decided:
            self._recognition = None
        return events

    def _finish(self, *, broken: bool) -> list[Event]:
        if self.outcome is not None:
            return []
        opened = self._open(self._opening, ended=True) if self._opening else []
        if self._refusal:
            events = self._fail(self._refusal.message())
            self.outcome = "error"
        else:
            events = opened + self._read(self._choice.decoder.receive_end())
            if self._recognition:
                events += self._recognised(self._recognition, self._recognition.finish())
            events += self._reader.finish()
            events += self._conclude(broken=broken)
        return [*events, End(self.outcome or "error", self.ids)]

    def _conclude(self, *, broken: bool) -> list[Event]:
        """How it ended: an error outdoes a cut, a cut outdoes the lack of a text."""
        problem = self._choice.decoder.problem or self._reader.problem
        events: list[Event] = []
        if self._last_envelope is not None and not self._choice.decoder.problem:
            try:
                events += self._refused(self._last_envelope)
            except ValueError as exc:
                problem = str(exc)
        whole = self._choice.decoder.complete and not problem and not broken
        dialect = self._reader.dialect
        if self.error:
            self.outcome = "error"
        elif not whole or (dialect.has_end and not self._reader.ended):
            self.outcome = "truncated"
        else:
            self.outcome = "clean"
        return [*events, *self._fail(problem or self._missing())]

    def _refused(self, envelope: bytes) -> list[Event]:
        """The end envelope's error, where no rule told it. Raises ValueError for an envelope that is none."""
        read = read_end_stream if self._choice.framing == "connect" else read_trailers
        error = read(envelope).error
        return [] if error is None else self._fail(complaint(dict(error)) or "unknown")

    def _missing(self) -> str:
        """What to say of an answer without text, which is no clean one; "" where there is nothing to say."""
        reader = self._reader
        if self.error or reader.text:
            self._note_echo()
            return ""
        unread, binary = reader.dialect is NO_RULES, unreadable(media_type(self._fields))
        read = self._choice.expected and not unread and not binary
        if self.outcome == "truncated" and (read or not reader.records):
            # What is missing may be what was cut off.
            return ""
        if self.outcome == "clean" and not (unread and self._last_event):
            self.outcome = "error"
        if not reader.records:
            return _EMPTY
        if binary:
            return _BINARY.format(what=binary)
        framing = self._choice.framing
        # Bare text has no records: it comes in whatever pieces the connection cut it into.
        records = "" if framing == "text" else f", records: {reader.records}"
        if unread:
            return _UNREAD.format(framing=framing, records=records)
        return _NO_TEXT.format(dialect=reader.dialect.name, records=records)

    def _note_echo(self) -> None:
        if self._sent.strip() and self._reader.text.strip() == self._sent.strip():
            self._notes.append(_ECHO)

    def _fail(self, message: str) -> list[Event]:
        if not message or self.error:
            return []
        self._error = message
        return [Error(message)]


def pairs(headers: Fields) -> list[tuple[str, str]]:
    """Header fields as pairs."""
    return list(headers.items() if isinstance(headers, Mapping) else headers)


def _reads_pages(choice: Choice) -> bool:
    """Whether the dialect says itself that the answer is text, whatever the media type."""
    return choice.dialect is not None and choice.dialect.framing == "text"
