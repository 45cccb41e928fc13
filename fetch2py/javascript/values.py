"""What a literal in JavaScript stands for, and the calls that are handed such values.

Knows the language's values. Must not know how they were read, nor fetch, nor HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

__all__ = [
    "PROTOTYPE",
    "UNDEFINED",
    "Call",
    "Construct",
    "Opaque",
    "Value",
    "cooked",
    "joined_halves",
    "number_text",
    "own_properties",
    "stringify",
]

# str, bool, None (null), int or float, list, dict, and the three kinds below.
Value = Any

# `__proto__: value` in an object literal sets the prototype and is no property of its own (ECMA-262, B.3.1).
PROTOTYPE = "__proto__"

# An index-like name (ECMA-262, 6.1.7): these come first in an object, in numeric order.
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_LARGEST_INDEX = 2**32 - 2


class _Undefined:
    __slots__ = ()

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED: Final = _Undefined()


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value that only running the code would give; `span` is where its expression stands."""

    span: tuple[int, int]


@dataclass(frozen=True, slots=True, repr=False)
class Construct:
    """`new Name(arguments)`, for whoever knows what Name is."""

    name: str
    arguments: tuple[Value, ...]
    span: tuple[int, int]

    def __repr__(self) -> str:
        # The arguments hold secrets, and a repr ends up in tracebacks.
        return f"<new {self.name} at {self.span}>"


@dataclass(frozen=True, slots=True, repr=False)
class Call:
    """One call: its arguments, where it and each argument stands, and the line comments inside it."""

    arguments: tuple[Value, ...]
    spans: tuple[tuple[int, int], ...]
    span: tuple[int, int]
    comments: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Call of {len(self.arguments)} arguments at {self.span}>"


def own_properties(members: Iterable[tuple[str, Value]]) -> dict[str, Value]:
    """An object literal's own properties in the language's order (ECMA-262, 10.1.11).

    Of a name given twice the last value counts, at the first one's place.
    """
    found = dict(members)
    indices = {name for name in found if _INDEX.fullmatch(name) and int(name) <= _LARGEST_INDEX}
    if indices:
        ordered = sorted(indices, key=int) + [name for name in found if name not in indices]
        return {name: found[name] for name in ordered}
    return found


def number_text(number: int | float) -> str:
    """A number as the language writes it (ECMA-262, Number::toString): 1, 0.1, 1e+21, NaN."""
    try:
        value = float(number)
    except OverflowError:
        value = float("inf") if number > 0 else float("-inf")
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    fraction = "" if fraction == "0" else fraction
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0") or "0"
    return sign + _place_point(digits, point)


def joined_halves(text: str) -> str:
    """The text with two escapes that make one character as that character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def cooked(raw: str) -> str:
    """What a template's raw text stands for (ECMA-262, TV): its line ends are LF, its escapes are read."""
    return joined_halves(_ESCAPE_SEQUENCE.sub(_unescaped, _LINE_END.sub("\n", raw)))


def stringify(value: Value) -> str | None:
    """JSON.stringify(value) of plain values; None where a part of it is not plain, or nothing results.

    ECMA-262, 25.5.2: members that are undefined vanish, undefined elements become null, so do the numbers
    that JSON can't write.
    """
    if value is UNDEFINED or isinstance(value, Opaque | Construct):
        return None
    if isinstance(value, dict):
        members = [(name, stringify(member)) for name, member in value.items() if member is not UNDEFINED]
        if any(text is None for _, text in members):
            return None
        return "{" + ",".join(f"{_quote(name)}:{text}" for name, text in members) + "}"
    if isinstance(value, list):
        elements = ["null" if element is UNDEFINED else stringify(element) for element in value]
        return None if None in elements else "[" + ",".join(map(str, elements)) + "]"
    if isinstance(value, str):
        return _quote(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = number_text(value)
    return "null" if text.endswith(("NaN", "Infinity")) else text


def _place_point(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    exponent = point - 1
    fraction = f".{digits[1:]}" if len(digits) > 1 else ""
    return f"{digits[0]}{fraction}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


_LINE_END = re.compile(r"\r\n?")
_ESCAPE_SEQUENCE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_SINGLE_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}
# A backslash before a line end stands for nothing.
_SINGLE_ESCAPES |= dict.fromkeys("\n\u2028\u2029", "")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1] or match[2] or match[3]
    return chr(int(code, 16)) if code else _SINGLE_ESCAPES.get(match[4], match[4])


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
# What JSON.stringify escapes: quotes, backslashes, C0 controls, and surrogates without their other half.
_ESCAPED = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')


def _quote(text: str) -> str:
    return f'"{_ESCAPED.sub(lambda m: _ESCAPES.get(m[0]) or f"{chr(92)}u{ord(m[0]):04x}", text)}"'
