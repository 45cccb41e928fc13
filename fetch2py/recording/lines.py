"""The lines of a recording's file: nouns ⇄ text.

Knows the format that the package's head describes. Must not know the disk.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn, get_args

from fetch2py.errors import ReplyMalformed
from fetch2py.recording.nouns import Ending, Head, How, Piece, Recording

__all__ = ["ending_line", "head_line", "is_recording", "piece_lines", "read", "spelled"]

_MARK = "fetch2py-recording"
_VERSION = 1
# Eleven days: above any answer, and below what every platform's clock can wait for.
_LONGEST = 1_000_000.0
# A millisecond is finer than anybody sees, and coarse enough that two recordings can be compared.
_DIGITS = 3
_CUT_OFF = "The recording has no end: it was cut off while it was written."

# UTF-8 (RFC 3629 section 4) without control characters but tab, line feed and carriage return.
_TEXT = re.compile(
    rb"(?:[\t\n\r\x20-\x7e]|\xc2[\xa0-\xbf]|[\xc3-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]"
    rb"|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]|\xf0[\x90-\xbf][\x80-\xbf]{2}"
    rb"|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})++"
)
# Of what is mostly binary, scattered letters would only tear the base64 apart.
_LEAST_TEXT = 0.75
# What some editors take for a line's end, and what turns the direction of the text behind it.
_UNEASY = re.compile("[\u2028-\u202e]")


def is_recording(text: str) -> bool:
    """Whether this is a recording's text, by its first line."""
    return re.match(rf'\ufeff?\s*+\{{\s*+"{_MARK}"', text) is not None


def head_line(head: Head) -> str:
    """The first line of a recording."""
    line: dict[str, Any] = {_MARK: _VERSION, "status": head.status, "headers": [*map(list, head.headers)]}
    line |= {"wait": round(head.wait, _DIGITS), "host": head.host}
    return _line({**line, "dialect": head.dialect, "sent": head.sent})


def piece_lines(piece: Piece) -> str:
    """One piece's lines: one for each stretch of text, and of bytes that are none."""
    lines = [_line(part) for part in _parts(piece.data)]
    return f'{{"t": {json.dumps(round(piece.at, _DIGITS))}, {"".join(lines)[1:]}'


def ending_line(ending: Ending) -> str:
    """The last line of a recording."""
    error = {"error": ending.error} if ending.error else {}
    return _line({"t": round(ending.at, _DIGITS), "end": ending.how, **error})


def spelled(recording: Recording) -> str:
    """A whole recording's text."""
    pieces = map(piece_lines, recording.pieces)
    return "".join([head_line(recording.head), *pieces, ending_line(recording.ending)])


def read(text: str) -> Recording:
    """The recording that a file's text holds. Raises ReplyMalformed, with the line that is wrong."""
    lines = ((n, line) for n, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1) if line.strip())
    head = _head(next(lines, (1, "")))
    pieces: list[tuple[float, bytearray]] = []
    ending: Ending | None = None
    latest = 0.0
    for number, line in lines:
        if ending is not None:
            _refuse(number, "it comes after the end")
        fields = _fields(number, line)
        if "t" in fields:
            latest = _seconds(number, fields, "t", latest)
        if "end" in fields:
            ending = _ending(number, fields, latest)
        elif "t" in fields:
            pieces.append((latest, bytearray(_bytes(number, fields))))
        elif pieces:
            pieces[-1][1].extend(_bytes(number, fields))
        else:
            _refuse(number, "it has no `t`, and no piece before it goes on")
    return Recording(
        head,
        tuple(Piece(at, bytes(data)) for at, data in pieces),
        ending or Ending(latest, "broken", _CUT_OFF),
    )


def _parts(data: bytes) -> Iterator[Mapping[str, str]]:
    stretches = [match.span() for match in _TEXT.finditer(data)]
    if not data or sum(end - start for start, end in stretches) < _LEAST_TEXT * len(data):
        stretches = []
    position = 0
    for start, end in stretches:
        if start > position:
            yield {"base64": b64encode(data[position:start]).decode()}
        yield {"text": data[start:end].decode()}
        position = end
    if position < len(data):
        yield {"base64": b64encode(data[position:]).decode()}
    elif not data:
        yield {"text": ""}


def _line(fields: Mapping[str, Any]) -> str:
    spelled = json.dumps(fields, ensure_ascii=False)
    return _UNEASY.sub(lambda match: f"\\u{ord(match[0]):04x}", spelled) + "\n"


def _head(numbered: tuple[int, str]) -> Head:
    number, line = numbered
    fields = _fields(number, line)
    if fields.get(_MARK) != _VERSION or isinstance(fields[_MARK], bool):
        _refuse(number, f'a recording begins with {{"{_MARK}": {_VERSION}, …}}')
    status, headers = fields.get("status"), fields.get("headers", [])
    if type(status) is not int or not 100 <= status <= 999:
        _refuse(number, "`status` is no HTTP status")
    if not isinstance(headers, list) or not all(map(_is_pair, headers)):
        _refuse(number, "`headers` are no pairs of name and value")
    dialect = fields.get("dialect")
    if not isinstance(dialect, str | dict | None):
        _refuse(number, "`dialect` is neither a name nor rules nor null")
    return Head(
        status,
        tuple((name, value) for name, value in headers),
        _seconds(number, fields, "wait", 0.0),
        _text(number, fields, "host"),
        dialect,
        _text(number, fields, "sent"),
    )


def _ending(number: int, fields: Mapping[str, Any], at: float) -> Ending:
    how = fields["end"]
    if how not in get_args(How):
        _refuse(number, f"`end` can be {', '.join(get_args(How))}")
    return Ending(at, how, _text(number, fields, "error"))


def _bytes(number: int, fields: Mapping[str, Any]) -> bytes:
    if ("text" in fields) == ("base64" in fields):
        _refuse(number, "a piece has `text` or `base64`, one of them")
    try:
        if "text" in fields:
            return _text(number, fields, "text").encode()
        return b64decode(_text(number, fields, "base64"), validate=True)
    except UnicodeEncodeError:
        _refuse(number, "`text` holds half a character")
    except ValueError:
        _refuse(number, "`base64` is none")


def _fields(number: int, line: str) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        _refuse(number, "it is no JSON object")
    return fields


def _seconds(number: int, fields: Mapping[str, Any], name: str, least: float) -> float:
    value = fields.get(name, least)
    if type(value) not in (int, float) or not least <= value <= _LONGEST:
        _refuse(number, f"`{name}` are no seconds, or fewer than before")
    return float(value)


def _text(number: int, fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if not isinstance(value, str):
        _refuse(number, f"`{name}` is no text")
    return value


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(one, str) for one in value)


def _refuse(number: int, what: str) -> NoReturn:
    raise ReplyMalformed(
        f"Line {number} of the recording can't be read: {what}.",
        hint="Mend that line, or record the answer again with `fetch2py replay NAME --record FILE`.",
    )
