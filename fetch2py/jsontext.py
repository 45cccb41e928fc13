"""JSON as source text: where in it a value stands, so that one value can change and no other byte does.

Knows RFC 8259 texts and RFC 6901 pointers. Must not know what a value means, nor HTTP.

Values are skipped by the standard library's scanner, which runs in C, and nothing is scanned twice: finding
one place in a megabyte costs about as much as parsing it once. A leading byte order mark is stepped over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

__all__ = ["is_json", "leaves", "parse", "pointer", "span_of", "tokens", "well_formed"]

_BOM = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")
_CLOSING = {"{": "}", "[": "]"}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _number(digits: str) -> int | float:
    # Python refuses to convert integers beyond 4,300 digits; a browser reads them as infinite.
    return int(digits) if len(digits) <= 4000 else float(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
_PATIENT_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=_number)


def parse(text: str) -> Any:
    """The value that a JSON text holds; of a name given twice, the last one, as in browsers.

    Raises ValueError for anything else: NaN, trailing text, nesting beyond what the interpreter carries.
    """
    value, end = _scan(text, _start(text))
    _expect_end(text, end)
    return value


def is_json(text: str) -> bool:
    """Whether `parse` reads the text."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def well_formed(text: str) -> str:
    """The text with split surrogate pairs joined and lone surrogates as U+FFFD (Web IDL, USVString).

    JSON's escapes can spell half a character; what leaves must be UTF-8.
    """
    # Encoding is the fastest way to learn that there is no surrogate, and nearly always there is none.
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def span_of(text: str, at: str) -> tuple[int, int]:
    """The (start, end) of the value at the pointer `at` in the JSON text, its quotes included.

    Of a name given twice the last one counts, as in `parse`. Raises KeyError where the pointer leads nowhere,
    ValueError where the text isn't JSON or nests too deeply.
    """
    path = tokens(at)
    walk = _Walk(text, path)
    position, on_path = _start(text), True
    while on_path:
        position, on_path = walk.member(walk.value(position))
    _expect_end(text, position)
    if walk.found is None:
        raise KeyError(at)
    return walk.found


def leaves(value: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every scalar below `value` in the text's order, as (pointer's tokens, value). Depth has no limit."""
    stack: list[tuple[tuple[str, ...], Any]] = [((), value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict):
            stack.extend(((*path, key), item[key]) for key in reversed(item))
        elif isinstance(item, list):
            stack.extend(((*path, str(index)), item[index]) for index in reversed(range(len(item))))
        else:
            yield path, item


def pointer(path: tuple[str, ...]) -> str:
    """Tokens as an RFC 6901 pointer."""
    return "".join("/" + token.replace("~", "~0").replace("/", "~1") for token in path)


def tokens(at: str) -> tuple[str, ...]:
    """An RFC 6901 pointer as its tokens. Raises KeyError where it doesn't begin with a slash."""
    if not at:
        return ()
    if not at.startswith("/"):
        raise KeyError(at)
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in at[1:].split("/"))


class _Walk:
    """One pass over a JSON text that enters only the containers on a path and scans over all else."""

    def __init__(self, text: str, path: tuple[str, ...]) -> None:
        self.found: tuple[int, int] | None = None
        self._text = text
        self._path = path
        # The containers on the path that are open still: the closing bracket, and the next element's index.
        self._open: list[tuple[str, int]] = []

    def value(self, position: int) -> int:
        """Take the value on the path at `position`; return where to read on: inside it, or behind it."""
        # Whatever an earlier member of the same name led to counts no more.
        self.found = None
        bracket = self._text[position : position + 1]
        if len(self._open) < len(self._path) and bracket in _CLOSING:
            self._open.append((_CLOSING[bracket], 0))
            return position + 1
        end = _scan(self._text, position)[1]
        if len(self._open) == len(self._path):
            self.found = (position, end)
        return end

    def member(self, position: int) -> tuple[int, bool]:
        """Scan on to the next value on the path: its position and True, or the text's end and False."""
        while self._open:
            closing, index = self._open.pop()
            token = self._path[len(self._open)]
            position = _space(self._text, position)
            while self._text[position : position + 1] != closing:
                if index:
                    position = _space(self._text, _expect(self._text, position, ","))
                key, position = _name(self._text, position) if closing == "}" else (str(index), position)
                index += 1
                if key == token:
                    self._open.append((closing, index))
                    return position, True
                position = _space(self._text, _scan(self._text, position)[1])
            position += 1
        return position, False


def _scan(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _scan_patiently(text, position)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _scan_patiently(text: str, position: int) -> tuple[Any, int]:
    try:
        return _PATIENT_DECODER.raw_decode(text, position)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _name(text: str, position: int) -> tuple[Any, int]:
    """A member's name, and where its value begins."""
    if not text.startswith('"', position):
        raise ValueError(f"a member's name is missing, at character {position}")
    name, position = _scan(text, position)
    return name, _space(text, _expect(text, _space(text, position), ":"))


def _expect(text: str, position: int, mark: str) -> int:
    if text[position : position + 1] != mark:
        raise ValueError(f"{mark!r} is missing, at character {position}")
    return position + 1


def _expect_end(text: str, position: int) -> None:
    position = _space(text, position)
    if position != len(text):
        raise ValueError(f"text goes on behind the JSON value, at character {position}")


def _start(text: str) -> int:
    return _space(text, 1 if text.startswith(_BOM) else 0)


def _space(text: str, position: int) -> int:
    if text[position : position + 1] > " ":
        return position
    match = _SPACE.match(text, position)
    return match.end() if match else position
