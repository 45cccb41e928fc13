"""JSON as source text: where in it a value stands, so that one value can change and no other byte does.

Knows RFC 8259 texts and RFC 6901 pointers. Must not know what a value means, nor HTTP.

Values are skipped by the standard library's scanner, which runs in C: finding one place in a megabyte
costs about as much as parsing it once. A leading byte order mark is stepped over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

__all__ = ["leaves", "parse", "pointer", "span_of", "tokens"]

_BOM = "\ufeff"
_SPACE = re.compile(r"[ \t\n\r]*")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _number(digits: str) -> int | float:
    # Python refuses to convert integers beyond 4,300 digits; a browser reads them as infinite.
    return int(digits) if len(digits) <= 4000 else float(digits)


_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=None)
_PATIENT_DECODER = json.JSONDecoder(parse_constant=_refuse, parse_int=_number)


def parse(text: str) -> Any:
    """The value that a JSON text holds; of a name given twice, the last one, as in browsers.

    Raises ValueError for anything else: NaN, trailing text, nesting beyond what the interpreter carries.
    """
    start = 1 if text.startswith(_BOM) else 0
    value, end = _scan(text, _space(text, start))
    if _space(text, end) != len(text):
        raise ValueError(f"text goes on behind the JSON value, at character {end}")
    return value


def span_of(text: str, at: str) -> tuple[int, int]:
    """The (start, end) of the value at the pointer `at` in the JSON text, its quotes included.

    Raises KeyError where the pointer leads nowhere, ValueError where the text isn't JSON.
    """
    position = _space(text, 1 if text.startswith(_BOM) else 0)
    for token in tokens(at):
        position = _step(text, position, token)
    return position, _scan(text, position)[1]


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


def _scan(text: str, position: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, position)
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None
    except json.JSONDecodeError:
        raise
    except ValueError:
        return _PATIENT_DECODER.raw_decode(text, position)


def _step(text: str, position: int, token: str) -> int:
    """Where the member or element `token` of the container at `position` stands."""
    kind = text[position : position + 1]
    if kind not in ("{", "["):
        raise KeyError(token)
    found, index = None, 0
    position = _space(text, position + 1)
    while text[position : position + 1] not in ("}", "]"):
        if kind == "{":
            key, position = _scan(text, position)
            position = _space(text, _space(text, position) + 1)
        else:
            key = str(index)
        if key == token:
            found = position
            if kind == "[":
                break
        position = _space(text, _scan(text, position)[1])
        if text[position : position + 1] == ",":
            position = _space(text, position + 1)
        index += 1
    if found is None:
        raise KeyError(token)
    return found


def _space(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
